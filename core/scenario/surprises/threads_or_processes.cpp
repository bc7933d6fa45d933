// The same work by one and by two, threads and processes: two threads have one GIL between them, two processes have one each.
#include <fmt/format.h>

#include <functional>
#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/gil/work.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/proc.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_22_threads_or_processes_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

struct Cost {
  double wall_s, cores;
};

void work(std::uint64_t rounds) {
  const Frame frame("work");
  at(py("x = (x * 1103515245"));
  (void)gil::compute(rounds, 0, process::Runtime::current().context().python_minor);
}

template <typename Worker>
Cost shared(std::uint64_t rounds, std::size_t count, const std::function<Worker(std::function<void()>)>& make) {
  const Frame frame("shared");
  at(py("workers = [kind("));
  std::vector<Worker> workers;
  for (std::size_t i = 0; i < count; ++i) workers.push_back(make([rounds, count] { work(rounds / count); }));
  at(py("began, cpu_began"));
  const std::int64_t began = base::now_ns();
  const double cpu_began = cpu_s();
  for (Worker& worker : workers) {
    at(py("worker.start()"));
    worker.start();
  }
  for (Worker& worker : workers) {
    at(py("worker.join()"));
    worker.join();
  }
  at(py("return time.perf_counter() - began"));
  const double wall_s = static_cast<double>(base::now_ns() - began) * 1e-9;
  return {wall_s, (cpu_s() - cpu_began) / wall_s};
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const auto rounds = static_cast<std::uint64_t>(settings.integer("rounds")) * 1'000'000;
  for (const bool processes : {false, true}) {
    for (const std::size_t count : {1U, 2U}) {
      at(py("wall, used = shared"));
      const Cost cost = processes ? shared<Process>(rounds, count, [](auto body) { return Process(std::move(body)); })
                                  : shared<Thread>(rounds, count, [](auto body) { return Thread(std::move(body), {.target = "work"}); });
      at(py("print(f\"{way} x"));
      process::print_now(fmt::format("{} x {}: took {:.3f} s, on {:.2f} cores", processes ? "process" : "thread", count, cost.wall_s, cost.cores));
    }
  }
}

std::optional<double> cores_of(const timeline::Model& model, std::string_view who) { return number_after(told_by_main(model, who), "on "); }

// G.8: who has not the GIL computes nothing, so two threads use what one uses; a tenth of a core for what is no Python.
Verdict one_core(const timeline::Model& model, const Settings&, bool finished) {
  const auto cores = cores_of(model, "thread x 2: ");
  if (!cores) return so_far(hand_of_learner(model), model, finished);
  return *cores <= 1.1 ? Verdict::held : Verdict::broken;
}

// Each has an interpreter, and a GIL, of its own. On a machine of one core, or one that had others to serve, that cannot be seen.
Verdict two_cores(const timeline::Model& model, const Settings&, bool finished) {
  const auto cores = cores_of(model, "process x 2: ");
  if (!cores) return so_far(hand_of_learner(model), model, finished);
  const auto one = cores_of(model, "process x 1: ").value_or(0);
  const bool busy = one < kAlmostOne || others_took_cores(model, {"Process-2", "Process-3"}) || held_at_gate(model) || hand_of_learner(model);
  return *cores > 1.2 || busy ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& surprise_threads_or_processes() {
  static const Scenario scenario{
      .id = "surprise-22",
      .group = "surprises",
      .python_file = "surprise-22-threads-or-processes.py",
      .python = kPython,
      .cpp_file = "threads_or_processes.cpp",
      .cpp = assets::core_scenario_surprises_threads_or_processes_cpp,
      .parameters = {{.id = "rounds", .type = ParameterType::integer, .fallback = "8", .minimum = 1, .maximum = 100}},
      .claims = {{"one-core", one_core}, {"two-cores", two_cores, "process x 2: "}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
