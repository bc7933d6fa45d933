// A segmentation fault, in a child process or in a thread: the process in which it happens dies, with all its threads, and no other.
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/process/thread.h"
#include "core/scenario/claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_crash_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

// A real one: the kernel finds no page to read, and sends SIGSEGV. (No page of ours instead of address 0, which a compiler may reason
// about; the sanitizers' handler, if there is one, is taken away.)
void read_what_is_not_there() {
  ::signal(SIGSEGV, SIG_DFL);
  const auto* nothing = static_cast<const volatile char*>(::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  (void)*nothing;
}

void crash(double seconds) {
  const Frame frame("crash");
  at(py("time.sleep(SECONDS)"));
  process::sleep(seconds);
  at(py("print(\"reads what is"));
  process::print_now("reads what is at address 0");
  at(py("ctypes.string_at(0)"));
  read_what_is_not_there();
}

void work(double seconds) {
  const Frame frame("work");
  at(py("time.sleep(2 * SECONDS)"));
  process::sleep(2 * seconds);
  at(py("print(\"the neighbour has"));
  process::print_now("the neighbour has done its work");
}

// The same main body for both kinds of workers.
template <typename Worker, typename Codes>
void start_both(Worker neighbour, Worker crasher, Codes&& codes) {
  at(py("neighbour.start()"));
  neighbour.start();
  at(py("crasher.start()"));
  crasher.start();
  at(py("crasher.join()"));
  crasher.join();
  at(py("print(\"MainProcess goes on\""));
  process::print_now("MainProcess goes on");
  at(py("neighbour.join()"));
  neighbour.join();
  at(py("print(\"exit codes\""));
  codes(crasher, neighbour);
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const double seconds = settings.real("seconds");
  at(py("neighbour = Worker"));
  const auto works = [seconds] { work(seconds); };
  const auto crashes = [seconds] { crash(seconds); };
  if (settings.text("workers") == "threads") {
    start_both(Thread(works, {.name = "neighbour"}), Thread(crashes, {.name = "crasher"}),
               [](Thread&, Thread&) { process::raise("AttributeError", "'Thread' object has no attribute 'exitcode'"); });
  } else {
    start_both(Process(works, {.name = "neighbour"}), Process(crashes, {.name = "crasher"}), [](Process& crasher, Process& neighbour) {
      process::print(fmt::format("exit codes {} {}", crasher.exitcode().value(), neighbour.exitcode().value()));
    });
  }
}

// P-36: −11, in the process in which it happened.
Verdict code(const timeline::Model& model, const Settings& settings, bool finished) {
  if (hand_of_learner(model)) return so_far(true, model, finished);
  const bool threads = settings.text("workers") == "threads";
  if (threads) return exit_code_is(model, "MainProcess", -11, finished);
  return all_of({exit_code_is(model, "crasher", -11, finished), exit_code_is(model, "MainProcess", 0, finished)});
}

Verdict neighbour(const timeline::Model& model, const Settings& settings, bool finished) {
  if (hand_of_learner(model)) return so_far(true, model, finished);
  const bool works_on = lines_that_say(model, "the neighbour has done its work") > 0;
  if (settings.text("workers") == "processes") return so_far(works_on, model, finished);
  // Held at the gate, the crasher may come too late to take the others along.
  if (held_at_gate(model)) return so_far(true, model, finished);
  return works_on ? Verdict::broken : so_far(finished, model, finished);
}

}  // namespace

const Scenario& crash() {
  static const Scenario scenario{
      .id = "crash",
      .group = "life",
      .python_file = "crash.py",
      .python = kPython,
      .cpp_file = "crash.cpp",
      .cpp = assets::core_scenario_crash_cpp,
      .parameters =
          {{.id = "workers", .type = ParameterType::choice, .fallback = "processes", .choices = {"processes", "threads"}},
           {.id = "seconds", .type = ParameterType::real, .fallback = "1", .minimum = 0.2, .maximum = 60, .unit = "s"}},
      .claims = {{"code", code}, {"neighbour", neighbour}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
