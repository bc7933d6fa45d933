// What a person feels of the real window, on a display of its own with software GL: how soon it is there, how soon a child is seen, how
// many frames a second while a lesson runs, and what it takes while nothing happens.
#define DOCTEST_CONFIG_IMPLEMENT  // the display is the tests' own
#include <benchmark/benchmark.h>
#include <doctest/doctest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>

#include "app/app.h"
#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "tests/app/display.h"
#include "tests/bench/ratio.h"

extern char** environ;

using namespace forklight;
using app::timeline_view::Drawn;

namespace {

app::Options options() {
  app::Options wanted;
  wanted.engine = FORKLIGHT_ENGINE;
  wanted.width = 1920;
  wanted.height = 1080;
  wanted.language = app::i18n::Language::english;
  wanted.scenario = "exit-codes";
  return wanted;
}

double cpu_s() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double ms_since(std::int64_t begin) { return static_cast<double>(base::now_ns() - begin) / 1e6; }

// Frames until the window has come to rest.
void settle(app::App& app) {
  for (const std::int64_t begin = base::now_ns(); ms_since(begin) < 2000;) app.frame();
}

// This program again, as a process that opens the window and says when its first frame was on the screen.
constexpr const char* kFirstFrame = "--first-frame";
int tell_first_frame() {
  app::App app(options());
  app.frame();
  std::printf("%lld\n", static_cast<long long>(base::now_ns()));
  return 0;
}

void first_frame(benchmark::State& state) {
  const tests::Display display(1920, 1080);
  std::vector<double> ms;
  for (auto _ : state) {
    base::Pipe pipe = base::make_pipe();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipe.write.get(), 1);
    std::string self = "/proc/self/exe", word = kFirstFrame;
    char* const arguments[] = {self.data(), word.data(), nullptr};
    const std::int64_t begin = base::now_ns();
    pid_t pid = -1;
    if (::posix_spawn(&pid, self.c_str(), &actions, nullptr, arguments, environ) != 0) return state.SkipWithError("cannot start");
    ::posix_spawn_file_actions_destroy(&actions);
    pipe.write.reset();
    char text[32] = {};
    const ssize_t got = ::read(pipe.read.get(), text, sizeof text - 1);
    ::waitpid(pid, nullptr, 0);
    if (got <= 0) return state.SkipWithError("no frame");
    ms.push_back(static_cast<double>(std::strtoll(text, nullptr, 10) - begin) / 1e6);
  }
  state.counters["ms"] = bench::median(ms);
  state.counters["ms_fastest"] = bench::quantile(ms, 0);
}
BENCHMARK(first_frame)->Name("exec to the first frame (target <= 400 ms)")->Iterations(7)->Unit(benchmark::kMillisecond);

void first_child(benchmark::State& state) {
  const tests::Display display(1920, 1080);
  app::App app(options());
  std::vector<double> ms;
  for (auto _ : state) {
    settle(app);
    const std::int64_t begin = base::now_ns();
    app.ui().push("run");
    const auto seen = [&] {
      const auto& drawn = app.timeline().drawn();
      return std::any_of(drawn.begin(), drawn.end(), [](const Drawn& one) { return one.what == Drawn::What::span && one.task > 1; });
    };
    do app.frame();
    while (!seen() && ms_since(begin) < 5000);
    ms.push_back(ms_since(begin));
    app.session().stop();
    while (app.session().live()) app.frame();
  }
  state.counters["ms"] = bench::median(ms);
  state.counters["ms_fastest"] = bench::quantile(ms, 0);
}
BENCHMARK(first_child)->Name("Run to the first child on screen (target <= 100 ms)")->Iterations(5)->Unit(benchmark::kMillisecond);

void idle(benchmark::State& state) {
  const tests::Display display(1920, 1080);
  app::App app(options());
  settle(app);
  double percent = 0;
  for (auto _ : state) {
    const double before = cpu_s();
    const std::int64_t begin = base::now_ns();
    while (ms_since(begin) < 10'000) app.frame();
    percent = (cpu_s() - before) * 100 / (ms_since(begin) / 1000);
  }
  state.counters["percent_of_a_core"] = percent;
}
BENCHMARK(idle)->Name("window at rest (target < 1 % of a core)")->Iterations(1)->Unit(benchmark::kMillisecond);

void live(benchmark::State& state) {
  const tests::Display display(1920, 1080);
  auto wanted = options();
  wanted.scenario = "queue";
  app::App app(wanted);
  settle(app);
  double frames = 0, seconds = 0;
  std::vector<double> periods;
  for (auto _ : state) {
    app.ui().push("run");
    app.frame();
    const std::int64_t begin = base::now_ns();
    for (std::int64_t last = begin; ms_since(begin) < 5000; ++frames) {
      app.frame();
      periods.push_back(ms_since(last));
      last = base::now_ns();
    }
    seconds += ms_since(begin) / 1000;
    app.session().stop();
    while (app.session().live()) app.frame();
  }
  state.counters["frames_a_second"] = frames / seconds;
  state.counters["slowest_in_a_hundred_ms"] = bench::quantile(periods, 0.99);
}
BENCHMARK(live)->Name("live, 1920x1080 (target >= 30 frames a second)")->Iterations(1)->Unit(benchmark::kMillisecond);

// A lesson that goes on, the window recorded every other second and a half: what that takes of its frames. In one run, so that whatever else
// the machine does falls on both.
void recorded(benchmark::State& state) {
  const tests::Display display(1920, 1080);
  auto wanted = options();
  wanted.scenario = "queue";
  app::App app(wanted);
  settle(app);
  std::string folder = (std::filesystem::temp_directory_path() / "forklight-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no directory");
  constexpr double kTurn = 1500;  // ms
  constexpr int kTurns = 8;
  double frames[2] = {}, seconds[2] = {};
  for (auto _ : state) {
    for (int turn = 0; turn < 2 * kTurns; ++turn) {
      // Each pair the other way round than the one before: what grows with the run falls on both.
      const bool on = (turn % 2 == 0) != (turn / 2 % 2 == 0);
      app.session().stop();
      while (app.session().live()) app.frame();
      app.ui().push("run");
      app.frame();
      if (on) app.ui().push("film.record", folder + "/bench.mp4");
      for (const std::int64_t warm = base::now_ns(); ms_since(warm) < 300;) app.frame();
      int count = 0;
      const std::int64_t begin = base::now_ns();
      for (; ms_since(begin) < kTurn; ++count) app.frame();
      const double took = ms_since(begin) / 1000;
      frames[on] += count;
      seconds[on] += took;
      if (!on) continue;
      app.ui().push("film.record");
      while (app.frame() && !app.ui().recording.making) {
      }
      app.ui().push("film.give_up");  // the film itself is not what is measured
      while (app.frame() && app.ui().recording.making) {
      }
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  state.counters["frames_a_second"] = frames[0] / seconds[0];
  state.counters["frames_a_second_recorded"] = frames[1] / seconds[1];
  state.counters["ratio"] = frames[1] / seconds[1] / (frames[0] / seconds[0]);
}
BENCHMARK(recorded)->Name("recorded, 1920x1080 (target >= 0.8 of the frames)")->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == kFirstFrame) return tell_first_frame();
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  context.setAssertHandler([](const doctest::AssertData& failed) {
    if (!failed.m_failed) return;
    std::fprintf(stderr, "%s:%d: %s\n", failed.m_file, failed.m_line, failed.m_expr);
    std::exit(1);
  });
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
