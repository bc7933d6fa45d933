// Two million events a second from four real processes, taken into the model and built into a frame of the timeline sixty times a second
// (targets: none lost, and the frames keep their pace). What a graphics card then does with the frame is not in it.
#define DOCTEST_CONFIG_DISABLE
#include <poll.h>

#include "core/base/clock.h"
#include "core/supervisor/engine.h"
#include "tests/app/test_timeline_view.h"
#include "tests/bench/ratio.h"
#include "tests/support/processes.h"

using namespace forklight;
using namespace forklight::timeline_test;

namespace {

void intake(benchmark::State& state) {
  constexpr std::int64_t kFrame = base::kSecond / 60;
  std::vector<double> work_ms, periods_ms;
  double events = 0, lost = 0, seconds = 0;
  for (auto _ : state) {
    const base::Fd out(tests::capture_file());
    supervisor::RunRequest request;
    request.scenario = "bench intake";
    supervisor::Engine live({.engine = TEST_ENGINE, .stdout_fd = out.get()}, request);
    Model model;
    Screen screen(1920, 1080);
    std::vector<supervisor::Engine::Batch> taken;
    std::int64_t last = 0, first_ns = 0, last_ns = 0;
    while (!live.finished()) {
      const std::int64_t begin = base::now_ns();
      if (last != 0) periods_ms.push_back(static_cast<double>(begin - last) / 1e6);
      last = begin;
      taken = live.take(std::move(taken));
      for (const auto& batch : taken) {
        for (const trace::Record& record : batch) {
          if (record.event.kind == Kind::lost) lost += static_cast<double>(record.event.a);
        }
        model.append(batch);
      }
      screen.frame(model, true, base::now_ns());
      const std::int64_t left = kFrame - (base::now_ns() - begin);
      work_ms.push_back(static_cast<double>(kFrame - left) / 1e6);
      if (left > base::kMillisecond) ::poll(nullptr, 0, static_cast<int>(left / base::kMillisecond));
    }
    for (const auto& event : model.events()) {
      if (event.event.kind != Kind::sleep_begin) continue;
      first_ns = first_ns == 0 ? event.time_ns : first_ns;
      last_ns = event.time_ns;
    }
    events += static_cast<double>(model.events().size());
    seconds += static_cast<double>(last_ns - first_ns) / 1e9;
  }
  state.counters["events_a_second"] = events / seconds;
  state.counters["lost"] = lost;
  state.counters["frame_work_ms"] = bench::median(work_ms);
  state.counters["frame_work_ms_p99"] = bench::quantile(work_ms, 0.99);
  state.counters["frame_period_ms"] = bench::median(periods_ms);
  state.counters["frame_period_ms_p99"] = bench::quantile(periods_ms, 0.99);
}
BENCHMARK(intake)->Name("live intake of 2,000,000 events a second, a frame every 16.7 ms")->Iterations(2)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
