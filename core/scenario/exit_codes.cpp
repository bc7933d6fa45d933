// One child returns, one raises, one sleeps and is terminated: 0, 1, −15. Or joined before it is terminated: 0, 1, 0.
#include <fmt/format.h>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_exit_codes_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void returns(const process::Args&) {
  const Frame frame("returns");
  at(py("print(\"nothing wrong here\")"));
  process::print("nothing wrong here");
}

void raises(const process::Args&) {
  const Frame frame("raises");
  at(py("raise RuntimeError"));
  process::raise("RuntimeError", "why");
}

void sleeps(const process::Args& args) {
  const Frame frame("sleeps");
  at(py("time.sleep(seconds)"));
  process::sleep(args.at(0).get<double>());
  at(py("print(\"slept to the end\")"));
  process::print("slept to the end");
}

constexpr process::Target kReturns{"returns", returns}, kRaises{"raises", raises}, kSleeps{"sleeps", sleeps};

void run(const Settings& settings) {
  const Frame frame("<module>");
  const bool terminate_first = settings.text("order") == "terminate-first";

  at(py("first = multiprocessing.Process"));
  Process first(kReturns);
  at(py("second = multiprocessing.Process"));
  Process second(kRaises);
  at(py("third = multiprocessing.Process"));
  Process third(kSleeps, {settings.real("seconds")});
  Process all[] = {first, second, third};
  for (Process& process : all) {
    at(py("process.start()"));
    process.start();
  }
  at(py("time.sleep(0.4)"));
  process::sleep(0.4);
  if (terminate_first) {
    at(py("third.terminate()\n    for"));
    third.terminate();
  }
  for (Process& process : all) {
    at(py("process.join()"));
    process.join();
  }
  if (!terminate_first) {
    at(py("third.terminate()  # too late"));
    third.terminate();  // P-43
  }
  for (Process& process : all) {
    at(py("print(process.name, process.exitcode)"));
    process::print(fmt::format("{} {}", process.name(), process.exitcode().value()));
  }
}

// P-30, P-35, P-37 (or P-30 again, if it is joined first and has ended by itself: P-43).
Verdict codes(const timeline::Model& model, const Settings& settings, bool finished) {
  const int third = settings.text("order") == "terminate-first" ? -15 : 0;
  return all_of({exit_code_is(model, "Process-1", 0, finished), exit_code_is(model, "Process-2", 1, finished),
                 exit_code_is(model, "Process-3", third, finished)});
}

// P-37: after SIGTERM no line of the program runs any more.
Verdict third_speaks(const timeline::Model& model, const Settings& settings, bool finished) {
  const bool terminated = settings.text("order") == "terminate-first";
  const timeline::Task* third = task_named(model, "Process-3");
  const bool spoke = third != nullptr && printed(model, *third, "slept to the end\n");
  if (terminated) return spoke ? Verdict::broken : eventually(finished, finished);
  return eventually(spoke, finished);
}

// P-35: "Process NAME:", the traceback, the error.
Verdict traceback(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Task* second = task_named(model, "Process-2");
  return eventually(second != nullptr && printed(model, *second, "Process Process-2:\nTraceback (most recent call last):\n") &&
                        printed(model, *second, "RuntimeError: why\n"),
                    finished);
}

}  // namespace

const Scenario& exit_codes() {
  static const Scenario scenario{
      .id = "exit-codes",
      .group = "processes",
      .python_file = "exit-codes.py",
      .python = kPython,
      .cpp_file = "exit_codes.cpp",
      .cpp = assets::core_scenario_exit_codes_cpp,
      .parameters = {{.id = "order",
                      .type = ParameterType::choice,
                      .fallback = "terminate-first",
                      .choices = {"terminate-first", "join-first"}},
                     {.id = "seconds", .type = ParameterType::real, .fallback = "3", .minimum = 1, .maximum = 60, .unit = "s"}},
      .claims = {{"codes", codes}, {"traceback", traceback}, {"third-speaks", third_speaks}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
