// What a frame of the timeline costs where threads have handed the GIL to one another a million times, against a thousand times in the
// same picture (target ≤ 2.0, and ≤ 2 ms): the whole run in view, and one turn in view.
// The helpers are the tests' own; their checks are not what is measured.
#define DOCTEST_CONFIG_DISABLE
#include "core/base/clock.h"
#include "tests/app/test_timeline_view.h"
#include "tests/bench/ratio.h"

using namespace forklight;
using namespace forklight::timeline_test;
using trace::DropReason;

namespace {

constexpr std::uint32_t kGil = trace::kFirstObject;

// Four threads in turn, 5 ms each, every turn ended by a request.
Model turns(int count) {
  Run run;
  run.at(0).begin(1, "MainProcess").object(1, kGil, trace::ObjectKind::gil, 0, "GIL-1");
  for (TaskId task = 2; task < 6; ++task) run.thread(task, 1, "Thread").write(task, Kind::gil_want, kGil, 1);
  run.at(0.01).block(1, trace::BlockReason::thread_join, 2).write(2, Kind::gil_take, kGil, 1, 1);
  for (int i = 0; i < count; ++i) {
    const auto from = static_cast<TaskId>(2 + i % 4), to = static_cast<TaskId>(2 + (i + 1) % 4);
    const double ms = 5.0 * (i + 1);
    run.at(ms).write(to, Kind::gil_request, kGil, from, 1);
    run.at(ms + 0.01).write(from, Kind::eval_check, kGil, 0, 10'000).write(from, Kind::gil_drop, kGil, static_cast<std::uint64_t>(DropReason::request));
    run.at(ms + 0.02).write(to, Kind::gil_take, kGil, from, 2).write(from, Kind::gil_want, kGil, to);
  }
  return run.model();
}

double frame_ns(const Model& model, Screen& screen) {
  constexpr int kFrames = 30;
  std::vector<double> all;
  for (int i = 0; i < kFrames; ++i) {
    const std::int64_t begin = base::now_ns();
    screen.frame(model);
    all.push_back(static_cast<double>(base::now_ns() - begin));
  }
  std::nth_element(all.begin(), all.begin() + kFrames / 2, all.end());
  return all[kFrames / 2];
}

void lane(benchmark::State& state, bool whole) {
  static const Model many = turns(1'000'000), few = turns(1'000);
  std::vector<double> much, little;
  for (auto _ : state) {
    for (const Model* model : {&many, &few}) {
      Screen screen(1280, 720);
      screen.frame(*model);
      if (!whole) screen.ui.view = {2'500e6, 2'506e6};
      screen.frame(*model);
      (model == &many ? much : little).push_back(frame_ns(*model, screen));
    }
  }
  bench::report(state, much, little);
}
BENCHMARK_CAPTURE(lane, whole, true)->Name("frame, whole run: 1,000,000 hand-overs / 1,000")->Iterations(5)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(lane, turn, false)->Name("frame, one turn: 1,000,000 hand-overs / 1,000")->Iterations(5)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
