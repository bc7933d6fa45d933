// A child changes a list: the parent's stays as it was, although both are at the same address.
#include <optional>
#include <string>
#include <vector>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_03_own_copy_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

std::vector<std::string> results;  // the program's global

std::string list_of(const std::vector<std::string>& items) { return items.empty() ? "[]" : fmt::format("['{}']", fmt::join(items, "', '")); }

void work(const process::Args&) {
  const Frame frame("work");
  at(py("results.append(\"done\")"));
  results.push_back("done");
  at(py("print(\"child\""));
  process::print_now(fmt::format("child {} at {}", list_of(results), fmt::ptr(&results)));
}
constexpr process::Target kWork{"work", work};

void run(const Settings&) {
  const Frame frame("<module>");
  at(py("worker = multiprocessing.Process"));
  Process worker(kWork);
  at(py("worker.start()"));
  worker.start();
  at(py("worker.join()"));
  worker.join();
  at(py("print(\"parent\""));
  process::print_now(fmt::format("parent {} at {}", list_of(results), fmt::ptr(&results)));
}

// What somebody printed behind a word, up to the end of the line.
std::optional<std::string> behind(const timeline::Model& model, std::string_view word) {
  for (const timeline::ConsoleLine& line : model.console()) {
    const auto place = line.text.find(word), end = line.text.find('\n', place);
    if (place != std::string::npos && end != std::string::npos) return line.text.substr(place + word.size(), end - place - word.size());
  }
  return std::nullopt;
}

// S-03: each writes into pages of its own.
Verdict unchanged(const timeline::Model& model, const Settings&, bool finished) {
  if (behind(model, "parent ['done'] at ")) return Verdict::broken;
  return so_far(behind(model, "child ['done'] at ") && behind(model, "parent [] at "), model, finished);
}

// An address is a process's own business: the same number, other memory.
Verdict same_address(const timeline::Model& model, const Settings&, bool finished) {
  const auto child = behind(model, "child ['done'] at "), parent = behind(model, "parent [] at ");
  if (child && parent && *child != *parent) return Verdict::broken;
  return so_far(child && parent, model, finished);
}

}  // namespace

const Scenario& surprise_own_copy() {
  static const Scenario scenario{
      .id = "surprise-03",
      .group = "surprises",
      .python_file = "surprise-03-own-copy.py",
      .python = kPython,
      .cpp_file = "surprises/own_copy.cpp",
      .cpp = assets::core_scenario_surprises_own_copy_cpp,
      .parameters = {},
      .claims = {{"unchanged", unchanged}, {"same-address", same_address}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
