// terminate() leaves a child no time for finally and atexit; and which of them run at an end in order depends on the version.
#include "assets/embedded.h"
#include "core/process/atexit.h"
#include "core/process/python.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_04_no_finally_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void clean_up(std::string_view who) {
  const Frame frame("clean_up");
  at(py("print(who, \"cleans up\""));
  process::print_now(fmt::format("{} cleans up", who));
}

void work(sync::Event& ready, bool returns) {
  const Frame frame("work");
  at(py("atexit.register(clean_up"));
  process::atexit_register("clean_up", [] { clean_up("atexit"); });
  process::try_finally(
      [&] {
        at(py("print(\"at work\""));
        process::print_now("at work");
        at(py("ready.set()"));
        ready.set();
        at(py("time.sleep(0.5 if"));
        process::sleep(returns ? 0.5 : 30);
      },
      [] {
        at(py("clean_up(\"finally\")"));
        clean_up("finally");
      });
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const bool returns = settings.text("end") == "returns";
  at(py("ready = multiprocessing.Event()"));
  sync::Event ready("ready");
  at(py("worker = multiprocessing.Process"));
  Process worker([ready, returns]() mutable { work(ready, returns); });
  at(py("worker.start()"));
  worker.start();
  at(py("ready.wait()"));
  ready.wait();
  if (!returns) {
    at(py("time.sleep(0.5)\n        worker"));
    process::sleep(0.5);
    at(py("worker.terminate()"));
    worker.terminate();
  }
  at(py("worker.join()"));
  worker.join();
  at(py("print(\"exit code\""));
  process::print_now(fmt::format("exit code {}", worker.exitcode().value()));
}

// P-37
Verdict code(const timeline::Model& model, const Settings& settings, bool finished) {
  return said(model, settings.text("end") == "returns" ? "exit code 0" : "exit code -15", finished);
}

// P-37: SIGTERM ends the process without either. Else finally always runs; functions of atexit in a forked child since 3.13 (0.1), which only
// the run knows that is "installed".
Verdict cleans_up(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::size_t last = lines_that_say(model, "finally cleans up"), exits = lines_that_say(model, "atexit cleans up");
  if (disturbed(model)) return so_far(true, model, finished);
  const bool returns = settings.text("end") == "returns";
  const int minor = python_minor(settings, 0);
  if (last > (returns ? 1U : 0U) || exits > last || (minor != 0 && minor < 13 && exits > 0)) return Verdict::broken;
  return so_far(finished && last == (returns ? 1U : 0U) && (minor < 13 || exits == last), model, finished);
}

}  // namespace

const Scenario& surprise_no_finally() {
  static const Scenario scenario{
      .id = "surprise-04",
      .group = "surprises",
      .python_file = "surprise-04-no-finally.py",
      .python = kPython,
      .cpp_file = "surprises/no_finally.cpp",
      .cpp = assets::core_scenario_surprises_no_finally_cpp,
      .parameters = {{.id = "end", .type = ParameterType::choice, .fallback = "terminated", .choices = {"terminated", "returns"}}},
      .claims = {{"code", code}, {"cleans-up", cleans_up}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
