#include "core/process/parent.h"

#include <poll.h>

#include <algorithm>
#include <cmath>

#include "core/base/clock.h"
#include "core/gil/blocking.h"
#include "core/gil/interrupt.h"
#include "core/process/runtime.h"
#include "core/trace/recorder.h"

namespace forklight::process {
namespace {

bool ended(int fd, std::int64_t timeout_ns) {
  const gil::Released released;
  const std::int64_t until = base::now_ns() + timeout_ns;
  for (;;) {
    const timespec left = base::to_timespec(std::max<std::int64_t>(0, until - base::now_ns()));
    pollfd end{fd, POLLIN, 0};
    const int count = ::ppoll(&end, 1, timeout_ns == gil::kNoTimeout ? nullptr : &left, nullptr);
    if (count >= 0) return count > 0;
    gil::check_point();
  }
}

}  // namespace

bool ParentProcess::is_alive() const { return !ended(fd_, 0); }

void ParentProcess::join(std::optional<double> seconds) const {
  trace::Recorder& recorder = trace::Recorder::current();
  const std::int64_t timeout = !seconds ? gil::kNoTimeout : *seconds > 0 ? std::llround(std::min(*seconds, 1e9) * 1e9) : 0;
  recorder.gate(trace::Kind::join_begin, task_);
  if (ended(fd_, 0) || timeout == 0) return;
  const gil::Blocking blocking(trace::BlockReason::wait, task_, timeout);
  (void)ended(fd_, timeout);
}

const std::optional<ParentProcess>& parent_process() { return Runtime::current().parent(); }

}  // namespace forklight::process
