// The GIL: CPython's algorithm since 3.2, step for step (G.1 to G.3), the one before it (G-01), and none at all (G-07). It is a model of that
// lock, made of the same mutexes and conditions; the threads that queue for it are real ones.
//
//   take   while it is locked: wait one interval on `cond`; timed out, and nobody has got it meanwhile: ask the holder to drop it
//   drop   unlock, signal one waiter; was I asked to? then wait on `switch_cond`, without a limit, until another has taken it
//
// `locked` is a word that is taken and given back without the mutex where nobody waits: a waiter counts itself before it looks, the holder
// gives back before it looks for waiters, so one of both sees the other.
//
// Each contended step is on record (G.6). What nobody waited for, and what changed no hands, is not: that would drown the rest.
#pragma once

#include <pthread.h>
#include <semaphore.h>

#include <atomic>
#include <cstdint>

#include "core/trace/kinds.h"
#include "core/trace/event.h"

namespace forklight::gil {

class Interpreter;

// Bits of the word that a running thread looks at where CPython's evaluation loop does (G.4): its "eval breaker".
inline constexpr std::uint32_t kDropRequest = 1, kSignals = 2;

inline constexpr auto kRelaxed = std::memory_order_relaxed;

inline constexpr int kTicks = 100;  // sys.getcheckinterval() before 3.2

// A thread, as the lock of its interpreter knows it. Lives as long as the thread is attached.
struct ThreadState {
  std::atomic<std::uint32_t> breaker{0};
  std::atomic<std::int64_t> requested_ns{0};  // when it was first asked to drop the lock; 0 = it is not
  trace::TaskId task = 0;
  bool holds = false;
  int ticks_left = kTicks;  // instructions until the next tick, before 3.2
  bool alone = false;  // it left the lock locked: there is no other thread that could want it
  Interpreter* interpreter = nullptr;
};

inline constexpr std::uint64_t kDefaultInterval_us = 5000;

class Gil {
 public:
  explicit Gil(trace::GilMode mode) noexcept;
  ~Gil();
  Gil(const Gil&) = delete;
  Gil& operator=(const Gil&) = delete;

  // Takes it, however long that lasts. A thread that comes after close() never returns.
  void take(ThreadState& me) noexcept;
  // Gives it up. Asked to, it returns only when another thread has it.
  void drop(ThreadState& me, trace::DropReason reason) noexcept;
  // The holder's check every hundred instructions, before 3.2: gives it up and takes it again at once, and mostly gets it (G-01).
  void tick(ThreadState& me) noexcept;
  // From now on it is for the caller alone, who holds it: the others stand still at their next take (G-10).
  void close(ThreadState& me) noexcept;
  // In a forked child: made anew where it is, held by `me`, no object of the run, the same interval (G-09).
  void after_fork(ThreadState& me) noexcept;

  [[nodiscard]] trace::GilMode mode() const noexcept { return mode_; }
  // The object that its events are about; until there is one nothing is on record.
  void be_object(std::uint32_t object) noexcept { object_ = object; }
  [[nodiscard]] std::uint32_t object() const noexcept { return object_; }
  // The switch interval lies where the learner can reach it, too. Only while no other thread looks at it.
  void keep_interval_in(std::atomic<std::uint64_t>& word) noexcept;
  // Microseconds; 0 works as 1 (G-03).
  void set_interval(std::uint64_t microseconds) noexcept { interval_us_->store(microseconds, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t interval() const noexcept { return interval_us_->load(std::memory_order_relaxed); }
  // How often it has come to another thread than the one that had it last.
  [[nodiscard]] std::uint64_t switches() const noexcept { return switch_number_.load(std::memory_order_relaxed); }

 private:
  void record(trace::Kind kind, std::uint64_t a = 0, std::uint64_t b = 0) const noexcept;
  void take_ticking(ThreadState& me) noexcept;
  void took(ThreadState& me, bool noteworthy) noexcept;
  [[nodiscard]] bool try_lock() noexcept { return !locked_.exchange(true, std::memory_order_seq_cst); }
  void queue_for_it(const ThreadState& me) noexcept;
  void come_to(ThreadState& me, bool noteworthy) noexcept;
  [[nodiscard]] bool wait_one_interval(std::uint64_t microseconds) noexcept;
  void force_switch(ThreadState& me) noexcept;
  [[nodiscard]] bool closed_for(const ThreadState& me) const noexcept;

  trace::GilMode mode_;
  std::uint32_t object_ = 0;
  std::atomic<std::uint64_t> own_interval_us_{kDefaultInterval_us};
  std::atomic<std::uint64_t>* interval_us_ = &own_interval_us_;

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t cond_ = PTHREAD_COND_INITIALIZER;  // for who waits for it
  std::atomic<bool> locked_{false};
  std::atomic<std::uint32_t> waiting_{0};
  pthread_mutex_t switch_mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t switch_cond_ = PTHREAD_COND_INITIALIZER;  // for who was asked to drop it
  std::atomic<ThreadState*> last_holder_{nullptr};
  std::atomic<trace::TaskId> last_task_{0};
  std::atomic<std::uint64_t> switch_number_{0};
  std::atomic<ThreadState*> closed_by_{nullptr};
  sem_t lock_;  // before 3.2 it was a plain lock
};

}  // namespace forklight::gil
