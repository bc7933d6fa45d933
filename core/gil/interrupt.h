// Where a signal gets its turn in a running program (PEP 475): a check point between two lines, and inside a call that blocks.
//
//   kernel ──▶ C handler: notes the signal, sets `signal_pending`; a blocking call returns EINTR
//   main thread, at its next check point: runs the program's handlers; if they return, the call is resumed; if one raises, it is left
#pragma once

#include <atomic>
#include <cerrno>

namespace forklight::gil {

// Set by the C handler, taken back by whoever runs the program's handlers (core/process/signals).
inline std::atomic<bool> signal_pending{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // it is written in a signal handler
// Runs the program's handlers if this is the main thread; they may throw.
inline std::atomic<void (*)()> run_handlers{nullptr};

// One relaxed load, as long as there is no signal.
inline void check_point() {
  if (!signal_pending.load(std::memory_order_relaxed)) [[likely]] return;
  if (void (*const run)() = run_handlers.load(std::memory_order_acquire)) run();
}

// A call that may block, until it is not interrupted: handlers run before each try. Returns what the call returned, errno as it left it.
template <typename Call>
auto interruptible(Call&& call) {
  for (;;) {
    check_point();
    auto result = call();
    if (!(result == -1 && errno == EINTR)) return result;
  }
}

}  // namespace forklight::gil
