#include "core/ipc/frame_io.h"

#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/gil/interrupt.h"
#include "core/ipc/connection.h"
#include "core/process/facts.h"

namespace forklight::ipc {

using process::Fact;
using process::os_error;
using process::PythonError;

namespace {

constexpr std::size_t kOneWrite = 16384;
constexpr std::size_t kPiece = 1u << 20;

// Until the descriptor is ready for `events`, or the time is over.
bool wait_for(const Side& side, short events, std::int64_t timeout_ns) {
  pollfd ready{side.fd, events, 0};
  const gil::Released released;
  if (timeout_ns == 0) return base::retry_eintr([&] { return ::poll(&ready, 1, 0); }) > 0;
  const std::int64_t until = base::now_ns() + timeout_ns;
  const gil::Blocking blocking(side.reason, side.object, timeout_ns);
  for (;;) {
    timespec left{};
    if (timeout_ns > 0) left = base::to_timespec(std::max<std::int64_t>(0, until - base::now_ns()));
    const int count = ::ppoll(&ready, 1, timeout_ns > 0 ? &left : nullptr, nullptr);
    if (count >= 0) return count > 0;
    if (errno != EINTR) return true;  // the call that follows names the error
    gil::check_point();
  }
}

// One system call, again and again until it is not refused for now. Without the GIL, also when it does not block (G.5).
template <typename Call>
ssize_t when_ready(const Side& side, short events, Call&& call) {
  const gil::Released released;
  for (bool slept = false;;) {
    const ssize_t result = base::retry_eintr(call);
    if (result >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
      if (side.flowing != nullptr) *side.flowing = !slept;
      return result;
    }
    if (side.flowing != nullptr && std::exchange(*side.flowing, false)) {
      ::sched_yield();
    } else {
      (void)wait_for(side, events, gil::kNoTimeout);
      slept = true;
    }
  }
}

// Not through the library's write(), which where there are threads opens and shuts a door for pthread_cancel at each call.
void write_all(const Side& side, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = when_ready(side, POLLOUT, [&] { return ::syscall(SYS_write, side.fd, bytes.data(), bytes.size()); });
    if (written < 0) throw os_error(errno);  // I-06
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

// The rest of these bytes, of which `got` are there. How many there are in the end: all, or those before the end of file.
std::size_t read_up_to(const Side& side, std::span<std::uint8_t> bytes, std::size_t got = 0) {
  while (got < bytes.size()) {
    const ssize_t count = when_ready(side, POLLIN, [&] { return ::read(side.fd, bytes.data() + got, bytes.size() - got); });
    if (count < 0) throw os_error(errno);  // I-07
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

// Exactly these bytes. The end of file before the first one is EOFError, after it an error (I-13): each part that Python asks for by itself.
void read_all(const Side& side, std::span<std::uint8_t> bytes) {
  const std::size_t got = read_up_to(side, bytes);
  if (got < bytes.size()) throw PythonError(got == 0 ? Fact::I_04 : Fact::I_13);
}

void put_big_endian(std::uint64_t number, std::span<std::uint8_t> bytes) {
  for (std::size_t i = bytes.size(); i > 0; --i, number >>= 8) bytes[i - 1] = static_cast<std::uint8_t>(number);
}

std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

}  // namespace

void write_frame(const Side& side, std::span<const std::uint8_t> payload) {
  std::array<std::uint8_t, 4> header;
  if (payload.size() <= kOneWrite) {
    std::array<std::uint8_t, header.size() + kOneWrite> frame;  // left as it is: only what is copied into it goes out
    put_big_endian(payload.size(), std::span(frame).first(header.size()));
    std::copy(payload.begin(), payload.end(), frame.begin() + header.size());
    write_all(side, std::span(frame).first(header.size() + payload.size()));
    return;
  }
  if (payload.size() > kMaxFrame) throw os_error(EMSGSIZE);
  put_big_endian(payload.size(), header);
  write_all(side, header);  // others may write in between: I-18, I-19
  write_all(side, payload);
}

void read_frame(const Side& side, std::vector<std::uint8_t>& payload, std::optional<std::size_t> longest, bool& unusable) {
  std::array<std::uint8_t, 8> bytes;
  read_all(side, std::span(bytes).first(4));
  std::uint64_t length = big_endian(std::span(bytes).first(4));
  if (length == 0xffffffff) {
    read_all(side, bytes);
    length = big_endian(bytes);
  }
  if (length > kMaxFrame || (longest && length > *longest)) {
    unusable = true;
    throw PythonError(Fact::I_09);
  }
  payload.clear();
  // A header may claim anything: memory is taken for what comes.
  while (payload.size() < length) {
    const std::size_t got = payload.size();
    payload.resize(std::min<std::size_t>(length, got + kPiece));
    const std::size_t there = read_up_to(side, payload, got);
    if (there < payload.size()) throw PythonError(there == 0 ? Fact::I_04 : Fact::I_13);
  }
}

void read_message_frame(const Side& side, std::vector<std::uint8_t>& payload) {
  std::array<std::uint8_t, 4 + kShortest> first;
  const std::size_t got = read_up_to(side, first);
  if (got < first.size()) throw PythonError(got == 0 || got == 4 ? Fact::I_04 : Fact::I_13);
  const std::uint64_t length = big_endian(std::span(first).first(4));
  if (length < kShortest || length > kMaxFrame) throw PythonError(Fact::I_09);
  payload.assign(first.begin() + 4, first.end());
  while (payload.size() < length) {
    const std::size_t before = payload.size();
    payload.resize(std::min<std::size_t>(length, before + kPiece));
    if (read_up_to(side, payload, before) < payload.size()) throw PythonError(Fact::I_13);
  }
}

bool wait_readable(const Side& side, std::int64_t timeout_ns) {
  pollfd ready{side.fd, POLLIN, 0};
  const gil::Released released;
  if (base::retry_eintr([&] { return ::poll(&ready, 1, 0); }) > 0) return true;  // no wait, nothing to show
  return timeout_ns != 0 && wait_for(side, POLLIN, timeout_ns);
}

}  // namespace forklight::ipc
