// The same computation by threads under the GIL, by threads without one, by interpreters with one each, and by processes: one way after the
// other, with 1, 2, 4 … workers. What each takes is measured, here and now.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/gil/work.h"
#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/claims.h"
#include "core/scenario/proc.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_gil_vs_processes_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

// What a worker says at its end.
struct Told {
  std::uint64_t result = 0;
  long private_kb = 0;
};

int python() { return process::Runtime::current().context().python_minor; }

std::uint64_t work(std::uint64_t rounds, std::uint64_t x) {
  const Frame frame("work");
  at(py("x = (x * 1103515245 + 12345) & 0x7FFFFFFF\n    return"));
  return gil::compute(rounds, x, python());
}

Told work_and_tell(std::uint64_t rounds, std::uint64_t x) {
  const Frame frame("work_and_tell");
  at(py("tell((work(rounds"));
  const std::uint64_t result = work(rounds, x);
  return {result, own_memory().private_kb};
}

Told work_elsewhere(std::uint64_t rounds, std::uint64_t x) {
  const Frame frame("work_elsewhere");
  at(py("tell((interpreter.call(work"));
  const std::uint64_t result = work(rounds, x);
  return {result, own_memory().private_kb};
}

struct Cost {
  double wall_s, cpu_s;
  long memory_kb;
};

template <typename Worker>
void start_and_join(std::vector<Worker>& workers) {
  for (Worker& worker : workers) {
    at(py("worker.start()"));
    worker.start();
  }
  for (Worker& worker : workers) {
    at(py("worker.join()"));
    worker.join();
  }
}

std::vector<Told> by_processes(std::uint64_t rounds, std::size_t count) {
  ipc::SimpleQueue queue;
  std::vector<Process> workers;
  for (std::size_t x = 0; x < count; ++x) {
    at(py("workers = [multiprocessing.Process"));
    workers.emplace_back([queue, rounds, x]() mutable {
      const Told told = work_and_tell(rounds, x);
      queue.put(ipc::Value{told.result, told.private_kb});
    });
  }
  start_and_join(workers);
  std::vector<Told> all;
  while (all.size() < count) {
    at(py("told.append(queue.get())"));
    const ipc::Value value = queue.get();
    all.push_back({value.at(0).get<std::uint64_t>(), value.at(1).get<long>()});
  }
  return all;
}

int threads_made = 0;  // threading counts them for their names

std::vector<Told> by_threads(std::uint64_t rounds, std::size_t count, bool own_interpreters) {
  std::vector<Told> all(count);
  std::vector<Thread> workers;
  for (std::size_t x = 0; x < count; ++x) {
    const char* const target = own_interpreters ? "work_elsewhere" : "work_and_tell";
    process::ThreadOptions options{.name = fmt::format("Thread-{} ({})", ++threads_made, target)};
    if (own_interpreters) {
      at(py("workers = [threading.Thread(target=work_elsewhere"));
      options.interpreter = process::make_interpreter();
    } else {
      at(py("workers = [threading.Thread(target=work_and_tell"));
    }
    workers.emplace_back([&told = all[x], rounds, x, own_interpreters] { told = own_interpreters ? work_elsewhere(rounds, x) : work_and_tell(rounds, x); },
                         std::move(options));
  }
  start_and_join(workers);
  return all;
}

Cost stage(std::string_view way, std::size_t count, std::uint64_t rounds) {
  const Frame frame("stage");
  at(py("print(\"stage\", way, count, flush=True)"));
  process::print_now(fmt::format("stage {} {}", way, count));
  at(py("before, cpu_before, begin ="));
  const long before = own_memory().private_kb;
  const double cpu_before = cpu_s();
  const std::int64_t begin = base::now_ns();
  const bool processes = way == "processes";
  const std::vector<Told> all = processes ? by_processes(rounds / count, count) : by_threads(rounds / count, count, way == "interpreters");
  Cost cost{static_cast<double>(base::now_ns() - begin) * 1e-9, cpu_s() - cpu_before, 0};
  std::uint64_t result = 0;
  long most = 0;
  for (const Told& told : all) {
    result += told.result;
    cost.memory_kb += told.private_kb;
    most = std::max(most, told.private_kb);
  }
  if (!processes) cost.memory_kb = std::max(0L, most - before);  // they have it together
  cost.memory_kb /= static_cast<long>(count);
  at(py("print(\"result\""));
  process::print_now(fmt::format("result {}", result));
  return cost;
}

constexpr std::string_view kWays[] = {"threads", "free-threads", "interpreters", "processes"};
constexpr std::size_t kCounts[] = {1, 2, 4, 8};

