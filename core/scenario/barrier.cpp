// Processes meet at a barrier: all come, one is late, or main gives up.
#include <algorithm>

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

// Each round is filled by its last one, who wakes the others; and all of them get through by that.
bool rounds_filled(const timeline::Model& model, std::size_t rounds, std::size_t parties) {
  const timeline::Object* const barrier = object_named(model, "barrier");
  if (barrier == nullptr) return false;
  const auto full = events_on(model, *barrier, trace::Kind::barrier_full);
  const auto ends = events_on(model, *barrier, trace::Kind::wait_end);
  if (full.size() != rounds) return false;
  return std::all_of(full.begin(), full.end(), [&](const timeline::EventRef& filled) {
    const auto through = std::count_if(ends.begin(), ends.end(), [&](const timeline::EventRef& end) {
      return end.event.a == 1 && end.event.b == filled.event.a;
    });
    const auto woken = std::count_if(model.flows().begin(), model.flows().end(), [&](const timeline::Flow& flow) {
      return flow.kind == timeline::FlowKind::wake && flow.object == barrier->id && flow.detail == filled.event.a &&
             flow.from == filled.task;
    });
    return filled.event.b == parties && through == static_cast<long>(parties) && woken + 1 == static_cast<long>(parties);
  });
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
  const auto parties = static_cast<std::size_t>(settings.integer("parties"));
  if (can_be_counted(model, finished) && !rounds_filled(model, expected, parties)) return Verdict::broken;
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
