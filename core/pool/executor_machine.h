// The inside of an Executor: what submit() and the manager thread share. For core/pool alone.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "core/ipc/queue.h"
#include "core/pool/executor.h"
#include "core/pool/future_state.h"
#include "core/process/start_method.h"
#include "core/process/thread.h"

namespace forklight::pool {

struct Executor::Machine : std::enable_shared_from_this<Machine> {
  Machine(process::Context made_in, std::uint32_t id, int workers, ExecutorOptions options);

  const process::Context context;
  const std::uint32_t object;
  const int max_workers;
  const Initializer initializer;
  const int max_tasks;  // 0: no limit
  const pid_t creator;
  ipc::Queue call_queue;  // workers + 1: what is in it cannot be cancelled (L-58)
  ipc::SimpleQueue result_queue, wakeup;

  // Both throw L_51 and L_57.
  Future submit(Task task, std::string_view function);
  void shut_down(bool cancel_futures);
  void wait_for_manager();
  [[nodiscard]] std::vector<process::Process> workers() const;
  void wake_up();
  // The last handle is gone.
  void drop();

 private:
  struct Item {
    std::shared_ptr<Future::State> future;
    Task task;
  };

  void start_workers();
  void spawn_worker();
  void manage();
  void add_call_items();
  struct News {
    Value item;  // None: just woken up
    bool broken = false;
    std::string cause;
  };
  [[nodiscard]] News wait_for_news();
  void process_result(Value&& item);
  void fail(std::uint32_t job, const PythonError& error);
  void terminate_broken(const std::string& cause);
  [[nodiscard]] bool shutting_down() const;
  void flag_shutting_down();
  void join_internals();
  void forget_worker(pid_t pid);
  [[nodiscard]] int alive_workers();
  std::shared_ptr<Future::State> take_pending(std::uint32_t job);

  // Held while workers are started: taken as a Python thread takes a lock, for starting one blocks.
  class Turn {
   public:
    explicit Turn(Machine& machine) : machine_(machine) { (void)machine_.turns_.take({trace::BlockReason::lock, machine_.object}); }
    ~Turn() { machine_.turns_.post(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Machine& machine_;
  };

  mutable std::mutex mutex_;  // of everything below it; never held while anything blocks
  std::unordered_map<std::uint32_t, Item> pending_;
  std::deque<std::uint32_t> work_ids_;
  std::map<pid_t, process::Process> processes_;
  std::uint32_t count_ = 0;
  bool broken_ = false, shutdown_ = false, cancel_pending_ = false;
  std::optional<process::Thread> manager_;

  Wakeups turns_;
  std::atomic<int> idle_{0};
  std::atomic<bool> dropped_{false};
};

struct Executor::Owner {
  explicit Owner(std::shared_ptr<Machine> its) noexcept : machine(std::move(its)) {}
  ~Owner() { machine->drop(); }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  const std::shared_ptr<Machine> machine;
};

// A process that works for it, not started yet.
[[nodiscard]] process::Process make_worker(const Executor::Machine& machine);

}  // namespace forklight::pool
