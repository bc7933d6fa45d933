// A writer is killed in the middle of a big item: whoever gets waits for the rest for ever, timeout or not.
#include "assets/embedded.h"
#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/process/thread.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {
namespace {

using ipc::Queue;
using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_14_half_item_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void write(Queue& queue) {
  const Frame frame("write");
  at(py("queue.put(\"x\" * 1_000_000)"));
  queue.put(std::string(1'000'000, 'x'));
}

void ask(Queue& queue) {
  const Frame frame("ask");
  at(py("queue.get(timeout=0.5)\n\n"));
  (void)queue.get(true, 0.5);
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("queue = multiprocessing.Queue()"));
  Queue queue(0, "queue");
  at(py("writer = multiprocessing.Process"));
  Process writer([queue]() mutable { write(queue); });
  at(py("writer.start()"));
  writer.start();
  at(py("while queue.empty()"));
  while (queue.empty()) process::sleep(0.01);
  at(py("time.sleep(0.3)"));
  process::sleep(0.3);
  at(py("writer.kill()"));
  writer.kill();
  at(py("writer.join()"));
  writer.join();
  at(py("print(\"the writer's lock:\""));
  process::print_now("the writer's lock: " + queue.writer_lock_repr());
  if (settings.text("asks") == "a-thread") {
    at(py("threading.Thread(target=ask"));
    process::Thread thread([queue]() mutable { ask(queue); }, {.daemon = true, .target = "ask"});
    thread.start();
    at(py("time.sleep(2)"));
    process::sleep(2);
    at(py("print(\"get(timeout=0.5) still waits"));
    process::print_now(fmt::format("get(timeout=0.5) still waits after 2 s: {}", thread.is_alive() ? "True" : "False"));
    at(py("os._exit(0)"));
    process::os_exit(0);
  }
  at(py("ask(queue)\n    print"));
  ask(queue);
  at(py("print(\"got something\""));
  process::print_now("got something");
}

// Q-22, E-12: its feeder had it while it wrote.
Verdict held_by_dead(const timeline::Model& model, const Settings&, bool finished) {
  return said(model, "the writer's lock: <Lock(owner=SomeOtherProcess)>", finished);
}

// the timeout counts until something is there to read, not for the rest of it.
Verdict waits(const timeline::Model& model, const Settings& settings, bool finished) {
  if (!disturbed(model) && lines_that_say(model, "got something") + lines_that_say(model, "get(timeout=0.5) still waits after 2 s: False") > 0) return Verdict::broken;
  if (settings.text("asks") == "main-process") return endless(model, settings, finished);
  return said(model, "get(timeout=0.5) still waits after 2 s: True", finished);
}

}  // namespace

const Scenario& surprise_half_item() {
  static const Scenario scenario{
      .id = "surprise-14",
      .group = "surprises",
      .python_file = "surprise-14-half-item.py",
      .python = kPython,
      .cpp_file = "surprises/half_item.cpp",
      .cpp = assets::core_scenario_surprises_half_item_cpp,
      .parameters = {{.id = "asks", .type = ParameterType::choice, .fallback = "a-thread", .choices = {"a-thread", "main-process"}}, hang_limit("5")},
      .claims = {{"held-by-dead", held_by_dead}, {"waits", waits}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
