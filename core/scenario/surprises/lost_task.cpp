// A worker vanishes with its task: a Pool replaces it and says nothing, a ProcessPoolExecutor breaks and tells everybody.
#include <fmt/format.h>

#include <algorithm>

#include "assets/embedded.h"
#include "core/pool/executor.h"
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

constexpr std::string_view kPython = assets::assets_scenarios_surprise_18_lost_task_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

const pool::Function kVanish{"vanish", [](const pool::Arguments&) -> pool::Message {
                               const Frame frame("vanish");
                               at(py("os._exit(1)"));
                               process::os_exit(1);
                             }};
const pool::Function kAnswer{"answer", [](const pool::Arguments&) -> pool::Message {
                               const Frame frame("answer");
                               at(py("return \"an answer\""));
                               return "an answer";
                             }};

void by_pool(double patience) {
  at(py("pool = multiprocessing.Pool(2)"));
  pool::Pool pool(2, {.label = "pool"});
  at(py("lost = pool.apply_async"));
  const pool::AsyncResult lost = pool.apply_async(kVanish);
  at(py("print(\"Pool, vanish:\", lost.get"));
  try {
    process::print_now(fmt::format("Pool, vanish: {}", lost.get(patience).dump()));
  } catch (const PythonError& error) {
    if (error.type() != "multiprocessing.context.TimeoutError") throw;
    at(py("print(\"Pool, vanish: nothing"));
    process::print_now("Pool, vanish: nothing has come");
  }
  at(py("print(\"Pool, answer:\""));
  process::print_now("Pool, answer: " + pool.apply(kAnswer).get<std::string>());
  at(py("print(\"the newest worker is\""));
  std::string newest;
  for (const process::Process& worker : pool.workers()) newest = std::max(newest, worker.name());
  process::print_now("the newest worker is " + newest);
  at(py("pool.terminate()"));
  pool.terminate();
  at(py("pool.join()"));
  pool.join();
}

void by_executor() {
  at(py("executor = concurrent.futures.ProcessPoolExecutor(2)"));
  pool::Executor executor(2, {.label = "executor"});
  for (const pool::Function* task : {&kVanish, &kAnswer}) {
    try {
      at(py("print(f\"Executor, {task.__name__}:\", executor"));
      process::print_now(fmt::format("Executor, {}: {}", task->name, executor.submit(*task).result().get<std::string>()));
    } catch (const PythonError& error) {
      at(py("print(f\"Executor, {task.__name__}: {type"));
      process::print_now(fmt::format("Executor, {}: {}: {}", task->name, error.type().substr(error.type().rfind('.') + 1), error.message()));
    }
  }
  at(py("executor.shutdown()"));
  executor.shutdown();
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  by_pool(settings.real("patience"));
  by_executor();
}

// L-21: another worker, and the task is gone.
Verdict lost(const timeline::Model& model, const Settings&, bool finished) {
  return all_of({main_told(model, "Pool, vanish: ", "nothing has come", finished), main_told(model, "Pool, answer: ", "an answer", finished),
                 main_told(model, "the newest worker is ", "ForkPoolWorker-3", finished)});
}

// The job is on record, and nothing ever came of it.
Verdict never_done(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Pool* const pool = pool_named(model, "pool");
  if (pool == nullptr || pool->jobs.empty() || !finished) return so_far(hand_of_learner(model), model, finished);
  return hand_of_learner(model) || !pool->jobs.front().how.has_value() ? Verdict::held : Verdict::broken;
}

// L-50, L-51
Verdict breaks(const timeline::Model& model, const Settings&, bool finished) {
  return all_of({main_told(model, "Executor, vanish: ", "BrokenProcessPool: A process in the process pool was terminated abruptly while the future was running or pending.", finished),
                 main_told(model, "Executor, answer: ", "BrokenProcessPool: A child process terminated abruptly, the process pool is not usable anymore", finished)});
}

}  // namespace

const Scenario& surprise_lost_task() {
  static const Scenario scenario{
      .id = "surprise-18",
      .group = "surprises",
      .python_file = "surprise-18-lost-task.py",
      .python = kPython,
      .cpp_file = "lost_task.cpp",
      .cpp = assets::core_scenario_surprises_lost_task_cpp,
      .parameters = {{.id = "patience", .type = ParameterType::real, .fallback = "1.5", .minimum = 0.5, .maximum = 60, .unit = "s"}},
      .claims = {{"lost", lost}, {"never-done", never_done}, {"breaks", breaks}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
