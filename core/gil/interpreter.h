// Who runs Python here: a process has one interpreter with a lock of its own, and may make more of them (G-04). A thread belongs to one; it
// runs Python only while it holds that one's lock.
//
//   leave() … enter()      around a call that may block, through Blocking, sleep_for or Released
//   check_point()          where CPython's evaluation loop looks at its word (G.4)
//
// As long as the main interpreter has a single thread, leaving takes no lock: nobody is there to take it. The second thread's maker is that one,
// and holds it.
#pragma once

#include <optional>

#include "core/gil/gil.h"

namespace forklight::gil {

class Interpreter {
 public:
  explicit Interpreter(trace::GilMode mode = trace::GilMode::gil) noexcept;
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // The one that this process began with.
  [[nodiscard]] static Interpreter& main() noexcept;
  // The one that this thread belongs to; the main one for a thread that belongs to none.
  [[nodiscard]] static Interpreter& current() noexcept;

  [[nodiscard]] Gil& gil() noexcept { return *gil_; }
  [[nodiscard]] bool is_main() const noexcept;
  [[nodiscard]] int threads() const noexcept { return threads_.load(std::memory_order_relaxed); }

  // Another kind of lock from now on, a new object. False if there are other threads than the caller, who belongs here.
  [[nodiscard]] bool set_mode(trace::GilMode mode) noexcept;
  // sys.setswitchinterval(): microseconds, on record. Valid for this interpreter's lock, and for the next one of it.
  void set_interval(std::uint64_t microseconds) noexcept;
  // Its lock becomes an object of the run, if it is none yet: when there is somebody to share it with.
  void announce() noexcept;

  // Before a thread of it is made, by its maker; and when it could not be made after all.
  void expect_thread() noexcept;
  void forget_thread() noexcept { threads_.fetch_sub(1, std::memory_order_relaxed); }

  void leave(ThreadState& me) noexcept;
  void enter(ThreadState& me) noexcept;

 private:
  friend void after_fork() noexcept;

  std::optional<Gil> gil_;
  std::atomic<int> threads_{0};
};

// This process's main thread becomes Python's: it has an interpreter, and its lock.
void begin() noexcept;
// In a forked child: the forking thread is the only one, and holds the lock, which is made anew (G-09).
void after_fork() noexcept;
// The program is over, for MainProcess: daemon threads stand still at their next take (G-10).
void finalize() noexcept;

// A thread's life in an interpreter that expects it: it holds the lock from its begin, and gives it up at its end, whatever happens.
class Attached {
 public:
  Attached(Interpreter& interpreter, trace::TaskId task) noexcept;
  ~Attached() { detach(); }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;
  void detach() noexcept;

 private:
  ThreadState state_;
};

namespace detail {
extern constinit ThreadState main_state;  // of the process's main thread: a signal's C handler finds its word here
inline constinit thread_local ThreadState* current_state = nullptr;
void handle_breaker(ThreadState& me, trace::CheckPlace place);
}  // namespace detail

// This thread's; nullptr if it runs no Python.
[[nodiscard]] inline ThreadState* current_thread() noexcept { return detail::current_state; }

// Gives up the lock if this thread holds it; says whether it did. Keeps errno.
[[nodiscard]] bool leave() noexcept;
void enter() noexcept;

// Without the lock, where Python releases it although the call hardly blocks (G.5): short system calls, long computations in C.
class Released {
 public:
  Released() noexcept : left_(leave()) {}
  ~Released() {
    if (left_) enter();
  }
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;

 private:
  bool left_;
};

// threading.Lock, for what the engine itself keeps from two threads at once: a try with the lock of the interpreter held, then a wait without
// it (G.5). So nobody waits for it with what another needs to go on.
template <typename Bare>
class Yielding {
 public:
  void lock() {
    if (bare_.try_lock()) return;
    const Released released;
    bare_.lock();
  }
  bool try_lock() { return bare_.try_lock(); }
  void unlock() { bare_.unlock(); }
  // For a condition variable, whose wait is inside of a Blocking.
  [[nodiscard]] Bare& bare() noexcept { return bare_; }

 private:
  Bare bare_;
};

}  // namespace forklight::gil
