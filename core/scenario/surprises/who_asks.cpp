// A child that has ended is a zombie until somebody asks, and starting another process asks.
#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/proc.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_06_who_asks_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void short_life(const process::Args&) { const Frame frame("short"); }
constexpr process::Target kShort{"short", short_life};

void run(const Settings&) {
  const Frame frame("<module>");
  at(py("first = multiprocessing.Process"));
  Process first(kShort);
  at(py("first.start()"));
  first.start();
  const pid_t pid = *first.pid();
  at(py("while state(first.pid)"));
  while (process_state(pid) != "Z") process::sleep(0.01);
  at(py("time.sleep(0.5)"));
  process::sleep(0.5);
  at(py("print(\"it has ended"));
  process::print_now("it has ended, nobody has asked: " + process_state(pid));
  at(py("second = multiprocessing.Process"));
  Process second(kShort);
  at(py("second.start()"));
  second.start();
  at(py("print(\"another one was started"));
  process::print_now("another one was started: " + process_state(pid));
  at(py("print(\"exit code\""));
  process::print_now(fmt::format("exit code {}", first.exitcode().value()));
}

// P-50
Verdict zombie_first(const timeline::Model& model, const Settings&, bool finished) { return said(model, "it has ended, nobody has asked: Z", finished); }

// P-52: whoever starts a process asks for all the others.
Verdict start_asks(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Task *first = task_named(model, "Process-1"), *second = task_named(model, "Process-2");
  if (!disturbed(model) && first != nullptr && second != nullptr && first->reaped_ns > second->born_ns) {
    return finished || second->death_ns != timeline::kOpen ? Verdict::broken : Verdict::pending;
  }
  return all_of({said(model, "another one was started: none", finished), said(model, "exit code 0", finished)});
}

}  // namespace

const Scenario& surprise_who_asks() {
  static const Scenario scenario{
      .id = "surprise-06",
      .group = "surprises",
      .python_file = "surprise-06-who-asks.py",
      .python = kPython,
      .cpp_file = "surprises/who_asks.cpp",
      .cpp = assets::core_scenario_surprises_who_asks_cpp,
      .parameters = {},
      .claims = {{"zombie-first", zombie_first}, {"start-asks", start_asks}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
