#include "core/ipc/connection.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/ipc/connection_handle.h"
#include "core/process/runtime.h"
#include "core/sync/raw.h"

namespace forklight::ipc {

using process::Fact;
using process::os_error;
using process::PythonError;
using trace::Kind;
using trace::ObjectKind;
using trace::PipeEnd;
using trace::Recorder;

namespace {

constexpr std::int64_t kFillPause = base::kMillisecond;

std::uint64_t u64(auto value) { return static_cast<std::uint64_t>(value); }

std::int64_t nanoseconds(const Timeout& timeout) {
  if (!timeout) return gil::kNoTimeout;
  return *timeout > 0 ? std::llround(std::min(*timeout, 1e9) * 1e9) : 0;
}

}  // namespace

std::uint64_t next_message_id() noexcept {
  return process::Runtime::current().context().region->header().next_message.fetch_add(1, std::memory_order_relaxed);
}

void Connection::Handle::check_open() const {
  if (!fd) throw PythonError(Fact::I_08);
}

void Connection::Handle::check_readable() const {
  check_open();
  if (!readable) throw PythonError(Fact::I_01_write_only);
}

void Connection::Handle::check_writable() const {
  check_open();
  if (!writable) throw PythonError(Fact::I_01_read_only);
}

void Connection::Handle::sample_fill() noexcept {
  const std::int64_t now = base::now_ns();
  if (now - fill_sampled_ns < kFillPause) return;
  fill_sampled_ns = now;
  int bytes = 0;
  if (fd && ::ioctl(fd.get(), FIONREAD, &bytes) == 0) Recorder::current().record(Kind::fill, object, u64(bytes), u64(end));
}

void Connection::send(const Message& message) {
  handle_->check_writable();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::sent, handle_->object);
  const std::uint64_t id = next_message_id();
  const auto payload = encode(id, message);  // I-11: nothing is written of what cannot be sent
  write_frame(handle_->writing(), payload);
  recorder.record_text(Kind::sent, handle_->object, id, wire_size(payload.size()), repr(message.value()));
  if (handle_->readable) return;  // a socket's fill is the reader's to see
  handle_->sample_fill();
}

Value Connection::recv() {
  handle_->check_readable();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::get_begin, handle_->object);
  recorder.record(Kind::get_begin, handle_->object, u64(gil::kNoTimeout));
  std::vector<std::uint8_t> payload;
  bool unusable = false;
  try {
    read_frame(handle_->reading(), payload, std::nullopt, unusable);
    Decoded decoded = decode(payload);
    recorder.record(Kind::received, handle_->object, decoded.id, wire_size(payload.size()));
    recorder.record_text(Kind::get_end, handle_->object, decoded.id, 1, repr(decoded.value));
    handle_->sample_fill();
    return std::move(decoded.value);
  } catch (const PythonError&) {
    recorder.record(Kind::get_end, handle_->object, 0, 0);
    if (unusable) handle_->readable = false;
    throw;
  }
}

void Connection::send_bytes(std::span<const std::uint8_t> bytes) {
  handle_->check_writable();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::sent, handle_->object);
  write_frame(handle_->writing(), bytes);
  recorder.record_text(Kind::sent, handle_->object, 0, wire_size(bytes.size()),
                       repr(Value::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(bytes.size(), 64))))));
  if (!handle_->readable) handle_->sample_fill();
}

std::vector<std::uint8_t> Connection::recv_bytes(std::optional<std::size_t> max_length) {
  handle_->check_readable();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::get_begin, handle_->object);
  recorder.record(Kind::get_begin, handle_->object, u64(gil::kNoTimeout));
  std::vector<std::uint8_t> payload;
  bool unusable = false;
  try {
    read_frame(handle_->reading(), payload, max_length, unusable);
  } catch (const PythonError&) {
    recorder.record(Kind::get_end, handle_->object, 0, 0);
    if (unusable) {  // I-09: what is left in it has no beginning any more
      handle_->readable = false;
      if (!handle_->writable) close();
    }
    throw;
  }
  recorder.record(Kind::received, handle_->object, 0, wire_size(payload.size()));
  recorder.record(Kind::get_end, handle_->object, 0, 1);
  handle_->sample_fill();
  return payload;
}

bool Connection::poll(Timeout timeout) {
  handle_->check_readable();
  Recorder::current().gate(Kind::get_begin, handle_->object);
  Side side = handle_->reading();
  side.reason = trace::BlockReason::poll;
  return wait_readable(side, nanoseconds(timeout));
}

void Connection::close() {
  if (!handle_->fd) return;  // twice is fine (I-08)
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::object_closed, handle_->object);
  handle_->fd.reset();
  recorder.record(Kind::object_closed, handle_->object, u64(handle_->end));
}

bool Connection::closed() const noexcept { return !handle_->fd; }

int Connection::fileno() const {
  handle_->check_open();
  return handle_->fd.get();
}

std::size_t Connection::pending() const {
  handle_->check_open();
  int bytes = 0;
  if (::ioctl(handle_->fd.get(), FIONREAD, &bytes) != 0) throw os_error(errno);
  return static_cast<std::size_t>(bytes);
}

std::uint32_t Connection::object() const noexcept { return handle_->object; }

std::pair<Connection, Connection> Pipe(bool duplex, std::string label) {
  int ends[2];
  const int made = duplex ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) : ::pipe2(ends, O_CLOEXEC | O_NONBLOCK);
  if (made != 0) throw os_error(errno);
  const std::uint32_t object = sync::announce(ObjectKind::pipe, label, 0, duplex ? 2 : 1);
  const auto end = [&](int fd, bool readable, bool writable, PipeEnd which) {
    auto handle = std::make_shared<Connection::Handle>();
    handle->fd = base::Fd(fd);
    handle->readable = readable;
    handle->writable = writable;
    handle->object = object;
    handle->end = which;
    return Connection(std::move(handle));
  };
  return {end(ends[0], true, duplex, PipeEnd::first), end(ends[1], duplex, true, PipeEnd::second)};
}

std::vector<std::size_t> wait(const std::vector<int>& descriptors, Timeout timeout) {
  Recorder::current().gate(Kind::wait_begin, 0);
  std::vector<pollfd> fds;
  for (const int fd : descriptors) fds.push_back({fd, POLLIN, 0});
  const auto ready = [&] {
    std::vector<std::size_t> list;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].revents != 0) list.push_back(i);
    }
    return list;
  };
  if (base::retry_eintr([&] { return ::poll(fds.data(), fds.size(), 0); }) > 0) return ready();
  const std::int64_t limit = nanoseconds(timeout);
  if (limit == 0) return {};
  const gil::Blocking blocking(trace::BlockReason::wait, 0, limit);
  const std::int64_t until = base::now_ns() + limit;
  for (;;) {
    timespec left{};
    if (limit > 0) left = base::to_timespec(std::max<std::int64_t>(0, until - base::now_ns()));
    const int count = ::ppoll(fds.data(), fds.size(), limit > 0 ? &left : nullptr, nullptr);
    if (count >= 0) return ready();
  }
}

}  // namespace forklight::ipc
