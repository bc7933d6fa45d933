// The GIL against python3's on the same machine, by turns in one run (targets: turns and speed-ups within 15 %, latencies within 25 %); and what
// an uncontended take and drop costs against its bare mutex and condition calls (target ≤ 1.5).
#include <pthread.h>

#include <map>
#include <sstream>

#include "core/base/clock.h"
#include "core/gil/gil.h"
#include "tests/bench/ratio.h"
#include "tests/support/lessons.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

void take_and_drop(benchmark::State& state) {
  constexpr int kBatch = 20'000;
  gil::Gil gil(trace::GilMode::gil);
  gil::ThreadState me;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, switch_mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t cond = PTHREAD_COND_INITIALIZER, switch_cond = PTHREAD_COND_INITIALIZER;
  std::vector<double> ours, bare;
  for (auto _ : state) {
    std::int64_t begin = base::now_ns();
    for (int i = 0; i < kBatch; ++i) {
      gil.take(me);
      gil.drop(me, trace::DropReason::blocking);
    }
    ours.push_back(static_cast<double>(base::now_ns() - begin) / kBatch);
    begin = base::now_ns();
    for (int i = 0; i < kBatch; ++i) {
      ::pthread_mutex_lock(&mutex);
      ::pthread_mutex_lock(&switch_mutex);
      ::pthread_cond_signal(&switch_cond);
      ::pthread_mutex_unlock(&switch_mutex);
      ::pthread_mutex_unlock(&mutex);
      ::pthread_mutex_lock(&mutex);
      ::pthread_cond_signal(&cond);
      ::pthread_mutex_unlock(&mutex);
    }
    bare.push_back(static_cast<double>(base::now_ns() - begin) / kBatch);
  }
  bench::report(state, ours, bare);
}
BENCHMARK(take_and_drop)->Name("take + drop, nobody else / their bare calls")->MinTime(1.0);

std::string python_says(const char* name) {
  return tests::run_python(std::string(tests::kPrelude) + std::string(tests::find_lesson(name)->python)).out;
}

void append_numbers(std::vector<double>& all, const std::string& printed) {
  std::istringstream lines(printed);
  for (double ns = 0; lines >> ns;) all.push_back(ns);
}

// The same program by both, by turns; the medians of what it prints.
void same_program(benchmark::State& state, const char* name) {
  std::vector<double> ours, theirs;
  for (auto _ : state) {
    append_numbers(ours, tests::run_test_lesson(name).out);
    append_numbers(theirs, python_says(name));
  }
  bench::report(state, ours, theirs);
}
BENCHMARK_CAPTURE(same_program, turns, "bench gil turns 5")->Name("time off the GIL, 2 threads, 5 ms / CPython's")->Iterations(4)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(same_program, latency_5, "bench gil latency 5")->Name("latency beside a computing thread, 5 ms / CPython's")->Iterations(4)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(same_program, latency_05, "bench gil latency 0.5")->Name("latency beside a computing thread, 0.5 ms / CPython's")->Iterations(4)->Unit(benchmark::kMillisecond);

// "threads 2 123456": nanoseconds by way and number of workers, the least of all turns: what else the machine does only adds to it.
using Walls = std::map<std::pair<std::string, int>, double>;
void note(Walls& walls, const std::string& printed) {
  std::istringstream lines(printed);
  std::string way;
  double ns = 0;
  for (int count = 0; lines >> way >> count >> ns;) {
    double& least = walls[{way, count}];
    least = least == 0 ? ns : std::min(least, ns);
  }
}

double speed_up(Walls& walls, const char* way, int count) {
  const double wall = walls[{way, count}];
  return wall > 0 ? walls[{way, 1}] / wall : 0;
}

void speed_ups(benchmark::State& state) {
  Walls ours, theirs;
  for (auto _ : state) {
    note(ours, tests::run_test_lesson("bench gil walls").out);
    note(theirs, python_says("bench gil walls"));
  }
  for (const int count : {2, 4}) {
    const std::string n = std::to_string(count);
    state.counters["threads_" + n] = speed_up(ours, "threads", count);
    state.counters["cpython_threads_" + n] = speed_up(theirs, "threads", count);
    state.counters["processes_" + n] = speed_up(ours, "processes", count);
    state.counters["cpython_processes_" + n] = speed_up(theirs, "processes", count);
    state.counters["forks_" + n] = speed_up(ours, "forks", count);
  }
}
BENCHMARK(speed_ups)->Name("speed-up of 2 and 4, threads and processes, CPython's beside it")->Iterations(2)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
