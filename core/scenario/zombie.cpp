// A child returns and nobody asks: it is a zombie until join, active_children, the start of another or the end of MainProcess does.
#include <fmt/format.h>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/proc.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_zombie_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void short_life(const process::Args&) {
  const Frame frame("short");
  at(py("print(multiprocessing.current_process().name"));
  process::print_now(process::current_process_name() + " returns");
}
constexpr process::Target kShort{"short", short_life};

void run(const Settings& settings) {
  const Frame frame("<module>");
  const std::string& reaper = settings.text("reaper");
  at(py("child = multiprocessing.Process"));
  Process child(kShort);
  at(py("child.start()"));
  child.start();
  const pid_t pid = *child.pid();
  at(py("time.sleep(SECONDS)"));
  process::sleep(settings.real("seconds"));
  at(py("print(\"while nobody asks:\""));
  process::print_now("while nobody asks: " + process_state(pid));  // P-50
  if (reaper == "join") {
    at(py("child.join()"));
    child.join();
  } else if (reaper == "active-children") {
    at(py("multiprocessing.active_children()"));
    (void)process::active_children();  // P-51
  } else if (reaper == "another-start") {
    at(py("another = multiprocessing.Process"));
    Process another(kShort);
    at(py("another.start()"));
    another.start();  // P-52
  }
  at(py("print(\"after that:\""));
  process::print_now("after that: " + process_state(pid));
  at(py("time.sleep(0.5)"));
  process::sleep(0.5);
  at(py("print(\"MainProcess ends\""));
  process::print_now("MainProcess ends");
}

// P-50. A child that is held at the gate may live longer than it is waited for.
Verdict is_zombie(const timeline::Model& model, const Settings&, bool finished) {
  if (main_printed(model, "while nobody asks: Z\n")) return Verdict::held;
  return so_far(held_at_gate(model) || hand_of_learner(model), model, finished);
}

// P.0: by whom it was reaped, and when: as soon as one of them asked, at the end if nobody did.
Verdict reaped(const timeline::Model& model, const Settings& settings, bool finished) {
  if (held_at_gate(model) || hand_of_learner(model)) return so_far(true, model, finished);
  const bool at_end = settings.text("reaper") == "at-the-end";
  const timeline::Task* child = task_named(model, "Process-1");
  if (main_printed(model, at_end ? "after that: none\n" : "after that: Z\n")) return Verdict::broken;
  const bool by_main = child != nullptr && child->reaped_by == 1;
  return so_far(by_main && main_printed(model, at_end ? "after that: Z\n" : "after that: none\n"), model, finished);
}

Verdict code(const timeline::Model& model, const Settings&, bool finished) {
  if (hand_of_learner(model)) return so_far(true, model, finished);
  return exit_code_is(model, "Process-1", 0, finished);
}

}  // namespace

const Scenario& zombie() {
  static const Scenario scenario{
      .id = "zombie",
      .group = "life",
      .python_file = "zombie.py",
      .python = kPython,
      .cpp_file = "zombie.cpp",
      .cpp = assets::core_scenario_zombie_cpp,
      .parameters =
          {{.id = "reaper",
            .type = ParameterType::choice,
            .fallback = "join",
            .choices = {"join", "active-children", "another-start", "at-the-end"}},
           {.id = "seconds", .type = ParameterType::real, .fallback = "2", .minimum = 0.5, .maximum = 500, .unit = "s"}},
      .claims = {{"is-zombie", is_zombie}, {"reaped", reaped}, {"code", code}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
