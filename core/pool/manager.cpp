// The Executor's manager thread, and what submit() shares with it, in CPython's own steps (L.3).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "core/ipc/connection.h"
#include "core/pool/executor_machine.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/traceback.h"
#include "core/trace/recorder.h"

namespace forklight::pool {

using process::Fact;
using process::Process;
using trace::JobEnd;
using trace::JobKind;
using trace::Kind;
using trace::PoolState;
using trace::Recorder;
using trace::StartMethod;

Executor::Machine::Machine(process::Context made_in, std::uint32_t id, int workers, ExecutorOptions options)
    : context(made_in), object(id), max_workers(workers), initializer(std::move(options.initializer)), max_tasks(options.max_tasks_per_child.value_or(0)),
      creator(::getpid()), call_queue(made_in.make<ipc::Queue>(workers + 1, "call queue", id)),
      result_queue(made_in.make<ipc::SimpleQueue>("result queue", id)), wakeup(made_in.make<ipc::SimpleQueue>("thread wakeup", id)) {
  turns_.post();
}

// --- submit ---------------------------------------------------------------------------------------------------------

Future Executor::Machine::submit(Task task, std::string_view function) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::job_new, object);
  std::shared_ptr<Future::State> future;
  {
    const Turn turn(*this);
    {
      const std::lock_guard lock(mutex_);
      if (broken_) throw PythonError(Fact::L_51);
      if (shutdown_) throw PythonError(Fact::L_57);
      if (dropped_) throw PythonError("RuntimeError", "cannot schedule new futures after interpreter shutdown");
      task.job = count_++;
      future = std::make_shared<Future::State>(object, task.job);
      recorder.record_text(Kind::job_new, object, part(task.job, task.count()), static_cast<std::uint64_t>(JobKind::submit) << 32 | task.count(), function);
      work_ids_.push_back(task.job);
      pending_.emplace(task.job, Item{future, std::move(task)});
    }
    start_workers();
  }
  wake_up();  // not in our turn: its pipe may be full, and the manager may want a turn
  return Future(future);
}

// Under fork all at the first submit, before there is a thread; else one more, unless somebody is idle (L-54).
void Executor::Machine::start_workers() {
  const bool by_fork = context.method() == StartMethod::fork;
  if (!by_fork) {
    int idle = idle_.load();
    while (idle > 0 && !idle_.compare_exchange_weak(idle, idle - 1)) {
    }
    if (idle <= 0 && workers().size() < static_cast<std::size_t>(max_workers)) spawn_worker();
  }
  if (manager_) return;
  if (by_fork) {
    for (int i = 0; i < max_workers; ++i) spawn_worker();
  }
  call_queue.set_feeder_error([weak = weak_from_this()](const PythonError& error, const Message& message) {
    const auto machine = weak.lock();
    if (machine == nullptr || !message.value().is_array()) return false;
    machine->fail(message.value().at(0), error);
    return true;
  });
  manager_.emplace([machine = shared_from_this()] { machine->manage(); });
  manager_->start();
  // Before the program's end waits for threads, it tells this one that the end has come.
  process::at_threads_end([weak = weak_from_this()] {
    if (const auto machine = weak.lock()) machine->drop();
  });
}

void Executor::Machine::spawn_worker() {
  Process worker = make_worker(*this);
  worker.start();
  Recorder::current().record(Kind::worker_started, object, worker.task(), static_cast<std::uint64_t>(max_tasks));
  const std::lock_guard lock(mutex_);
  processes_.emplace(worker.pid().value_or(0), worker);
}

void Executor::Machine::wake_up() {
  wakeup.hand_over(nullptr, "wake up", true);
}

void Executor::Machine::drop() {
  if (creator != ::getpid() || dropped_.exchange(true)) return;
  if (manager_ && manager_->is_alive()) wake_up();
}

