// Queue and duplex pipe: against the bare descriptors below them that move the same frames the same way, against CPython's, and against
// themselves without a recorder. Measured inside a real run, with its supervisor and collector at work on the same processors.
#include <poll.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <sstream>

#include "core/base/fd.h"
#include "core/supervisor/engine.h"
#include "tests/bench/ratio.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

using Times = std::map<std::string, std::vector<double>>;

// Of this process: the collector, and what takes from it.
double cpu_ms() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

// What the lesson prints: "name nanoseconds" a line. Its events are collected as by the window, and dropped; how many were lost because the
// collector came too late is "lost".
Times timed(const char* lesson) {
  const base::Fd out(tests::capture_file());
  const double before = cpu_ms();
  double lost = 0;
  {
    supervisor::RunRequest request;
    request.scenario = lesson;
    supervisor::Engine live({.engine = TEST_ENGINE, .stdout_fd = out.get()}, request);
    std::vector<supervisor::Engine::Batch> taken;
    while (!live.finished()) {
      taken = live.take(std::move(taken));
      for (const auto& batch : taken) {
        for (const trace::Record& record : batch) {
          if (record.event.kind == trace::Kind::lost) lost += static_cast<double>(record.event.a);
        }
      }
      ::poll(nullptr, 0, 16);
    }
  }
  Times times{{"lost", {lost}}, {"viewer-cpu-ms", {cpu_ms() - before}}};
  std::istringstream lines(tests::captured(out.get()));
  std::string name;
  for (double ns = 0; lines >> name >> ns;) times[name].push_back(ns);
  return times;
}

void append(std::vector<double>& all, const std::vector<double>& some) { all.insert(all.end(), some.begin(), some.end()); }

// Messages a second, ours / the other: a ratio of times the other way round. Where both took turns it is the median of the turns' ratios:
// what else the machine does falls on both of a turn.
void report_rate(benchmark::State& state, const std::vector<double>& ours_ns, const std::vector<double>& other_ns) {
  bench::report(state, ours_ns, other_ns);
  for (const char* ratio : {"ratio", "ratio_of_fastest"}) state.counters[ratio] = 1 / state.counters[ratio];
  if (ours_ns.size() != other_ns.size()) return;
  std::vector<double> ratios;
  for (std::size_t turn = 0; turn < ours_ns.size(); ++turn) ratios.push_back(other_ns[turn] / ours_ns[turn]);
  state.counters["ratio"] = bench::median(ratios);
}

// One run of the queue lesson after the other.
Times queue_times(benchmark::State& state) {
  Times all;
  for (auto _ : state) {
    for (const auto& [name, times] : timed("bench queue")) append(all[name], times);
  }
  return all;
}

void queue_against_pipe(benchmark::State& state) {
  Times all = queue_times(state);
  report_rate(state, all["traced"], all["bare"]);
  // What each stage costs its own processor: the same on a busy day.
  const auto shown = [&](const char* name) { return state.counters[name] = bench::median(all[name]); };
  const double feed = shown("traced-feed-cpu"), get = shown("traced-get-cpu"), write = shown("bare-write-cpu"), read = shown("bare-read-cpu");
  for (const char* name : {"traced-put-cpu", "traced-get-sleeps", "bare-read-sleeps", "lost", "viewer-cpu-ms"}) shown(name);
  state.counters["slowest_stage_ratio"] = std::max(write, read) / std::max(feed, get);
}
BENCHMARK(queue_against_pipe)->Name("Queue messages/s, traced / bare pipe's (target >= 0.8)")->Iterations(3)->Unit(benchmark::kMillisecond);

void queue_tracing(benchmark::State& state) {
  Times all = queue_times(state);
  report_rate(state, all["traced"], all["untraced"]);
  // The same of the processor time of all three stages.
  const auto cpu = [&](const std::string& name) {
    double sum = 0;
    for (const char* stage : {"-put-cpu", "-feed-cpu", "-get-cpu"}) sum += bench::median(all[name + stage]);
    return state.counters[name + "-cpu"] = sum;
  };
  const double untraced = cpu("untraced"), traced = cpu("traced");
  state.counters["cpu_ratio"] = untraced / traced;
}
BENCHMARK(queue_tracing)->Name("Queue messages/s, traced / untraced (target >= 0.85)")->Iterations(3)->Unit(benchmark::kMillisecond);

constexpr const char* kPython = R"(
import multiprocessing, time
multiprocessing.set_start_method("fork")
n = 30000
def produce(q):
    q.put(-1); time.sleep(0.02)
    for i in range(n): q.put(i % 100)
def consume(q):
    q.get(); q.get()
    begin = time.perf_counter_ns()
    for i in range(1, n): q.get()
    print((time.perf_counter_ns() - begin) / (n - 1), flush=True)
for _ in range(3):
    q = multiprocessing.Queue()
    both = [multiprocessing.Process(target=one, args=(q,)) for one in (produce, consume)]
    for p in both: p.start()
    for p in both: p.join()
)";

void queue_against_cpython(benchmark::State& state) {
  std::vector<double> ours, theirs;
  for (auto _ : state) {
    append(ours, timed("bench queue")["traced"]);
    std::istringstream python(tests::run_python(kPython).out);
    for (double ns = 0; python >> ns;) theirs.push_back(ns);
  }
  report_rate(state, ours, theirs);
}
BENCHMARK(queue_against_cpython)->Name("Queue messages/s, traced / CPython's (target >= 6)")->Iterations(3)->Unit(benchmark::kMillisecond);

void duplex_against_socketpair(benchmark::State& state) {
  Times all;
  for (auto _ : state) {
    for (const auto& [name, times] : timed("bench duplex")) append(all[name], times);
  }
  bench::report(state, all["traced"], all["bare"]);
}
BENCHMARK(duplex_against_socketpair)->Name("duplex round trip, traced / bare socketpair's (target <= 1.25)")->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
