// A lambda as a target: fork has it, spawn would have to pickle it. start() fails, and there never was a process.
#include <fmt/format.h>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/process/start_method.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using process::PythonError;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_27_lambda_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void run(const Settings&) {
  const Frame frame("<module>");
  for (const char* method : {"fork", "spawn"}) {
    at(py("context = multiprocessing.get_context"));
    const process::Context context = process::Context::get(method);
    at(py("child = context.Process"));
    auto child = context.make<Process>([] {
      const Frame lambda("<lambda>");
      process::print_now("the lambda runs");
    });
    try {
      at(py("child.start()"));
      child.start();
      at(py("child.join()"));
      child.join();
      at(py("print(f\"{method}: exit code"));
      process::print_now(fmt::format("{}: exit code {}", method, child.exitcode().value()));
    } catch (const PythonError& error) {
      at(py("print(f\"{method}: {type"));
      process::print_now(fmt::format("{}: {}: {}", method, error.type().substr(error.type().rfind('.') + 1), error.message()));
      at(py("print(f\"{method}: pid"));
      process::print_now(fmt::format("{}: pid {}, alive {}", method, child.pid() ? std::to_string(*child.pid()) : "None", child.is_alive() ? "True" : "False"));
    }
  }
}

// S-06: nothing is pickled.
Verdict fork_runs(const timeline::Model& model, const Settings&, bool finished) { return main_told(model, "fork: ", "exit code 0", finished); }

// S-20: it is pickled by its name, and <lambda> is no name that an import would find. 3.14 says it in other words.
Verdict spawn_fails(const timeline::Model& model, const Settings&, bool finished) {
  const auto text = told_by_main(model, "spawn: ");
  if (!text) return so_far(hand_of_learner(model), model, finished);
  return text->find("PicklingError: Can't pickle <function <lambda> at 0x") == 0 ? Verdict::held : Verdict::broken;
}

// It stays what it was before start(): initial. MainProcess has had a single child.
Verdict never_was(const timeline::Model& model, const Settings&, bool finished) {
  if (!main_printed(model, "spawn: pid None, alive False\n")) return so_far(hand_of_learner(model), model, finished);
  int children = 0;
  for (const timeline::Task& task : model.tasks()) children += task.parent == 1 && !is_helper(task) && !task.is_thread() ? 1 : 0;
  return children == 1 ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& surprise_lambda_target() {
  static const Scenario scenario{
      .id = "surprise-27",
      .group = "surprises",
      .python_file = "surprise-27-lambda.py",
      .python = kPython,
      .cpp_file = "lambda_target.cpp",
      .cpp = assets::core_scenario_surprises_lambda_target_cpp,
      .parameters = {},
      .claims = {{"fork-runs", fork_runs}, {"spawn-fails", spawn_fails}, {"never-was", never_was}, {"nothing-left", nothing_left}},
      .main = run,
      .start_method = std::nullopt,
  };
  return scenario;
}

}  // namespace forklight::scenario
