// A process is killed while it waits in get(): it had the reader's lock, and nobody can read that queue any more.
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

constexpr std::string_view kPython = assets::assets_scenarios_surprise_13_dead_reader_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void read(Queue& queue) {
  const Frame frame("read");
  at(py("queue.get()"));
  (void)queue.get();
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("queue = multiprocessing.Queue()"));
  Queue queue(0, "queue");
  at(py("reader = multiprocessing.Process"));
  Process reader([queue]() mutable { read(queue); });
  at(py("reader.start()"));
  reader.start();
  at(py("while repr(queue._rlock)"));
  while (queue.reader_lock_repr() == "<Lock(owner=None)>") process::sleep(0.01);
  at(py("time.sleep(0.3)"));
  process::sleep(0.3);
  at(py("reader.kill()"));
  reader.kill();
  at(py("reader.join()"));
  reader.join();
  at(py("queue.put(\"data\")"));
  queue.put("data");
  at(py("while queue.empty()"));
  while (queue.empty()) process::sleep(0.01);
  at(py("print(\"empty:\""));
  process::print_now(fmt::format("empty: {} qsize: {}", queue.empty() ? "True" : "False", queue.qsize()));
  at(py("print(\"the reader's lock:\""));
  process::print_now("the reader's lock: " + queue.reader_lock_repr());
  try {
    at(py("print(\"got\""));
    const ipc::Value got = queue.get(true, settings.text("get") == "with-timeout" ? ipc::Timeout(1.0) : std::nullopt);
    process::print_now("got " + got.get<std::string>());
  } catch (const process::PythonError& error) {
    if (error.type() != "_queue.Empty") throw;
    at(py("print(\"get raised Empty"));
    process::print_now("get raised Empty, and there is data");
  }
}

// The item is there: in the pipe, and counted.
Verdict there(const timeline::Model& model, const Settings&, bool finished) { return said(model, "empty: False qsize: 1", finished); }

// Q-21, E-12: a lock has no owner in the kernel, so death gives nothing back.
Verdict held_by_dead(const timeline::Model& model, const Settings&, bool finished) {
  return said(model, "the reader's lock: <Lock(owner=SomeOtherProcess)>", finished);
}

Verdict unreadable(const timeline::Model& model, const Settings& settings, bool finished) {
  if (!disturbed(model) && lines_that_say(model, "got data") > 0) return Verdict::broken;
  if (settings.text("get") == "for-ever") return endless(model, settings, finished);
  return said(model, "get raised Empty, and there is data", finished);
}

}  // namespace

const Scenario& surprise_dead_reader() {
  static const Scenario scenario{
      .id = "surprise-13",
      .group = "surprises",
      .python_file = "surprise-13-dead-reader.py",
      .python = kPython,
      .cpp_file = "surprises/dead_reader.cpp",
      .cpp = assets::core_scenario_surprises_dead_reader_cpp,
      .parameters = {{.id = "get", .type = ParameterType::choice, .fallback = "with-timeout", .choices = {"with-timeout", "for-ever"}}, hang_limit("5")},
      .claims = {{"there", there}, {"held-by-dead", held_by_dead}, {"unreadable", unreadable}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
