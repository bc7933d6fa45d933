// concurrent.futures.ProcessPoolExecutor as CPython builds it (L.3): a call queue, one manager thread, and a better answer to a dead worker.
//
//   submit ─▶ pending work items ─▶ [manager] ─▶ call queue ─▶ [feeder] ─▶ workers ─▶ result queue ─▶ [manager] ─▶ Future
//
// The manager watches its workers: when one dies, every future that is not settled fails at once, and the executor is broken (L-50).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/pool/future.h"
#include "core/process/process.h"

namespace forklight::pool {

struct ExecutorOptions {
  Initializer initializer = {};
  std::optional<int> max_tasks_per_child = {};  // ValueError in a fork context
  std::string label = {};                       // its name on the timeline; empty: ProcessPoolExecutor-N
};

// What map() gives: results in the order of the input. What a call raised is raised in its place; then it is over, and the rest is cancelled.
class Results {
 public:
  [[nodiscard]] std::optional<Value> next();  // none at the end; TimeoutError once map's timeout is over

 private:
  friend class Executor;
  Results(std::vector<Future> futures, Timeout timeout);
  struct State;
  std::shared_ptr<State> state_;
};

// A handle. When the last one is dropped, what was submitted is still done; then the workers end.
class Executor {
 public:
  static constexpr std::string_view kPythonClass = "ProcessPoolExecutor";
  // In the context that it is made in. ValueError: max_workers must be greater than 0.
  explicit Executor(std::optional<int> max_workers = {}, ExecutorOptions options = {});

  // BrokenProcessPool (L-51), RuntimeError after shutdown (L-57).
  Future submit(const Function& function, std::vector<Message> args = {}, Value kwargs = nullptr);
  // map(function, *iterables): submits everything now. ValueError: chunksize must be >= 1.
  Results map(const Function& function, std::vector<Iterable> iterables, Timeout timeout = {}, std::int64_t chunksize = 1);
  void shutdown(bool wait = true, bool cancel_futures = false);
  void terminate_workers();  // since 3.14 (L-60); AttributeError before
  void kill_workers();

  [[nodiscard]] std::vector<process::Process> workers() const;
  [[nodiscard]] std::uint32_t object() const noexcept;

  struct Machine;
  struct Owner;

 private:
  Future submit_task(const Function& function, std::vector<Message> items, Value kwargs, bool chunk, std::uint32_t first);
  void force_shutdown(std::string_view method, int signal);
  std::shared_ptr<Owner> owner_;
};

// with executor: shut down on every way out, and waited for (L-56).
class WithExecutor {
 public:
  explicit WithExecutor(Executor executor) : executor_(std::move(executor)) {}
  ~WithExecutor() noexcept(false) { executor_.shutdown(); }
  WithExecutor(const WithExecutor&) = delete;
  WithExecutor& operator=(const WithExecutor&) = delete;

 private:
  Executor executor_;
};

}  // namespace forklight::pool
