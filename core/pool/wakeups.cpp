#include "core/pool/wakeups.h"

#include <algorithm>
#include <cmath>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/gil/interrupt.h"

namespace forklight::pool {

bool Wakeups::take(const sync::Waiting& waiting, sync::Timeout timeout) {
  if (base::retry_eintr([&] { return ::sem_trywait(&count_); }) == 0) return true;
  if (timeout && !(*timeout > 0)) return false;
  const std::int64_t limit = timeout ? std::llround(std::min(*timeout, 1e9) * 1e9) : gil::kNoTimeout;
  const gil::Blocking blocking(waiting.reason, waiting.object, limit);
  if (!timeout) return gil::interruptible([&] { return ::sem_wait(&count_); }) == 0;
  const timespec until = base::to_timespec(base::now_ns() + limit);
  return gil::interruptible([&] { return ::sem_clockwait(&count_, CLOCK_MONOTONIC, &until); }) == 0;
}

}  // namespace forklight::pool
