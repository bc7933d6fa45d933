// One call of C code: sum() keeps the GIL as long as it takes, crc32() and sleep() leave it. Another thread measures how long it stood still.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/gil/work.h"
#include "core/process/python.h"
#include "core/process/thread.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_25_c_call_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

constexpr std::size_t kBytes = 64'000'000;
constexpr double kNanosecondsANumber = 15;  // of sum(range()) in Python
constexpr int kInstructions = 14;           // of a round of the watcher's loop

std::atomic<bool> stop = false;
std::atomic<std::int64_t> gap = 0;  // ns

void watch() {
  const Frame frame("watch");
  at(py("while not stop"));
  gil::Working working(trace::WorkKind::cpu, 0);
  std::int64_t last = base::now_ns();
  // Python tests the condition, and then looks at its word as it jumps back: what it waited there is measured by one more round.
  for (bool more = !stop.load(std::memory_order_relaxed); more;) {
    const std::int64_t now = base::now_ns();
    gap = std::max(gap.load(), now - last);
    last = now;
    more = !stop.load(std::memory_order_relaxed);
    gil::end_round(kInstructions);
  }
  working.done(0);
}

void while_watched(std::string_view name, const std::function<void()>& call) {
  const Frame frame("while_watched");
  at(py("stop, gap ="));
  stop = false;
  gap = 0;
  at(py("watcher = threading.Thread"));
  Thread watcher(watch, {.target = "watch"});
  at(py("watcher.start()"));
  watcher.start();
  at(py("time.sleep(0.02)"));
  process::sleep(0.02);
  at(py("call()\n    took"));
  const std::int64_t began = base::now_ns();
  call();
  const std::int64_t took = base::now_ns() - began;
  stop = true;
  at(py("watcher.join()"));
  watcher.join();
  at(py("print(f\"{name}"));
  const auto ms = [](std::int64_t ns) { return static_cast<double>(ns) / 1e6; };
  process::print_now(fmt::format("{}: took {:.0f} ms, the other thread stood still for {:.0f} ms", name, ms(took), ms(gap)));
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  while_watched("sum", [&] {
    const Frame lambda("<lambda>");
    at(py("while_watched(\"sum\""));
    // As long as Python's call takes, not as many additions: those are quicker here.
    const auto length = static_cast<std::int64_t>(static_cast<double>(settings.integer("millions")) * 1e6 * kNanosecondsANumber);
    const std::int64_t until = base::now_ns() + length;
    while (base::now_ns() < until) (void)gil::sum_range(100'000);
  });
  while_watched("crc32", [] {
    const Frame lambda("<lambda>");
    at(py("while_watched(\"crc32\""));
    static const std::vector<std::uint8_t> data(kBytes);
    (void)gil::crc32(data);
  });
  while_watched("sleep", [] {
    const Frame lambda("<lambda>");
    at(py("while_watched(\"sleep\""));
    process::sleep(0.3);
  });
}

struct Told {
  double took_ms, still_ms;
};
std::optional<Told> told_of(const timeline::Model& model, std::string_view name) {
  const auto text = told_by_main(model, name);
  const auto took = number_after(text, "took "), still = number_after(text, "stood still for ");
  if (!took || !still) return std::nullopt;
  return Told{*took, *still};
}

// G.5: nobody else runs before the call returns.
Verdict keeps(const timeline::Model& model, const Settings&, bool finished) {
  const auto sum = told_of(model, "sum: ");
  if (!sum) return so_far(hand_of_learner(model), model, finished);
  return hand_of_learner(model) || sum->still_ms >= 0.6 * sum->took_ms ? Verdict::held : Verdict::broken;
}

// G.5: without the GIL; how long the other one stands still is the machine's affair, and no part of the call.
Verdict leaves(const timeline::Model& model, const Settings&, bool finished) {
  const auto sleep = told_of(model, "sleep: "), crc = told_of(model, "crc32: ");
  if (!sleep || !crc) return so_far(hand_of_learner(model), model, finished);
  return hand_of_learner(model) || held_at_gate(model) || sleep->still_ms < 0.8 * sleep->took_ms ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& surprise_c_call() {
  static const Scenario scenario{
      .id = "surprise-25",
      .group = "surprises",
      .python_file = "surprise-25-c-call.py",
      .python = kPython,
      .cpp_file = "c_call.cpp",
      .cpp = assets::core_scenario_surprises_c_call_cpp,
      .parameters = {{.id = "millions", .type = ParameterType::integer, .fallback = "20", .minimum = 2, .maximum = 500}},
      .claims = {{"keeps", keeps, "sum: "}, {"leaves", leaves, "sleep: "}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
