// What one event costs, against one bare read of the clock (target ≤ 1.5).
#include "core/base/clock.h"
#include "core/trace/recorder.h"
#include "tests/bench/ratio.h"

using namespace forklight;

namespace {

constexpr int kBatch = 4000;  // fits the ring, so that nothing is lost and nothing is drained while the clock runs

double per_call_ns(std::int64_t begin) { return static_cast<double>(base::now_ns() - begin) / kBatch; }

void event_against_clock(benchmark::State& state) {
  const trace::Region region = trace::Region::create({.slots = 2});
  trace::Recorder& recorder = trace::Recorder::current();
  recorder.attach(region, 0);
  trace::RingReader reader = region.reader(0);
  std::vector<double> ours, bare;
  for (auto _ : state) {
    std::int64_t begin = base::now_ns();
    for (int i = 0; i < kBatch; ++i) {
      recorder.gate(trace::Kind::line);
      recorder.record(trace::Kind::line, 1, 2, 3);
    }
    ours.push_back(per_call_ns(begin));
    begin = base::now_ns();
    for (int i = 0; i < kBatch; ++i) benchmark::DoNotOptimize(base::now_ns());
    bare.push_back(per_call_ns(begin));
    reader.consume(reader.published().size());
  }
  bench::report(state, ours, bare);
}
BENCHMARK(event_against_clock)->Name("event, gate at pace real / clock read")->MinTime(1.0);

}  // namespace

BENCHMARK_MAIN();