void run(const Settings& settings) {
  const Frame frame("<module>");
  const auto rounds = static_cast<std::uint64_t>(settings.integer("rounds")) * 1'000'000;
  const auto most = static_cast<std::size_t>(settings.integer("most"));
  at(py("serial, _, _ = stage"));
  const double serial = stage("serial", 1, rounds).wall_s;
  for (const std::string_view way : kWays) {
    // A build of Python without a GIL, since 3.13: here it is a matter of this moment, for no other thread runs now (G-07).
    const bool free = way == "free-threads";
    if (free && !gil::Interpreter::main().set_mode(trace::GilMode::free_threaded)) process::raise("RuntimeError", "another thread runs");
    for (const std::size_t count : kCounts) {
      if (count > most) break;
      at(py("wall, used, more = stage"));
      const Cost cost = stage(way, count, rounds);
      at(py("print(f\"took"));
      process::print_now(fmt::format("took {:.3f} s, speed-up {:.2f}, CPU {:.3f} s, memory {} kB each", cost.wall_s, serial / cost.wall_s, cost.cpu_s,
                                     cost.memory_kb));
    }
    if (free && !gil::Interpreter::main().set_mode(trace::GilMode::gil)) process::raise("RuntimeError", "another thread runs");
  }
}

// --- claims ---------------------------------------------------------------------------------------------------------

struct Stage {
  std::string way;
  std::size_t count = 0;
  std::uint64_t result = 0;
  double wall_s = 0, speed_up = 0, cpu_s = 0;
  long memory_kb = 0;

  [[nodiscard]] double cores() const { return wall_s > 0 ? cpu_s / wall_s : 0; }
};

// What MainProcess has said so far, whole stages only; the serial one has no costs.
std::vector<Stage> stages(const timeline::Model& model) {
  const timeline::Task* main = model.find(1);
  if (main == nullptr) return {};
  const std::string text = stdout_of(model, *main);
  std::vector<Stage> all;
  for (std::size_t place = text.find("stage "); place != std::string::npos; place = text.find("\nstage ", place + 1)) {
    Stage one;
    char way[32] = {};
    const char* const from = text.c_str() + place + (text[place] == '\n' ? 1 : 0);
    if (std::sscanf(from, "stage %31s %zu result %lu", way, &one.count, &one.result) != 3) continue;
    one.way = way;
    const bool cost = std::sscanf(from, "stage %*s %*u result %*u took %lf s, speed-up %lf, CPU %lf s, memory %ld kB each", &one.wall_s, &one.speed_up,
                                  &one.cpu_s, &one.memory_kb) == 4;
    if (cost || one.way == "serial") all.push_back(std::move(one));
  }
  return all;
}

std::size_t expected_stages(const Settings& settings) {
  const auto most = static_cast<std::size_t>(settings.integer("most"));
  return 1 + std::size(kWays) * static_cast<std::size_t>(std::count_if(std::begin(kCounts), std::end(kCounts), [&](std::size_t count) { return count <= most; }));
}

// Every way has done the same work.
Verdict same_result(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto all = stages(model);
  for (const Stage& one : all) {
    const auto first = std::find_if(all.begin(), all.end(), [&](const Stage& other) { return other.count == one.count; });
    if (first->result != one.result) return Verdict::broken;
  }
  return eventually(all.size() == expected_stages(settings), finished);
}

// One of them runs at a time: together they cannot use more than one core, but for what the kernel does for those who wait.
Verdict one_core(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto all = stages(model);
  for (const Stage& one : all) {
    if (one.way == "threads" && one.cores() > 1.15) return Verdict::broken;
  }
  return eventually(all.size() == expected_stages(settings), finished);
}

// Where there are cores to be had: threads that queue for one lock always keep one busy, so if they did not get that, others took it, and
// nothing can be said.
Verdict more_cores(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto all = stages(model);
  const auto cores = [&](std::string_view way) {
    double most = 0;
    for (const Stage& one : all) {
      if (one.way == way && one.count > 1) most = std::max(most, one.cores());
    }
    return most;
  };
  if (all.size() < expected_stages(settings)) return eventually(false, finished);
  if (settings.integer("most") < 2 || ::sysconf(_SC_NPROCESSORS_ONLN) < 2) return Verdict::held;
  const bool busy_machine = cores("threads") < kAlmostOne || cores("processes") < kAlmostOne || others_took_cores(model, {"Process-1", "Process-2", "Process-3"});
  return busy_machine || cores("processes") > cores("threads") ? Verdict::held : Verdict::broken;
}

// A process has memory of its own, a thread little more than its stack.
Verdict memory(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto all = stages(model);
  long thread = 0, process = 0;
  for (const Stage& one : all) {
    if (one.way == "threads") thread = std::max(thread, one.memory_kb);
    if (one.way == "processes") process = process == 0 ? one.memory_kb : std::min(process, one.memory_kb);
  }
  if (all.size() < expected_stages(settings)) return eventually(false, finished);
  return process > thread ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& gil_vs_processes() {
  static const Scenario scenario{
      .id = "gil-vs-processes",
      .group = "gil",
      .python_file = "gil-vs-processes.py",
      .python = kPython,
      .cpp_file = "gil_vs_processes.cpp",
      .cpp = assets::core_scenario_gil_vs_processes_cpp,
      .parameters =
          {{.id = "rounds", .type = ParameterType::integer, .fallback = "20", .minimum = 1, .maximum = 500},
           {.id = "most", .type = ParameterType::integer, .fallback = "4", .minimum = 1, .maximum = 8}},
      .claims = {{"same-result", same_result},
                 {"one-core", one_core},
                 {"more-cores", more_cores},
                 {"memory", memory},
                 {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
