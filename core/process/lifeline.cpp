#include "core/process/lifeline.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "core/base/fd.h"
#include "core/base/posix_call.h"
#include "core/process/facts.h"
#include "core/process/runtime.h"

namespace forklight::process {

void arm_lifeline(int fd) noexcept {
  const bool armed = ::fcntl(fd, F_SETOWN, -::getpgrp()) == 0 && ::fcntl(fd, F_SETSIG, SIGKILL) == 0 && ::fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) == 0;
  // The supervisor may have died before that: then nobody is left to write.
  pollfd ended{fd, POLLIN, 0};
  if (!armed || (::poll(&ended, 1, 0) != 0 && (ended.revents & POLLHUP) != 0)) ::_exit(127);  // unsafe to go on: nothing would end us
}

// The owner belongs to the open file, not to the descriptor: the group that is left keeps the one it has. The new group gets another of the
// same pipe, under the same number, so that whatever is started from here inherits it as it would have inherited the first.
void setsid() {
  const int fd = Runtime::current().context().lifeline_fd;
  const std::string path = fmt::format("/proc/self/fd/{}", fd);
  const base::Fd own(base::retry_eintr([&] { return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); }));
  if (!own || ::setsid() < 0) throw os_error(errno);
  if (base::retry_eintr([&] { return ::dup3(own.get(), fd, O_CLOEXEC); }) < 0) ::_exit(127);
  arm_lifeline(fd);
}

}  // namespace forklight::process
