// Processes meet at a barrier: all come, one is late, or main gives up.
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
using sync::Barrier;

constexpr std::string_view kPython = assets::assets_scenarios_barrier_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void meet(Barrier& barrier, double pause, const Settings& settings) {
  const Frame frame("meet");
  for (long round = 0; round < settings.integer("rounds"); ++round) {
    at(py("time.sleep(pause)"));
    process::sleep(pause);
    int number = 0;
    try {
      at(py("number = barrier.wait"));
      number = barrier.wait(settings.real("seconds"));
    } catch (const process::PythonError& error) {
      if (error.type() != "threading.BrokenBarrierError") throw;
      at(py("print(name, \"finds"));
      process::print_now(process::current_process_name() + " finds the barrier broken");
      return;
    }
    at(py("print(\"through as number\""));
    process::print_now(fmt::format("through as number {}", number));
  }
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const std::string& what = settings.text("what");
  const long parties = settings.integer("parties");
  at(py("barrier = multiprocessing.Barrier"));
  Barrier barrier(static_cast<int>(parties), "barrier");
  std::vector<Process> workers;
  for (long number = 0; number < parties; ++number) {
    const bool last = number == parties - 1;
    const double pause =
        what == "one-is-late" && last ? settings.real("seconds") + 1 : 0.1 * static_cast<double>(number + 1);
    if (what == "abort" && last) continue;
    at(py("workers.append(multiprocessing.Process"));
    workers.emplace_back([barrier, pause, settings]() mutable { meet(barrier, pause, settings); });
  }
  for (Process& worker : workers) {
    at(py("worker.start()"));
    worker.start();
  }
  if (what == "abort") {
    at(py("time.sleep(1)"));
    process::sleep(1);
    at(py("barrier.abort()"));
    barrier.abort();
  }
  for (Process& worker : workers) {
    at(py("worker.join()"));
    worker.join();
  }
  at(py("print(\"the barrier is\""));
  process::print(fmt::format("the barrier is {}", barrier.broken() ? "broken" : "whole"));
}

// E-19: in each round every one gets a number, and no two the same.
Verdict numbers(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::size_t expected =
      settings.text("what") == "all-come" ? static_cast<std::size_t>(settings.integer("rounds")) : 0;
  bool all = true;
  for (long number = 0; number < settings.integer("parties"); ++number) {
    const std::size_t count = lines_that_say(model, fmt::format("through as number {}", number));
    if (count > expected && !held_at_gate(model)) return Verdict::broken;
    all = all && count == expected;
  }
  return eventually((all && expected != 0) || (finished && (all || held_at_gate(model))), finished);
}

// E-20: once it is broken it is broken for all of them, also for who comes later.
Verdict broken(const timeline::Model& model, const Settings& settings, bool finished) {
  const bool breaks = settings.text("what") != "all-come";
  const long comers = settings.integer("parties") - (settings.text("what") == "abort" ? 1 : 0);
  bool all = main_printed(model, breaks ? "the barrier is broken\n" : "the barrier is whole\n");
  for (long i = 1; i <= comers; ++i) {
    const bool found = lines_that_say(model, fmt::format("Process-{} finds the barrier broken", i)) == 1;
    if (found && !breaks && !held_at_gate(model)) return Verdict::broken;
    all = all && found == breaks;
  }
  return eventually(all || (finished && held_at_gate(model)), finished);
}

}  // namespace

const Scenario& barrier() {
  static const Scenario scenario{
      .id = "barrier",
      .group = "sharing",
      .python_file = "barrier.py",
      .python = kPython,
      .cpp_file = "barrier.cpp",
      .cpp = assets::core_scenario_barrier_cpp,
      .parameters = {{.id = "what",
                      .type = ParameterType::choice,
                      .fallback = "all-come",
                      .choices = {"all-come", "one-is-late", "abort"}},
                     {.id = "parties", .type = ParameterType::integer, .fallback = "3", .minimum = 2, .maximum = 6},
                     {.id = "rounds", .type = ParameterType::integer, .fallback = "2", .minimum = 1, .maximum = 20},
                     {.id = "seconds",
                      .type = ParameterType::real,
                      .fallback = "1.5",
                      .minimum = 1.5,
                      .maximum = 10,
                      .unit = "s"}},
      .claims = {{"numbers", numbers}, {"broken", broken}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
