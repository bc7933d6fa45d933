// A and B take turns by an Event, in nine tasks of a pool of three, which inherit it; or the Event is sent to them as an argument.
#include "assets/embedded.h"
#include "core/pool/pool.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/pool_claims.h"
#include "core/scenario/registry.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using pool::Pool;
using process::at;
using process::Frame;
using sync::Event;
using sync::Lock;

constexpr int kWorkers = 3, kTasks = 9;
constexpr std::string_view kPython = assets::assets_scenarios_pool_event_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

double seconds = 0;  // read by the program's top-level code, before there is any worker

// The module's variables, as `inherit` sets them in each worker.
struct Inherited {
  Event event;
  Lock one_a, one_b;
};
std::optional<Inherited> mine;

const process::Target kInherit{"inherit", [](const process::Args& args) {
                                 const Frame frame("inherit");
                                 at(py("event, one_a, one_b = shared"));
                                 mine = {args.get<Event>(0), args.get<Lock>(1), args.get<Lock>(2)};
                               }};

void hand_over_a() {
  const Frame frame("hand_over_a");
  at(py("while event.is_set()"));
  while (mine->event.is_set()) {
    at(py("time.sleep(SECONDS / 5)"));
    process::sleep(seconds / 5);
    at(py("while event.is_set()"));
  }
  at(py("time.sleep(SECONDS)\n    print(\"A"));
  process::sleep(seconds);
  at(py("print(\"A sets\""));
  process::print_now("A sets");
  at(py("event.set()\n\n\ndef hand_over_b"));
  mine->event.set();
}

void hand_over_b() {
  const Frame frame("hand_over_b");
  at(py("event.wait()"));
  mine->event.wait();
  at(py("time.sleep(SECONDS)\n    print(\"B"));
  process::sleep(seconds);
  at(py("print(\"B clears\""));
  process::print_now("B clears");
  at(py("event.clear()"));
  mine->event.clear();
}

const pool::Function kTakeTurn{"take_turn", [](const pool::Arguments& arguments) -> pool::Message {
                                 const Frame frame("take_turn");
                                 at(py("if kind == \"A\""));
                                 if (arguments[0] == "A") {
                                   at(py("with one_a"));
                                   const sync::With with(mine->one_a);
                                   at(py("hand_over_a()\n    else"));
                                   hand_over_a();
                                 } else {
                                   at(py("with one_b"));
                                   const sync::With with(mine->one_b);
                                   at(py("hand_over_b()\n\n\ndef use"));
                                   hand_over_b();
                                 }
                                 return nullptr;
                               }};

// Never called: what it would be given cannot be sent.
const pool::Function kUse{"use", [](const pool::Arguments&) -> pool::Message {
                            const Frame frame("use");
                            at(py("given.set()"));
                            mine->event.set();
                            return nullptr;
                          }};

void run(const Settings& settings) {
  seconds = settings.real("seconds");
  const Frame frame("<module>");
  at(py("event = multiprocessing.Event()"));
  Event event("event");
  at(py("one_a = multiprocessing.Lock()"));
  const Lock one_a("one_a");
  at(py("one_b = multiprocessing.Lock()"));
  const Lock one_b("one_b");
  {
    at(py("with multiprocessing.Pool"));
    Pool pool(kWorkers, {.initializer = {.target = &kInherit, .args = {event, one_a, one_b}}, .label = "pool"});
    const pool::With with(pool);
    std::vector<pool::AsyncResult> results;
    for (int n = 0; n < kTasks; ++n) {
      if (settings.text("handed") == "as-argument") {
        at(py("results = [pool.apply_async(use"));
        results.push_back(pool.apply_async(kUse, {event}));
      } else {
        at(py("results = [pool.apply_async(take_turn"));
        results.push_back(pool.apply_async(kTakeTurn, {n % 2 == 0 ? "A" : "B"}));
      }
    }
    for (const pool::AsyncResult& result : results) {
      at(py("result.get()"));
      try {
        (void)result.get();
      } catch (const process::PythonError& error) {
        if (error.type() != "RuntimeError") throw;
        at(py("print(error)"));
        process::print(error.message());
      }
    }
    at(py("with multiprocessing.Pool"));  // and out of it: terminated
  }
  at(py("print(\"9 tasks"));
  process::print(fmt::format("9 tasks, the event is {}", event.is_set() ? "set" : "not set"));
}

// Inherited: A, B, A … by turns, nine times in all. As an argument: nobody gets to do anything. A learner who sets or
// clears the event has taken part, and then there is no rule.
Verdict by_turns(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::optional<int> turns = turns_printed(model, "A sets", "B clears");
  if (!turns) return Verdict::broken;
  const bool inherited = settings.text("handed") == "inherited";
  if (finished && hand_of_learner(model)) return Verdict::held;
  if (!inherited && *turns > 0) return Verdict::broken;
  return eventually(inherited ? *turns == kTasks : finished, finished);
}

// E.3, L-19: get says what became of each one that could not be sent.
Verdict refused(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::size_t expected = settings.text("handed") == "inherited" ? 0 : kTasks;
  const std::size_t count =
      lines_that_say(model, "Condition objects should only be shared between processes through inheritance");
  if (count > expected) return Verdict::broken;
  return eventually(count == expected && (expected != 0 || finished), finished);
}

Verdict each_once(const timeline::Model& model, const Settings& settings, bool finished) {
  return each_item_once(model, "pool", settings.text("handed") == "inherited" ? kTasks : 0, finished);
}

}  // namespace

const Scenario& pool_event() {
  static const Scenario scenario{
      .id = "pool-event",
      .group = "pools",
      .python_file = "pool-event.py",
      .python = kPython,
      .cpp_file = "pool_event.cpp",
      .cpp = assets::core_scenario_pool_event_cpp,
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
      .claims = {{"by-turns", by_turns}, {"refused", refused}, {"each-once", each_once}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
