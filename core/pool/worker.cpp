// A worker process of a Pool: takes a task, runs it, sends what came of it; until there are no more, or it has done its share.
#include <fmt/format.h>

#include "core/pool/machine.h"
#include "core/pool/runner.h"
#include "core/process/python.h"

namespace forklight::pool {

namespace {

// Places of a worker's arguments; the initializer's own follow.
enum Place : std::size_t { kInqueue, kOutqueue, kPool, kMethod, kMaxTasks, kInitializer, kOwn };

// Where CPython 3.11 calls the function from.
constexpr std::string_view kWorkerFrame = "  File \"multiprocessing/pool.py\", line 125, in worker\n    result = (True, func(*args, **kwds))\n";
constexpr std::string_view kMapFrame = "  File \"multiprocessing/pool.py\", line 48, in mapstar\n    return list(map(*args))\n";
constexpr std::string_view kStarmapFrame =
    "  File \"multiprocessing/pool.py\", line 51, in starmapstar\n    return list(itertools.starmap(args[0], args[1]))\n";

// The exception with the worker's traceback, as text (L-10). What Python's own helper raises for an iterator has none.
Failure failed(const Received& task, const PythonError& error) {
  Failure failure(error);
  if (task.how == How::reraise) return failure;
  std::string frames(kWorkerFrame);
  if (task.how == How::map) frames += kMapFrame;
  if (task.how == How::starmap) frames += kStarmapFrame;
  failure.cause = remote_traceback("multiprocessing.pool.RemoteTraceback", error, frames);
  return failure;
}

// L-18: a result that cannot be pickled is replaced by an error.
Failure encoding_error(const Received& task, const Message& result) {
  const std::string text = task.how == How::call ? repr_of(result) : fmt::format("[{}]", repr_of(result));
  return Failure(PythonError("multiprocessing.pool.MaybeEncodingError",
                             fmt::format("Error sending result: '{}'. Reason: '{}'", text, repr_of(result.refusal()))));
}

// False when there are no more. What is no Exception (SystemExit, KeyboardInterrupt) goes through, and ends the worker (L-21).
bool do_one(ipc::SimpleQueue& in, ipc::SimpleQueue& out, const Runner& runner) {
  Value wire;
  try {
    wire = in.take_over(true);
  } catch (const PythonError& error) {
    if (error.type() != "EOFError" && !is_os_error(error)) throw;
    return false;
  }
  if (wire.is_null()) return false;
  const Received task(std::move(wire));
  const Function* const function = runner.begin(task);
  Outcome outcome;
  try {
    const Message result = runner.run(task, function);
    if (result.sendable()) {
      outcome.value = result.value();
    } else {
      outcome.failure = encoding_error(task, result);
    }
  } catch (const PythonError& error) {
    if (!is_exception(error)) throw;
    outcome.failure = failed(task, error);
  }
  const bool good = outcome.good();
  out.hand_over(Value::array({task.job, task.chunk, wire_of(std::move(outcome))}), {}, true);
  runner.end(task, good);
  return true;
}

void work(const Args& args, const std::function<void()>& by_fork) {
  auto in = args.get<ipc::SimpleQueue>(kInqueue), out = args.get<ipc::SimpleQueue>(kOutqueue);
  const auto method = static_cast<trace::StartMethod>(args.at(kMethod).get<int>());
  const Runner runner(args.at(kPool), method);
  in.writer().close();
  out.reader().close();
  initialize(by_fork, args.at(kInitializer), method, args.from(kOwn));  // L-32: what it raises ends the worker
  const int maxtasks = args.at(kMaxTasks);
  for (int done = 0; (maxtasks == 0 || done < maxtasks) && do_one(in, out, runner); ++done) {
  }
}

const process::LibraryTarget kTarget("multiprocessing.pool.worker", [](const Args& args) { work(args, nullptr); });

}  // namespace

process::Process make_worker(const Pool::Machine& machine) {
  const trace::StartMethod method = machine.context.method();
  const First first = first_of(machine.initializer, method);
  Args args{machine.inqueue, machine.outqueue, machine.object, static_cast<int>(method), machine.maxtasksperchild.value_or(0), first.place};
  args.append(machine.initializer.args);
  const process::ProcessOptions options{.name = {}, .daemon = true, .python_class = {}};
  if (method != trace::StartMethod::fork) return machine.context.make<process::Process>(kTarget, std::move(args), options);
  return machine.context.make<process::Process>([args, by_fork = first.by_fork] { work(args, by_fork); }, options);
}

}  // namespace forklight::pool
