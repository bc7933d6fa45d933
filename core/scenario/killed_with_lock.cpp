// A child takes a lock and is killed, or returns with it, or raises inside `with`: who can take the lock after that?
#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using sync::Event;
using sync::Lock;

constexpr std::string_view kPython = assets::assets_scenarios_killed_with_lock_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void hold(Lock& lock, Event& taken, const std::string& how) {
  const Frame frame("hold");
  if (how == "exception") {
    at(py("with lock:"));
    const sync::With with(lock);
    at(py("taken.set()\n            time"));
    taken.set();
    at(py("time.sleep(0.2)\n            raise"));
    process::sleep(0.2);
    at(py("raise RuntimeError"));
    process::raise("RuntimeError", "inside with");  // E-13
  }
  at(py("lock.acquire()"));
  lock.acquire();
  at(py("taken.set()\n    if"));
  taken.set();
  if (how == "kill") {
    at(py("time.sleep(60)"));
    process::sleep(60);
  }
  at(py("time.sleep(0.2)\n\n\nif"));
  process::sleep(0.2);
}

std::string_view python_bool(bool value) {
  return value ? "True" : "False";
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const std::string& how = settings.text("how");
  at(py("lock = multiprocessing.Lock()"));
  Lock lock("lock");
  at(py("taken = multiprocessing.Event()"));
  Event taken("taken");
  at(py("child = multiprocessing.Process"));
  Process child([lock, taken, how]() mutable { hold(lock, taken, how); });
  at(py("child.start()"));
  child.start();
  at(py("taken.wait()"));
  taken.wait();
  at(py("print(\"while it lives\""));
  process::print(fmt::format("while it lives {}", python_bool(lock.acquire(false))));
  if (how == "kill") {
    at(py("child.kill()"));
    child.kill();
  }
  at(py("child.join()"));
  child.join();
  at(py("print(\"exit code\""));
  process::print(fmt::format("exit code {}", child.exitcode().value()));
  at(py("print(\"after its end\""));
  process::print(fmt::format("after its end {}", python_bool(lock.acquire(true, settings.real("seconds")))));
  at(py("print(lock)"));
  process::print(lock.repr());
}

Verdict code(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::string& how = settings.text("how");
  return exit_code_is(model, "Process-1", how == "kill" ? -9 : how == "return" ? 0 : 1, finished);
}

// E-12, E-13: a semaphore knows no owner, so nobody gives it back; `with` does on its way out.
Verdict stays_held(const timeline::Model& model, const Settings& settings, bool finished) {
  const bool given_back = settings.text("how") == "exception";
  if (main_printed(model, given_back ? "after its end False\n" : "after its end True\n")) return Verdict::broken;
  return eventually(main_printed(model, given_back ? "after its end True\n" : "after its end False\n"), finished);
}

}  // namespace

const Scenario& killed_with_lock() {
  static const Scenario scenario{
      .id = "killed-with-lock",
      .group = "sharing",
      .python_file = "killed-with-lock.py",
      .python = kPython,
      .cpp_file = "killed_with_lock.cpp",
      .cpp = assets::core_scenario_killed_with_lock_cpp,
      .parameters =
          {{.id = "how", .type = ParameterType::choice, .fallback = "kill", .choices = {"kill", "return", "exception"}},
           {.id = "seconds", .type = ParameterType::real, .fallback = "1", .minimum = 0, .maximum = 30, .unit = "s"}},
      .claims = {{"code", code}, {"stays-held", stays_held}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
