// Where others get their turn in a running program: signals (PEP 475), and threads that want the GIL (G.4).
//
//   kernel ──▶ C handler: notes the signal, sets kSignals in the main thread's word; a blocking call returns EINTR
//   main thread, at its next check point: runs the program's handlers; if they return, the call is resumed; if one raises, it is left
//   any thread, at its next check point: asked to drop the GIL, drops it and queues for it again
#pragma once

#include <atomic>
#include <cerrno>

#include "core/gil/interpreter.h"

namespace forklight::gil {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);  // it is written in a signal handler
// The program's handlers; they take back kSignals, and may throw (core/process/signals).
inline std::atomic<void (*)()> run_handlers{nullptr};

// The main thread's word: signals are for it alone (G-08).
[[nodiscard]] inline std::atomic<std::uint32_t>& signal_word() noexcept { return detail::main_state.breaker; }

// One relaxed load, as long as nobody wants anything.
inline void check_point(trace::CheckPlace place = trace::CheckPlace::call) {
  ThreadState* const me = current_thread();
  if (me != nullptr && me->breaker.load(std::memory_order_relaxed) != 0) [[unlikely]] detail::handle_breaker(*me, place);
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
