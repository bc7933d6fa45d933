// The one place that retries interrupted system calls.
#pragma once

#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace forklight::base {

// Calls until it is not interrupted by a signal; returns what the call returned, errno as the call left it.
template <typename Call>
auto retry_eintr(Call&& call) noexcept(noexcept(call())) {
  for (;;) {
    auto result = call();
    if (!(result == -1 && errno == EINTR)) return result;
  }
}

// The same, and throws std::system_error naming the operation if it failed.
template <typename Call>
auto posix_call(const char* operation, Call&& call) {
  auto result = retry_eintr(std::forward<Call>(call));
  if (result == -1) throw_errno(operation);
  return result;
}

// Writes all bytes; false with errno set if the descriptor refused (EPIPE included). Async-signal-safe.
[[nodiscard]] bool write_all(int fd, const void* bytes, std::size_t count) noexcept;

struct Pipe {
  Fd read, write;
};
// pipe2(O_CLOEXEC). Throws std::system_error (EMFILE, ENFILE).
[[nodiscard]] Pipe make_pipe();

}  // namespace forklight::base
