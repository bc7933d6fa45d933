// The three threads of a Pool (L.1), each in Python's own steps: what goes wrong in them goes wrong as it does there.
#include <algorithm>

#include "core/ipc/connection.h"
#include "core/pool/machine.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/trace/recorder.h"

namespace forklight::pool {

using trace::BlockReason;
using trace::Kind;
using trace::PoolState;
using trace::Recorder;

// --- tasks on their way ---------------------------------------------------------------------------------------------

std::optional<Task> Batch::next() {
  if (over_) return std::nullopt;
  Task task{job_, chunk_, first_, how_, function_, {}, {}};
  try {
    if (how_ == How::call && chunksize_ == 0) {  // apply: all of it are the arguments of one call
      over_ = true;
      while (auto item = items_.next()) task.items.push_back(*std::move(item));
      task.named = named_;
    } else {
      while (task.items.size() < chunksize_) {
        auto item = items_.next();
        if (!item) break;
        task.items.push_back(*std::move(item));
      }
      if (task.items.empty()) return std::nullopt;
    }
  } catch (const PythonError& error) {
    if (!is_exception(error)) throw;
    over_ = true;
    task.how = How::reraise;
    task.items = {Message(Failure(error).wire())};
  }
  ++chunk_;
  first_ += task.count();
  return task;
}

void Batch::end() {
  if (wants_length_ != nullptr) wants_length_->set_length(chunk_);
}

void TaskQueue::put(std::unique_ptr<Batch> batch) {
  {
    const std::lock_guard lock(mutex_);
    batches_.push_back(std::move(batch));
  }
  count_.post();
}

std::unique_ptr<Batch> TaskQueue::get(std::uint32_t pool) {
  (void)count_.take({BlockReason::tasks, pool});
  const std::lock_guard lock(mutex_);
  auto batch = std::move(batches_.front());
  batches_.pop_front();
  return batch;
}

// --- the threads ----------------------------------------------------------------------------------------------------

void Handler::join() {
  if (thread && ::pthread_equal(self.load(), ::pthread_self()) == 0) thread->join();
}

void Pool::Machine::run_as(Handler& handler, std::string_view target, void (Machine::*body)()) {
  handler.thread.emplace(
      [machine = shared_from_this(), &handler, body] {
        handler.self = ::pthread_self();
        ((*machine).*body)();
      },
      process::ThreadOptions{.daemon = true, .target = target});
  handler.thread->start();
}

bool Pool::Machine::join_exited() {
  bool cleaned = false;
  std::vector<process::Process> now = workers();
  for (auto worker = now.rbegin(); worker != now.rend(); ++worker) {
    const auto code = worker->exitcode();
    if (!code) continue;
    worker->join();
    Recorder::current().record(Kind::worker_joined, object, worker->task(), static_cast<std::uint64_t>(*code + 256));
    cleaned = true;
    const std::lock_guard lock(mutex_);
    std::erase_if(workers_, [&](const process::Process& one) { return one.task() == worker->task(); });
  }
  return cleaned;
}

void Pool::Machine::repopulate() {
  for (std::size_t count = workers().size(); count < static_cast<std::size_t>(processes); ++count) {
    auto worker = make_worker(*this);
    std::string name = worker.name();
    if (const auto place = name.find("Process"); place != std::string::npos) name.replace(place, 7, "PoolWorker");
    worker.set_name(std::move(name));
    worker.start();
    Recorder::current().record(Kind::worker_started, object, worker.task(), static_cast<std::uint64_t>(maxtasksperchild.value_or(0)));
    const std::lock_guard lock(mutex_);
    workers_.push_back(worker);
  }
}

void Pool::Machine::handle_workers() {
  while (worker_handler.state == PoolState::run || (!cache->empty() && worker_handler.state != PoolState::terminate)) {
    if (join_exited()) repopulate();
    std::vector<int> sentinels;
    for (const process::Process& worker : workers()) sentinels.push_back(worker.sentinel());
    sentinels.push_back(notifier.reader().fileno());
    (void)ipc::wait(sentinels);
    while (!notifier.empty()) (void)notifier.get();
  }
  tasks.put(nullptr);
}

void Pool::Machine::handle_tasks() {
  Recorder& recorder = Recorder::current();
  for (bool running = true; running;) {
    const std::unique_ptr<Batch> batch = tasks.get(object);
    if (batch == nullptr) break;
    while (auto task = batch->next()) {
      running = task_handler.state == PoolState::run;
      if (!running) break;
      recorder.record(Kind::chunk_put, object, part(task->job, task->chunk), part(task->first, task->count()));
      try {
        inqueue.hand_over(task->message(), task->shown(), false);  // nobody else writes
      } catch (const PythonError& error) {  // L-19: what cannot be pickled is its own result
        if (!is_exception(error)) throw;
        recorder.record_text(Kind::chunk_refused, object, part(task->job, task->chunk), 0, error.what());
        set(task->job, task->chunk, {nullptr, Failure(error)});
      }
    }
    if (running) batch->end();
  }
  try {
    outqueue.put(nullptr);  // the result handler ends when the cache is empty
    for (std::size_t count = workers().size(); count > 0; --count) inqueue.hand_over(nullptr, "None", false);
  } catch (const PythonError& error) {
    if (!is_os_error(error)) throw;
  }
}

void Pool::Machine::take_outcome(Value&& outcome) {
  const std::uint32_t number = outcome.at(0), chunk = outcome.at(1);
  Outcome what = Outcome::from(std::move(outcome.at(2)));  // L-17: where it cannot be unpickled, this thread ends
  Recorder::current().record(Kind::chunk_result, object, part(number, chunk), what.good() ? 1 : 0);
  set(number, chunk, std::move(what));
}

// Whose job is not in the cache any more is nobody's: Python finds that by a KeyError, and takes one that a callback raises for the same.
void Pool::Machine::set(std::uint32_t number, std::uint32_t chunk, Outcome outcome) {
  const auto job = cache->find(number);
  if (job == nullptr) return;
  try {
    job->set(chunk, std::move(outcome));
  } catch (const PythonError& error) {
    if (error.type() != "KeyError") throw;
  }
}

void Pool::Machine::handle_results() {
  try {
    for (;;) {
      Value outcome = outqueue.take_over(false);  // nobody else reads
      if (result_handler.state != PoolState::run || outcome.is_null()) break;
      take_outcome(std::move(outcome));
    }
    while (!cache->empty() && result_handler.state != PoolState::terminate) {
      Value outcome = outqueue.take_over(false);
      if (!outcome.is_null()) take_outcome(std::move(outcome));
    }
    // Room for the sentinels, of which there are two at the most: who puts one must not block.
    for (int i = 0; i < 10 && outqueue.reader().poll(); ++i) (void)outqueue.take_over(false);
  } catch (const PythonError& error) {
    if (!is_os_error(error) && error.type() != "EOFError") throw;
  }
}

}  // namespace forklight::pool
