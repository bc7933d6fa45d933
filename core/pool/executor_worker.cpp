// A worker process of a ProcessPoolExecutor. Whatever a call raises goes back to its future, SystemExit too (L-53).
#include <fmt/format.h>
#include <unistd.h>

#include "core/pool/executor_machine.h"
#include "core/pool/runner.h"
#include "core/process/output.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/traceback.h"

namespace forklight::pool {

namespace {

// Places of a worker's arguments; the initializer's own follow.
enum Place : std::size_t { kCallQueue, kResultQueue, kExecutor, kMethod, kMaxTasks, kInitializer, kOwn };

constexpr std::string_view kRemote = "concurrent.futures.process._RemoteTraceback";
// Where CPython 3.11 calls the function from.
constexpr std::string_view kWorkerFrame =
    "  File \"concurrent/futures/process.py\", line 256, in _process_worker\n    r = call_item.fn(*call_item.args, **call_item.kwargs)\n";
constexpr std::string_view kChunkFrame =
    "  File \"concurrent/futures/process.py\", line 205, in _process_chunk\n    return [fn(*args) for args in chunk]\n";

Failure failed(const Received& task, const PythonError& error) {
  Failure failure(error);
  std::string frames(kWorkerFrame);
  if (task.how == How::starmap) frames += kChunkFrame;
  failure.cause = remote_traceback(kRemote, error, frames);
  return failure;
}

Outcome outcome_of(const Received& task, const Runner& runner) {
  Outcome outcome;
  try {
    const Message result = runner.run(task, runner.begin(task));
    if (!result.sendable()) throw result.refusal();
    outcome.value = result.value();
  } catch (const PythonError& error) {
    outcome.failure = failed(task, error);
  } catch (const process::SystemExit& exit) {
    outcome.failure = failed(task, PythonError("SystemExit", exit.text.empty() ? std::to_string(exit.code) : exit.text));
    outcome.failure->exit_code = exit.code;
  }
  return outcome;
}

// False if it may not begin: the executor breaks (L-59).
bool initialized(const Args& args, const std::function<void()>& by_fork, trace::StartMethod method) {
  std::string said;
  try {
    initialize(by_fork, args.at(kInitializer), method, args.from(kOwn));
    return true;
  } catch (const PythonError& error) {
    said = process::traceback(error, process::Runtime::current().context().program, std::string_view{});
  } catch (const process::SystemExit& exit) {
    said = process::traceback(PythonError("SystemExit", std::to_string(exit.code)), process::Runtime::current().context().program, std::string_view{});
  }
  process::write_stderr("Exception in initializer:\n" + said);
  return false;
}

void work(const Args& args, const std::function<void()>& by_fork) {
  auto calls = args.get<ipc::Queue>(kCallQueue);
  auto results = args.get<ipc::SimpleQueue>(kResultQueue);
  const auto method = static_cast<trace::StartMethod>(args.at(kMethod).get<int>());
  const Runner runner(args.at(kExecutor), method);
  const int max_tasks = args.at(kMaxTasks);
  if (!initialized(args, by_fork, method)) return;
  for (int done = 1;; ++done) {
    Value wire = calls.get();
    if (wire.is_null()) {
      results.put(static_cast<int>(::getpid()));
      return;
    }
    const Received task(std::move(wire));
    const bool last = max_tasks != 0 && done >= max_tasks;
    Outcome outcome = outcome_of(task, runner);
    const bool good = outcome.good();
    results.hand_over(Value::array({task.job, last ? static_cast<int>(::getpid()) : 0, wire_of(std::move(outcome))}), {}, true);
    runner.end(task, good);
    if (last) return;
  }
}

const process::LibraryTarget kTarget("concurrent.futures.process._process_worker", [](const Args& args) { work(args, nullptr); });

}  // namespace

process::Process make_worker(const Executor::Machine& machine) {
  const trace::StartMethod method = machine.context.method();
  const First first = first_of(machine.initializer, method);
  Args args{machine.call_queue, machine.result_queue, machine.object, static_cast<int>(method), machine.max_tasks, first.place};
  args.append(machine.initializer.args);
  if (method != trace::StartMethod::fork) return machine.context.make<process::Process>(kTarget, std::move(args));
  return machine.context.make<process::Process>([args, by_fork = first.by_fork] { work(args, by_fork); });
}

}  // namespace forklight::pool
