// start + join of a no-op child: against bare fork + waitpid of the same process (target ≤ 1.3), and against CPython's, by start method
// (targets ≤ 0.2 fork, ≤ 0.1 spawn, ≤ 0.3 forkserver).
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
def nothing(): pass
if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        for i in range(15):
            begin = time.perf_counter_ns(); p = context.Process(target=nothing); p.start(); p.join()
            if i: print(method, time.perf_counter_ns() - begin)
)";

std::vector<double> times_of(const std::string& method, const std::string& printed) {
  std::vector<double> times;
  std::istringstream lines(printed);
  std::string name;
  for (double ns = 0; lines >> name >> ns;) {
    if (name == method) times.push_back(ns);
  }
  return times;
}

void start_join_against_cpython(benchmark::State& state, const char* method) {
  std::vector<double> ours, theirs;
  for (auto _ : state) {
    const auto append = [](std::vector<double>& all, const std::vector<double>& some) { all.insert(all.end(), some.begin(), some.end()); };
    append(ours, times_of(method, tests::run_test_lesson("bench start methods").out));
    append(theirs, times_of(method, tests::run_python(kPython).out));
  }
  bench::report(state, ours, theirs);
}
BENCHMARK_CAPTURE(start_join_against_cpython, fork, "fork")->Name("start + join (fork) / CPython's")->Iterations(2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(start_join_against_cpython, spawn, "spawn")->Name("start + join (spawn) / CPython's")->Iterations(2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(start_join_against_cpython, forkserver, "forkserver")->Name("start + join (forkserver) / CPython's")->Iterations(2)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
