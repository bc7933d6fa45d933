// A list in a list of the manager's: what is read is a copy, so to change it changes nothing; a proxy in it is not.
#include <fmt/format.h>

#include "assets/embedded.h"
#include "core/ipc/manager.h"
#include "core/process/python.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using ipc::Value;
using process::at;
using process::Frame;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_28_manager_list_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void run(const Settings&) {
  const Frame frame("<module>");
  at(py("with multiprocessing.Manager()"));
  ipc::Manager manager;
  const ipc::WithManager with(manager);
  at(py("rows = manager.list([[1]])"));
  ipc::ListProxy rows = manager.list({Value::array({1})});
  at(py("rows[0].append(2)\n        print(\"after rows[0].append"));
  rows.get(0).value.push_back(2);  // of the copy that has come here (E-61)
  at(py("print(\"after rows[0].append"));
  process::print_now("after rows[0].append(2): " + rows.str());
  at(py("row = rows[0]\n"));
  Value row = rows.get(0).value;
  at(py("row.append(2)"));
  row.push_back(2);
  at(py("rows[0] = row\n"));
  rows.set(0, row);
  at(py("print(\"after rows[0] = row"));
  process::print_now("after rows[0] = row: " + rows.str());
  at(py("rows = manager.list([manager"));
  rows = manager.list({manager.list({Value(1)})});
  at(py("rows[0].append(2)\n        print(\"with"));
  rows.get(0).proxy.value().append(Value(2));
  at(py("print(\"with"));
  process::print_now("with a list of the manager in it: " + rows.get(0).proxy.value().str());
}

// E-61
Verdict copy(const timeline::Model& model, const Settings&, bool finished) { return main_told(model, "after rows[0].append(2): ", "[[1]]", finished); }
Verdict assigned(const timeline::Model& model, const Settings&, bool finished) { return main_told(model, "after rows[0] = row: ", "[[1, 2]]", finished); }
Verdict proxy(const timeline::Model& model, const Settings&, bool finished) { return main_told(model, "with a list of the manager in it: ", "[1, 2]", finished); }

// E-60: the lists are in a process of their own, which ends in order.
Verdict server(const timeline::Model& model, const Settings&, bool finished) {
  return hand_of_learner(model) ? so_far(true, model, finished) : exit_code_is(model, "SyncManager-1", 0, finished);
}

}  // namespace

const Scenario& surprise_manager_list() {
  static const Scenario scenario{
      .id = "surprise-28",
      .group = "surprises",
      .python_file = "surprise-28-manager-list.py",
      .python = kPython,
      .cpp_file = "manager_list.cpp",
      .cpp = assets::core_scenario_surprises_manager_list_cpp,
      .parameters = {},
      .claims = {{"copy", copy}, {"assigned", assigned}, {"proxy", proxy}, {"server", server}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
