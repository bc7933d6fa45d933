// A producer is joined before its queue is read: from about 64 KiB on it does not end.
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

constexpr std::string_view kPython = assets::assets_scenarios_surprise_11_early_join_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

constexpr std::size_t kFits = 65'000, kDoesNot = 70'000;

void produce(Queue& queue, std::size_t size) {
  const Frame frame("produce");
  at(py("queue.put(\"x\" * size)"));
  queue.put(std::string(size, 'x'));
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const bool for_ever = settings.text("join") == "for-ever";
  for (const std::size_t size : {kFits, kDoesNot}) {
    at(py("queue = multiprocessing.Queue()"));
    Queue queue(0, fmt::format("queue-{}", size));
    at(py("producer = multiprocessing.Process"));
    Process producer([queue, size]() mutable { produce(queue, size); });
    at(py("producer.start()"));
    producer.start();
    at(py("producer.join(PATIENCE)"));
    for_ever ? producer.join() : producer.join(settings.real("patience"));
    at(py("print(f\"{size}: joined"));
    process::print_now(fmt::format("{}: joined, and still alive: {}", size, producer.is_alive() ? "True" : "False"));
    at(py("queue.get()"));
    (void)queue.get();
    at(py("producer.join()"));
    producer.join();
    at(py("print(f\"{size}: taken out"));
    process::print_now(fmt::format("{}: taken out, exit code {}", size, producer.exitcode().value()));
  }
}

Verdict small_passes(const timeline::Model& model, const Settings&, bool finished) {
  return all_of({said(model, "65000: joined, and still alive: False", finished), said(model, "65000: taken out, exit code 0", finished)});
}

// the process cannot end before its feeder has written everything, and the pipe is full.
Verdict big_hangs(const timeline::Model& model, const Settings& settings, bool finished) {
  if (!disturbed(model) && lines_that_say(model, "70000: joined, and still alive: False") > 0) return Verdict::broken;
  if (settings.text("join") == "for-ever") return endless(model, settings, finished);
  return said(model, "70000: joined, and still alive: True", finished);
}

//
Verdict reading_frees(const timeline::Model& model, const Settings&, bool finished) { return said(model, "70000: taken out, exit code 0", finished); }

}  // namespace

const Scenario& surprise_early_join() {
  static const Scenario scenario{
      .id = "surprise-11",
      .group = "surprises",
      .python_file = "surprise-11-early-join.py",
      .python = kPython,
      .cpp_file = "surprises/early_join.cpp",
      .cpp = assets::core_scenario_surprises_early_join_cpp,
      .parameters = {{.id = "join", .type = ParameterType::choice, .fallback = "with-timeout", .choices = {"with-timeout", "for-ever"}},
                     {.id = "patience", .type = ParameterType::real, .fallback = "2", .minimum = 0.5, .maximum = 60, .unit = "s"},
                     hang_limit("10")},
      .claims = {{"small-passes", small_passes}, {"big-hangs", big_hangs}, {"reading-frees", reading_frees}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
