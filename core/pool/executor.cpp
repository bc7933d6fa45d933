#include "core/pool/executor.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cmath>

#include "core/base/clock.h"
#include "core/pool/defaults.h"
#include "core/pool/executor_machine.h"
#include "core/process/runtime.h"
#include "core/trace/recorder.h"

namespace forklight::pool {

using process::Fact;
using process::Runtime;
using trace::Kind;
using trace::Recorder;
using trace::StartMethod;

Executor::Executor(std::optional<int> max_workers, ExecutorOptions options) {
  const int workers = max_workers.value_or(default_processes());
  if (workers <= 0) throw PythonError(Fact::L_workers);
  const process::Making making = process::making();
  // With a limit of tasks Python takes spawn, unless it was given a context.
  const StartMethod method = options.max_tasks_per_child && !making.concrete ? StartMethod::spawn : making.method;
  if (options.max_tasks_per_child) {
    if (*options.max_tasks_per_child <= 0) throw PythonError("ValueError", "max_tasks_per_child must be >= 1");
    if (method == StartMethod::fork) {
      throw PythonError("ValueError",
                        "max_tasks_per_child is incompatible with the 'fork' multiprocessing start method; supply a different mp_context.");
    }
  }
  const std::uint32_t object = sync::announce(trace::ObjectKind::executor, options.label, 0, static_cast<std::uint32_t>(workers));
  owner_ = std::make_shared<Owner>(std::make_shared<Machine>(process::Context(method), object, workers, std::move(options)));
}

Future Executor::submit_task(const Function& function, std::vector<Message> items, Value kwargs, bool chunk, std::uint32_t first) {
  Task task;
  task.how = chunk ? How::starmap : How::call;
  task.first = first;
  task.function = &function;
  task.items = std::move(items);
  task.named = std::move(kwargs);
  return owner_->machine->submit(std::move(task), function.name);
}

Future Executor::submit(const Function& function, std::vector<Message> args, Value kwargs) {
  return submit_task(function, std::move(args), std::move(kwargs), false, 0);
}

Results Executor::map(const Function& function, std::vector<Iterable> iterables, Timeout timeout, std::int64_t chunksize) {
  if (chunksize < 1) throw PythonError(Fact::L_chunksize);
  std::vector<Future> futures;
  std::uint32_t first = 0;
  for (bool more = !iterables.empty(); more;) {
    std::vector<Message> chunk;
    while (more && chunk.size() < static_cast<std::size_t>(chunksize)) {  // zip(*iterables): over with the shortest
      Value arguments = Value::array();
      std::optional<Message> unsendable;
      for (Iterable& iterable : iterables) {
        const auto item = iterable.next();
        more = more && item.has_value();
        if (!more) break;
        if (!item->sendable()) unsendable = item;
        arguments.push_back(item->value());
      }
      if (more) chunk.push_back(unsendable ? Message::containing(*unsendable, std::move(arguments)) : Message(std::move(arguments)));
    }
    if (chunk.empty()) break;
    const auto count = static_cast<std::uint32_t>(chunk.size());
    futures.push_back(submit_task(function, std::move(chunk), nullptr, true, first));
    first += count;
  }
  return Results(std::move(futures), timeout);
}

void Executor::shutdown(bool wait, bool cancel_futures) {
  Recorder::current().gate(Kind::pool_state, owner_->machine->object);
  owner_->machine->shut_down(cancel_futures);
  if (wait) owner_->machine->wait_for_manager();
}

void Executor::force_shutdown(std::string_view method, int signal) {
  if (Runtime::current().context().python_minor < 14) {
    throw PythonError("AttributeError", fmt::format("'ProcessPoolExecutor' object has no attribute '{}'", method));
  }
  std::vector<process::Process> all = workers();
  shutdown(false, true);
  for (process::Process& worker : all) {
    if (!worker.is_alive()) continue;
    if (signal == SIGKILL) {
      worker.kill();
    } else {
      worker.terminate();
    }
  }
}

void Executor::terminate_workers() { force_shutdown("terminate_workers", SIGTERM); }

void Executor::kill_workers() { force_shutdown("kill_workers", SIGKILL); }

std::vector<process::Process> Executor::workers() const { return owner_->machine->workers(); }

std::uint32_t Executor::object() const noexcept { return owner_->machine->object; }

// --- what map() gives -----------------------------------------------------------------------------------------------

struct Results::State {
  std::vector<Future> futures;
  std::optional<std::int64_t> until_ns;
  std::size_t next = 0;
  Value chunk = Value::array();
  std::size_t place = 0;

  ~State() { cancel_rest(); }  // as the generator, when it is closed
  void cancel_rest() noexcept {
    for (; next < futures.size(); ++next) (void)futures[next].cancel();
  }
};

Results::Results(std::vector<Future> futures, Timeout timeout) : state_(std::make_shared<State>()) {
  state_->futures = std::move(futures);
  if (timeout) state_->until_ns = base::now_ns() + std::llround(std::min(*timeout, 1e9) * 1e9);
}

std::optional<Value> Results::next() {
  State& state = *state_;
  while (state.place == state.chunk.size()) {
    if (state.next == state.futures.size()) return std::nullopt;
    Timeout left;
    if (state.until_ns) left = static_cast<double>(*state.until_ns - base::now_ns()) / 1e9;
    try {
      state.chunk = state.futures[state.next++].result(left);
    } catch (...) {
      state.cancel_rest();
      throw;
    }
    state.place = 0;
  }
  return state.chunk.at(state.place++);
}

}  // namespace forklight::pool
