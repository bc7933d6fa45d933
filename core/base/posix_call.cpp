#include "core/base/posix_call.h"

#include <fcntl.h>
#include <unistd.h>

namespace forklight::base {

bool write_all(int fd, const void* bytes, std::size_t count) noexcept {
  const auto* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = retry_eintr([&] { return ::write(fd, next, count); });
    if (written < 0) return false;
    next += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

Pipe make_pipe() {
  int ends[2];
  posix_call("pipe2", [&] { return ::pipe2(ends, O_CLOEXEC); });
  return {Fd(ends[0]), Fd(ends[1])};
}

}  // namespace forklight::base
