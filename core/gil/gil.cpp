#include "core/gil/gil.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/clock.h"
#include "core/base/every_child.h"
#include "core/trace/recorder.h"

namespace forklight::gil {

using trace::DropReason;
using trace::GilMode;
using trace::Kind;
using trace::Recorder;

namespace {

class Guard {
 public:
  explicit Guard(pthread_mutex_t& mutex) noexcept : mutex_(&mutex) { ::pthread_mutex_lock(mutex_); }
  ~Guard() { ::pthread_mutex_unlock(mutex_); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  pthread_mutex_t* mutex_;
};

// A thread of a program that is over: it neither runs on nor goes away before the process does (G-10).
[[noreturn]] void stand_still() noexcept {
  for (;;) ::pause();
}

}  // namespace

Gil::Gil(GilMode mode) noexcept : mode_(mode) { ::sem_init(&lock_, 0, 1); }

Gil::~Gil() {
  ::pthread_cond_destroy(&cond_);
  ::pthread_cond_destroy(&switch_cond_);
  ::pthread_mutex_destroy(&mutex_);
  ::pthread_mutex_destroy(&switch_mutex_);
  ::sem_destroy(&lock_);
}

void Gil::keep_interval_in(std::atomic<std::uint64_t>& word) noexcept {
  word.store(interval(), kRelaxed);
  interval_us_ = &word;
}

void Gil::record(Kind kind, std::uint64_t a, std::uint64_t b) const noexcept {
  if (object_ != 0) Recorder::current().record(kind, object_, a, b);
}

bool Gil::closed_for(const ThreadState& me) const noexcept {
  const ThreadState* by = closed_by_.load(std::memory_order_acquire);
  return by != nullptr && by != &me;
}

// With `mutex_` held. False if the interval is over.
bool Gil::wait_one_interval(std::uint64_t microseconds) noexcept {
  const timespec until = base::to_timespec(base::now_ns() + static_cast<std::int64_t>(microseconds) * 1000);
  return ::pthread_cond_clockwait(&cond_, &mutex_, CLOCK_MONOTONIC, &until) != ETIMEDOUT;
}

void Gil::take(ThreadState& me) noexcept {
  if (mode_ == GilMode::free_threaded) {
    if (closed_for(me)) stand_still();
    me.holds = true;
    return;
  }
  if (mode_ == GilMode::before_3_2) return take_ticking(me);
  const bool at_once = !closed_for(me) && try_lock();
  if (!at_once) queue_for_it(me);
  if (at_once && last_holder_.load(kRelaxed) == &me) [[likely]] {
    if (me.requested_ns.load(kRelaxed) != 0) me.requested_ns.store(0, kRelaxed);
    if ((me.breaker.load(kRelaxed) & kDropRequest) != 0) me.breaker.fetch_and(~kDropRequest, kRelaxed);
  } else {
    come_to(me, !at_once);
  }
  me.holds = true;
}

// The slow way: until it is ours.
void Gil::queue_for_it(const ThreadState& me) noexcept {
  const int error = errno;
  ::pthread_mutex_lock(&mutex_);
  waiting_.fetch_add(1, std::memory_order_seq_cst);  // before the next look
  record(Kind::gil_want, last_task_.load(kRelaxed));
  while (!closed_for(me) && !try_lock()) {
    const std::uint64_t seen = switch_number_.load(kRelaxed);
    const std::uint64_t interval_us = std::max<std::uint64_t>(interval(), 1);
    record(Kind::gil_wait, interval_us * 1000, seen);
    const bool woken = wait_one_interval(interval_us);
    const bool locked = locked_.load(kRelaxed);
    if (woken) {
      record(Kind::gil_wake, locked ? last_task_.load(kRelaxed) : 0);
      continue;
    }
    const bool switched = switch_number_.load(kRelaxed) != seen;
    record(Kind::gil_timeout, locked ? last_task_.load(kRelaxed) : 0, switched ? 1 : 0);
    ThreadState* const holder = last_holder_.load(kRelaxed);  // a thread that ends takes itself out of it under the mutex
    if (!locked || switched || holder == nullptr) continue;
    if (holder->requested_ns.load(kRelaxed) == 0) holder->requested_ns.store(base::now_ns(), kRelaxed);
    record(Kind::gil_request, last_task_.load(kRelaxed), seen);
    holder->breaker.fetch_or(kDropRequest, std::memory_order_release);
  }
  waiting_.fetch_sub(1, kRelaxed);
  ::pthread_mutex_unlock(&mutex_);
  if (closed_for(me)) stand_still();
  errno = error;
}

// It is ours: says so to all who want to know. Who had it last may wait for that.
void Gil::come_to(ThreadState& me, bool noteworthy) noexcept {
  {
    const Guard guard(switch_mutex_);
    const trace::TaskId before = last_task_.load(kRelaxed);
    if (last_holder_.load(kRelaxed) != &me) {
      noteworthy = noteworthy || before != 0;  // nobody had it before the first one
      last_holder_.store(&me, kRelaxed);
      last_task_.store(me.task, kRelaxed);
      switch_number_.store(switch_number_.load(kRelaxed) + 1, kRelaxed);
    }
    // On record before a forced switch can see it.
    if (noteworthy) record(Kind::gil_take, before, switch_number_.load(kRelaxed));
    ::pthread_cond_signal(&switch_cond_);
  }
  me.requested_ns.store(0, kRelaxed);
  if ((me.breaker.load(kRelaxed) & kDropRequest) != 0) me.breaker.fetch_and(~kDropRequest, kRelaxed);
}

void Gil::drop(ThreadState& me, DropReason reason) noexcept {
  me.holds = false;
  if (mode_ == GilMode::free_threaded) return;
  if (mode_ == GilMode::before_3_2) {
    const int error = errno;
    if (waiting_.load(kRelaxed) > 0) record(Kind::gil_drop, static_cast<std::uint64_t>(reason));
    if (reason == DropReason::thread_end) last_holder_.store(nullptr, kRelaxed);
    ::sem_post(&lock_);
    errno = error;
    return;
  }
  const bool asked = (me.breaker.load(kRelaxed) & kDropRequest) != 0;
  if (asked || waiting_.load(kRelaxed) > 0) record(Kind::gil_drop, static_cast<std::uint64_t>(reason));
  if (reason == DropReason::thread_end) {
    const Guard guard(mutex_);  // nobody looks at our state just now, and from now on nobody finds it
    last_holder_.store(nullptr, kRelaxed);
    locked_.store(false, std::memory_order_seq_cst);
    ::pthread_cond_signal(&cond_);
    return;
  }
  locked_.store(false, std::memory_order_seq_cst);
  if (waiting_.load(std::memory_order_seq_cst) == 0 && (me.breaker.load(kRelaxed) & kDropRequest) == 0) [[likely]] return;
  const int error = errno;
  {
    const Guard guard(mutex_);  // a waiter that has looked is in its wait by now
    ::pthread_cond_signal(&cond_);
  }
  // Who asked may stand still for ever at the end of the program, and nobody waits for others as it ends itself.
  if (closed_by_.load(kRelaxed) == nullptr && (me.breaker.load(std::memory_order_acquire) & kDropRequest) != 0) force_switch(me);
  errno = error;
}

void Gil::force_switch(ThreadState& me) noexcept {
  const Guard guard(switch_mutex_);
  if (last_holder_.load(kRelaxed) != &me) return;
  me.breaker.fetch_and(~kDropRequest, kRelaxed);
  me.requested_ns.store(0, kRelaxed);
  const std::int64_t began = base::now_ns();
  record(Kind::switch_wait);
  while (last_holder_.load(kRelaxed) == &me) ::pthread_cond_wait(&switch_cond_, &switch_mutex_);
  record(Kind::switch_done, last_task_.load(kRelaxed), static_cast<std::uint64_t>(base::now_ns() - began));
}

// The parent's threads, which may have stood at the locks, are not here. Nothing is allocated and no library asked: each page that a child
// touches is a page to be made. ThreadSanitizer does not know that whoever held these locks is not here, and would call it a race.
[[gnu::no_sanitize("thread")]] FORKLIGHT_EVERY_CHILD void Gil::after_fork(ThreadState& me) noexcept {
  own_interval_us_.store(interval(), kRelaxed);
  interval_us_ = &own_interval_us_;
  object_ = 0;
  mutex_ = PTHREAD_MUTEX_INITIALIZER;
  switch_mutex_ = PTHREAD_MUTEX_INITIALIZER;
  cond_ = PTHREAD_COND_INITIALIZER;
  switch_cond_ = PTHREAD_COND_INITIALIZER;
  waiting_.store(0, kRelaxed);
  closed_by_.store(nullptr, kRelaxed);
  last_holder_.store(&me, kRelaxed);
  last_task_.store(me.task, kRelaxed);
  switch_number_.store(1, kRelaxed);
  locked_.store(mode_ == GilMode::gil, kRelaxed);
  if (mode_ == GilMode::before_3_2) ::sem_init(&lock_, 0, 0);
  me.holds = true;
}

void Gil::close(ThreadState& me) noexcept { closed_by_.store(&me, std::memory_order_release); }

// --- before 3.2 -----------------------------------------------------------------------------------------------------

void Gil::take_ticking(ThreadState& me) noexcept {
  const int error = errno;
  bool noteworthy = false;
  if (::sem_trywait(&lock_) != 0) {
    noteworthy = true;
    record(Kind::gil_want, last_task_.load(kRelaxed));
    record(Kind::gil_wait, 0, switch_number_.load(kRelaxed));
    waiting_.fetch_add(1, kRelaxed);
    while (::sem_wait(&lock_) != 0) {
    }
    waiting_.fetch_sub(1, kRelaxed);
  }
  if (closed_for(me)) {
    ::sem_post(&lock_);
    stand_still();
  }
  took(me, noteworthy);
  errno = error;
}

void Gil::took(ThreadState& me, bool noteworthy) noexcept {
  const trace::TaskId before = last_task_.load(kRelaxed);
  if (last_holder_.load(kRelaxed) != &me) {
    noteworthy = noteworthy || before != 0;
    last_holder_.store(&me, kRelaxed);
    last_task_.store(me.task, kRelaxed);
    switch_number_.store(switch_number_.load(kRelaxed) + 1, kRelaxed);
  }
  if (noteworthy) record(Kind::gil_take, before, switch_number_.load(kRelaxed));
  me.holds = true;
}

void Gil::tick(ThreadState& me) noexcept {
  const bool wanted = waiting_.load(kRelaxed) > 0;
  const std::int64_t now = wanted ? base::now_ns() : 0;
  me.holds = false;
  ::sem_post(&lock_);
  const bool at_once = ::sem_trywait(&lock_) == 0;
  // The usual end of it: whoever was woken comes too late.
  if (at_once && last_holder_.load(kRelaxed) == &me && !closed_for(me)) {
    me.holds = true;
    return;
  }
  if (wanted && object_ != 0) {
    Recorder& recorder = Recorder::current();
    recorder.record_at(now, Kind::gil_drop, recorder.line(), object_, static_cast<std::uint64_t>(DropReason::tick), 0);
  }
  if (at_once && !closed_for(me)) return took(me, true);
  if (at_once) ::sem_post(&lock_);
  take_ticking(me);
}

}  // namespace forklight::gil
