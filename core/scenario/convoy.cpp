// One thread waits for messages, beside threads that compute. How late is it? As late as the switch interval, for each message (G.8).
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <map>
#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/gil/work.h"
#include "core/ipc/connection.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/claims.h"
#include "core/scenario/gil_mode.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using ipc::Connection;
using process::at;
using process::Frame;
using process::Process;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_convoy_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

constexpr std::uint64_t kRoundsOfLoop = 1000;
constexpr int kInstructions = 10;  // of `while not stop` and the call in it
constexpr std::int64_t kLengthOfCall_ns = 10 * base::kMillisecond;
constexpr std::size_t kChecked = 4'000'000;

std::atomic<bool> stop = false;

// Between the rounds of its outer loop a rival is at a check point as within them.
template <typename Body>
void until_stopped(const char* function, std::uint16_t line, Body&& body) {
  const Frame frame(function);
  at(line);
  gil::Working working(trace::WorkKind::cpu, 0);
  std::uint64_t result = 0;
  while (!stop.load(std::memory_order_relaxed)) {
    result = body(result);
    gil::end_round(kInstructions);
  }
  working.done(result);
}

void computes() {
  const int python = process::Runtime::current().context().python_minor;
  until_stopped("computes", py("x = (x * 1103515245"), [python](std::uint64_t x) { return gil::compute_unrecorded(kRoundsOfLoop, x, python); });
}

