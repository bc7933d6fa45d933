// A process is joined before what it has put was taken out: two processes wait for each other. The cure is to take it
// out first.
#include "assets/embedded.h"
#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using ipc::Queue;
using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_deadlock_join_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void produce(Queue& queue, std::size_t size) {
  const Frame frame("produce");
  at(py("queue.put(\"x\" * SIZE)"));
  queue.put(std::string(size, 'x'));
  at(py("print(\"put has returned\""));
  process::print_now("put has returned");
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("queue = multiprocessing.Queue()"));
  Queue queue(0, "queue");
  at(py("producer = multiprocessing.Process"));
  Process producer(
      [queue, size = static_cast<std::size_t>(settings.integer("size"))]() mutable { produce(queue, size); });
  at(py("producer.start()"));
  producer.start();
  std::string text;
  if (settings.text("order") == "join-first") {
    at(py("producer.join()  # waits"));
    producer.join();
    at(py("text = queue.get()\n    else"));
    text = queue.get().get<std::string>();
  } else {
    at(py("text = queue.get()  # the cure"));
    text = queue.get().get<std::string>();
    at(py("producer.join()\n    print"));
    producer.join();
  }
  at(py("print(\"got\""));
  process::print(fmt::format("got {} characters, exit code {}", text.size(), producer.exitcode().value()));
}

// Nothing of it has been written when put returns: that is the feeder's work (Q.1).
Verdict put_returns(const timeline::Model& model, const Settings&, bool finished) {
  return so_far(lines_that_say(model, "put has returned") == 1, model, finished);
}

// what fits into the pipe passes, what does not hangs. Just below its 65536 bytes it depends on how the text is
// wrapped up.
Verdict hangs(const timeline::Model& model, const Settings& settings, bool finished) {
  const long size = settings.integer("size");
  const bool join_first = settings.text("order") == "join-first";
  const bool must_hang = join_first && size >= 65'536, must_pass = !join_first || size <= 65'000;
  const bool passed = main_printed(model, fmt::format("got {} characters, exit code 0\n", size));
  if (passed) return must_hang ? Verdict::broken : Verdict::held;
  if (must_pass) return so_far(false, model, finished);
  return endless(model, settings, finished);
}

}  // namespace

const Scenario& deadlock_join() {
  static const Scenario scenario{
      .id = "deadlock-join",
      .group = "talking",
      .python_file = "deadlock-join.py",
      .python = kPython,
      .cpp_file = "deadlock_join.cpp",
      .cpp = assets::core_scenario_deadlock_join_cpp,
      .parameters =
          {{.id = "order",
            .type = ParameterType::choice,
            .fallback = "join-first",
            .choices = {"join-first", "drain-first"}},
           {.id = "size", .type = ParameterType::integer, .fallback = "70000", .minimum = 1, .maximum = 10'000'000}},
      .claims = {{"put-returns", put_returns}, {"hangs", hangs}, {"nothing-left", nothing_left}},
      .cure = Cure{.parameter = "order", .value = "drain-first"},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
