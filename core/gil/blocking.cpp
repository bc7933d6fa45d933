#include "core/gil/blocking.h"

#include <cerrno>
#include <ctime>

#include "core/base/clock.h"
#include "core/trace/recorder.h"

namespace forklight::gil {

using trace::Kind;
using trace::Recorder;

Blocking::Blocking(trace::BlockReason reason, std::uint32_t partner, std::int64_t timeout_ns, trace::TaskId holder) noexcept
    : reason_(reason), partner_(partner) {
  const std::uint64_t reason_and_holder = static_cast<std::uint64_t>(reason_) | static_cast<std::uint64_t>(holder) << 32;
  Recorder::current().record(Kind::block_begin, partner_, reason_and_holder, static_cast<std::uint64_t>(timeout_ns));
}

Blocking::~Blocking() {
  const int error = errno;  // of the call inside
  Recorder::current().record(Kind::block_end, partner_, static_cast<std::uint64_t>(reason_));
  errno = error;
}

void sleep_for(std::int64_t duration_ns) noexcept {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::sleep_begin);
  recorder.record(Kind::sleep_begin, 0, static_cast<std::uint64_t>(duration_ns));
  const timespec until = base::to_timespec(base::now_ns() + duration_ns);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
  recorder.record(Kind::sleep_end, 0, static_cast<std::uint64_t>(duration_ns));
}

}  // namespace forklight::gil
