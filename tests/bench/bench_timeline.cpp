// What a frame of the timeline costs (targets: ≤ 2.0 of what a run of a thousandth of the length costs, and ≤ 2 ms): where threads have handed
// the GIL to one another a million times, and of ten million spans on five hundred tracks, at every zoom, on both axes.
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

// Processes of ten threads, each of which sleeps and computes in turn: a span each. Every track has its own rhythm.
Model tracks(int spans) {
  constexpr int kTracks = 500, kThreads = 10;
  Model model;
  std::vector<trace::Record> records;
  const auto write = [&](std::int64_t time_ns, TaskId task, Kind kind, std::uint64_t a = 0, std::uint64_t b = 0, std::string text = {}) {
    records.push_back({{time_ns, kind, 7, 0, a, b}, task, std::move(text)});
  };
  for (TaskId task = 1; task <= kTracks; ++task) {
    const TaskId process = (task - 1) / kThreads * kThreads + 1;
    write(kBegin, task, Kind::task_begin, (4200ULL + process) << 32 | (4200ULL + process), task == process ? (task == 1 ? 0 : 1) : process,
          task == process ? "Process" : "Thread");
  }
  for (int i = 0; i < spans / kTracks; ++i) {
    for (TaskId task = 1; task <= kTracks; ++task) {
      const std::int64_t when = kBegin + (i + 1) * kMs + task * 1000 + (i * 7919 + static_cast<int>(task) * 104729) % 1000;
      write(when, task, i % 2 == 0 ? Kind::sleep_begin : Kind::sleep_end, 1000);
    }
    if (records.size() < 100'000) continue;
    model.append(records);
    records.clear();
  }
  model.append(records);
  return model;
}

// The whole run in view, or a share of the few and what looks the same of the many.
void compare(benchmark::State& state, const Model& many, const Model& few, AxisKind axis, double share, double times) {
  std::vector<double> much, little;
  for (auto _ : state) {
    for (const Model* model : {&many, &few}) {
      Screen screen(1920, 1080);
      screen.ui.axis = axis;
      screen.frame(*model);  // fits
      const double middle = (screen.ui.view.begin + screen.ui.view.end) / 2, half = (screen.ui.view.end - screen.ui.view.begin) * share / 2;
      // The same picture of both.
      const double shown = share < 1 && model == &many ? half / times : half;
      if (share < 1) screen.ui.follow = false, screen.ui.view = {middle - shown, middle + shown};
      screen.frame(*model);
      (model == &many ? much : little).push_back(frame_ns(*model, screen));
    }
  }
  bench::report(state, much, little);
}
// A queue with its feeder: a producer puts, a consumer gets, four steps a message.
Model traffic(int messages) {
  Run run;
  run.at(0).begin(1, "MainProcess").begin(2, "Process-1", 1).begin(3, "Process-2", 1).object(1, kGil, trace::ObjectKind::queue, 0, "Queue-1").thread(4, 2, "QueueFeederThread");
  for (int i = 0; i < messages; ++i) {
    const auto id = static_cast<std::uint64_t>(i + 1);
    run.at_ns(kMs + i * 2000LL).write(2, Kind::put_begin, kGil, id, 0, std::to_string(i % 10)).at_ns(kMs + i * 2000LL + 300).write(2, Kind::put_end, kGil, id, 1);
    run.write(4, Kind::feed, kGil, id).at_ns(kMs + i * 2000LL + 700).write(4, Kind::sent, kGil, id, 20);
    run.write(3, Kind::get_begin, kGil, UINT64_MAX).at_ns(kMs + i * 2000LL + 1000 + i % 7 * 100).write(3, Kind::received, kGil, id, 20);
    run.write(3, Kind::get_end, kGil, id, 1, std::to_string(i % 10));
  }
  return run.model();
}

void many_tracks(benchmark::State& state, AxisKind axis, double share) {
  static const Model many = tracks(10'000'000), few = tracks(10'000);
  compare(state, many, few, axis, share, 1000);
}

void one_queue(benchmark::State& state, AxisKind axis, double share) {
  static const Model many = traffic(1'000'000), few = traffic(10'000);
  compare(state, many, few, axis, share, 100);
}

#define TRACKS(axis, name, share) BENCHMARK_CAPTURE(many_tracks, axis##name, AxisKind::axis, share)->Name("frame, " #axis " axis, " #name " in view: 10,000,000 spans on 500 tracks / 10,000")->Iterations(5)->Unit(benchmark::kMillisecond)
#define QUEUE(axis, name, share) BENCHMARK_CAPTURE(one_queue, axis##name, AxisKind::axis, share)->Name("frame, " #axis " axis, " #name " in view: 1,000,000 messages / 10,000")->Iterations(5)->Unit(benchmark::kMillisecond)
TRACKS(time, all, 1.0);
TRACKS(time, tenth, 0.1);
TRACKS(time, hundredth, 0.01);
TRACKS(order, all, 1.0);
TRACKS(order, tenth, 0.1);
TRACKS(order, hundredth, 0.01);
QUEUE(time, all, 1.0);
QUEUE(time, tenth, 0.1);
QUEUE(time, hundredth, 0.01);
QUEUE(order, all, 1.0);
QUEUE(order, tenth, 0.1);
QUEUE(order, hundredth, 0.01);

}  // namespace

BENCHMARK_MAIN();
