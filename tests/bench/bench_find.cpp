// Find and the filter of the list of events in a run of five million events (target: no frame waits for them, ≤ 5 ms of one; next and previous
// at once), whether what is looked for is seldom or everywhere.
#define DOCTEST_CONFIG_DISABLE
#include <algorithm>

#include "app/panels/panels.h"
#include "app/session/find.h"
#include "core/base/clock.h"
#include "tests/app/test_timeline_view.h"
#include "tests/bench/ratio.h"

using namespace forklight;
using namespace forklight::timeline_test;
using app::session::Find;

namespace {

constexpr std::uint32_t kQueue = trace::kFirstObject;
constexpr auto kSlice = std::chrono::milliseconds(4);  // as the find bar and the list of events have it

// A producer puts a million values and prints every tenth, a consumer gets them.
const Model& many() {
  static const Model model = [] {
    Run run;
    run.at(0).begin(1, "MainProcess").begin(2, "Process-1", 1).begin(3, "Process-2", 1).object(1, kQueue, trace::ObjectKind::queue, 0, "Queue-1");
    for (int i = 0; i < 1'200'000; ++i) {
      const auto id = static_cast<std::uint64_t>(i + 1);
      const std::string value = "'value " + std::to_string(i % 1000) + "'";
      run.at_ns(kMs + i * 2000LL).write(2, Kind::put_begin, kQueue, id, 0, value).at_ns(kMs + i * 2000LL + 300).write(2, Kind::put_end, kQueue, id, 1);
      if (i % 10 == 0) run.write(2, Kind::output, 0, 1, 0, "put " + value + (i == 1'100'000 ? " needle" : "") + "\n");
      run.at_ns(kMs + i * 2000LL + 1000).write(3, Kind::get_begin, kQueue, UINT64_MAX);
      run.write(3, Kind::get_end, kQueue, id, 1, value);
    }
    return run.model();
  }();
  return model;
}

void words(const Model& model, const timeline::EventRef& event, std::string& text) {
  text += app::panels::event_words(model, event);
  if (event.text != 0) text += model.text(event.text);
}

void look(benchmark::State& state, std::string_view text) {
  const Model& model = many();
  std::vector<double> slices_ms, steps_us;
  double seconds = 0, hits = 0;
  for (auto _ : state) {
    Find find;
    find.look_for(text);
    for (bool more = true; more;) {
      const std::int64_t begin = base::now_ns();
      more = find.update(model, {}, 1, words, kSlice);
      slices_ms.push_back(static_cast<double>(base::now_ns() - begin) / 1e6);
      seconds += slices_ms.back() / 1e3;
    }
    hits = static_cast<double>(find.count());
    app::session::Selection at;
    for (int i = 0; i < 2000; ++i) {
      const std::int64_t begin = base::now_ns();
      const auto hit = find.go(i < 1000 ? 1 : -1, at);
      benchmark::DoNotOptimize(find.place());
      steps_us.push_back(static_cast<double>(base::now_ns() - begin) / 1e3);
      if (hit) at = {hit->subject, hit->time_ns};
    }
  }
  state.counters["events"] = static_cast<double>(model.events().size());
  state.counters["hits"] = hits;
  state.counters["slice_ms_p99"] = bench::quantile(slices_ms, 0.99);
  state.counters["slice_ms_slowest"] = bench::quantile(slices_ms, 1);
  state.counters["events_a_second"] = static_cast<double>(model.events().size()) * static_cast<double>(state.iterations()) / seconds;
  state.counters["next_us"] = bench::median(steps_us);
  state.counters["next_us_slowest"] = bench::quantile(steps_us, 1);
}
BENCHMARK_CAPTURE(look, seldom, "needle")->Name("find what is there once")->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(look, everywhere, "value")->Name("find what is in most events")->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
