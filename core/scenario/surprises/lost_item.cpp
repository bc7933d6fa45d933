// A process leaves by os._exit, or is killed, right after put(): the item is lost, it was still in the feeder's deque.
#include <signal.h>
#include <unistd.h>

#include "assets/embedded.h"
#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"
#include "core/trace/recorder.h"

namespace forklight::scenario {
namespace {

using ipc::Queue;
using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_12_lost_item_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void work(Queue& queue, const std::string& end) {
  const Frame frame("work");
  at(py("queue.put(\"the result\")"));
  queue.put("the result");
  if (end == "os-exit") {
    at(py("os._exit(0)"));
    process::os_exit(0);
  } else if (end == "killed") {
    at(py("os.kill(os.getpid()"));
    auto& recorder = trace::Recorder::current();
    recorder.gate(trace::Kind::signal_sent, recorder.task());
    recorder.record(trace::Kind::signal_sent, recorder.task(), SIGKILL, static_cast<std::uint64_t>(::getpid()));
    ::kill(::getpid(), SIGKILL);
  }
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const long rounds = settings.integer("rounds");
  const std::string& end = settings.text("end");
  int lost = 0, code = 0;
  for (long number = 0; number < rounds; ++number) {
    at(py("queue = multiprocessing.Queue()"));
    Queue queue(0, fmt::format("queue-{}", number + 1));
    at(py("worker = multiprocessing.Process"));
    Process worker([queue, end]() mutable { work(queue, end); });
    at(py("worker.start()"));
    worker.start();
    at(py("worker.join()"));
    worker.join();
    code = worker.exitcode().value();
    try {
      at(py("queue.get(timeout=0.1)"));
      (void)queue.get(true, 0.1);
    } catch (const process::PythonError& error) {
      if (error.type() != "_queue.Empty") throw;
      at(py("lost += 1"));
      ++lost;
    }
  }
  at(py("print(\"lost\""));
  process::print_now(fmt::format("lost {} of {} with exit code {}", lost, rounds, code));
}

// Items that died with their process: those that never got into a pipe, and the others.
struct Died {
  std::size_t before_pipe = 0, later = 0;
};
Died died(const timeline::Model& model) {
  Died count;
  for (const timeline::Channel& channel : model.channels()) {
    for (const timeline::Message& message : channel.messages) {
      if (message.fate != timeline::Fate::died) continue;
      ++(message.entered_ns[static_cast<std::size_t>(timeline::Stage::pipe)] == timeline::kOpen ? count.before_pipe : count.later);
    }
  }
  return count;
}

// put has only laid it into the deque; the thread that takes it from there dies with the process.
Verdict lost(const timeline::Model& model, const Settings& settings, bool finished) {
  if (disturbed(model) || model.stopped()) return so_far(true, model, finished);
  if (!main_printed(model, " with exit code ")) return eventually(false, finished);
  const bool returns = settings.text("end") == "returns";
  if (main_printed(model, "lost 0 of ") != returns) return Verdict::broken;
  return Verdict::held;
}

Verdict in_deque(const timeline::Model& model, const Settings& settings, bool finished) {
  if (!finished) return Verdict::pending;
  const Died count = died(model);
  if (count.later > 0 && !disturbed(model)) return Verdict::broken;
  return so_far(disturbed(model) || (count.before_pipe > 0) == (settings.text("end") != "returns"), model, finished);
}

// P-34: nobody can tell from the exit code.
Verdict code(const timeline::Model& model, const Settings& settings, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  return so_far(main_printed(model, settings.text("end") == "killed" ? "with exit code -9\n" : "with exit code 0\n"), model, finished);
}

}  // namespace

const Scenario& surprise_lost_item() {
  static const Scenario scenario{
      .id = "surprise-12",
      .group = "surprises",
      .python_file = "surprise-12-lost-item.py",
      .python = kPython,
      .cpp_file = "surprises/lost_item.cpp",
      .cpp = assets::core_scenario_surprises_lost_item_cpp,
      .parameters = {{.id = "end", .type = ParameterType::choice, .fallback = "os-exit", .choices = {"os-exit", "killed", "returns"}},
                     {.id = "rounds", .type = ParameterType::integer, .fallback = "6", .minimum = 1, .maximum = 30}},
      .claims = {{"lost", lost}, {"in-deque", in_deque}, {"code", code}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
