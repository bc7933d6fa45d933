// A handler of SIGTERM goes along with fork: then terminate() does nothing but run it.
#include <signal.h>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/process/signals.h"
#include "core/process/start_method.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_05_inherited_handler_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void on_sigterm(int) {
  const Frame frame("on_sigterm");
  at(py("print(\"the handler runs in\""));
  process::print_now("the handler runs in " + process::current_process_name());
}

void work(const process::Args& args) {
  const Frame frame("work");
  at(py("ready.set()"));
  args.get<sync::Event>(0).set();
  at(py("time.sleep(1)"));
  process::sleep(1);
}
constexpr process::Target kWork{"work", work};

void run(const Settings&) {
  const Frame frame("<module>");
  at(py("signal.signal(signal.SIGTERM, on_sigterm)"));
  process::set_signal_handler(SIGTERM, on_sigterm);
  for (const char* method : {"fork", "spawn"}) {
    at(py("context = multiprocessing.get_context(method)"));
    const process::Context context = process::Context::get(method);
    at(py("ready = context.Event()"));
    auto ready = context.make<sync::Event>(fmt::format("ready-{}", method));
    at(py("worker = context.Process"));
    auto worker = context.make<Process>(kWork, process::Args{ready});
    at(py("worker.start()"));
    worker.start();
    at(py("ready.wait()"));
    ready.wait();
    at(py("time.sleep(0.3)"));
    process::sleep(0.3);
    at(py("worker.terminate()"));
    worker.terminate();
    at(py("worker.join()"));
    worker.join();
    at(py("print(f\"{method}: exit code"));
    process::print_now(fmt::format("{}: exit code {}", method, worker.exitcode().value()));
  }
}

// P-38, P-39: the sleep goes on after the handler, and the child comes to its end as if nothing had been.
Verdict harmless(const timeline::Model& model, const Settings&, bool finished) {
  return all_of({said(model, "the handler runs in ForkProcess-1", finished), said(model, "fork: exit code 0", finished)});
}

// P-38: exec forgets handlers.
Verdict spawn_dies(const timeline::Model& model, const Settings&, bool finished) { return said(model, "spawn: exit code -15", finished); }

}  // namespace

const Scenario& surprise_inherited_handler() {
  static const Scenario scenario{
      .id = "surprise-05",
      .group = "surprises",
      .python_file = "surprise-05-inherited-handler.py",
      .python = kPython,
      .cpp_file = "surprises/inherited_handler.cpp",
      .cpp = assets::core_scenario_surprises_inherited_handler_cpp,
      .parameters = {},
      .claims = {{"harmless", harmless}, {"spawn-dies", spawn_dies}, {"nothing-left", nothing_left}},
      .main = run,
      .start_method = std::nullopt,
      .targets = {&kWork},
  };
  return scenario;
}

}  // namespace forklight::scenario
