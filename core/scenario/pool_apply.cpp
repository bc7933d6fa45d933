// apply keeps the caller waiting until the result is there; apply_async gives a handle at once, and only get waits.
#include "assets/embedded.h"
#include "core/pool/pool.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/pool_claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using pool::Pool;
using process::at;
using process::Frame;

constexpr std::string_view kPython = assets::assets_scenarios_pool_apply_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

double seconds = 0;  // read by the program's top-level code, before there is any worker

const pool::Function kSquare{"square", [](const pool::Arguments& arguments) -> pool::Message {
                               const Frame frame("square");
                               at(py("time.sleep(SECONDS)"));
                               process::sleep(seconds);
                               at(py("return number * number"));
                               return arguments[0].get<int>() * arguments[0].get<int>();
                             }};

void run(const Settings& settings) {
  seconds = settings.real("seconds");
  const Frame frame("<module>");
  at(py("with multiprocessing.Pool"));
  Pool pool(2, {.label = "pool"});
  const pool::With with(pool);
  at(py("pool.apply(square, (1,))"));
  process::print_now(fmt::format("apply gives {}", pool.apply(kSquare, {1}).get<int>()));
  at(py("pool.apply(square, (2,))"));
  process::print_now(fmt::format("apply gives {}", pool.apply(kSquare, {2}).get<int>()));
  at(py("third = pool.apply_async"));
  const pool::AsyncResult third = pool.apply_async(kSquare, {3});
  at(py("fourth = pool.apply_async"));
  const pool::AsyncResult fourth = pool.apply_async(kSquare, {4});
  at(py("print(\"two tasks"));
  process::print_now("two tasks under way");
  at(py("third.get()"));
  process::print_now(fmt::format("get gives {}", third.get().get<int>()));
  at(py("fourth.get()"));
  process::print_now(fmt::format("get gives {}", fourth.get().get<int>()));
}

Verdict results(const timeline::Model& model, const Settings&, bool finished) {
  return eventually(
      main_printed(model, "apply gives 1\napply gives 4\ntwo tasks under way\nget gives 9\nget gives 16\n"), finished);
}

// apply: the second job is asked for when the first one is done. apply_async: the fourth one before anybody waits for
// the third.
Verdict waits(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Pool* const pool = pool_named(model, "pool");
  if (pool == nullptr || pool->jobs.size() < 4 || pool->waiters.size() < 3) return eventually(false, finished);
  const auto& jobs = pool->jobs;
  const auto& waiters = pool->waiters;
  const bool one_by_one = jobs[1].begin_ns >= waiters[0].end_ns && jobs[2].begin_ns >= waiters[1].end_ns;
  const bool at_once = jobs[3].begin_ns <= waiters[2].begin_ns;
  return one_by_one && at_once ? Verdict::held : Verdict::broken;
}

Verdict each_once(const timeline::Model& model, const Settings&, bool finished) {
  return each_item_once(model, "pool", 4, finished);
}

}  // namespace

const Scenario& pool_apply() {
  static const Scenario scenario{
      .id = "pool-apply",
      .group = "pools",
      .python_file = "pool-apply.py",
      .python = kPython,
      .cpp_file = "pool_apply.cpp",
      .cpp = assets::core_scenario_pool_apply_cpp,
      .parameters = {{.id = "seconds",
                      .type = ParameterType::real,
                      .fallback = "0.5",
                      .minimum = 0.01,
                      .maximum = 10,
                      .unit = "s"}},
      .claims = {{"results", results}, {"waits", waits}, {"each-once", each_once}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
