// multiprocessing.Queue as CPython builds it: deque → feeder thread → pipe → reader, two locks and a bounded semaphore (Q.1).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/ipc/connection.h"
#include "core/trace/kinds.h"

namespace forklight::ipc {

class Queue {
 public:
  static constexpr std::string_view kPythonClass = "Queue";
  explicit Queue(int maxsize = 0, std::string label = {});  // ≤ 0: no limit

  void put(Message item, bool block = true, Timeout timeout = {});  // Full; ValueError when closed
  [[nodiscard]] Value get(bool block = true, Timeout timeout = {});  // Empty
  void put_nowait(Message item) { put(std::move(item), false); }
  [[nodiscard]] Value get_nowait() { return get(false); }
  [[nodiscard]] int qsize() const;  // also what is still in the deque
  [[nodiscard]] bool empty() const;  // the pipe alone
  [[nodiscard]] bool full() const;
  void close();
  void join_thread();           // AssertionError unless closed
  void cancel_join_thread();
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static Queue arrive(process::Arrival& in) { return Queue(arrived(in)); }

  struct Handle;

 protected:
  static std::shared_ptr<Handle> arrived(process::Arrival& in);
  explicit Queue(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  static std::shared_ptr<Handle> make(trace::ObjectKind kind, std::string_view python_class, int maxsize, const std::string& label);
  static void begin_anew_in_children(const std::shared_ptr<Handle>& handle);
  std::shared_ptr<Handle> handle_;
};

class JoinableQueue : public Queue {
 public:
  static constexpr std::string_view kPythonClass = "JoinableQueue";
  explicit JoinableQueue(int maxsize = 0, std::string label = {});
  void task_done();  // ValueError: task_done() called too many times
  void join();
  static JoinableQueue arrive(process::Arrival& in) { return JoinableQueue(arrived(in)); }

 private:
  using Queue::Queue;
};

// A pipe and two locks: no thread, no buffer; put pickles and writes in the caller.
class SimpleQueue {
 public:
  static constexpr std::string_view kPythonClass = "SimpleQueue";
  explicit SimpleQueue(std::string label = {});
  void put(const Message& item);
  [[nodiscard]] Value get();
  [[nodiscard]] bool empty();
  void close();
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static SimpleQueue arrive(process::Arrival& in);

  struct Handle;

 private:
  explicit SimpleQueue(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

}  // namespace forklight::ipc
