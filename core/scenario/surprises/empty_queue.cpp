// Right after put() a queue is still empty: the item is on its way.
#include "assets/embedded.h"
#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {
namespace {

using ipc::Queue;
using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_09_empty_queue_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

std::string_view python_bool(bool value) { return value ? "True" : "False"; }

void run(const Settings& settings) {
  const Frame frame("<module>");
  const long rounds = settings.integer("rounds");
  int often = 0;
  for (long number = 0; number < rounds; ++number) {
    at(py("queue = multiprocessing.Queue()\n        queue.put(number)"));
    Queue queue;
    at(py("queue.put(number)"));
    queue.put(number);
    at(py("often += queue.empty()"));
    often += queue.empty() ? 1 : 0;
    at(py("queue.get()\n    print"));
    (void)queue.get();
  }
  at(py("print(\"right after put"));
  process::print_now(fmt::format("right after put, empty() was True {} times of {}", often, rounds));
  at(py("queue = multiprocessing.Queue()\n    queue.put(\"here\")"));
  Queue queue(0, "queue");
  at(py("queue.put(\"here\")"));
  queue.put("here");
  at(py("size, empty = queue.qsize()"));
  const int size = queue.qsize();
  const bool empty = queue.empty();
  at(py("print(\"qsize\""));
  process::print_now(fmt::format("qsize {} and empty {}", size, python_bool(empty)));
  at(py("while queue.empty()"));
  while (queue.empty()) process::sleep(0.01);
  at(py("print(\"a moment later"));
  process::print_now(fmt::format("a moment later: qsize {} and empty {}", queue.qsize(), python_bool(queue.empty())));
  at(py("queue.get()  # nothing"));
  (void)queue.get();
}

// not always; the feeder may have been quicker.
Verdict empty(const timeline::Model& model, const Settings&, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  if (main_printed(model, "empty() was True 0 times")) return Verdict::broken;
  return so_far(main_printed(model, "right after put, empty() was True "), model, finished);
}

// qsize counts what was put and not yet got, wherever it is; empty looks into the pipe.
Verdict counted(const timeline::Model& model, const Settings&, bool finished) {
  return all_of({so_far(main_printed(model, "qsize 1 and empty "), model, finished), said(model, "a moment later: qsize 1 and empty False", finished)});
}

}  // namespace

const Scenario& surprise_empty_queue() {
  static const Scenario scenario{
      .id = "surprise-09",
      .group = "surprises",
      .python_file = "surprise-09-empty-queue.py",
      .python = kPython,
      .cpp_file = "surprises/empty_queue.cpp",
      .cpp = assets::core_scenario_surprises_empty_queue_cpp,
      .parameters = {{.id = "rounds", .type = ParameterType::integer, .fallback = "10", .minimum = 1, .maximum = 100}},
      .claims = {{"empty", empty}, {"counted", counted}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
