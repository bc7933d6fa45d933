// Numbers are given to Process objects, not to processes; a grandchild has its parent's number before its own.
#include "assets/embedded.h"
#include "core/process/parent.h"
#include "core/process/python.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_01_numbers_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void report(const process::Args&) {
  const Frame frame("report");
  at(py("print(me.name"));
  process::print_now(fmt::format("{} was started by {}", process::current_process_name(), process::parent_process().value().name()));
}
constexpr process::Target kReport{"report", report};

void manage(const process::Args&) {
  const Frame frame("manage");
  at(py("helper = multiprocessing.Process"));
  Process helper(kReport);
  at(py("helper.start()"));
  helper.start();
  at(py("helper.join()"));
  helper.join();
}
constexpr process::Target kManage{"manage", manage};

void run(const Settings&) {
  const Frame frame("<module>");
  at(py("spare = multiprocessing.Process"));
  const Process spare(kManage);
  at(py("manager = multiprocessing.Process"));
  Process manager(kManage);
  at(py("manager.start()"));
  manager.start();
  at(py("manager.join()"));
  manager.join();
  at(py("print(\"MainProcess has started\""));
  process::print_now("MainProcess has started " + manager.name());
}

// P-01: the object that was never started has used up number 1.
Verdict second(const timeline::Model& model, const Settings&, bool finished) {
  if (task_named(model, "Process-1") != nullptr) return Verdict::broken;
  return said(model, "MainProcess has started Process-2", finished);
}

// P-04
Verdict colon(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Task *manager = task_named(model, "Process-2"), *helper = task_named(model, "Process-2:1");
  if (manager != nullptr && helper != nullptr && helper->parent != manager->id) return Verdict::broken;
  return said(model, "Process-2:1 was started by Process-2", finished);
}

}  // namespace

const Scenario& surprise_numbers() {
  static const Scenario scenario{
      .id = "surprise-01",
      .group = "surprises",
      .python_file = "surprise-01-numbers.py",
      .python = kPython,
      .cpp_file = "surprises/numbers.cpp",
      .cpp = assets::core_scenario_surprises_numbers_cpp,
      .parameters = {},
      .claims = {{"second", second}, {"colon", colon}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
