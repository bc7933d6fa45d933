// What cannot be pickled disappears: put() succeeds, and a thread prints a traceback.
#include <algorithm>

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

constexpr std::string_view kPython = assets::assets_scenarios_surprise_10_vanished_item_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void run(const Settings&) {
  const Frame frame("<module>");
  at(py("queue = multiprocessing.Queue(1)"));
  Queue queue(1, "queue");
  at(py("queue.put(lambda: 0)"));
  queue.put(ipc::Message::lambda());
  at(py("print(\"put has returned\""));
  process::print_now("put has returned");
  at(py("while queue.qsize()"));
  while (queue.qsize() > 0) process::sleep(0.01);
  at(py("print(\"qsize\""));
  process::print_now(fmt::format("qsize {}", queue.qsize()));
  at(py("queue.put(\"the next one\")"));
  queue.put("the next one");
  at(py("print(\"got\""));
  process::print_now("got " + queue.get().get<std::string>());
}

// who put it never learns.
Verdict returns(const timeline::Model& model, const Settings&, bool finished) { return said(model, "put has returned", finished); }

// the feeder finds out, says so on stderr, and gives the place back.
Verdict dropped(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::Object* queue = object_named(model, "queue");
  const bool gone = queue != nullptr && !events_on(model, *queue, trace::Kind::dropped).empty();
  const auto& console = model.console();
  const bool told = std::any_of(console.begin(), console.end(), [](const timeline::ConsoleLine& line) { return line.stream == 2 && line.text.find("PicklingError") != std::string::npos; });
  return so_far(gone && told, model, finished);
}

Verdict goes_on(const timeline::Model& model, const Settings&, bool finished) {
  return all_of({said(model, "qsize 0", finished), said(model, "got the next one", finished)});
}

}  // namespace

const Scenario& surprise_vanished_item() {
  static const Scenario scenario{
      .id = "surprise-10",
      .group = "surprises",
      .python_file = "surprise-10-vanished-item.py",
      .python = kPython,
      .cpp_file = "surprises/vanished_item.cpp",
      .cpp = assets::core_scenario_surprises_vanished_item_cpp,
      .parameters = {},
      .claims = {{"returns", returns}, {"dropped", dropped}, {"goes-on", goes_on}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
