// A parent is killed while its child works: the child goes on, another process becomes its parent, and it can tell.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "assets/embedded.h"
#include "core/process/parent.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_orphan_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

std::string_view python_bool(bool value) {
  return value ? "True" : "False";
}

void work(double seconds) {
  const Frame frame("work");
  at(py("parent = multiprocessing.parent_process()"));
  const process::ParentProcess parent = process::parent_process().value();
  at(py("print(\"started by\""));
  process::print_now(fmt::format("started by {} alive: {}", parent.name(), python_bool(parent.is_alive())));
  at(py("parent.join()\n    while"));
  parent.join();  // P-63
  at(py("while os.getppid()"));
  while (::getppid() == parent.pid()) process::sleep(0.01);
  at(py("print(\"an orphan"));
  process::print_now(fmt::format("an orphan: parent alive: {}", python_bool(parent.is_alive())));
  at(py("time.sleep(SECONDS)"));
  process::sleep(seconds);
  at(py("print(\"the orphan has done"));
  process::print_now("the orphan has done its work");
}

void found_family(const std::string& ends, bool daemon, double seconds) {
  const Frame frame("found_family");
  at(py("child = multiprocessing.Process"));
  Process child([seconds] { work(seconds); }, {.daemon = daemon});
  at(py("child.start()"));
  child.start();
  at(py("time.sleep(1)"));
  process::sleep(1);
  if (ends == "leaves") {
    at(py("os._exit(5)"));
    process::os_exit(5);  // P-61
  }
  at(py("time.sleep(60)"));
  process::sleep(60);
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const std::string& ends = settings.text("parent");
  const bool daemon = settings.text("child") == "daemon";
  at(py("parent = multiprocessing.Process(target=found_family)"));
  Process parent([ends, daemon, seconds = settings.real("seconds")] { found_family(ends, daemon, seconds); });
  at(py("parent.start()"));
  parent.start();
  at(py("time.sleep(0.7)"));
  process::sleep(0.7);
  if (ends == "killed") {
    at(py("parent.kill()"));
    parent.kill();
  } else if (ends == "terminated") {
    at(py("parent.terminate()"));
    parent.terminate();
  }
  at(py("parent.join()\n    print"));
  parent.join();
  at(py("print(\"MainProcess: exit code\""));
  process::print_now(fmt::format("MainProcess: exit code {} children {}", parent.exitcode().value(),
                                 process::active_children().empty() ? "[]" : "some"));
}

Verdict code(const timeline::Model& model, const Settings& settings, bool finished) {
  if (hand_of_learner(model)) return so_far(true, model, finished);
  const std::string& ends = settings.text("parent");
  return exit_code_is(model, "Process-1", ends == "killed" ? -9 : ends == "terminated" ? -15 : 5, finished);
}

// P-61, P-62: whoever dies without the order of an exit takes nobody along, not even a daemon. Held at the gate, the parent may be ended
// before it had a child.
Verdict goes_on(const timeline::Model& model, const Settings&, bool finished) {
  if (hand_of_learner(model) || held_at_gate(model)) return so_far(true, model, finished);
  const timeline::Task* parent = task_named(model, "Process-1");
  const timeline::Task* child = task_named(model, "Process-1:1");
  if (parent == nullptr || child == nullptr || parent->death_ns == timeline::kOpen) return so_far(false, model, finished);
  if (child->death_ns <= parent->death_ns) return Verdict::broken;
  return so_far(printed(model, *child, "the orphan has done its work\n") && child->exit_code() == 0, model, finished);
}

// P-62, P-63: the kernel gives it another parent, and the pipe from the old one says so.
Verdict adopted(const timeline::Model& model, const Settings&, bool finished) {
  if (hand_of_learner(model) || held_at_gate(model)) return so_far(true, model, finished);
  const timeline::Task* child = task_named(model, "Process-1:1");
  if (child == nullptr) return so_far(false, model, finished);
  if (printed(model, *child, "an orphan: parent alive: True\n")) return Verdict::broken;
  const bool told = std::any_of(child->marks.begin(), child->marks.end(),
                                [](const timeline::Mark& mark) { return mark.kind == trace::Kind::adopted; });
  return so_far(told && printed(model, *child, "an orphan: parent alive: False\n"), model, finished);
}

}  // namespace

const Scenario& orphan() {
  static const Scenario scenario{
      .id = "orphan",
      .group = "life",
      .python_file = "orphan.py",
      .python = kPython,
      .cpp_file = "orphan.cpp",
      .cpp = assets::core_scenario_orphan_cpp,
      .parameters =
          {{.id = "parent",
            .type = ParameterType::choice,
            .fallback = "killed",
            .choices = {"killed", "terminated", "leaves"}},
           {.id = "child", .type = ParameterType::choice, .fallback = "normal", .choices = {"normal", "daemon"}},
           {.id = "seconds", .type = ParameterType::real, .fallback = "2", .minimum = 0.2, .maximum = 600, .unit = "s"}},
      .claims = {{"code", code}, {"goes-on", goes_on}, {"adopted", adopted}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
