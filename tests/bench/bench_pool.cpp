// Pool.map with tasks of one item that does nothing: against CPython's Pool, by turns. Measured inside a real run, with its supervisor and
// collector at work on the same processors.
#include <poll.h>

#include <map>
#include <sstream>

#include "core/base/fd.h"
#include "core/supervisor/engine.h"
#include "tests/bench/ratio.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

// Nanoseconds a task: of each turn ("map"), and on all processors together ("cpu").
using Times = std::map<std::string, std::vector<double>>;

void take(std::istream& lines, Times& times) {
  std::string name;
  for (double ns = 0; lines >> name >> ns;) times[name].push_back(ns);
}

void take_ours(Times& times, double& lost) {
  const base::Fd out(tests::capture_file());
  {
    supervisor::Engine live({.engine = TEST_ENGINE, .stdout_fd = out.get()}, {.scenario = "bench pool"});
    while (!live.finished()) {
      for (const auto& batch : live.take()) {
        for (const trace::Record& record : batch) {
          if (record.event.kind == trace::Kind::lost) lost += static_cast<double>(record.event.a);
        }
      }
      ::poll(nullptr, 0, 16);
    }
  }
  std::istringstream lines(tests::captured(out.get()));
  take(lines, times);
}

constexpr const char* kPython = R"(
import multiprocessing, resource, time
multiprocessing.set_start_method("fork")
def nothing(x): return x
n = 20000
pool = multiprocessing.Pool(2)
pool.map(nothing, range(100))
for _ in range(3):
    begin = time.perf_counter_ns()
    pool.map(nothing, range(n), 1)
    print("map", (time.perf_counter_ns() - begin) / n, flush=True)
pool.close()
pool.join()
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print("cpu", sum(u.ru_utime + u.ru_stime for u in used) * 1e9 / (3 * n))
)";

void map_against_cpython(benchmark::State& state) {
  Times mine, theirs;
  double lost = 0;
  for (auto _ : state) {
    take_ours(mine, lost);
    std::istringstream python(tests::run_python(kPython).out);
    take(python, theirs);
  }
  bench::report(state, mine["map"], theirs["map"]);
  state.counters["ratio"] = bench::median(theirs["map"]) / bench::median(mine["map"]);
  // The same on a busy day.
  state.counters["cpu_ratio"] = bench::median(theirs["cpu"]) / bench::median(mine["cpu"]);
  state.counters["lost"] = lost;
}
BENCHMARK(map_against_cpython)->Name("Pool.map tasks/s, chunk size 1, ours / CPython's (target >= 5)")->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
