// A global is changed before three children are started: fork finds it as changed, spawn and forkserver as the module was imported.
#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/process/start_method.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_02_globals_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

// The program's global: a process begun by exec finds it as it is here.
std::string greeting = "as imported";

void show(const process::Args& args) {
  const Frame frame("show");
  at(py("print(f\"{method}: the greeting"));
  process::print_now(fmt::format("{}: the greeting is {}, the module {}", args.at(0).get<std::string>(), greeting, process::main_module_name()));
}
constexpr process::Target kShow{"show", show};

void run(const Settings&) {
  const Frame frame("<module>");
  at(py("greeting = \"as changed\""));
  greeting = "as changed";
  for (const char* method : {"fork", "spawn", "forkserver"}) {
    at(py("child = multiprocessing.get_context"));
    auto child = process::Context::get(method).make<Process>(kShow, process::Args{method});
    at(py("child.start()"));
    child.start();
    at(py("child.join()"));
    child.join();
  }
}

// S-03, S-04: a forked child goes on in a copy of everything, its module is still the one that was started.
Verdict fork_copies(const timeline::Model& model, const Settings&, bool finished) {
  return said(model, "fork: the greeting is as changed, the module __main__", finished);
}

// S-03, S-04: the others import the program anew, under another name, so that what the guard guards does not run.
Verdict others_import(const timeline::Model& model, const Settings&, bool finished) {
  return all_of({said(model, "spawn: the greeting is as imported, the module __mp_main__", finished),
                 said(model, "forkserver: the greeting is as imported, the module __mp_main__", finished)});
}

}  // namespace

const Scenario& surprise_globals() {
  static const Scenario scenario{
      .id = "surprise-02",
      .group = "surprises",
      .python_file = "surprise-02-globals.py",
      .python = kPython,
      .cpp_file = "surprises/globals.cpp",
      .cpp = assets::core_scenario_surprises_globals_cpp,
      .parameters = {},
      .claims = {{"fork-copies", fork_copies}, {"others-import", others_import}, {"nothing-left", nothing_left}},
      .main = run,
      .start_method = std::nullopt,
      .targets = {&kShow},
  };
  return scenario;
}

}  // namespace forklight::scenario