// As long as Python's call takes, not as many additions: those are quicker here.
void calls_c() {
  until_stopped("calls_c", py("sum(range"), [](std::uint64_t sum) {
    const std::int64_t until = base::now_ns() + kLengthOfCall_ns;
    while (base::now_ns() < until) sum += gil::sum_range(10'000);
    return sum;
  });
}

void checks() {
  const std::vector<std::uint8_t> data(kChecked);
  until_stopped("checks", py("zlib.crc32(data)"), [&](std::uint64_t) { return std::uint64_t{gil::crc32(data)}; });
}

void feed(Connection& writer, long messages, double pause_s) {
  const Frame frame("feed");
  for (long i = 0; i < messages; ++i) {
    at(py("time.sleep(PAUSE)"));
    process::sleep(pause_s);
    at(py("writer.send_bytes"));
    const std::int64_t now = base::now_ns();
    writer.send_bytes({reinterpret_cast<const std::uint8_t*>(&now), sizeof now});
  }
}

void reads(Connection& reader, long messages, std::vector<std::int64_t>& latencies) {
  const Frame frame("reads");
  gil::Working working(trace::WorkKind::io, static_cast<std::uint64_t>(messages));
  for (long i = 0; i < messages; ++i) {
    at(py("sent = struct.unpack"));
    const auto bytes = reader.recv_bytes();
    std::int64_t sent = 0;
    std::memcpy(&sent, bytes.data(), std::min(bytes.size(), sizeof sent));
    at(py("latencies.append"));
    latencies.push_back(base::now_ns() - sent);
  }
  working.done(0);
}

void tell(std::vector<std::int64_t> latencies) {
  const auto ms = [](std::int64_t ns) { return static_cast<double>(ns) / 1e6; };
  std::sort(latencies.begin(), latencies.end());
  at(py("print(f\"median"));
  process::print(fmt::format("median {:.3f} ms", ms(latencies[latencies.size() / 2])));
  at(py("print(f\"nine of ten"));
  process::print(fmt::format("nine of ten below {:.3f} ms", ms(latencies[latencies.size() * 9 / 10])));
  at(py("print(f\"longest"));
  process::print(fmt::format("longest {:.3f} ms", ms(latencies.back())));
  at(py("    histogram()"));
  {
    const Frame frame("histogram");
    std::map<std::int64_t, int> counts;
    for (const std::int64_t latency : latencies) {
      std::int64_t below = 50'000;
      while (latency >= below) below *= 2;
      ++counts[below];
    }
    at(py("print(f\"below"));
    for (const auto& [below, count] : counts) process::print(fmt::format("below {:.2f} ms {}", ms(below), count));
  }
  at(py("print(\"messages\""));
  process::print(fmt::format("messages {}", latencies.size()));
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  use_gil_mode(settings);
  stop = false;
  const long messages = settings.integer("messages");
  at(py("sys.setswitchinterval"));
  process::set_switch_interval(settings.real("interval"));
  at(py("reader, writer ="));
  auto [reader, writer] = ipc::Pipe(false);
  at(py("feeder = multi"));
  Process feeder([writer = writer, messages, pause = settings.real("pause")]() mutable { feed(writer, messages, pause); });
  const std::string& rival = settings.text("rival");
  int threads_made = 0;
  const auto name = [&](std::string_view target) { return process::ThreadOptions{.name = fmt::format("Thread-{} ({})", ++threads_made, target)}; };
  at(py("rivals = [threading"));
  std::vector<Thread> rivals;
  for (long i = 0; i < settings.integer("rivals"); ++i) {
    if (rival == "loop") rivals.emplace_back(computes, name("computes"));
    if (rival == "c-calls") rivals.emplace_back(calls_c, name("calls_c"));
    if (rival == "checksum") rivals.emplace_back(checks, name("checks"));
  }
  at(py("listener = threading"));
  std::vector<std::int64_t> latencies;
  Thread listener([&, reader = reader]() mutable { reads(reader, messages, latencies); }, name("reads"));
  at(py("feeder.start()"));
  feeder.start();
  for (Thread& one : rivals) {
    at(py("rival.start()"));
    one.start();
  }
  at(py("listener.start()"));
  listener.start();
  at(py("listener.join()"));
  listener.join();
  at(py("stop = True"));
  stop = true;
  for (Thread& one : rivals) {
    at(py("rival.join()"));
    one.join();
  }
  at(py("feeder.join()"));
  feeder.join();
  tell(std::move(latencies));
}

std::string said(const timeline::Model& model) {
  const timeline::Task* main = model.find(1);
  return main != nullptr ? stdout_of(model, *main) : std::string();
}

Verdict all_came(const timeline::Model& model, const Settings& settings, bool finished) {
  return eventually(said(model).find(fmt::format("messages {}\n", settings.integer("messages"))) != std::string::npos, finished);
}

// G.2: beside a loop the GIL has to be asked for, and nobody asks before an interval has passed.
Verdict waits(const timeline::Model& model, const Settings& settings, bool finished) {
  const bool loop = settings.text("lock") == "gil" && settings.text("rival") == "loop" && !hand_of_learner(model) && !held_at_gate(model);
  const Requests requests = requests_for_gil(model, finished);
  if (requests.early) return Verdict::broken;
  return all_of({all_came(model, settings, finished), loop ? eventually(requests.seen, finished) : Verdict::held});
}

}  // namespace

const Scenario& convoy() {
  static const Scenario scenario{
      .id = "convoy",
      .group = "gil",
      .python_file = "convoy.py",
      .python = kPython,
      .cpp_file = "convoy.cpp",
      .cpp = assets::core_scenario_convoy_cpp,
      .parameters =
          {{.id = "interval", .type = ParameterType::real, .fallback = "0.005", .minimum = 0.000001, .maximum = 1, .unit = "s"},
           gil_mode(),
           {.id = "rival", .type = ParameterType::choice, .fallback = "loop", .choices = {"loop", "c-calls", "checksum", "nobody"}},
           {.id = "rivals", .type = ParameterType::integer, .fallback = "1", .minimum = 1, .maximum = 8},
           {.id = "messages", .type = ParameterType::integer, .fallback = "100", .minimum = 1, .maximum = 10000},
           {.id = "pause", .type = ParameterType::real, .fallback = "0.01", .minimum = 0, .maximum = 1, .unit = "s"}},
      .claims = {{"all-came", all_came}, {"waits", waits}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
