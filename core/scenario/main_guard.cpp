// A program without `if __name__ == "__main__"`: a child that imports it comes to its start() again.
#include <fmt/format.h>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/process/start_method.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_main_guard_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void greet(const process::Args&) {
  const Frame frame("greet");
  at(py("print(\"hello from\""));
  process::print_now("hello from " + process::current_process_name());
}
constexpr process::Target kGreet{"greet", greet};

void main_function(const Settings& settings) {
  const Frame frame("main");
  at(py("context = multiprocessing.get_context"));
  const process::Context context = process::Context::get(settings.text("method"));
  at(py("process = context.Process"));
  auto process = context.make<Process>(kGreet);
  at(py("process.start()"));
  process.start();  // S-27
  at(py("process.join()"));
  process.join();
  at(py("print(\"exit code\""));
  process::print_now(fmt::format("exit code {}", process.exitcode().value()));
}

// The top-level code, in MainProcess and in every import.
void top_level(const Settings& settings, bool imported) {
  const Frame frame("<module>");
  at(py("if GUARD == \"missing\""));
  if (imported && settings.text("guard") != "missing") return;
  at(py("    main()\n"));
  main_function(settings);
}

bool goes_wrong(const Settings& settings) { return settings.text("guard") == "missing" && settings.text("method") != "fork"; }

// S-27: the child dies while it imports the program. S-28: from 3.14 the forkserver does, and start() fails in MainProcess.
Verdict how_it_ends(const timeline::Model& model, const Settings& settings, bool finished) {
  if (!goes_wrong(settings)) return eventually(main_printed(model, "exit code 0\n"), finished);
  const bool child_died = main_printed(model, "exit code 1\n");
  const bool server_died = lines_that_say(model, "ConnectionResetError: [Errno 104] Connection reset by peer") == 1;
  return eventually(child_died || server_died, finished);
}

Verdict greets(const timeline::Model& model, const Settings& settings, bool finished) {
  std::size_t greetings = 0;
  for (const char* of : {"Fork", "Spawn", "ForkServer"}) greetings += lines_that_say(model, fmt::format("hello from {}Process-1", of));
  if (goes_wrong(settings)) return greetings > 0 ? Verdict::broken : eventually(finished, finished);
  return eventually(greetings == 1, finished);
}

// However it ends: one child at the most, and the helpers. No child has one of its own.
Verdict no_bomb(const timeline::Model& model, const Settings&, bool finished) {
  std::size_t children = 0;
  for (const timeline::Task& task : model.tasks()) children += task.id != 1 && !is_helper(task) ? 1 : 0;
  return children > 1 ? Verdict::broken : eventually(finished, finished);
}

}  // namespace

const Scenario& main_guard() {
  static const Scenario scenario{
      .id = "main-guard",
      .group = "processes",
      .python_file = "main-guard.py",
      .python = kPython,
      .cpp_file = "main_guard.cpp",
      .cpp = assets::core_scenario_main_guard_cpp,
      .parameters = {{.id = "guard", .type = ParameterType::choice, .fallback = "missing", .choices = {"missing", "present"}},
                     {.id = "method", .type = ParameterType::choice, .fallback = "spawn", .choices = {"fork", "spawn", "forkserver"}}},
      .claims = {{"how-it-ends", how_it_ends}, {"greets", greets}, {"no-bomb", no_bomb}, {"nothing-left", nothing_left}},
      .main = [](const Settings& settings) { top_level(settings, false); },
      .start_method = std::nullopt,
      .targets = {&kGreet},
      .imported = [](const Settings& settings) { top_level(settings, true); },
  };
  return scenario;
}

}  // namespace forklight::scenario
