// The bare mechanisms in shared memory, without the events and checks of the objects above them. For core/sync, core/ipc and core/pool alone.
//
// Everything here lies in the run's heap, so that it is the same for every process; nothing remembers an owner that death could release.
#pragma once

#include <semaphore.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>

#include "core/process/args.h"
#include "core/trace/event.h"
#include "core/trace/region.h"

namespace forklight::sync {

inline constexpr int kSemValueMax = std::numeric_limits<int>::max();  // SEM_VALUE_MAX

// One POSIX semaphore, process-shared.
struct SemaphoreState {
  sem_t semaphore;
  std::atomic<trace::TaskId> holder;  // who took it last and has not given it back: for the window, never for the lock's own sake
};

// How a wait ended.
enum class Wait { taken, timed_out };

// What to wait for, and how it shows: the reason and the object that a blocked task is seen waiting for.
struct Waiting {
  trace::BlockReason reason;
  std::uint32_t object;
};

// A new semaphore in the heap. Throws OSError [Errno 12] when the heap is full.
[[nodiscard]] SemaphoreState* make_semaphore(int value);
// Without giving up the processor: as CPython's first try (E.1).
[[nodiscard]] bool try_take(SemaphoreState& state) noexcept;
// At most `timeout` seconds, for ever if none; ≤ 0 is one try.
[[nodiscard]] Wait take(SemaphoreState& state, const Waiting& waiting, std::optional<double> timeout);  // throws what a signal handler throws
void give(SemaphoreState& state) noexcept;
[[nodiscard]] int value(SemaphoreState& state) noexcept;

// A timeout as events have it: nanoseconds; 0 for a try, −1 for ever.
[[nodiscard]] inline std::uint64_t timeout_field(bool block, const std::optional<double>& timeout) noexcept {
  if (!block) return 0;
  return timeout ? trace::u64(*timeout > 0 ? *timeout * 1e9 : 0.0) : trace::u64(std::int64_t{-1});
}

// Condition (E.1): sleeping, woken and wait. The caller holds the lock that `unlock` and `relock` let go of and take back.
struct ConditionState {
  SemaphoreState *sleeping, *woken, *wait;
  std::atomic<std::uint32_t>* generation;  // counts notifications that woke somebody: ties a set to those it woke
};
[[nodiscard]] ConditionState make_condition();
void depart(process::Departure& out, const ConditionState& state);
[[nodiscard]] ConditionState arrive_condition(process::Arrival& in);
[[nodiscard]] bool wait_on(const ConditionState& state, const Waiting& waiting, std::optional<double> timeout, const std::function<void()>& unlock,
                           const std::function<void()>& relock);
// Wakes up to `count`, and waits until each of them has really woken (E-30: for ever, if one of them was killed). Returns how many.
int notify(const ConditionState& state, const Waiting& waiting, int count);

// Memory of the run's heap; throws OSError [Errno 12] when it is full.
[[nodiscard]] std::byte* shared_memory(std::size_t bytes);
template <typename T>
[[nodiscard]] T* shared() {
  return reinterpret_cast<T*>(shared_memory(sizeof(T)));
}

// A new object's id, and its birth on record: "Lock-1", or the label if there is one.
[[nodiscard]] std::uint32_t announce(trace::ObjectKind kind, const std::string& label, std::uint32_t owner, std::uint32_t size);

// Lets the learner act on an object: its parts in the heap, and its pipe's ends if it has one (-1 = none).
void publish(std::uint32_t object, trace::ObjectKind kind, std::initializer_list<const void*> parts, int first_fd = -1, int second_fd = -1) noexcept;

}  // namespace forklight::sync
