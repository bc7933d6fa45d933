#include "core/ipc/frame_io.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/ipc/connection.h"
#include "core/process/facts.h"

namespace forklight::ipc {

using process::Fact;
using process::os_error;
using process::PythonError;

namespace {

constexpr std::size_t kOneWrite = 16384;
constexpr std::int64_t kSpin_ns = 3000;

// Until the descriptor is ready for `events`, or the time is over.
bool wait_for(const Side& side, short events, std::int64_t timeout_ns) {
  pollfd ready{side.fd, events, 0};
  if (timeout_ns == 0) return base::retry_eintr([&] { return ::poll(&ready, 1, 0); }) > 0;
  const std::int64_t until = base::now_ns() + timeout_ns;
  const gil::Blocking blocking(side.reason, side.object, timeout_ns);
  for (;;) {
    timespec left{};
    if (timeout_ns > 0) left = base::to_timespec(std::max<std::int64_t>(0, until - base::now_ns()));
    const int count = ::ppoll(&ready, 1, timeout_ns > 0 ? &left : nullptr, nullptr);
    if (count >= 0) return count > 0;
    if (errno != EINTR) return true;  // the call that follows names the error
  }
}

// One system call, again and again until it is not refused for now.
template <typename Call>
ssize_t when_ready(const Side& side, short events, Call&& call) {
  std::int64_t spin_until = 0;
  for (;;) {
    const ssize_t result = base::retry_eintr(call);
    if (result >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return result;
    const std::int64_t now = base::now_ns();
    if (spin_until == 0) spin_until = now + kSpin_ns;
    if (now >= spin_until) (void)wait_for(side, events, gil::kNoTimeout);
  }
}

void write_all(const Side& side, std::span<const std::uint8_t> head, std::span<const std::uint8_t> body) {
  while (!head.empty() || !body.empty()) {
    std::array<iovec, 2> parts{{{const_cast<std::uint8_t*>(head.data()), head.size()}, {const_cast<std::uint8_t*>(body.data()), body.size()}}};
    const ssize_t written = when_ready(side, POLLOUT, [&] { return ::writev(side.fd, parts.data(), 2); });
    if (written < 0) throw os_error(errno);  // I-06
    auto count = static_cast<std::size_t>(written);
    const std::size_t of_head = std::min(count, head.size());
    head = head.subspan(of_head);
    count -= of_head;
    body = body.subspan(count);
  }
}

// Exactly these bytes. False at the end of file before the first one.
bool read_all(const Side& side, std::span<std::uint8_t> bytes) {
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = when_ready(side, POLLIN, [&] { return ::read(side.fd, bytes.data() + got, bytes.size() - got); });
    if (count < 0) throw os_error(errno);  // I-07
    if (count == 0) {
      if (got == 0) return false;
      throw PythonError(Fact::I_13);
    }
    got += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

void write_frame(const Side& side, std::span<const std::uint8_t> payload) {
  std::array<std::uint8_t, 12> header{};
  std::size_t header_size = 4;
  std::uint64_t length = payload.size();
  if (length > 0x7fffffff) {
    std::fill_n(header.begin(), 4, std::uint8_t{0xff});
    for (std::size_t i = 0; i < 8; ++i) header[11 - i] = static_cast<std::uint8_t>(length >> (8 * i));
    header_size = 12;
  } else {
    for (std::size_t i = 0; i < 4; ++i) header[3 - i] = static_cast<std::uint8_t>(length >> (8 * i));
  }
  const auto head = std::span<const std::uint8_t>(header).first(header_size);
  if (payload.size() <= kOneWrite) {
    write_all(side, head, payload);
  } else {  // others may write in between: I-18, I-19
    write_all(side, head, {});
    write_all(side, payload, {});
  }
}

void read_frame(const Side& side, std::vector<std::uint8_t>& payload, std::optional<std::size_t> longest, bool& unusable) {
  std::array<std::uint8_t, 8> bytes{};
  if (!read_all(side, std::span(bytes).first(4))) throw PythonError(Fact::I_04);
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = length << 8 | bytes[i];
  if (length == 0xffffffff) {
    if (!read_all(side, bytes)) throw PythonError(Fact::I_13);
    length = 0;
    for (const std::uint8_t byte : bytes) length = length << 8 | byte;
  }
  if (length > kMaxFrame || (longest && length > *longest)) {
    unusable = true;
    throw PythonError(Fact::I_09);
  }
  payload.resize(length);
  if (length > 0 && !read_all(side, payload)) throw PythonError(Fact::I_13);
}

bool wait_readable(const Side& side, std::int64_t timeout_ns) {
  pollfd ready{side.fd, POLLIN, 0};
  if (base::retry_eintr([&] { return ::poll(&ready, 1, 0); }) > 0) return true;  // no wait, nothing to show
  return timeout_ns != 0 && wait_for(side, POLLIN, timeout_ns);
}

}  // namespace forklight::ipc
