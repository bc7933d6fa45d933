// Two threads raise a variable without a lock, by x += 1 and by x = f(x): the GIL changes hands after the call, and not within x += 1 since 3.10.
#include <fmt/format.h>

#include <vector>

#include "assets/embedded.h"
#include "core/gil/work.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"
#include "core/sync/raw.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_24_plus_equals_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

gil::Variable x;

void count(gil::Raise how, std::uint64_t rounds) {
  const bool in_place = how == gil::Raise::in_place;
  const Frame frame(in_place ? "in_place" : "by_call");
  if (in_place) {
    at(py("x += 1"));
  } else {
    at(py("x = f(x)"));
  }
  (void)gil::raise_variable(x, how, rounds, process::Runtime::current().context().python_minor);
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("print(f\"Python"));
  process::print_now(fmt::format("Python 3.{}", process::Runtime::current().context().python_minor));
  const auto rounds = static_cast<std::uint64_t>(settings.integer("rounds")) * 1000;
  for (const gil::Raise how : {gil::Raise::in_place, gil::Raise::by_call}) {
    const std::string_view name = how == gil::Raise::in_place ? "in_place" : "by_call";
    at(py("x = 0\n        threads"));
    x.value = 0;
    x.object = sync::announce(trace::ObjectKind::value, fmt::format("x, {}", name), 0, 0);
    at(py("threads = [threading"));
    std::vector<Thread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back([how, rounds] { count(how, rounds); }, process::ThreadOptions{.target = name});
    for (Thread& thread : threads) {
      at(py("thread.start()"));
      thread.start();
    }
    for (Thread& thread : threads) {
      at(py("thread.join()"));
      thread.join();
    }
    at(py("print(f\"{count.__name__}"));
    process::print_now(fmt::format("{}: lost {} of {}", name, 2 * rounds - x.value.load(), 2 * rounds));
  }
}

// G.4: since 3.10 the GIL changes hands at a loop's end, a function's start and after a call; before, between any two instructions.
Verdict in_place(const timeline::Model& model, const Settings&, bool finished) {
  const auto lost = number_after(told_by_main(model, "in_place: "), "lost ");
  if (!lost) return so_far(hand_of_learner(model), model, finished);
  const double all = number_after(told_by_main(model, "in_place: "), " of ").value_or(0);
  const auto minor = number_after(told_by_main(model, "Python "), "3.");
  return *lost == 0 || (minor && *minor < 10 && *lost < all) ? Verdict::held : Verdict::broken;
}

// Whatever was lost is on record: who wrote had read before others wrote.
Verdict explained(const timeline::Model& model, const Settings&, bool finished) {
  const auto lost = number_after(told_by_main(model, "by_call: "), "lost ");
  const timeline::Object* const variable = object_named(model, "x, by_call");
  if (!lost || variable == nullptr) return so_far(hand_of_learner(model), model, finished);
  if (model.lost_count() > 0) return Verdict::held;  // events are missing, and the timeline says so
  return (*lost > 0) == !events_on(model, *variable, trace::Kind::update_lost).empty() ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& surprise_plus_equals() {
  static const Scenario scenario{
      .id = "surprise-24",
      .group = "surprises",
      .python_file = "surprise-24-plus-equals.py",
      .python = kPython,
      .cpp_file = "plus_equals.cpp",
      .cpp = assets::core_scenario_surprises_plus_equals_cpp,
      .parameters = {{.id = "rounds", .type = ParameterType::integer, .fallback = "1000", .minimum = 1, .maximum = 20000}},
      .claims = {{"in-place", in_place, "in_place: "}, {"explained", explained, "by_call: "}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
