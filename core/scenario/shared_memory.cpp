// A counter that several raise: threads, processes with a variable each, processes with one Value, without its lock and
// with it.
#include <algorithm>
#include <atomic>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/process/thread.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using process::Thread;
using sync::Barrier;
using sync::Value;

constexpr std::string_view kPython = assets::assets_scenarios_shared_memory_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

// A variable of the module: each process has its own, its threads have it together. Since 3.10 the GIL changes hands at
// the end of a loop, not within `counter += 1`: raising it is one step.
std::atomic<long> counter = 0;

void count_variable(Barrier& barrier, const Settings& settings) {
  const Frame frame("count_variable");
  at(py("barrier.wait()  # so that"));
  barrier.wait();
  for (long i = 0; i < settings.integer("times"); ++i) {
    at(py("time.sleep(PAUSE)\n        counter"));
    process::sleep(settings.real("pause"));
    at(py("counter += 1"));
    ++counter;
  }
  if (settings.text("share") == "own-memory") {
    at(py("print(\"this process has counted to\""));
    process::print(fmt::format("this process has counted to {}", counter.load()));
  }
}

// E-40: reading and writing are two steps, and others may read in between.
void count_value(Barrier& barrier, Value& value, const Settings& settings) {
  const Frame frame("count_value");
  at(py("barrier.wait()  # likewise"));
  barrier.wait();
  for (long i = 0; i < settings.integer("times"); ++i) {
    at(py("seen = value.value  # this"));
    const int seen = value.get();
    at(py("time.sleep(PAUSE)  # between"));
    process::sleep(settings.real("pause"));
    at(py("value.value = seen + 1\n\n\ndef"));
    value.set(std::int64_t{seen} + 1);
  }
}

// E-41
void count_locked(Barrier& barrier, Value& value, const Settings& settings) {
  const Frame frame("count_locked");
  at(py("barrier.wait()  # here too"));
  barrier.wait();
  for (long i = 0; i < settings.integer("times"); ++i) {
    at(py("with value.get_lock():"));
    const sync::With with(value.get_lock());
    at(py("seen = value.value  # nobody"));
    const int seen = value.get();
    at(py("time.sleep(PAUSE)\n            value"));
    process::sleep(settings.real("pause"));
    at(py("value.value = seen + 1\n\n\nif"));
    value.set(std::int64_t{seen} + 1);
  }
}

template <typename Worker>
void start_and_join(std::vector<Worker>& workers) {
  for (Worker& worker : workers) {
    at(py("worker.start()"));
    worker.start();
  }
  for (Worker& worker : workers) {
    at(py("worker.join()"));
    worker.join();
  }
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const long count = settings.integer("workers");
  const std::string& share = settings.text("share");
  at(py("barrier = multiprocessing.Barrier"));
  Barrier barrier(static_cast<int>(count), "barrier");
  at(py("value = multiprocessing.Value"));
  Value value(0, "value");
  if (share == "threads") {
    at(py("workers = [threading.Thread"));
    std::vector<Thread> workers;
    for (long i = 1; i <= count; ++i) {
      workers.emplace_back([&] { count_variable(barrier, settings); },
                           process::ThreadOptions{fmt::format("Thread-{} (count_variable)", i)});
    }
    start_and_join(workers);
  } else {
    std::vector<Process> workers;
    for (long i = 0; i < count; ++i) {
      if (share == "own-memory") {
        at(py("workers = [multiprocessing.Process(target=count_variable"));
        workers.emplace_back([&] { count_variable(barrier, settings); });
      } else if (share == "value") {
        at(py("workers = [multiprocessing.Process(target=count_value"));
        workers.emplace_back([&] { count_value(barrier, value, settings); });
      } else {
        at(py("workers = [multiprocessing.Process(target=count_locked"));
        workers.emplace_back([&] { count_locked(barrier, value, settings); });
      }
    }
    start_and_join(workers);
  }
  at(py("result = counter if"));
  const long result = share == "threads" || share == "own-memory" ? counter.load() : value.get();
  at(py("print(\"expected\""));
  process::print(fmt::format("expected {}", count * settings.integer("times")));
  at(py("print(\"counted\""));
  process::print(fmt::format("counted {}", result));
}

// What MainProcess found the counter to be.
std::optional<long> counted(const timeline::Model& model) {
  const timeline::Task* main = model.find(1);
  if (main == nullptr) return std::nullopt;
  const std::string text = "\n" + stdout_of(model, *main);
  const auto word = text.find("\ncounted ");
  if (word == std::string::npos || text.find('\n', word + 1) == std::string::npos) return std::nullopt;
  return std::atol(text.c_str() + word + 9);
}

// Every one of the stores into the Value is on record, the last is the result; with its lock each is one more than the
// one before (E-41), without it never more than that (E-40).
bool stored(const timeline::Model& model, const Settings& settings, long found) {
  const timeline::Object* const value = object_named(model, "value");
  const std::string& share = settings.text("share");
  const bool locked = share == "value-with-lock", shared = locked || share == "value";
  if (value == nullptr) return false;
  const auto stores = events_on(model, *value, trace::Kind::store);
  if (!shared) return stores.empty();
  long most = 0, last = 0;
  for (const timeline::EventRef& ref : stores) {
    last = static_cast<long>(ref.event.a);
    if (last < 1 || last > most + 1 || (locked && last != most + 1)) return false;
    most = std::max(most, last);
  }
  return last == found && stores.size() == static_cast<std::size_t>(settings.integer("workers") * settings.integer("times"));
}

Verdict result(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto found = counted(model);
  if (!found) return eventually(false, finished);
  const long expected = settings.integer("workers") * settings.integer("times");
  const std::string& share = settings.text("share");
  bool right = *found == expected;
  if (share == "own-memory") right = *found == 0;
  if (share == "value") right = *found <= expected && *found >= 1;
  if (can_be_counted(model, finished)) right = right && stored(model, settings, *found);
  return right ? Verdict::held : Verdict::broken;
}

Verdict codes(const timeline::Model& model, const Settings& settings, bool finished) {
  if (settings.text("share") == "threads") return exit_code_is(model, "MainProcess", 0, finished);
  Verdict all = Verdict::held;
  for (long i = 1; i <= settings.integer("workers"); ++i) {
    all = all_of({all, exit_code_is(model, fmt::format("Process-{}", i), 0, finished)});
  }
  return all;
}

}  // namespace

const Scenario& shared_memory() {
  static const Scenario scenario{
      .id = "shared-memory",
      .group = "sharing",
      .python_file = "shared-memory.py",
      .python = kPython,
      .cpp_file = "shared_memory.cpp",
      .cpp = assets::core_scenario_shared_memory_cpp,
      .parameters =
          {{.id = "share",
            .type = ParameterType::choice,
            .fallback = "value",
            .choices = {"threads", "own-memory", "value", "value-with-lock"}},
           {.id = "workers", .type = ParameterType::integer, .fallback = "2", .minimum = 1, .maximum = 8},
           {.id = "times", .type = ParameterType::integer, .fallback = "50", .minimum = 1, .maximum = 20000},
           {.id = "pause", .type = ParameterType::real, .fallback = "0.002", .minimum = 0, .maximum = 1, .unit = "s"}},
      .claims = {{"result", result}, {"codes", codes}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
