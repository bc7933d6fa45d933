// Some wait for a word, and main gives it to a few of them.
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
using sync::Condition;
using sync::Semaphore;

constexpr std::string_view kPython = assets::assets_scenarios_condition_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void wait_for_word(Condition& condition, Semaphore& here, double seconds) {
  const Frame frame("wait_for_word");
  bool woken = false;
  {
    at(py("with condition:\n        here"));
    const sync::With with(condition);
    at(py("here.release()"));
    here.release();
    at(py("woken = condition.wait"));
    woken = condition.wait(seconds);
  }
  at(py("print(\"woken\" if"));
  process::print_now(woken ? "woken" : "timed out");
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const long count = settings.integer("waiters");
  at(py("condition = multiprocessing.Condition()"));
  Condition condition("condition");
  at(py("here = multiprocessing.Semaphore(0)"));
  Semaphore here(0, "here");
  at(py("waiters = [multiprocessing.Process"));
  std::vector<Process> waiters;
  for (long i = 0; i < count; ++i) {
    waiters.emplace_back(
        [condition, here, seconds = settings.real("seconds")]() mutable { wait_for_word(condition, here, seconds); });
  }
  for (Process& waiter : waiters) {
    at(py("waiter.start()"));
    waiter.start();
  }
  for (long i = 0; i < count; ++i) {
    at(py("here.acquire()"));
    here.acquire();
  }
  {
    at(py("with condition:  # free"));
    const sync::With with(condition);
    at(py("condition.notify(NOTIFY)"));
    condition.notify(static_cast<int>(settings.integer("notify")));
    at(py("print(\"notified\""));
    process::print_now(fmt::format("notified {}", settings.integer("notify")));
  }
  for (Process& waiter : waiters) {
    at(py("waiter.join()"));
    waiter.join();
  }
}

// One notify, which let go of so many; and those, and no others, were woken by it.
bool notified(const timeline::Model& model, std::size_t expected) {
  const timeline::Object* const condition = object_named(model, "condition");
  if (condition == nullptr) return false;
  const auto words = events_on(model, *condition, trace::Kind::notify);
  const auto ends = events_on(model, *condition, trace::Kind::wait_end);
  const auto woken = std::count_if(ends.begin(), ends.end(), [](const auto& end) { return end.event.a == 1; });
  const auto by_main = std::count_if(model.flows().begin(), model.flows().end(), [&](const timeline::Flow& flow) {
    return flow.kind == timeline::FlowKind::wake && flow.object == condition->id && flow.from == 1;
  });
  const auto count = static_cast<long>(expected);
  return words.size() == 1 && words[0].event.b == expected && woken == count && by_main == count;
}

// E-16, E-17: as many wake as were notified, the others wait until their time is over.
Verdict woken(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto waiters = static_cast<std::size_t>(settings.integer("waiters"));
  const std::size_t expected = std::min(waiters, static_cast<std::size_t>(settings.integer("notify")));
  const std::size_t woke = lines_that_say(model, "woken"), timed_out = lines_that_say(model, "timed out");
  const bool in_time = timed_out <= waiters - expected || held_at_gate(model);
  if (woke > expected || !in_time) return Verdict::broken;
  if (can_be_counted(model, finished) && !notified(model, expected)) return Verdict::broken;
  return eventually(woke + timed_out == waiters, finished);
}

}  // namespace

const Scenario& condition() {
  static const Scenario scenario{
      .id = "condition",
      .group = "sharing",
      .python_file = "condition.py",
      .python = kPython,
      .cpp_file = "condition.cpp",
      .cpp = assets::core_scenario_condition_cpp,
      .parameters =
          {{.id = "waiters", .type = ParameterType::integer, .fallback = "3", .minimum = 1, .maximum = 8},
           {.id = "notify", .type = ParameterType::integer, .fallback = "2", .minimum = 0, .maximum = 8},
           {.id = "seconds", .type = ParameterType::real, .fallback = "1", .minimum = 0.5, .maximum = 30, .unit = "s"}},
      .claims = {{"woken", woken}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
