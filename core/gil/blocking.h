// The one way out of Python into a call that may block: without the GIL, and on record how long, and for whom.
#pragma once

#include <cstdint>

#include "core/gil/interpreter.h"
#include "core/trace/event.h"

namespace forklight::gil {

inline constexpr std::int64_t kNoTimeout = -1;

// Held while the thread is inside a blocking system call.
class Blocking {
 public:
  // `partner` is the task or object waited for (0 = none), `timeout_ns` how long at the most (kNoTimeout = for ever), `holder` the task
  // that has it now, where that is known.
  Blocking(trace::BlockReason reason, std::uint32_t partner, std::int64_t timeout_ns, trace::TaskId holder = 0) noexcept;
  ~Blocking();
  Blocking(const Blocking&) = delete;
  Blocking& operator=(const Blocking&) = delete;

 private:
  trace::BlockReason reason_;
  std::uint32_t partner_;
  bool left_;  // gave up the GIL: not so inside of another that did
};

// time.sleep(): resumed when a signal handler returns (P-38). `duration_ns` < 0 is refused by the caller. Throws what a handler throws.
void sleep_for(std::int64_t duration_ns);

}  // namespace forklight::gil
