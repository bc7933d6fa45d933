// multiprocessing.Queue as CPython builds it: deque → feeder thread → pipe → reader, two locks and a bounded semaphore (Q.1).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/ipc/connection.h"
#include "core/trace/kinds.h"

namespace forklight::ipc {

class Queue {
 public:
  static constexpr std::string_view kPythonClass = "Queue";
  explicit Queue(int maxsize = 0, std::string label = {}, std::uint32_t owner = 0);  // ≤ 0: no limit

  void put(Message item, bool block = true, Timeout timeout = {});  // Full; ValueError when closed
  [[nodiscard]] Value get(bool block = true, Timeout timeout = {});  // Empty
  void put_nowait(Message item) { put(std::move(item), false); }
  [[nodiscard]] Value get_nowait() { return get(false); }
  [[nodiscard]] int qsize() const;  // also what is still in the deque
  [[nodiscard]] bool empty() const;  // the pipe alone
  [[nodiscard]] bool full() const;
  // repr(queue._rlock), repr(queue._wlock): "<Lock(owner=SomeOtherProcess)>"
  [[nodiscard]] std::string reader_lock_repr() const;
  [[nodiscard]] std::string writer_lock_repr() const;
  void close();
  void join_thread();           // AssertionError unless closed
  void cancel_join_thread();
  // For an executor: what its feeder does with an item that cannot be sent instead of the traceback (true: it has been dealt with); and
  // that it ends without a word when nobody reads any more (Q.1).
  void set_feeder_error(std::function<bool(const process::PythonError&, const Message&)> handler);
  [[nodiscard]] Connection reader() const;
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static Queue arrive(process::Arrival& in) { return Queue(arrived(in)); }

  struct Handle;

 protected:
  static std::shared_ptr<Handle> arrived(process::Arrival& in);
  explicit Queue(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  static std::shared_ptr<Handle> make(trace::ObjectKind kind, std::string_view python_class, int maxsize, const std::string& label,
                                      std::uint32_t owner = 0);
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
  explicit SimpleQueue(std::string label = {}, std::uint32_t owner = 0);
  void put(const Message& item);
  [[nodiscard]] Value get();
  [[nodiscard]] bool empty();
  void close();
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static SimpleQueue arrive(process::Arrival& in);

  // put and get of a pool (L.1), which says more of its tasks by events of its own: `shown` is what the timeline says of the item. Who alone
  // writes, or alone reads, does so without the lock.
  void hand_over(const Message& item, std::string_view shown, bool locked);
  [[nodiscard]] Value take_over(bool locked);
  [[nodiscard]] Connection reader() const;
  [[nodiscard]] Connection writer() const;
  void take_reader_lock();  // and never gives it back

  struct Handle;

 private:
  void write(std::span<const std::uint8_t> payload, bool locked);
  [[nodiscard]] Decoded read(bool locked);
  explicit SimpleQueue(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

}  // namespace forklight::ipc
