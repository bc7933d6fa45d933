#include "core/gil/blocking.h"

#include <cerrno>
#include <ctime>

#include "core/base/clock.h"
#include "core/gil/interrupt.h"
#include "core/trace/recorder.h"

namespace forklight::gil {

using trace::Kind;
using trace::Recorder;

Blocking::Blocking(trace::BlockReason reason, std::uint32_t partner, std::int64_t timeout_ns, trace::TaskId holder) noexcept
    : reason_(reason), partner_(partner) {
  const std::uint64_t reason_and_holder = static_cast<std::uint64_t>(reason_) | static_cast<std::uint64_t>(holder) << 32;
  Recorder::current().record(Kind::block_begin, partner_, reason_and_holder, static_cast<std::uint64_t>(timeout_ns));
  left_ = leave();
}

Blocking::~Blocking() {
  const int error = errno;  // of the call inside
  Recorder::current().record(Kind::block_end, partner_, static_cast<std::uint64_t>(reason_));
  if (left_) enter();
  errno = error;
}

namespace {

class Sleeping {
 public:
  explicit Sleeping(std::int64_t duration_ns) noexcept : duration_(static_cast<std::uint64_t>(duration_ns)) {
    Recorder::current().record(Kind::sleep_begin, 0, duration_);
    left_ = leave();
  }
  ~Sleeping() {
    Recorder::current().record(Kind::sleep_end, 0, duration_);
    if (left_) enter();
  }
  Sleeping(const Sleeping&) = delete;
  Sleeping& operator=(const Sleeping&) = delete;

 private:
  std::uint64_t duration_;
  bool left_;
};

}  // namespace

void sleep_for(std::int64_t duration_ns) {
  Recorder::current().gate(Kind::sleep_begin);
  check_point();
  const timespec until = base::to_timespec(base::now_ns() + duration_ns);
  const Sleeping sleeping(duration_ns);  // sleep(0) gives up the GIL, too (G.5)
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) check_point();
}

}  // namespace forklight::gil
