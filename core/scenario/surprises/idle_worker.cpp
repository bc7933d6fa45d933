// A pool's only worker is killed while it does nothing: it dies with the lock of the task pipe, and the pool is lost.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "assets/embedded.h"
#include "core/pool/pool.h"
#include "core/process/python.h"
#include "core/process/thread.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::PythonError;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_19_idle_worker_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

const pool::Function kAbs{"abs", [](const pool::Arguments& arguments) -> pool::Message { return std::abs(arguments[0].get<int>()); }};

std::string names_of(const pool::Pool& pool) {
  std::string names;
  for (const process::Process& worker : pool.workers()) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", worker.name());
  return "[" + names + "]";
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const double patience = settings.real("patience");
  at(py("pool = multiprocessing.Pool(1)"));
  pool::Pool pool(1, {.label = "pool"});
  at(py("time.sleep(0.3)"));
  process::sleep(0.3);
  at(py("pool._pool[0].kill()"));
  pool.workers().front().kill();
  at(py("time.sleep(0.5)"));
  process::sleep(0.5);
  at(py("print(\"in its place:\""));
  process::print_now("in its place: " + names_of(pool));
  at(py("print(\"a task gives\", pool"));
  try {
    process::print_now(fmt::format("a task gives {}", pool.apply_async(kAbs, {-1}).get(patience).dump()));
  } catch (const PythonError& error) {
    if (error.type() != "multiprocessing.context.TimeoutError") throw;
    at(py("print(\"a task gives nothing\""));
    process::print_now("a task gives nothing");
  }
  at(py("ending = threading.Thread"));
  Thread ending([pool]() mutable { pool.terminate(); }, {.daemon = true, .target = "terminate"});
  at(py("ending.start()"));
  ending.start();
  at(py("ending.join(PATIENCE)"));
  ending.join(patience);
  at(py("print(\"terminate() hangs:\""));
  process::print_now(fmt::format("terminate() hangs: {}", ending.is_alive() ? "True" : "False"));
  at(py("worker.kill()"));
  for (process::Process& worker : pool.workers()) worker.kill();
  at(py("os._exit(0)"));
  process::os_exit(0);
}

// L-24: SimpleQueue.get() takes the pipe's lock before it reads, and so it waits for a task with the lock in its hand.
Verdict replaced(const timeline::Model& model, const Settings&, bool finished) { return main_told(model, "in its place: ", "['ForkPoolWorker-2']", finished); }
Verdict useless(const timeline::Model& model, const Settings&, bool finished) { return main_told(model, "a task gives ", "nothing", finished); }
Verdict hangs(const timeline::Model& model, const Settings&, bool finished) { return main_told(model, "terminate() hangs: ", "True", finished); }

// Who waits for the lock waits for the dead: it was taken by the worker that was killed, and by nobody after it.
Verdict dead_has_it(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Task* const dead = task_named(model, "ForkPoolWorker-1");
  const timeline::Task* const other = task_named(model, "ForkPoolWorker-2");
  if (dead == nullptr || other == nullptr) return so_far(hand_of_learner(model), model, finished);
  const auto waits = [&](const timeline::EventRef& ref) {
    if (ref.task != other->id || ref.event.kind != trace::Kind::block_begin) return false;
    return static_cast<trace::BlockReason>(ref.event.a & 0xffffffff) == trace::BlockReason::lock && ref.event.a >> 32 == dead->id;
  };
  const bool seen = std::any_of(model.events().begin(), model.events().end(), waits);
  return so_far(seen || hand_of_learner(model), model, finished);
}

}  // namespace

const Scenario& surprise_idle_worker() {
  static const Scenario scenario{
      .id = "surprise-19",
      .group = "surprises",
      .python_file = "surprise-19-idle-worker.py",
      .python = kPython,
      .cpp_file = "idle_worker.cpp",
      .cpp = assets::core_scenario_surprises_idle_worker_cpp,
      .parameters = {{.id = "patience", .type = ParameterType::real, .fallback = "1", .minimum = 0.5, .maximum = 60, .unit = "s"}},
      .claims = {{"replaced", replaced}, {"useless", useless}, {"dead-has-it", dead_has_it}, {"hangs", hangs}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
