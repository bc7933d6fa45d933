// The same program three ways: what a child begins with, what that costs, and how long it takes.
#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/process/python.h"
#include "core/process/start_method.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_start_methods_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

// The program's globals: a process begun by exec finds them as they are here.
std::string word = "as imported";
std::vector<char> data;

double private_megabytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  double kibibytes = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Private")) kibibytes += std::atof(line.c_str() + line.find(':') + 1);
  }
  return kibibytes / 1024;
}

void look_around(const process::Args& args) {
  const Frame frame("look_around");
  const auto method = args.at(0).get<std::string>();
  at(py("print(f\"{method}: the word"));
  process::print_now(fmt::format("{}: the word is '{}', data has {} MiB", method, word, data.size() >> 20));
  at(py("print(f\"{method}: {private_megabytes"));
  process::print_now(fmt::format("{}: {:.1f} MiB of its own", method, private_megabytes()));
}
constexpr process::Target kLookAround{"look_around", look_around};

// "default" is whatever the version takes: known once it runs.
std::vector<std::string> methods(const Settings& settings, const std::string& by_default) {
  if (settings.text("method") == "default") return {by_default};
  if (settings.text("method") != "all") return {settings.text("method")};
  return {"fork", "spawn", "forkserver"};
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("word = \"as changed\""));
  word = "as changed";
  at(py("data = b\"x\""));
  data.resize(static_cast<std::size_t>(settings.integer("megabytes")) << 20);
  std::memset(data.data(), 'x', data.size());  // really there: every page is touched
  const std::string by_default(process::name_of(process::get_start_method()));
  for (const std::string& method : methods(settings, by_default)) {
    at(py("context = multiprocessing.get_context"));
    const process::Context context = process::Context::get(method);
    for (const char* turn : {"first", "second"}) {
      at(py("process = context.Process"));
      auto process = context.make<Process>(kLookAround, process::Args{method});
      const std::int64_t begin = base::now_ns();
      at(py("process.start()"));
      process.start();
      const std::int64_t started = base::now_ns();
      at(py("process.join()"));
      process.join();
      at(py("print(f\"{method}: {turn} start()"));
      process::print_now(fmt::format("{}: {} start() {:.1f} ms", method, turn, static_cast<double>(started - begin) / 1e6));
      at(py("print(f\"{method}: {turn} exit code"));
      process::print_now(fmt::format("{}: {} exit code {}", method, turn, process.exitcode().value()));
    }
  }
}

std::vector<std::string> methods_seen(const timeline::Model& model, const Settings& settings) {
  std::string by_default = "fork";
  for (const char* method : {"spawn", "forkserver"}) {
    if (main_printed(model, fmt::format("{}: first exit code", method))) by_default = method;
  }
  return methods(settings, by_default);
}

// S-03: fork sees what has been changed, the others what an import gives.
Verdict what_is_there(const timeline::Model& model, const Settings& settings, bool finished) {
  for (const std::string& method : methods_seen(model, settings)) {
    const bool fork = method == "fork";
    const std::string there = fmt::format("{}: the word is '{}', data has {} MiB", method, fork ? "as changed" : "as imported",
                                          fork ? settings.integer("megabytes") : 0);
    if (lines_that_say(model, there) != 2) return eventually(false, finished);
  }
  return Verdict::held;
}

// S-02: a child of the forkserver has the forkserver for its parent in the kernel; the others have MainProcess.
Verdict who_reaps(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Task* const server = task_named(model, trace::kForkserver);
  bool any = false;
  for (const timeline::Task& task : model.tasks()) {
    if (task.reaped_ns == timeline::kOpen || task.parent != 1 || is_helper(task)) continue;
    const bool of_server = task.name.starts_with("ForkServerProcess");
    if (of_server && (server == nullptr || task.reaped_by != server->id)) return Verdict::broken;
    if (!of_server && task.reaped_by != 1) return Verdict::broken;
    any = true;
  }
  return finished ? eventually(any, true) : Verdict::pending;
}

Verdict codes(const timeline::Model& model, const Settings& settings, bool finished) {
  for (const std::string& method : methods_seen(model, settings)) {
    for (const char* turn : {"first", "second"}) {
      if (!main_printed(model, fmt::format("{}: {} exit code 0\n", method, turn))) return eventually(false, finished);
    }
  }
  return Verdict::held;
}

}  // namespace

const Scenario& start_methods() {
  static const Scenario scenario{
      .id = "start-methods",
      .group = "processes",
      .python_file = "start-methods.py",
      .python = kPython,
      .cpp_file = "start_methods.cpp",
      .cpp = assets::core_scenario_start_methods_cpp,
      .parameters = {{.id = "method", .type = ParameterType::choice, .fallback = "all", .choices = {"all", "default", "fork", "spawn", "forkserver"}},
                     {.id = "megabytes", .type = ParameterType::integer, .fallback = "100", .minimum = 0, .maximum = 500, .unit = "MiB"}},
      .claims = {{"what-is-there", what_is_there}, {"who-reaps", who_reaps}, {"codes", codes}, {"nothing-left", nothing_left}},
      .main = run,
      .start_method = std::nullopt,
      .targets = {&kLookAround},
  };
  return scenario;
}

}  // namespace forklight::scenario
