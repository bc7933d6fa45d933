// Three children are told to end: one without a handler, one that cleans up in its handler, one that ignores SIGTERM. And what of each
// child's program still runs: finally, the text in its buffer.
#include <fmt/format.h>
#include <signal.h>

#include "assets/embedded.h"
#include "core/process/atexit.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/signals.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_terminate_vs_kill_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void on_sigterm(int) {
  const Frame frame("on_sigterm");
  at(py("print(\"SIGTERM: I leave"));
  process::print_now("SIGTERM: I leave in order");
  at(py("sys.exit(143)"));
  process::sys_exit(143);
}

void sleep_in_try() {
  const Frame frame("sleep_in_try");
  at(py("sys.stdout.write("));
  process::Runtime::current().out().write("this waits in a buffer");
  process::try_finally(
      [] {
        at(py("time.sleep(60)"));
        process::sleep(60);
      },
      [] {
        at(py("print(\" ... finally\""));
        process::print_now(" ... finally");
      });
}

void plain(const process::Args&) {
  const Frame frame("plain");
  at(py("sleep_in_try()\n\n\ndef cleans_up"));
  sleep_in_try();
}

void cleans_up(const process::Args&) {
  const Frame frame("cleans_up");
  at(py("signal.signal(signal.SIGTERM, on_sigterm)"));
  process::set_signal_handler(SIGTERM, on_sigterm);
  at(py("sleep_in_try()\n\n\ndef ignores"));
  sleep_in_try();
}

void ignores(const process::Args&) {
  const Frame frame("ignores");
  at(py("signal.signal(signal.SIGTERM, signal.SIG_IGN)"));
  process::ignore_signal(SIGTERM);
  at(py("sleep_in_try()\n\n\nif"));
  sleep_in_try();
}

constexpr process::Target kTargets[] = {{"plain", plain}, {"cleans_up", cleans_up}, {"ignores", ignores}};

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("atexit.register("));
  process::atexit_register("print", [] { process::print_now("MainProcess ends in order"); });
  at(py("children = ["));
  std::vector<Process> children;
  for (const process::Target& target : kTargets) children.emplace_back(target, process::Args(), process::ProcessOptions{.name = std::string(target.name)});
  for (Process& child : children) {
    at(py("child.start()"));
    child.start();
  }
  at(py("time.sleep(SECONDS)"));
  process::sleep(settings.real("seconds"));
  for (Process& child : children) {
    if (settings.text("how") == "terminate") {
      at(py("child.terminate()"));
      child.terminate();
    } else {
      at(py("child.kill()\n        child"));
      child.kill();
    }
    at(py("child.join(1)"));
    child.join(1);
    at(py("if child.is_alive():"));
    if (child.is_alive()) {
      at(py("print(child.name, \"is still alive"));
      process::print_now(child.name() + " is still alive: kill");
      at(py("child.kill()\n            child"));
      child.kill();
      at(py("child.join()"));
      child.join();
    }
    at(py("print(child.name, child.exitcode"));
    process::print_now(fmt::format("{} {}", child.name(), child.exitcode().value()));
  }
}

bool disturbed(const timeline::Model& model) {
  return hand_of_learner(model) || held_at_gate(model);
}

// P-37, P-40, P-41
Verdict codes(const timeline::Model& model, const Settings& settings, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  const bool kill = settings.text("how") == "kill";
  return all_of({exit_code_is(model, "plain", kill ? -9 : -15, finished), exit_code_is(model, "cleans_up", kill ? -9 : 143, finished),
                 exit_code_is(model, "ignores", -9, finished)});
}

// P-37: without a handler no line of the program runs any more; what was not flushed is lost.
Verdict cleaned_up(const timeline::Model& model, const Settings& settings, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  const std::size_t expected = settings.text("how") == "kill" ? 0 : 1;
  std::size_t cleaned = 0;
  for (const char* name : {"plain", "cleans_up", "ignores"}) {
    const timeline::Task* child = task_named(model, name);
    const bool did = child != nullptr && printed(model, *child, " ... finally\n");
    if (did && std::string_view(name) != "cleans_up") return Verdict::broken;
    cleaned += did ? 1 : 0;
  }
  if (cleaned > expected) return Verdict::broken;
  return so_far(cleaned == expected && (expected == 1 || finished), model, finished);
}

// P.3
Verdict main_ends(const timeline::Model& model, const Settings&, bool finished) {
  return so_far(main_printed(model, "MainProcess ends in order\n") || hand_of_learner(model), model, finished);
}

}  // namespace

const Scenario& terminate_vs_kill() {
  static const Scenario scenario{
      .id = "terminate-vs-kill",
      .group = "life",
      .python_file = "terminate-vs-kill.py",
      .python = kPython,
      .cpp_file = "terminate_vs_kill.cpp",
      .cpp = assets::core_scenario_terminate_vs_kill_cpp,
      .parameters =
          {{.id = "how", .type = ParameterType::choice, .fallback = "terminate", .choices = {"terminate", "kill"}},
           {.id = "seconds", .type = ParameterType::real, .fallback = "1", .minimum = 0.5, .maximum = 60, .unit = "s"}},
      .claims = {{"codes", codes}, {"cleaned-up", cleaned_up}, {"main-ends", main_ends}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
