// Two children raise one Value, with and without its lock: += is a read and a write, each under the lock, and not one step.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using sync::Barrier;
using sync::Value;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_16_value_race_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void plain(Value& value, Barrier& barrier, long times) {
  const Frame frame("plain");
  at(py("barrier.wait()\n    for _ in range(TIMES):\n        value"));
  barrier.wait();
  at(py("value.value += 1  # a read"));
  for (long i = 0; i < times; ++i) value.set(std::int64_t{value.get()} + 1);  // E-40
}

void locked(Value& value, Barrier& barrier, long times) {
  const Frame frame("locked");
  at(py("barrier.wait()\n    for _ in range(TIMES):\n        with"));
  barrier.wait();
  for (long i = 0; i < times; ++i) {
    at(py("with value.get_lock():"));
    const sync::With with(value.get_lock());  // E-41
    at(py("value.value += 1  # nobody"));
    value.set(std::int64_t{value.get()} + 1);
  }
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const long times = settings.integer("times");
  for (const bool with_lock : {false, true}) {
    at(py("value = multiprocessing.Value"));
    Value value(0);
    at(py("barrier = multiprocessing.Barrier"));
    Barrier barrier(2);
    at(py("children = [multiprocessing"));
    std::vector<Process> children;
    for (int i = 0; i < 2; ++i) {
      children.emplace_back([value, barrier, times, with_lock]() mutable { with_lock ? locked(value, barrier, times) : plain(value, barrier, times); });
    }
    for (Process& child : children) {
      at(py("child.start()"));
      child.start();
    }
    for (Process& child : children) {
      at(py("child.join()"));
      child.join();
    }
    at(py("print(f\"{count.__name__}"));
    process::print_now(fmt::format("{}: {} of {}", with_lock ? "locked" : "plain", value.get(), 2 * times));
  }
}

// E-40. How many are lost is a matter of the moment: none, if the two never met.
Verdict never_more(const timeline::Model& model, const Settings& settings, bool finished) {
  if (hand_of_learner(model)) return so_far(true, model, finished);
  const auto text = told_by_main(model, "plain: ");
  const auto counted = number_after(text, "");
  if (!counted) return so_far(false, model, finished);
  const auto times = static_cast<double>(settings.integer("times"));
  return *counted >= 1 && *counted <= 2 * times ? Verdict::held : Verdict::broken;
}

// Each write that lost something wrote a number that had been written before: as many on record as are missing in the sum, or more.
Verdict explained(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto counted = number_after(told_by_main(model, "plain: "), "");
  if (!counted) return so_far(hand_of_learner(model), model, finished);
  if (model.lost_count() > 0 || hand_of_learner(model)) return so_far(true, model, finished);
  const auto& objects = model.objects();
  const auto value = std::find_if(objects.begin(), objects.end(), [](const timeline::Object& object) { return object.kind == trace::ObjectKind::value; });
  if (value == objects.end()) return Verdict::broken;
  std::size_t again = 0;
  std::int64_t highest = 0;
  for (const timeline::EventRef& ref : events_on(model, *value, trace::Kind::store)) {
    const auto written = static_cast<std::int64_t>(ref.event.a);
    again += written <= highest ? 1 : 0;
    highest = std::max(highest, written);
  }
  const double lost = 2.0 * static_cast<double>(settings.integer("times")) - *counted;
  return (lost > 0) == (again > 0) ? Verdict::held : Verdict::broken;
}

Verdict locked_is_exact(const timeline::Model& model, const Settings& settings, bool finished) {
  const long all = 2 * settings.integer("times");
  return main_told(model, "locked: ", fmt::format("{} of {}", all, all), finished);
}

}  // namespace

const Scenario& surprise_value_race() {
  static const Scenario scenario{
      .id = "surprise-16",
      .group = "surprises",
      .python_file = "surprise-16-value-race.py",
      .python = kPython,
      .cpp_file = "value_race.cpp",
      .cpp = assets::core_scenario_surprises_value_race_cpp,
      .parameters = {{.id = "times", .type = ParameterType::integer, .fallback = "20000", .minimum = 1, .maximum = 50000}},
      .claims = {{"never-more", never_more}, {"explained", explained}, {"locked", locked_is_exact}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
