// A parent is killed: its daemon goes on, for nobody is left who would terminate it.
#include <signal.h>
#include <unistd.h>

#include "assets/embedded.h"
#include "core/ipc/connection.h"
#include "core/process/parent.h"
#include "core/process/python.h"
#include "core/scenario/surprises/said.h"
#include "core/scenario/surprises/surprises.h"
#include "core/trace/recorder.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_08_left_daemon_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

void outlive(ipc::Connection& outbox) {
  const Frame frame("outlive");
  at(py("parent = multiprocessing.parent_process()"));
  const process::ParentProcess parent = process::parent_process().value();
  at(py("parent.join()"));
  parent.join();
  at(py("while os.getppid()"));
  while (::getppid() == parent.pid()) process::sleep(0.01);
  at(py("time.sleep(0.5)"));
  process::sleep(0.5);
  at(py("outbox.send("));
  outbox.send("I still run, and have another parent");
}

void manage(ipc::Connection& outbox) {
  const Frame frame("manage");
  at(py("multiprocessing.Process(target=outlive"));
  Process daemon([outbox]() mutable { outlive(outbox); }, {.name = "daemon", .daemon = true});
  daemon.start();
  at(py("time.sleep(0.3)"));
  process::sleep(0.3);
  at(py("os.kill(os.getpid()"));
  auto& recorder = trace::Recorder::current();
  recorder.gate(trace::Kind::signal_sent, recorder.task());
  recorder.record(trace::Kind::signal_sent, recorder.task(), SIGKILL, static_cast<std::uint64_t>(::getpid()));
  ::kill(::getpid(), SIGKILL);
}

void run(const Settings&) {
  const Frame frame("<module>");
  at(py("inbox, outbox = multiprocessing.Pipe"));
  auto [inbox, outbox] = ipc::Pipe(false, "mail");
  at(py("manager = multiprocessing.Process"));
  Process manager([end = outbox]() mutable { manage(end); }, {.name = "manager"});
  at(py("manager.start()"));
  manager.start();
  at(py("manager.join()"));
  manager.join();
  at(py("print(\"manager: exit code\""));
  process::print_now(fmt::format("manager: exit code {}", manager.exitcode().value()));
  at(py("print(\"daemon:\""));
  process::print_now("daemon: " + inbox.recv().get<std::string>());
}

Verdict killed(const timeline::Model& model, const Settings&, bool finished) { return said(model, "manager: exit code -9", finished); }

// P-62: whoever dies without the order of an exit terminates nobody.
Verdict lives_on(const timeline::Model& model, const Settings&, bool finished) {
  if (disturbed(model)) return so_far(true, model, finished);
  const timeline::Task *manager = task_named(model, "manager"), *daemon = task_named(model, "daemon");
  if (manager != nullptr && daemon != nullptr && daemon->death_ns <= manager->death_ns && manager->death_ns != timeline::kOpen) return Verdict::broken;
  return said(model, "daemon: I still run, and have another parent", finished);
}

}  // namespace

const Scenario& surprise_left_daemon() {
  static const Scenario scenario{
      .id = "surprise-08",
      .group = "surprises",
      .python_file = "surprise-08-left-daemon.py",
      .python = kPython,
      .cpp_file = "surprises/left_daemon.cpp",
      .cpp = assets::core_scenario_surprises_left_daemon_cpp,
      .parameters = {},
      .claims = {{"killed", killed}, {"lives-on", lives_on}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
