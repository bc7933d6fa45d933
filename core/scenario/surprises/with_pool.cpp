// A with block around a Pool ends before its tasks do: it terminates the pool, and nobody who waits for them is told.
#include <fmt/format.h>

#include "assets/embedded.h"
#include "core/pool/pool.h"
#include "core/process/python.h"
#include "core/scenario/pool_claims.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::PythonError;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_20_with_pool_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

double seconds = 0;  // read by the program's top-level code, before there is any worker

const pool::Function kNap{"nap", [](const pool::Arguments& arguments) -> pool::Message {
                            const Frame frame("nap");
                            at(py("time.sleep(SECONDS)"));
                            process::sleep(seconds);
                            at(py("return number"));
                            return arguments[0];
                          }};

void run(const Settings& settings) {
  seconds = settings.real("seconds");
  const Frame frame("<module>");
  at(py("with multiprocessing.Pool(2)"));
  pool::Pool pool(2, {.label = "pool"});
  const pool::AsyncResult result = [&] {
    const pool::With with(pool);
    at(py("result = pool.map_async"));
    return pool.map_async(kNap, {1, 2});
  }();
  at(py("print(\"after the block:\""));
  process::print_now("after the block: " + pool.repr());
  at(py("print(\"the result:\", result.get"));
  try {
    process::print_now("the result: " + ipc::repr(result.get(seconds + 0.5)));
  } catch (const PythonError& error) {
    if (error.type() != "multiprocessing.context.TimeoutError") throw;
    at(py("print(\"the result: nothing"));
    process::print_now("the result: nothing has come");
  }
}

// L-26
Verdict terminated(const timeline::Model& model, const Settings&, bool finished) {
  return main_told(model, "after the block: ", "<multiprocessing.pool.Pool state=TERMINATE pool_size=2>", finished);
}
Verdict nothing_comes(const timeline::Model& model, const Settings&, bool finished) { return main_told(model, "the result: ", "nothing has come", finished); }

// Not even the tasks that had begun were done.
Verdict none_done(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::PoolJob* const job = only_job(model, "pool");
  if (job == nullptr || !finished) return so_far(hand_of_learner(model), model, finished);
  return hand_of_learner(model) || !job->how.has_value() ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& surprise_with_pool() {
  static const Scenario scenario{
      .id = "surprise-20",
      .group = "surprises",
      .python_file = "surprise-20-with-pool.py",
      .python = kPython,
      .cpp_file = "with_pool.cpp",
      .cpp = assets::core_scenario_surprises_with_pool_cpp,
      .parameters = {{.id = "seconds", .type = ParameterType::real, .fallback = "1", .minimum = 0.5, .maximum = 30, .unit = "s"}},
      .claims = {{"terminated", terminated}, {"nothing-comes", nothing_comes}, {"none-done", none_done}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
