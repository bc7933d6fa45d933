// start + join of a no-op child: against bare fork + waitpid of the same process (target ≤ 1.3), and against CPython's (target ≤ 0.2).
// Measured inside a real run, with its supervisor and collector at work.
#include <sstream>

#include "tests/bench/ratio.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

void start_join_against_fork(benchmark::State& state) {
  std::vector<double> ours, bare;
  for (auto _ : state) {
    std::istringstream lines(tests::run_test_lesson("bench start join").out);
    for (double fork_ns = 0, process_ns = 0; lines >> fork_ns >> process_ns;) {
      bare.push_back(fork_ns);
      ours.push_back(process_ns);
    }
  }
  bench::report(state, ours, bare);
}
BENCHMARK(start_join_against_fork)->Name("start + join (fork) / bare fork + waitpid")->Iterations(5)->Unit(benchmark::kMillisecond);

constexpr const char* kPython = R"(
import multiprocessing, time
multiprocessing.set_start_method("fork")
def nothing(): pass
for _ in range(100):
    begin = time.perf_counter_ns(); p = multiprocessing.Process(target=nothing); p.start(); p.join()
    print(time.perf_counter_ns() - begin)
)";

void start_join_against_cpython(benchmark::State& state) {
  std::vector<double> ours, theirs;
  for (auto _ : state) {
    std::istringstream lines(tests::run_test_lesson("bench start join").out);
    for (double fork_ns = 0, process_ns = 0; lines >> fork_ns >> process_ns;) ours.push_back(process_ns);
    std::istringstream python(tests::run_python(kPython).out);
    for (double ns = 0; python >> ns;) theirs.push_back(ns);
  }
  bench::report(state, ours, theirs);
}
BENCHMARK(start_join_against_cpython)->Name("start + join (fork) / CPython's")->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
