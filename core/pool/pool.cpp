#include "core/pool/pool.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include "core/pool/defaults.h"
#include "core/pool/machine.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/traceback.h"
#include "core/trace/recorder.h"

namespace forklight::pool {

using process::Fact;
using process::Runtime;
using trace::JobKind;
using trace::Kind;
using trace::PoolState;
using trace::Recorder;

namespace {

int checked(std::optional<int> processes, const PoolOptions& options) {
  const int count = processes.value_or(default_processes());
  if (count < 1) throw PythonError(Fact::L_30_processes);
  if (options.maxtasksperchild && *options.maxtasksperchild <= 0) throw PythonError(Fact::L_30_maxtasks);
  return count;
}

void record_job(const Job& job, const Function& function, JobKind kind, std::size_t items, std::size_t chunksize) {
  const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(items, kAll));
  Recorder::current().record_text(Kind::job_new, job.object(), part(job.number(), count),
                                  static_cast<std::uint64_t>(kind) << 32 | static_cast<std::uint32_t>(chunksize), function.name);
}

}  // namespace

int default_processes() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (Runtime::current().context().python_minor >= 13 && ::sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

std::size_t default_chunksize(std::size_t length, std::size_t workers) noexcept {
  const std::size_t shares = 4 * workers;
  return length / shares + (length % shares != 0 ? 1 : 0);
}

Pool::Pool(std::optional<int> processes, PoolOptions options) {
  const int count = checked(processes, options);
  const process::Context context(process::making().method);  // whoever asks for no context gets a concrete one: ForkPoolWorker-1
  const std::uint32_t object = sync::announce(trace::ObjectKind::pool, options.label, 0, static_cast<std::uint32_t>(count));
  auto machine = std::make_shared<Machine>(context, object, count, std::move(options));
  owner_ = std::make_shared<Owner>(machine);
  machine->start();
}

Value Pool::apply(const Function& function, std::vector<Message> args, Value kwds) {
  return apply_async(function, std::move(args), std::move(kwds)).get();
}

AsyncResult Pool::apply_async(const Function& function, std::vector<Message> args, Value kwds, Callbacks callbacks) {
  Machine& machine = *owner_->machine;
  machine.check_running();
  Recorder::current().gate(Kind::job_new, machine.object);
  auto job = std::make_shared<ApplyJob>(owner_, machine.cache, machine.object, std::move(callbacks));
  machine.cache->add(job);
  record_job(*job, function, JobKind::apply, 1, 1);
  machine.tasks.put(std::make_unique<Batch>(job->number(), function, How::call, 0, Iterable(std::move(args)), std::move(kwds), nullptr));
  return {std::move(job), false};
}

AsyncResult Pool::submit_map(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize, Callbacks callbacks, bool star) {
  Machine& machine = *owner_->machine;
  machine.check_running();
  Recorder::current().gate(Kind::job_new, machine.object);
  iterable.list();  // L-20: what an iterator raises, it raises here
  const std::size_t length = *iterable.length();
  std::int64_t size = chunksize.value_or(static_cast<std::int64_t>(default_chunksize(length, machine.workers().size())));
  if (length == 0) size = 0;
  auto job = std::make_shared<MapJob>(owner_, machine.cache, machine.object, std::move(callbacks), size, length);
  record_job(*job, function, star ? JobKind::starmap : JobKind::map, length, static_cast<std::size_t>(std::max<std::int64_t>(size, 0)));
  if (size > 0) {  // else it is ready, and nothing is run (L-03, L-05)
    machine.cache->add(job);
    machine.tasks.put(std::make_unique<Batch>(job->number(), function, star ? How::starmap : How::map, static_cast<std::size_t>(size), std::move(iterable),
                                              nullptr, nullptr));
  }
  return {std::move(job), true};
}

Value Pool::map(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize) {
  return submit_map(function, std::move(iterable), chunksize, {}, false).get();
}

AsyncResult Pool::map_async(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize, Callbacks callbacks) {
  return submit_map(function, std::move(iterable), chunksize, std::move(callbacks), false);
}

Value Pool::starmap(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize) {
  return submit_map(function, std::move(iterable), chunksize, {}, true).get();
}

AsyncResult Pool::starmap_async(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize, Callbacks callbacks) {
  return submit_map(function, std::move(iterable), chunksize, std::move(callbacks), true);
}

ResultIterator Pool::submit_imap(const Function& function, Iterable iterable, std::int64_t chunksize, bool ordered) {
  Machine& machine = *owner_->machine;
  machine.check_running();
  if (chunksize < 1) throw PythonError("ValueError", fmt::format("Chunksize must be 1+, not {}", chunksize));  // L-06
  Recorder::current().gate(Kind::job_new, machine.object);
  auto job = std::make_shared<IMapJob>(owner_, machine.cache, machine.object, ordered);
  machine.cache->add(job);
  record_job(*job, function, ordered ? JobKind::imap : JobKind::imap_unordered, iterable.length().value_or(kAll), static_cast<std::size_t>(chunksize));
  const bool chunks = chunksize > 1;
  machine.tasks.put(std::make_unique<Batch>(job->number(), function, chunks ? How::map : How::call, static_cast<std::size_t>(chunksize),
                                            std::move(iterable), nullptr, job));
  return {std::move(job), chunks};
}

ResultIterator Pool::imap(const Function& function, Iterable iterable, std::int64_t chunksize) {
  return submit_imap(function, std::move(iterable), chunksize, true);
}

ResultIterator Pool::imap_unordered(const Function& function, Iterable iterable, std::int64_t chunksize) {
  return submit_imap(function, std::move(iterable), chunksize, false);
}

void Pool::close() {
  Machine& machine = *owner_->machine;
  if (machine.state != PoolState::run) return;
  Recorder::current().gate(Kind::pool_state, machine.object);
  machine.set_state(PoolState::close);
  machine.worker_handler.state = PoolState::close;
  machine.notifier.put(nullptr);
}

void Pool::terminate() {
  Recorder::current().gate(Kind::pool_state, owner_->machine->object);
  owner_->machine->set_state(PoolState::terminate);
  owner_->machine->terminate();
}

void Pool::join() {
  Machine& machine = *owner_->machine;
  if (machine.state == PoolState::run) throw PythonError(Fact::L_29);
  machine.worker_handler.join();
  machine.task_handler.join();
  machine.result_handler.join();
  for (process::Process& worker : machine.workers()) worker.join();
}

std::string Pool::repr() const {
  static constexpr std::string_view kStates[] = {"RUN", "CLOSE", "TERMINATE"};
  return fmt::format("<multiprocessing.pool.Pool state={} pool_size={}>", kStates[static_cast<std::size_t>(owner_->machine->state.load())],
                     owner_->machine->workers().size());
}

std::vector<process::Process> Pool::workers() const { return owner_->machine->workers(); }

std::uint32_t Pool::object() const noexcept { return owner_->machine->object; }

With::With(Pool pool) : pool_(std::move(pool)) {
  if (!pool_.repr().starts_with("<multiprocessing.pool.Pool state=RUN ")) throw PythonError(Fact::L_28);
}

// --- the machine ----------------------------------------------------------------------------------------------------

Pool::Machine::Machine(process::Context made_in, std::uint32_t id, int count, PoolOptions options)
    : context(made_in), object(id), processes(count), initializer(std::move(options.initializer)), maxtasksperchild(options.maxtasksperchild),
      creator(::getpid()), inqueue(made_in.make<ipc::SimpleQueue>("inqueue", id)), outqueue(made_in.make<ipc::SimpleQueue>("outqueue", id)),
      notifier(made_in.make<ipc::SimpleQueue>("change notifier", id)), cache(std::make_shared<Cache>(notifier)) {}

void Pool::Machine::start() {
  try {
    repopulate();
  } catch (...) {
    finalized = true;
    for (process::Process& worker : workers()) worker.terminate();
    for (process::Process& worker : workers()) worker.join();
    throw;
  }
  run_as(worker_handler, "_handle_workers", &Machine::handle_workers);
  run_as(task_handler, "_handle_tasks", &Machine::handle_tasks);
  run_as(result_handler, "_handle_results", &Machine::handle_results);
  constexpr int kExitPriority = 15;
  finalizer = Runtime::current().add_finalizer(kExitPriority, [weak = weak_from_this()] {
    if (const auto machine = weak.lock()) machine->terminate();  // L-34
  });
}

void Pool::Machine::check_running() const {
  if (state != PoolState::run) throw PythonError(Fact::L_28);
}

void Pool::Machine::set_state(PoolState next) {
  if (state.exchange(next) != next) Recorder::current().record(Kind::pool_state, object, static_cast<std::uint64_t>(next));
}

std::vector<process::Process> Pool::Machine::workers() const {
  const std::lock_guard lock(mutex_);
  return workers_;
}

// _terminate_pool
void Pool::Machine::terminate() {
  if (finalized.exchange(true)) return;
  if (finalizer != 0) Runtime::current().remove_finalizer(finalizer);
  worker_handler.state = PoolState::terminate;
  notifier.put(nullptr);
  task_handler.state = PoolState::terminate;
  // The task handler may stand before a full pipe: what is in it goes, and no worker gets anything any more. L-24: this lock may be the dead's.
  inqueue.take_reader_lock();
  while (task_handler.thread->is_alive() && inqueue.reader().poll()) {
    (void)inqueue.take_over(false);
    process::sleep(0);
  }
  if (!result_handler.thread->is_alive() && !cache->empty()) {
    throw PythonError(Runtime::current().context().python_minor >= 14 ? Fact::L_15_since_3_14 : Fact::L_15);
  }
  result_handler.state = PoolState::terminate;
  notifier.put(nullptr);
  outqueue.put(nullptr);
  worker_handler.join();  // first: nobody may start others in their place
  for (process::Process& worker : workers()) {
    if (!worker.exitcode()) worker.terminate();
  }
  task_handler.join();
  result_handler.join();
  for (process::Process& worker : workers()) {
    if (worker.is_alive()) worker.join();
  }
}

Pool::Owner::~Owner() {
  if (machine->creator != ::getpid()) return;  // a forked child's copy
  try {
    machine->terminate();
  } catch (const PythonError& error) {
    process::write_stderr(process::ignored(" <Finalize object, dead>", error, Runtime::current().context().program));
  } catch (const process::SystemExit&) {
  }
}

}  // namespace forklight::pool
