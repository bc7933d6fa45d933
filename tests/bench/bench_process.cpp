// start + join of a no-op child: against bare fork + waitpid of the same process (target ≤ 1.3), and against CPython's, by start method
// (targets ≤ 0.2 fork, ≤ 0.1 spawn, ≤ 0.3 forkserver).
// Measured inside a real run, with its supervisor and collector at work.
#include <sstream>

#include "tests/bench/ratio.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

std::vector<double> times_of(const std::string& method, const std::string& printed) {
  std::vector<double> times;
  std::istringstream lines(printed);
  std::string name;
  for (double ns = 0; lines >> name >> ns;) {
    if (name == method) times.push_back(ns);
  }
  return times;
}

void append(std::vector<double>& all, const std::vector<double>& some) { all.insert(all.end(), some.begin(), some.end()); }

void start_join_against_fork(benchmark::State& state) {
  std::vector<double> ours, bare, ours_cpu, bare_cpu;
  for (auto _ : state) {
    const std::string printed = tests::run_test_lesson("bench start join").out;
    append(ours, times_of("ours", printed));
    append(bare, times_of("bare", printed));
    append(ours_cpu, times_of("ours-cpu", printed));
    append(bare_cpu, times_of("bare-cpu", printed));
  }
  bench::report(state, ours, bare);
  // What parent and child together cost their processors: on a busy day the time that passes is mostly others'.
  state.counters["ours_cpu_ns"] = bench::median(ours_cpu);
  state.counters["bare_cpu_ns"] = bench::median(bare_cpu);
  state.counters["cpu_ratio"] = bench::median(ours_cpu) / bench::median(bare_cpu);
}
BENCHMARK(start_join_against_fork)->Name("start + join (fork) / bare fork + waitpid (target <= 1.3)")->Iterations(5)->Unit(benchmark::kMillisecond);

constexpr const char* kPython = R"(
import multiprocessing, time
def nothing(): pass
if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        for i in range(15):
            begin = time.perf_counter_ns(); p = context.Process(target=nothing); p.start(); p.join()
            if i: print(method, time.perf_counter_ns() - begin)
)";

void start_join_against_cpython(benchmark::State& state, const char* method) {
  std::vector<double> ours, theirs;
  for (auto _ : state) {
    append(ours, times_of(method, tests::run_test_lesson("bench start methods").out));
    append(theirs, times_of(method, tests::run_python(kPython).out));
  }
  bench::report(state, ours, theirs);
}
BENCHMARK_CAPTURE(start_join_against_cpython, fork, "fork")->Name("start + join (fork) / CPython's (target <= 0.2)")->Iterations(2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(start_join_against_cpython, spawn, "spawn")->Name("start + join (spawn) / CPython's (target <= 0.1)")->Iterations(2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(start_join_against_cpython, forkserver, "forkserver")->Name("start + join (forkserver) / CPython's (target <= 0.3)")->Iterations(2)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
