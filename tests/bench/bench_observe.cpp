// What watching costs: CPU time of sampling /proc as a share of a core (target < 1 %), records lost of a hundred thousand switches
// (target 0), and how much slower the switches are for being written down.
#include "core/base/clock.h"
#include "tests/bench/ratio.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

supervisor::RunRequest request(const char* lesson, observe::Want want) {
  supervisor::RunRequest request;
  request.scenario = lesson;
  request.python_minor = tests::python_minor();
  request.observe = want;
  return request;
}

void sampling_cost(benchmark::State& state) {
  std::int64_t cost = 0, lasted = 0;
  for (auto _ : state) {
    const std::int64_t begin = base::now_ns();
    supervisor::Engine engine({.engine = TEST_ENGINE}, request("kernel busy many", observe::Want::best));
    (void)tests::wait_until([&] { return (void)engine.take(), engine.finished(); });
    lasted += base::now_ns() - begin;
    cost += engine.sampling_cost_ns();
  }
  state.counters["percent_of_a_core"] = lasted > 0 ? 100.0 * static_cast<double>(cost) / static_cast<double>(lasted) : 0;
}
BENCHMARK(sampling_cost)->Name("sampling /proc of 24 processes")->Iterations(1)->Unit(benchmark::kMillisecond);

void ping_pong(benchmark::State& state) {
  std::vector<double> watched, alone;
  std::uint64_t switches = 0, lost = 0;
  const auto main_ns = [](const tests::LessonRun& run) {
    const auto* main = run.model.find(1);
    return main == nullptr ? 0.0 : static_cast<double>(main->death_ns - main->born_ns);
  };
  for (auto _ : state) {
    const tests::LessonRun run = tests::run_lesson(TEST_ENGINE, request("kernel ping-pong", observe::Want::best));
    switches += run.model.kernel().switches();
    lost += run.model.kernel().lost();
    watched.push_back(main_ns(run));
    alone.push_back(main_ns(tests::run_lesson(TEST_ENGINE, request("kernel ping-pong", observe::Want::nothing))));
  }
  bench::report(state, watched, alone);
  state.counters["switches"] = static_cast<double>(switches);
  state.counters["lost"] = static_cast<double>(lost);
}
BENCHMARK(ping_pong)->Name("100,000 switches, watched / not")->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
