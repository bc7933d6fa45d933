// Pool.map with tasks of one item that does nothing: against CPython's Pool, by turns. Measured inside a real run, with its supervisor and
// collector at work on the same processors.
#include <poll.h>

#include <sstream>

#include "core/base/fd.h"
#include "core/supervisor/engine.h"
#include "tests/bench/ratio.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

// Nanoseconds a task, one number a turn.
std::vector<double> ours(double& lost) {
  const base::Fd out(tests::capture_file());
  {
    supervisor::Engine live({.engine = TEST_ENGINE, .stdout_fd = out.get()}, {.scenario = "bench pool"});
    while (!live.finished()) {
      for (const trace::Record& record : live.take()) {
        if (record.event.kind == trace::Kind::lost) lost += static_cast<double>(record.event.a);
      }
      ::poll(nullptr, 0, 16);
    }
  }
  std::vector<double> times;
  std::istringstream lines(tests::captured(out.get()));
  std::string name;
  for (double ns = 0; lines >> name >> ns;) times.push_back(ns);
  return times;
}

constexpr const char* kPython = R"(
import multiprocessing, time
multiprocessing.set_start_method("fork")
def nothing(x): return x
n = 20000
pool = multiprocessing.Pool(2)
pool.map(nothing, range(100))
for _ in range(3):
    begin = time.perf_counter_ns()
    pool.map(nothing, range(n), 1)
    print((time.perf_counter_ns() - begin) / n, flush=True)
pool.close()
pool.join()
)";

void map_against_cpython(benchmark::State& state) {
  std::vector<double> mine, theirs;
  double lost = 0;
  for (auto _ : state) {
    for (const double ns : ours(lost)) mine.push_back(ns);
    std::istringstream python(tests::run_python(kPython).out);
    for (double ns = 0; python >> ns;) theirs.push_back(ns);
  }
  bench::report(state, mine, theirs);
  state.counters["ratio"] = bench::median(theirs) / bench::median(mine);
  state.counters["lost"] = lost;
}
BENCHMARK(map_against_cpython)->Name("Pool.map tasks/s, chunk size 1, ours / CPython's (target >= 5)")->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
