// Three processes, started and joined one by one; then three at once.
#include <fmt/format.h>

#include <algorithm>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_hello_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void greet(const process::Args& args) {
  const Frame frame("greet");
  at(py("print(\"hello from\""));
  process::print_now("hello from " + process::current_process_name());
  at(py("time.sleep(seconds)"));
  process::sleep(args.at(0).get<double>());
}
constexpr process::Target kGreet{"greet", greet};

void run(const Settings& settings) {
  const Frame frame("<module>");
  const process::Args args = {settings.real("seconds")};

  at(py("print(\"one by one\")"));
  process::print("one by one");
  for (int i = 0; i < 3; ++i) {
    at(py("worker = multiprocessing.Process"));
    Process worker(kGreet, args);
    at(py("worker.start()"));
    worker.start();
    at(py("worker.join()"));
    worker.join();
  }

  at(py("print(\"all at once\")"));
  process::print("all at once");
  at(py("workers = [multiprocessing.Process"));
  std::vector<Process> workers;
  for (int i = 0; i < 3; ++i) workers.emplace_back(kGreet, args);
  for (Process& one : workers) {
    at(py("one.start()"));
    one.start();
  }
  for (Process& one : workers) {
    at(py("one.join()"));
    one.join();
  }
  at(py("print(\"all joined\")"));
  process::print("all joined");
}

std::string name(int number) { return fmt::format("Process-{}", number); }

// P-30: a child that returns ends with 0.
Verdict all_zero(const timeline::Model& model, const Settings&, bool finished) {
  std::vector<Verdict> codes;
  for (int i = 1; i <= 6; ++i) codes.push_back(exit_code_is(model, name(i), 0, finished));
  return all_of({codes[0], codes[1], codes[2], codes[3], codes[4], codes[5]});
}

Verdict all_greet(const timeline::Model& model, const Settings&, bool finished) {
  bool all = true;
  for (int i = 1; i <= 6; ++i) {
    const timeline::Task* task = task_named(model, name(i));
    all = all && task != nullptr && printed(model, *task, "hello from " + name(i) + "\n");
  }
  return eventually(all, finished);
}

// P-21: join returns when the child has ended, so the next one is born after that.
Verdict one_by_one(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Task* tasks[] = {task_named(model, name(1)), task_named(model, name(2)), task_named(model, name(3))};
  for (int i = 0; i < 2; ++i) {
    if (tasks[i] == nullptr || tasks[i + 1] == nullptr) return eventually(false, finished);
    if (tasks[i]->death_ns > tasks[i + 1]->born_ns) return Verdict::broken;
  }
  return Verdict::held;
}

// The last three are all born before the first of them ends.
Verdict all_at_once(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Task* tasks[] = {task_named(model, name(4)), task_named(model, name(5)), task_named(model, name(6))};
  if (std::any_of(std::begin(tasks), std::end(tasks), [](const auto* task) { return task == nullptr; })) return eventually(false, finished);
  const std::int64_t last_birth = std::max({tasks[0]->born_ns, tasks[1]->born_ns, tasks[2]->born_ns});
  const std::int64_t first_death = std::min({tasks[0]->death_ns, tasks[1]->death_ns, tasks[2]->death_ns});
  return last_birth < first_death ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& hello() {
  static const Scenario scenario{
      .id = "hello",
      .group = "processes",
      .python_file = "hello.py",
      .python = kPython,
      .cpp_file = "hello.cpp",
      .cpp = assets::core_scenario_hello_cpp,
      .parameters = {{.id = "seconds", .type = ParameterType::real, .fallback = "0.3", .minimum = 0.2, .maximum = 10, .unit = "s"}},
      .claims = {{"all-zero", all_zero},
                 {"all-greet", all_greet},
                 {"one-by-one", one_by_one},
                 {"all-at-once", all_at_once},
                 {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
