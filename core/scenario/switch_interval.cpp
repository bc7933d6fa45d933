// Threads that compute, and threads that sleep, share a GIL until the run is stopped: the learner turns the switch interval, and sees what
// becomes of the turns.
#include <fmt/format.h>

#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/gil/work.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Thread;

constexpr std::uint64_t kRounds = 1000;
constexpr int kInstructions = 10;  // of the loop around them
constexpr std::string_view kPython = assets::assets_scenarios_switch_interval_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

bool goes_on(std::int64_t until_ns) { return until_ns == 0 || base::now_ns() < until_ns; }

void computes(std::int64_t until_ns) {
  const Frame frame("computes");
  at(py("x = (x * 1103515245"));
  const int python = process::Runtime::current().context().python_minor;
  gil::Working working(trace::WorkKind::cpu, 0);
  std::uint64_t x = 0;
  while (goes_on(until_ns)) {
    x = gil::compute_unrecorded(kRounds, x, python);
    gil::end_round(kInstructions);
  }
  working.done(x);
}

void sleeps(std::int64_t until_ns) {
  const Frame frame("sleeps");
  while (goes_on(until_ns)) {
    at(py("time.sleep(0.02)"));
    process::sleep(0.02);
  }
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const double seconds = settings.real("seconds");
  const std::int64_t until_ns = seconds > 0 ? base::now_ns() + static_cast<std::int64_t>(seconds * 1e9) : 0;
  at(py("sys.setswitchinterval"));
  process::set_switch_interval(settings.real("interval"));
  at(py("print(\"the switch interval"));
  process::print_now(fmt::format("the switch interval is {} s", process::switch_interval()));
  std::vector<Thread> threads;
  const auto name = [&](std::string_view target) { return process::ThreadOptions{.name = fmt::format("Thread-{} ({})", threads.size() + 1, target)}; };
  at(py("threads = [threading"));
  for (long i = 0; i < settings.integer("compute"); ++i) threads.emplace_back([until_ns] { computes(until_ns); }, name("computes"));
  at(py("threads += [threading"));
  for (long i = 0; i < settings.integer("sleep"); ++i) threads.emplace_back([until_ns] { sleeps(until_ns); }, name("sleeps"));
  for (Thread& thread : threads) {
    at(py("thread.start()"));
    thread.start();
  }
  for (Thread& thread : threads) {
    at(py("thread.join()"));
    thread.join();
  }
}

// G.2: who waits asks for the GIL when an interval has passed, whichever it was when the wait began, and not before.
Verdict asked_late(const timeline::Model& model, const Settings&, bool finished) {
  const Requests requests = requests_for_gil(model, finished);
  return requests.early ? Verdict::broken : so_far(requests.seen, model, finished);
}

// Without seconds it goes on until it is stopped.
Verdict goes_until_stopped(const timeline::Model& model, const Settings& settings, bool finished) {
  return settings.real("seconds") > 0 ? exit_code_is(model, "MainProcess", 0, finished) : endless(model, settings, finished);
}

}  // namespace

const Scenario& switch_interval() {
  static const Scenario scenario{
      .id = "switch-interval",
      .group = "gil",
      .python_file = "switch-interval.py",
      .python = kPython,
      .cpp_file = "switch_interval.cpp",
      .cpp = assets::core_scenario_switch_interval_cpp,
      .parameters =
          {{.id = "interval", .type = ParameterType::real, .fallback = "0.005", .minimum = 0.000001, .maximum = 1, .unit = "s"},
           {.id = "compute", .type = ParameterType::integer, .fallback = "2", .minimum = 1, .maximum = 8},
           {.id = "sleep", .type = ParameterType::integer, .fallback = "1", .minimum = 0, .maximum = 8},
           {.id = "seconds", .type = ParameterType::real, .fallback = "0", .minimum = 0, .maximum = 600, .unit = "s"}},
      .claims = {{"asked-late", asked_late}, {"endless", goes_until_stopped}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
