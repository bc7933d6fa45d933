// A and B take turns by an Event, in nine tasks that three processes share; or the Event is sent to them as a task's
// argument.
#include <algorithm>
#include <array>

#include "assets/embedded.h"
#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using ipc::Queue;
using process::at;
using process::Frame;
using process::Process;
using sync::Event;
using sync::Lock;

constexpr int kWorkers = 3, kTasks = 9;
constexpr std::string_view kPython = assets::assets_scenarios_event_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void hand_over_a(Event& event, double seconds) {
  const Frame frame("hand_over_a");
  at(py("while event.is_set()"));
  while (event.is_set()) {
    at(py("time.sleep(SECONDS / 5)"));
    process::sleep(seconds / 5);
    at(py("while event.is_set()"));
  }
  at(py("time.sleep(SECONDS)\n    print(\"A"));
  process::sleep(seconds);
  at(py("print(\"A sets\""));
  process::print_now("A sets");
  at(py("event.set()"));
  event.set();
}

void hand_over_b(Event& event, double seconds) {
  const Frame frame("hand_over_b");
  at(py("event.wait()"));
  event.wait();
  at(py("time.sleep(SECONDS)\n    print(\"B"));
  process::sleep(seconds);
  at(py("print(\"B clears\""));
  process::print_now("B clears");
  at(py("event.clear()"));
  event.clear();
}

void work(Queue& tasks, Event& event, Lock& one_a, Lock& one_b, double seconds) {
  const Frame frame("work");
  while (true) {
    at(py("task = tasks.get()"));
    const ipc::Value task = tasks.get();
    if (task == "A") {
      at(py("with one_a:"));
      const sync::With with(one_a);
      at(py("hand_over_a(event)\n        elif"));
      hand_over_a(event, seconds);
    } else if (task == "B") {
      at(py("with one_b:"));
      const sync::With with(one_b);
      at(py("hand_over_b(event)\n        else"));
      hand_over_b(event, seconds);
    } else {
      at(py("break"));
      break;
    }
  }
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("tasks = multiprocessing.Queue()"));
  Queue tasks(0, "tasks");
  at(py("event = multiprocessing.Event()"));
  Event event("event");
  at(py("one_a = multiprocessing.Lock()"));
  Lock one_a("one_a");
  at(py("one_b = multiprocessing.Lock()"));
  Lock one_b("one_b");
  at(py("workers = [multiprocessing.Process"));
  std::vector<Process> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.emplace_back([tasks, event, one_a, one_b, seconds = settings.real("seconds")]() mutable {
      work(tasks, event, one_a, one_b, seconds);
    });
  }
  for (Process& worker : workers) {
    at(py("worker.start()"));
    worker.start();
  }
  for (int number = 0; number < kTasks; ++number) {
    if (settings.text("handed") == "as-argument") {
      at(py("tasks.put(event)"));
      tasks.put(event);  // fails later, in the feeder
    } else {
      at(py("tasks.put(\"A\" if"));
      tasks.put(number % 2 == 0 ? "A" : "B");
    }
  }
  for (int i = 0; i < kWorkers; ++i) {
    at(py("tasks.put(\"end\")"));
    tasks.put("end");
  }
  for (Process& worker : workers) {
    at(py("worker.join()"));
    worker.join();
  }
  at(py("print(\"9 tasks put"));
  process::print(fmt::format("9 tasks put, the event is {}", event.is_set() ? "set" : "not set"));
}

// The event itself is set and cleared by turns, and each task is got once.
bool handed_over(const timeline::Model& model) {
  const timeline::Object* const event = object_named(model, "event");
  const timeline::Object* const tasks = object_named(model, "tasks");
  if (event == nullptr || tasks == nullptr) return false;
  bool set = false;
  int turns = 0;
  for (const timeline::EventRef& ref : model.events()) {
    const bool sets = ref.event.kind == trace::Kind::set;
    if (ref.event.object != event->id || (!sets && ref.event.kind != trace::Kind::clear)) continue;
    if (sets == set) return false;
    set = sets;
    ++turns;
  }
  const auto& messages = model.find_channel(tasks->id)->messages;
  const auto arrived = std::count_if(messages.begin(), messages.end(), [](const timeline::Message& message) {
    return message.from == 1 && message.fate == timeline::Fate::got;
  });
  return turns == kTasks && arrived == kTasks + kWorkers && messages.size() == kTasks + kWorkers;
}

// Inherited: A, B, A … by turns, nine times in all. As an argument: nobody gets to do anything. A learner who sets or
// clears the event, or puts a task, has taken part, and then there is no rule.
Verdict by_turns(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::optional<int> turns = turns_printed(model, "A sets", "B clears");
  if (!turns) return Verdict::broken;
  const bool inherited = settings.text("handed") == "inherited";
  if (finished && hand_of_learner(model)) return Verdict::held;
  if (!inherited && *turns > 0) return Verdict::broken;
  if (inherited && can_be_counted(model, finished) && !handed_over(model)) return Verdict::broken;
  return eventually(inherited ? *turns == kTasks : finished, finished);
}

// Q-26, E.3: each put returns, and the feeder says why the item never arrives.
Verdict refused(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::size_t expected = settings.text("handed") == "inherited" ? 0 : kTasks;
  const std::size_t count = lines_that_say(
      model, "RuntimeError: Condition objects should only be shared between processes through inheritance");
  if (count > expected) return Verdict::broken;
  return eventually(count == expected && (expected != 0 || finished), finished);
}

Verdict codes(const timeline::Model& model, const Settings&, bool finished) {
  return all_of({exit_code_is(model, "Process-1", 0, finished), exit_code_is(model, "Process-2", 0, finished),
                 exit_code_is(model, "Process-3", 0, finished)});
}

}  // namespace

const Scenario& event() {
  static const Scenario scenario{
      .id = "event",
      .group = "sharing",
      .python_file = "event.py",
      .python = kPython,
      .cpp_file = "event.cpp",
      .cpp = assets::core_scenario_event_cpp,
      .parameters = {{.id = "handed",
                      .type = ParameterType::choice,
                      .fallback = "inherited",
                      .choices = {"inherited", "as-argument"}},
                     {.id = "seconds",
                      .type = ParameterType::real,
                      .fallback = "0.2",
                      .minimum = 0.01,
                      .maximum = 5,
                      .unit = "s"}},
      .claims = {{"by-turns", by_turns}, {"refused", refused}, {"codes", codes}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
