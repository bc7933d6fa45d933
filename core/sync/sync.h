// Process-shared synchronisation, as multiprocessing has it: real semaphores in the run's shared memory, no owner in the kernel.
//
// Every object here is a handle: copies (also those that a forked child inherits) name the same object. What a killed process held stays
// held (E-12). Each may be an argument of a Process under any start method (depart, arrive), and none may be sent (E.3). Times are seconds; a timeout below 0 counts as 0 (E-03), none means for ever. Errors are PythonError with Python's texts.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/process/args.h"

namespace forklight::sync {

using Timeout = std::optional<double>;

struct SemaphoreState;  // in shared memory
struct ConditionState;

// What Lock, RLock, Semaphore and BoundedSemaphore are made of (E.1).
class SemLock {
 public:
  // Block or not, and how long at the most. True when it was taken.
  bool acquire(bool block = true, Timeout timeout = {});
  void release();
  [[nodiscard]] std::uint32_t object() const noexcept;  // its id on the timeline
  // For the window and for Queue: sem_getvalue.
  [[nodiscard]] int value() const noexcept;
  [[nodiscard]] bool is_mine() const noexcept;

  void depart(process::Departure& out) const;
  static SemLock arrive(process::Arrival& in) { return SemLock(arrived(in)); }

 protected:
  struct Handle;
  static std::shared_ptr<Handle> arrived(process::Arrival& in);
  explicit SemLock(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

class Lock : public SemLock {
 public:
  static constexpr std::string_view kPythonClass = "Lock";
  explicit Lock(std::string label = {}, std::uint32_t owner = 0);
  [[nodiscard]] std::string repr() const;  // "<Lock(owner=MainProcess)>" (E-05)
  static Lock arrive(process::Arrival& in) { return Lock(arrived(in)); }

 private:
  using SemLock::SemLock;
};

class RLock : public SemLock {
 public:
  static constexpr std::string_view kPythonClass = "RLock";
  explicit RLock(std::string label = {}, std::uint32_t owner = 0);
  [[nodiscard]] std::string repr() const;  // "<RLock(MainProcess, 2)>" (E-07)
  static RLock arrive(process::Arrival& in) { return RLock(arrived(in)); }

 private:
  using SemLock::SemLock;
};

class Semaphore : public SemLock {
 public:
  static constexpr std::string_view kPythonClass = "Semaphore";
  explicit Semaphore(int value = 1, std::string label = {}, std::uint32_t owner = 0);  // E-10
  static Semaphore arrive(process::Arrival& in) { return Semaphore(arrived(in)); }

 private:
  using SemLock::SemLock;
};

class BoundedSemaphore : public SemLock {
 public:
  static constexpr std::string_view kPythonClass = "BoundedSemaphore";
  explicit BoundedSemaphore(int value = 1, std::string label = {}, std::uint32_t owner = 0);
  static BoundedSemaphore arrive(process::Arrival& in) { return BoundedSemaphore(arrived(in)); }

 private:
  using SemLock::SemLock;
};

// with lock: released on every way out, an exception included (E-13). Throws at its end if somebody else has released it meanwhile (E-01);
// an exception that is on its way already goes on instead.
template <typename L>
class With {
 public:
  explicit With(L& lock) : lock_(lock), exceptions_(std::uncaught_exceptions()) { lock_.acquire(); }
  ~With() noexcept(false) {
    try {
      lock_.release();
    } catch (...) {
      if (std::uncaught_exceptions() == exceptions_) throw;
    }
  }
  With(const With&) = delete;
  With& operator=(const With&) = delete;

 private:
  L& lock_;
  int exceptions_;
};

class Condition {
 public:
  static constexpr std::string_view kPythonClass = "Condition";
  explicit Condition(std::string label = {}, std::uint32_t owner = 0);  // over an RLock of its own
  Condition(Lock lock, std::string label, std::uint32_t owner);         // over a Lock, as Event has it
  bool acquire();
  void release();
  bool wait(Timeout timeout = {});  // E-15, E-16
  bool wait_for(const std::function<bool()>& predicate, Timeout timeout = {});
  void notify(int count = 1);  // waits until each notified sleeper has really woken (E-30)
  void notify_all();
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static Condition arrive(process::Arrival& in);

 private:
  struct Handle;
  explicit Condition(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

class Event {
 public:
  static constexpr std::string_view kPythonClass = "Condition";  // what Python names in the error: it is pickled first (E.3)
  explicit Event(std::string label = {});
  [[nodiscard]] bool is_set();
  void set();
  void clear();
  bool wait(Timeout timeout = {});  // E-18
  [[nodiscard]] std::string repr();  // "<Event at 0x7f… set>"
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static Event arrive(process::Arrival& in);

 private:
  struct Handle;
  explicit Event(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

class Barrier {
 public:
  static constexpr std::string_view kPythonClass = "Condition";
  explicit Barrier(int parties, std::string label = {});
  int wait(Timeout timeout = {});  // each gets another number 0 … parties−1 (E-19); BrokenBarrierError (E-20)
  void abort();
  void reset();
  [[nodiscard]] bool broken();
  [[nodiscard]] int n_waiting();
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static Barrier arrive(process::Arrival& in);

 private:
  struct Handle;
  explicit Barrier(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

// Value('i'): a C int in shared memory with an RLock; one read or one write is locked, `+=` is both and so a race (E-40).
class Value {
 public:
  static constexpr std::string_view kPythonClass = "Synchronized";
  explicit Value(std::int32_t initial = 0, std::string label = {});
  [[nodiscard]] std::int32_t get();
  void set(std::integral auto value) { store(static_cast<std::int64_t>(value)); }  // wraps (E-42); nothing but integers (E-43)
  [[nodiscard]] RLock& get_lock() noexcept;
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static Value arrive(process::Arrival& in);

 private:
  struct Handle;
  void store(std::int64_t value);
  explicit Value(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

// Array('i', size): zeroed, of fixed length, with an RLock.
class Array {
 public:
  static constexpr std::string_view kPythonClass = "SynchronizedArray";
  explicit Array(std::size_t size, std::string label = {});
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::int32_t get(std::ptrdiff_t index);  // IndexError: invalid index (E-44)
  void set(std::ptrdiff_t index, std::integral auto value) { store(index, static_cast<std::int64_t>(value)); }
  [[nodiscard]] RLock& get_lock() noexcept;
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static Array arrive(process::Arrival& in);

 private:
  struct Handle;
  void store(std::ptrdiff_t index, std::int64_t value);
  explicit Array(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

}  // namespace forklight::sync
