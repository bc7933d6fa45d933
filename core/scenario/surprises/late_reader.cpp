// A thread waits for messages while another computes: each message is late by the switch interval, for who computes is asked after that alone.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/gil/work.h"
#include "core/ipc/connection.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using ipc::Connection;
using process::Process;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_23_late_reader_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

struct Stage {
  double interval_s;
  int busy;
};
constexpr Stage kStages[] = {{0.005, 0}, {0.005, 1}, {0.0005, 1}};
constexpr std::uint64_t kRounds = 1000;
constexpr int kInstructions = 10;  // of the loop around them

std::atomic<bool> stop = false;

// Between the rounds of its outer loop it is at a check point as within them.
void compute() {
  const Frame frame("compute");
  at(py("x = (x * 1103515245"));
  const int python = process::Runtime::current().context().python_minor;
  gil::Working working(trace::WorkKind::cpu, 0);
  std::uint64_t x = 0;
  while (!stop.load(std::memory_order_relaxed)) {
    x = gil::compute_unrecorded(kRounds, x, python);
    gil::end_round(kInstructions);
  }
  working.done(x);
}

void tick(Connection& writer, long messages) {
  const Frame frame("tick");
  for (long i = 0; i < messages; ++i) {
    at(py("time.sleep(0.01)"));
    process::sleep(0.01);
    at(py("writer.send_bytes"));
    const std::int64_t now = base::now_ns();
    writer.send_bytes({reinterpret_cast<const std::uint8_t*>(&now), sizeof now});
  }
}

double median_ms(std::vector<std::int64_t> late) {
  std::sort(late.begin(), late.end());
  const std::size_t middle = late.size() / 2;
  const auto twice = late.size() % 2 == 1 ? 2 * late[middle] : late[middle - 1] + late[middle];
  return static_cast<double>(twice) / 2e6;
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const long messages = settings.integer("messages");
  for (const Stage& stage : kStages) {
    at(py("sys.setswitchinterval"));
    process::set_switch_interval(stage.interval_s);
    stop = false;
    at(py("reader, writer = multiprocessing"));
    auto [reader, writer] = ipc::Pipe(false);
    at(py("clock = multiprocessing"));
    Process clock([writer = writer, messages]() mutable { tick(writer, messages); });
    at(py("clock.start()"));
    clock.start();
    at(py("rivals = [threading"));
    std::vector<Thread> rivals;
    for (int i = 0; i < stage.busy; ++i) rivals.emplace_back(compute, process::ThreadOptions{.target = "compute"});
    for (Thread& rival : rivals) {
      at(py("rival.start()"));
      rival.start();
    }
    std::vector<std::int64_t> late;
    for (long i = 0; i < messages; ++i) {
      at(py("(sent,) = struct.unpack"));
      const auto bytes = reader.recv_bytes();
      std::int64_t sent = 0;
      std::memcpy(&sent, bytes.data(), std::min(bytes.size(), sizeof sent));
      late.push_back(base::now_ns() - sent);
    }
    stop = true;
    for (Thread& rival : rivals) {
      at(py("rival.join()"));
      rival.join();
    }
    at(py("clock.join()"));
    clock.join();
    at(py("print(f\"interval"));
    process::print_now(fmt::format("interval {:.1f} ms, {} computing: {:.3f} ms late", stage.interval_s * 1000, stage.busy, median_ms(late)));
  }
}

std::optional<double> late_ms(const timeline::Model& model, std::string_view stage) { return number_after(told_by_main(model, stage), ""); }

// G.8: whoever has read waits a whole interval before it asks for the GIL. The machine can only make that longer.
Verdict an_interval(const timeline::Model& model, const Settings&, bool finished) {
  const auto usual = late_ms(model, "interval 5.0 ms, 1 computing: "), quick = late_ms(model, "interval 0.5 ms, 1 computing: ");
  if (!usual || !quick) return so_far(hand_of_learner(model), model, finished);
  return hand_of_learner(model) || (*usual >= 4 && *quick >= 0.4) ? Verdict::held : Verdict::broken;
}

Verdict alone_at_once(const timeline::Model& model, const Settings&, bool finished) {
  const auto alone = late_ms(model, "interval 5.0 ms, 0 computing: "), usual = late_ms(model, "interval 5.0 ms, 1 computing: ");
  if (!alone || !usual) return so_far(hand_of_learner(model), model, finished);
  return hand_of_learner(model) || held_at_gate(model) || *alone < *usual ? Verdict::held : Verdict::broken;
}

Verdict asked_late(const timeline::Model& model, const Settings&, bool finished) {
  const Requests requests = requests_for_gil(model, finished);
  return requests.early ? Verdict::broken : so_far(requests.seen || hand_of_learner(model), model, finished);
}

}  // namespace

const Scenario& surprise_late_reader() {
  static const Scenario scenario{
      .id = "surprise-23",
      .group = "surprises",
      .python_file = "surprise-23-late-reader.py",
      .python = kPython,
      .cpp_file = "late_reader.cpp",
      .cpp = assets::core_scenario_surprises_late_reader_cpp,
      .parameters = {{.id = "messages", .type = ParameterType::integer, .fallback = "40", .minimum = 5, .maximum = 1000}},
      .claims = {{"alone", alone_at_once, "interval 5.0 ms, 0 computing: "}, {"an-interval", an_interval, "interval 5.0 ms, 1 computing: "}, {"asked-late", asked_late}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
