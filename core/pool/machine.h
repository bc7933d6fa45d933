// The inside of a Pool: what its three threads work on. For core/pool alone.
#pragma once

#include <pthread.h>

#include <atomic>
#include <deque>
#include <mutex>

#include "core/ipc/queue.h"
#include "core/pool/jobs.h"
#include "core/pool/pool.h"
#include "core/process/start_method.h"
#include "core/process/thread.h"

namespace forklight::pool {

// One submission on its way to the task handler, which asks it for one task after the other.
class Batch {
 public:
  Batch(std::uint32_t job, const Function& function, How how, std::size_t chunksize, Iterable items, Value named, std::shared_ptr<Job> wants_length) noexcept
      : job_(job), function_(&function), how_(how), chunksize_(chunksize), items_(std::move(items)), named_(std::move(named)),
        wants_length_(std::move(wants_length)) {}

  // None at the end. What the iterator raises becomes a task that raises it, the last one (L-20).
  [[nodiscard]] std::optional<Task> next();
  [[nodiscard]] std::uint32_t job() const noexcept { return job_; }
  // All of it has been handed out.
  void end();

 private:
  std::uint32_t job_;
  const Function* function_;
  How how_;
  std::size_t chunksize_;
  Iterable items_;
  Value named_;
  std::shared_ptr<Job> wants_length_;
  std::uint32_t chunk_ = 0, first_ = 0;
  bool over_ = false;
};

// queue.SimpleQueue: the task queue of Python, which has no bound.
class TaskQueue {
 public:
  void put(std::unique_ptr<Batch> batch);  // nullptr: the sentinel
  [[nodiscard]] std::unique_ptr<Batch> get(std::uint32_t pool);

 private:
  std::mutex mutex_;
  std::deque<std::unique_ptr<Batch>> batches_;
  Wakeups count_;
};

// A handler thread, and its `_state` in Python.
struct Handler {
  std::atomic<trace::PoolState> state{trace::PoolState::run};
  std::optional<process::Thread> thread;
  std::atomic<pthread_t> self{};

  void join();  // not of itself
};

struct Pool::Machine : std::enable_shared_from_this<Machine> {
  Machine(process::Context made_in, std::uint32_t id, int count, PoolOptions options);

  const process::Context context;
  const std::uint32_t object;
  const int processes;
  const Initializer initializer;
  const std::optional<int> maxtasksperchild;
  const pid_t creator;
  ipc::SimpleQueue inqueue, outqueue, notifier;
  TaskQueue tasks;
  const std::shared_ptr<Cache> cache;
  std::atomic<trace::PoolState> state{trace::PoolState::run};
  Handler worker_handler, task_handler, result_handler;
  int finalizer = 0;
  std::atomic<bool> finalized{false};

  void start();
  void check_running() const;
  void set_state(trace::PoolState next);
  [[nodiscard]] std::vector<process::Process> workers() const;
  void terminate();  // what Python's finalizer does, once

 private:
  void handle_workers();
  void handle_tasks();
  void handle_results();
  void take_outcome(Value&& outcome);
  void set(std::uint32_t number, std::uint32_t chunk, Outcome outcome);
  bool join_exited();
  void repopulate();
  void run_as(Handler& handler, std::string_view target, void (Machine::*body)());

  mutable std::mutex mutex_;
  std::vector<process::Process> workers_;
};

struct Pool::Owner {
  explicit Owner(std::shared_ptr<Machine> its) noexcept : machine(std::move(its)) {}
  ~Owner();  // L-35
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  const std::shared_ptr<Machine> machine;
};

// A process that works for it, not started yet.
[[nodiscard]] process::Process make_worker(const Pool::Machine& machine);

}  // namespace forklight::pool
