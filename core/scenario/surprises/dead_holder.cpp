// Three children take a lock each and end: inside of with, by returning, by os._exit. Only with gives it back.
#include <fmt/format.h>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using sync::Lock;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_15_dead_holder_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

struct Way {
  std::string_view name;
  void (*leave)(Lock& lock);
  int code;
  bool gives_back;
};

void by_with(Lock& lock) {
  const Frame frame("leaves_by_with");
  at(py("with lock:"));
  const sync::With with(lock);
  at(py("sys.exit(1)"));
  process::sys_exit(1);  // E-13: with releases on its way out
}

void by_return(Lock& lock) {
  const Frame frame("leaves_by_return");
  at(py("lock.acquire()  # and"));
  lock.acquire();
}

void by_os_exit(Lock& lock) {
  const Frame frame("leaves_by_os_exit");
  at(py("lock.acquire()\n    os"));
  lock.acquire();
  at(py("os._exit(1)"));
  process::os_exit(1);
}

constexpr Way kWays[] = {{"leaves_by_with", by_with, 1, true}, {"leaves_by_return", by_return, 0, false}, {"leaves_by_os_exit", by_os_exit, 1, false}};

void run(const Settings& settings) {
  const Frame frame("<module>");
  for (const Way& way : kWays) {
    at(py("lock = multiprocessing.Lock()"));
    Lock lock;
    at(py("child = multiprocessing.Process"));
    Process child([lock, leave = way.leave]() mutable { leave(lock); });
    at(py("child.start()"));
    child.start();
    at(py("child.join()"));
    child.join();
    at(py("free = lock.acquire"));
    const bool free = lock.acquire(true, settings.real("patience"));
    at(py("print(f\"{leaves.__name__}"));
    process::print_now(fmt::format("{}: exit code {}, the lock is free: {}, {}", way.name, child.exitcode().value(), free ? "True" : "False", lock.repr()));
  }
}

// E-12, E-13: a semaphore in shared memory knows no owner, so nobody gives it back for the dead; with does, as it is left.
Verdict told_of(const timeline::Model& model, bool gives_back, bool finished) {
  Verdict all = Verdict::held;
  for (const Way& way : kWays) {
    if (way.gives_back != gives_back) continue;
    const std::string_view rest = gives_back ? "True, <Lock(owner=MainProcess)>" : "False, <Lock(owner=SomeOtherProcess)>";
    all = all_of({all, main_told(model, fmt::format("{}: ", way.name), fmt::format("exit code {}, the lock is free: {}", way.code, rest), finished)});
  }
  return all;
}
Verdict with_frees(const timeline::Model& model, const Settings&, bool finished) { return told_of(model, true, finished); }
Verdict others_do_not(const timeline::Model& model, const Settings&, bool finished) { return told_of(model, false, finished); }

}  // namespace

const Scenario& surprise_dead_holder() {
  static const Scenario scenario{
      .id = "surprise-15",
      .group = "surprises",
      .python_file = "surprise-15-dead-holder.py",
      .python = kPython,
      .cpp_file = "dead_holder.cpp",
      .cpp = assets::core_scenario_surprises_dead_holder_cpp,
      .parameters = {{.id = "patience", .type = ParameterType::real, .fallback = "0.5", .minimum = 0, .maximum = 60, .unit = "s"}},
      .claims = {{"with-frees", with_frees}, {"others-do-not", others_do_not}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
