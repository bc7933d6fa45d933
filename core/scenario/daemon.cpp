// A daemon child and a normal one, when MainProcess ends: the one is terminated, the other waited for. And what a daemon may not do.
#include <fmt/format.h>

#include <algorithm>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_daemon_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void work(double seconds) {
  const Frame frame("work");
  const std::string& name = process::current_process_name();
  process::try_finally(
      [&] {
        at(py("time.sleep(SECONDS)"));
        process::sleep(seconds);
        at(py("print(name, \"has done its work\""));
        process::print_now(name + " has done its work");
      },
      [&] {
        at(py("print(name, \"cleans up\""));
        process::print_now(name + " cleans up");
      });
}

void wants_children(double seconds) {
  const Frame frame("wants_children");
  at(py("child = multiprocessing.Process"));
  Process child([seconds] { work(seconds); });
  at(py("print(\"my child would be"));
  process::print_now(fmt::format("my child would be a daemon too: {}", child.daemon() ? "True" : "False"));  // P-57
  at(py("child.start()"));
  child.start();  // P-55
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const std::string& what = settings.text("what");
  const double seconds = settings.real("seconds");
  if (what == "daemon-has-children") {
    at(py("daemon = multiprocessing.Process(target=wants_children"));
    Process daemon([seconds] { wants_children(seconds); }, {.name = "daemon", .daemon = true});
    at(py("daemon.start()\n        daemon.join()"));
    daemon.start();
    at(py("daemon.join()"));
    daemon.join();
    at(py("print(\"exit code\""));
    process::print(fmt::format("exit code {}", daemon.exitcode().value()));
    at(py("sys.exit()"));
    process::sys_exit();
  }
  at(py("daemon = multiprocessing.Process(target=work"));
  Process daemon([seconds] { work(seconds); }, {.name = "daemon", .daemon = true});
  at(py("normal = multiprocessing.Process"));
  Process normal([seconds] { work(seconds); }, {.name = "normal"});
  at(py("daemon.start()\n    normal"));
  daemon.start();
  at(py("normal.start()"));
  normal.start();
  at(py("time.sleep(0.5)"));
  process::sleep(0.5);
  at(py("print(\"MainProcess ends\""));
  process::print_now("MainProcess ends");
  if (what == "main-raises") {
    at(py("raise RuntimeError"));
    process::raise("RuntimeError", "in MainProcess");  // P-60
  }
  if (what == "main-leaves") {
    at(py("os._exit(5)"));
    process::os_exit(5);  // P-61
  }
}

// What a learner's kill or a hold at the gate changes is not Python's doing.
bool disturbed(const timeline::Model& model) {
  return hand_of_learner(model) || held_at_gate(model);
}

// P-58, P-61: terminated at an end in order, an exception's too; not when MainProcess leaves by os._exit.
Verdict daemon_code(const timeline::Model& model, const Settings& settings, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  const std::string& what = settings.text("what");
  return exit_code_is(model, "daemon", what == "daemon-has-children" ? 1 : what == "main-leaves" ? 0 : -15, finished);
}

// P-59, P-60: the normal child gets all the time that it wants, and MainProcess ends after it; unless it left by os._exit.
Verdict waited_for(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::string& what = settings.text("what");
  if (disturbed(model) || what == "daemon-has-children") return so_far(true, model, finished);
  const timeline::Task* main = model.find(1);
  const timeline::Task* normal = task_named(model, "normal");
  if (main == nullptr || normal == nullptr || main->death_ns == timeline::kOpen || normal->death_ns == timeline::kOpen) {
    return so_far(false, model, finished);
  }
  const bool main_last = main->death_ns > normal->death_ns;
  return main_last == (what != "main-leaves") && normal->exit_code() == 0 ? Verdict::held : Verdict::broken;
}

// P-37, P-58: SIGTERM runs no finally.
Verdict cleans_up(const timeline::Model& model, const Settings& settings, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  const std::string& what = settings.text("what");
  const std::size_t expected = what == "main-leaves" ? 1 : 0;
  const std::size_t cleaned = lines_that_say(model, "daemon cleans up");
  if (cleaned > expected) return Verdict::broken;
  return so_far(finished && cleaned == expected, model, finished);
}

// P-55
Verdict no_children(const timeline::Model& model, const Settings& settings, bool finished) {
  if (task_named(model, "daemon:1") != nullptr || task_named(model, "Process-1:1") != nullptr) return Verdict::broken;
  if (settings.text("what") != "daemon-has-children") return so_far(finished, model, finished);
  const timeline::Task* daemon = task_named(model, "daemon");
  return so_far(daemon != nullptr && printed(model, *daemon, "AssertionError: daemonic processes are not allowed to have children\n"), model,
                finished);
}

}  // namespace

const Scenario& daemon() {
  static const Scenario scenario{
      .id = "daemon",
      .group = "life",
      .python_file = "daemon.py",
      .python = kPython,
      .cpp_file = "daemon.cpp",
      .cpp = assets::core_scenario_daemon_cpp,
      .parameters =
          {{.id = "what",
            .type = ParameterType::choice,
            .fallback = "main-returns",
            .choices = {"main-returns", "main-raises", "main-leaves", "daemon-has-children"}},
           {.id = "seconds", .type = ParameterType::real, .fallback = "2", .minimum = 1, .maximum = 600, .unit = "s"}},
      .claims = {{"daemon-code", daemon_code},
                 {"waited-for", waited_for},
                 {"cleans-up", cleans_up},
                 {"no-children", no_children},
                 {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
