// MainProcess comes to its last line while two children work: the daemon is killed, the other one waited for.
#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_07_end_of_parent_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void work(double seconds) {
  const Frame frame("work");
  const std::string& name = process::current_process_name();
  process::try_finally(
      [&] {
        at(py("time.sleep(SECONDS)"));
        process::sleep(seconds);
        at(py("print(name, \"has finished\""));
        process::print_now(name + " has finished");
      },
      [&] {
        at(py("print(name, \"cleans up\""));
        process::print_now(name + " cleans up");
      });
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const double seconds = settings.real("seconds");
  at(py("multiprocessing.Process(target=work, name=\"writer\")"));
  Process writer([seconds] { work(seconds); }, {.name = "writer"});
  writer.start();
  at(py("multiprocessing.Process(target=work, name=\"logger\""));
  Process logger([seconds] { work(seconds); }, {.name = "logger", .daemon = true});
  logger.start();
  at(py("time.sleep(0.3)"));
  process::sleep(0.3);
  at(py("print(\"MainProcess has come"));
  process::print_now("MainProcess has come to its last line");
}

// P-58, P-37
Verdict daemon_killed(const timeline::Model& model, const Settings&, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  if (lines_that_say(model, "logger has finished") + lines_that_say(model, "logger cleans up") > 0) return Verdict::broken;
  return exit_code_is(model, "logger", -15, finished);
}

// P-59: the exit of MainProcess waits for it.
Verdict waited_for(const timeline::Model& model, const Settings&, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  const timeline::Task *main = model.find(1), *writer = task_named(model, "writer");
  if (main != nullptr && writer != nullptr && main->death_ns < writer->death_ns) return Verdict::broken;
  return all_of({said(model, "writer has finished", finished), said(model, "writer cleans up", finished)});
}

}  // namespace

const Scenario& surprise_end_of_parent() {
  static const Scenario scenario{
      .id = "surprise-07",
      .group = "surprises",
      .python_file = "surprise-07-end-of-parent.py",
      .python = kPython,
      .cpp_file = "surprises/end_of_parent.cpp",
      .cpp = assets::core_scenario_surprises_end_of_parent_cpp,
      .parameters = {{.id = "seconds", .type = ParameterType::real, .fallback = "2", .minimum = 1, .maximum = 60, .unit = "s"}},
      .claims = {{"daemon-killed", daemon_killed}, {"waited-for", waited_for}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