void Executor::Machine::shut_down(bool cancel_futures) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    cancel_pending_ = cancel_futures;
    first = !std::exchange(shutdown_, true);
  }
  if (first) Recorder::current().record(Kind::pool_state, object, static_cast<std::uint64_t>(PoolState::close));
  if (manager_ && manager_->is_alive()) wake_up();
}

void Executor::Machine::wait_for_manager() {
  if (manager_) manager_->join();
}

std::vector<Process> Executor::Machine::workers() const {
  const std::lock_guard lock(mutex_);
  std::vector<Process> all;
  for (const auto& [pid, worker] : processes_) all.push_back(worker);
  return all;
}

std::shared_ptr<Future::State> Executor::Machine::take_pending(std::uint32_t job) {
  const std::lock_guard lock(mutex_);
  const auto found = pending_.find(job);
  if (found == pending_.end()) return nullptr;
  auto future = std::move(found->second.future);
  pending_.erase(found);
  return future;
}

// --- the manager thread ---------------------------------------------------------------------------------------------

void Executor::Machine::manage() {
  for (;;) {
    add_call_items();
    News news = wait_for_news();
    if (news.broken) return terminate_broken(news.cause);
    if (!news.item.is_null()) process_result(std::move(news.item));
    if (!shutting_down()) continue;
    flag_shutting_down();
    add_call_items();  // what is cancelled goes, so that nobody waits for it
    bool over = false;
    {
      const std::lock_guard lock(mutex_);
      over = pending_.empty();
    }
    if (over) return join_internals();
  }
}

// From here on they cannot be cancelled (L-58). Never blocks: there is room for what it puts.
void Executor::Machine::add_call_items() {
  while (!call_queue.full()) {
    std::shared_ptr<Future::State> future;
    Task task;
    {
      const std::lock_guard lock(mutex_);
      if (work_ids_.empty()) return;
      const auto item = pending_.find(work_ids_.front());
      work_ids_.pop_front();
      if (item == pending_.end()) continue;
      future = item->second.future;
      if (!future->set_running()) {
        pending_.erase(item);
        continue;
      }
      task = std::move(item->second.task);
    }
    Recorder::current().record(Kind::chunk_put, object, part(task.job, 0), part(task.first, task.count()));
    try {
      call_queue.put(task.message());
    } catch (const PythonError& error) {  // a function that cannot be pickled
      fail(task.job, error);
    }
  }
}

// A call that could not be sent: its future fails, the others go on (L-19).
void Executor::Machine::fail(std::uint32_t job, const PythonError& error) {
  Recorder::current().record_text(Kind::chunk_refused, object, part(job, 0), 0, error.what());
  const auto future = take_pending(job);
  if (future == nullptr) return;
  Failure failure(error);
  const std::string text = process::traceback(error, process::Runtime::current().context().program, std::string_view{});
  failure.cause = fmt::format("concurrent.futures.process._RemoteTraceback: \n\"\"\"\n{}\"\"\"\n", text);
  future->settle({nullptr, std::move(failure)}, JobEnd::error);
  wake_up();
}

Executor::Machine::News Executor::Machine::wait_for_news() {
  std::vector<int> descriptors{result_queue.reader().fileno(), wakeup.reader().fileno()};
  for (const Process& worker : workers()) descriptors.push_back(worker.sentinel());
  const std::vector<std::size_t> ready = ipc::wait(descriptors);
  const auto is_ready = [&](std::size_t index) { return std::find(ready.begin(), ready.end(), index) != ready.end(); };
  News news;
  if (is_ready(0)) {
    try {
      news.item = result_queue.take_over(false);
      if (news.item.is_array()) Failure::check(news.item.at(2));  // one that cannot be unpickled breaks it
    } catch (const PythonError& error) {
      news.broken = true;
      news.cause = process::traceback(error, process::Runtime::current().context().program, std::string_view{});
    }
  } else {
    news.broken = !is_ready(1);
  }
  while (!wakeup.empty()) (void)wakeup.take_over(false);
  return news;
}

