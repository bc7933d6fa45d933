// Threads raise a variable without a lock. Whether updates are lost depends on where the interpreter lets another thread go on: between reading
// and writing, or never there.
#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <vector>

#include "assets/embedded.h"
#include "core/gil/work.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/claims.h"
#include "core/scenario/gil_mode.h"
#include "core/scenario/registry.h"
#include "core/sync/raw.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_race_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

gil::Variable x;

void worker_body(gil::Raise how, std::uint64_t rounds) {
  const Frame frame(how == gil::Raise::in_place ? "in_place" : "by_call");
  if (how == gil::Raise::in_place) {
    at(py("x += 1"));
  } else {
    at(py("x = f(x)"));
  }
  (void)gil::raise_variable(x, how, rounds, process::Runtime::current().context().python_minor);
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  use_gil_mode(settings);
  at(py("print(\"Python\""));
  process::print(fmt::format("Python 3.{}", process::Runtime::current().context().python_minor));
  const auto rounds = static_cast<std::uint64_t>(settings.integer("rounds")) * 1000;
  const bool in_place = settings.text("statement") == "in-place";
  const gil::Raise how = in_place ? gil::Raise::in_place : gil::Raise::by_call;
  at(py("x = 0"));
  x.object = sync::announce(trace::ObjectKind::value, "x", 0, 0);
  at(py("workers = [threading.Thread"));
  std::vector<Thread> workers;
  for (long i = 1; i <= settings.integer("workers"); ++i) {
    workers.emplace_back([how, rounds] { worker_body(how, rounds); },
                         process::ThreadOptions{.name = fmt::format("Thread-{} ({})", i, in_place ? "in_place" : "by_call")});
  }
  for (Thread& worker : workers) {
    at(py("worker.start()"));
    worker.start();
  }
  for (Thread& worker : workers) {
    at(py("worker.join()"));
    worker.join();
  }
  const std::uint64_t expected = rounds * workers.size(), counted = x.value.load();
  at(py("print(\"expected\""));
  process::print(fmt::format("expected {}", expected));
  at(py("print(\"counted\""));
  process::print(fmt::format("counted {}", counted));
  at(py("print(\"lost\""));
  process::print(fmt::format("lost {}", expected - counted));
}

struct Told {
  int minor = 0;
  unsigned long expected = 0, counted = 0, lost = 0;
};
std::optional<Told> told(const timeline::Model& model) {
  const timeline::Task* main = model.find(1);
  const std::string text = main != nullptr ? stdout_of(model, *main) : std::string();
  const auto place = text.find("Python 3.");
  Told all;
  if (place == std::string::npos || std::sscanf(text.c_str() + place, "Python 3.%d expected %lu counted %lu lost %lu", &all.minor, &all.expected, &all.counted, &all.lost) != 4) {
    return std::nullopt;
  }
  return all;
}

// G.4: since 3.10 nobody comes in between the two halves of `x += 1`; before, and within `x = f(x)`, and without a GIL, somebody may.
Verdict result(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto all = told(model);
  if (!all) return eventually(false, finished);
  const bool whole = settings.text("statement") == "in-place" && settings.text("lock") == "gil" && all->minor >= 10;
  if (whole || settings.integer("workers") == 1) return all->counted == all->expected ? Verdict::held : Verdict::broken;
  return all->counted >= 1 && all->counted + all->lost == all->expected ? Verdict::held : Verdict::broken;
}

// Whenever updates were lost, it is on record who lost them: a thread that wrote what it had read before others wrote.
Verdict explained(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto all = told(model);
  const timeline::Object* const variable = object_named(model, "x");
  if (!all || variable == nullptr) return eventually(false, finished);
  if (model.lost_count() > 0) return Verdict::held;  // events are missing, and the timeline says so
  const auto losses = events_on(model, *variable, trace::Kind::update_lost);
  if (settings.text("lock") == "gil") {
    // Under the GIL it takes a hand-over for that, and what the thread had in hand was written down as it lost the lock.
    const auto hands = events_on(model, *variable, trace::Kind::in_hand);
    for (const timeline::EventRef& loss : losses) {
      bool found = false;
      for (const timeline::EventRef& hand : hands) {
        found = found || (hand.task == loss.task && hand.event.a == loss.event.a && hand.event.time_ns <= loss.event.time_ns);
      }
      if (!found) return Verdict::broken;
    }
  }
  return all->lost == 0 || !losses.empty() ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& race() {
  static const Scenario scenario{
      .id = "race",
      .group = "gil",
      .python_file = "race.py",
      .python = kPython,
      .cpp_file = "race.cpp",
      .cpp = assets::core_scenario_race_cpp,
      .parameters =
          {{.id = "statement", .type = ParameterType::choice, .fallback = "call", .choices = {"in-place", "call"}},
           gil_mode(),
           {.id = "workers", .type = ParameterType::integer, .fallback = "2", .minimum = 1, .maximum = 8},
           {.id = "rounds", .type = ParameterType::integer, .fallback = "2000", .minimum = 1, .maximum = 50000}},
      .claims = {{"result", result}, {"explained", explained}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