void Executor::Machine::process_result(Value&& item) {
  if (item.is_number()) {  // a worker that has ended in order
    forget_worker(item.get<pid_t>());
    return;
  }
  const std::uint32_t job = item.at(0);
  const pid_t left = item.at(1);
  const auto future = take_pending(job);
  if (future != nullptr) {
    Outcome outcome = Outcome::from(std::move(item.at(2)));
    const bool good = outcome.good();
    Recorder::current().record(Kind::chunk_result, object, part(job, 0), good ? 1 : 0);
    future->settle(std::move(outcome), good ? JobEnd::value : JobEnd::error);
  }
  if (left == 0) {
    ++idle_;
    return;
  }
  forget_worker(left);  // max_tasks_per_child
  const Turn turn(*this);
  bool wanted = false;
  {
    const std::lock_guard lock(mutex_);
    wanted = !shutdown_ && !broken_ && processes_.size() < static_cast<std::size_t>(max_workers);
  }
  if (wanted && !dropped_) spawn_worker();
}

void Executor::Machine::forget_worker(pid_t pid) {
  std::optional<Process> worker;
  {
    const std::lock_guard lock(mutex_);
    const auto found = processes_.find(pid);
    if (found == processes_.end()) return;
    worker = found->second;
    processes_.erase(found);
  }
  worker->join();
  Recorder::current().record(Kind::worker_joined, object, worker->task(), static_cast<std::uint64_t>(worker->exitcode().value_or(0) + 256));
}

bool Executor::Machine::shutting_down() const {
  if (dropped_) return true;
  const std::lock_guard lock(mutex_);
  return shutdown_;
}

void Executor::Machine::flag_shutting_down() {
  std::vector<std::shared_ptr<Future::State>> futures;
  {
    const std::lock_guard lock(mutex_);
    shutdown_ = true;
    if (!std::exchange(cancel_pending_, false)) return;
    for (const auto& [job, item] : pending_) futures.push_back(item.future);
    work_ids_.clear();
  }
  for (const auto& future : futures) {
    if (future->cancel()) (void)take_pending(future->job);
  }
}

// L-50: everybody who waits is told; the queues may be in any state, so the other workers go too.
void Executor::Machine::terminate_broken(const std::string& cause) {
  std::vector<std::shared_ptr<Future::State>> futures;
  {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    shutdown_ = true;
    for (const auto& [job, item] : pending_) futures.push_back(item.future);
    pending_.clear();
    work_ids_.clear();
  }
  Recorder::current().record(Kind::pool_state, object, static_cast<std::uint64_t>(PoolState::broken));
  std::sort(futures.begin(), futures.end(), [](const auto& left, const auto& right) { return left->job < right->job; });
  Failure failure{PythonError(Fact::L_50)};
  if (!cause.empty()) failure.cause = fmt::format("concurrent.futures.process._RemoteTraceback: \n'''\n{}'''\n", cause);
  for (const auto& future : futures) future->settle({nullptr, failure}, JobEnd::broken);
  for (Process& worker : workers()) worker.terminate();
  call_queue.reader().close();  // who still writes there learns that nobody reads
  join_internals();
}

int Executor::Machine::alive_workers() {
  int count = 0;
  for (Process& worker : workers()) count += worker.is_alive() ? 1 : 0;
  return count;
}

void Executor::Machine::join_internals() {
  const int to_stop = alive_workers();
  for (int sent = 0; sent < to_stop && alive_workers() > 0;) {
    try {
      for (; sent < to_stop; ++sent) call_queue.put_nowait(nullptr);
    } catch (const PythonError& error) {
      if (error.type() != "queue.Full") throw;
      process::sleep(0.001);  // Python asks again at once
    }
  }
  call_queue.close();
  call_queue.join_thread();
  for (Process& worker : workers()) forget_worker(worker.pid().value_or(0));
}

}  // namespace forklight::pool
