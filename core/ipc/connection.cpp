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
#include "core/gil/interrupt.h"
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

using trace::u64;

std::int64_t nanoseconds(const Timeout& timeout) {
  if (!timeout) return gil::kNoTimeout;
  return *timeout > 0 ? std::llround(std::min(*timeout, 1e9) * 1e9) : 0;
}

// As much of it as is ever shown.
std::string bytes_repr(std::span<const std::uint8_t> bytes) {
  const auto shown = bytes.first(std::min<std::size_t>(bytes.size(), 64));
  return repr(Value::binary(std::vector<std::uint8_t>(shown.begin(), shown.end())));
}

}  // namespace

std::uint64_t next_message_id() noexcept {
  return process::Runtime::current().context().region->header().next_message.fetch_add(1, std::memory_order_relaxed);
}

std::vector<std::uint8_t>& frame_buffer() {
  constexpr std::size_t kKept = 1u << 20;
  thread_local std::vector<std::uint8_t> buffer;
  if (buffer.capacity() > kKept) buffer = {};
  buffer.clear();
  return buffer;
}

Connection::Handle::~Handle() { close_fd(); }

bool Connection::Handle::close_fd() noexcept {
  const int open = fd.exchange(-1);
  if (open >= 0) ::close(open);
  return open >= 0;
}

void Connection::Handle::check_open() const {
  if (!is_open()) throw PythonError(Fact::I_08);
}

void Connection::Handle::check_readable() const {
  check_open();
  if (!readable) throw PythonError(Fact::I_01_write_only);
}

void Connection::Handle::check_writable() const {
  check_open();
  if (!writable) throw PythonError(Fact::I_01_read_only);
}

void Connection::Handle::write(std::span<const std::uint8_t> payload, std::uint64_t message) {
  try {
    write_frame(writing(), payload);
  } catch (const PythonError& error) {
    Recorder::current().record_text(Kind::send_failed, object, message, 0, error.what());
    throw;
  }
}

void Connection::Handle::spoil() {
  if (writable) {
    readable = false;
  } else if (close_fd()) {
    Recorder::current().record(Kind::object_closed, object, u64(end));
  }
}

void Connection::Handle::sample_fill(std::int64_t now) noexcept {
  if (now - fill_sampled_ns.load(std::memory_order_relaxed) < kFillPause) return;
  fill_sampled_ns.store(now, std::memory_order_relaxed);
  int bytes = 0;
  if (is_open() && ::ioctl(fd.load(std::memory_order_relaxed), FIONREAD, &bytes) == 0) {
    Recorder::current().record(Kind::fill, object, u64(bytes), u64(end));
  }
}

void Connection::send(const Message& message) {
  gil::check_point(trace::CheckPlace::function_start);
  handle_->check_writable();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::sent, handle_->object);
  const std::uint64_t id = next_message_id();
  std::vector<std::uint8_t>& payload = frame_buffer();
  encode(id, message, payload);  // I-11: nothing is written of what cannot be sent
  recorder.record_text(Kind::send_begin, handle_->object, id, 0, repr(message.value()));
  handle_->write(payload, id);
  recorder.record(Kind::sent, handle_->object, id, wire_size(payload.size()));
  if (handle_->readable) return;  // a socket's fill is the reader's to see
  handle_->sample_fill();
}

void Connection::receive(std::vector<std::uint8_t>& payload, std::optional<std::size_t> max_length) {
  gil::check_point(trace::CheckPlace::function_start);
  handle_->check_readable();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::get_begin, handle_->object);
  recorder.record(Kind::get_begin, handle_->object, u64(gil::kNoTimeout));
  bool unusable = false;
  try {
    read_frame(handle_->reading(), payload, max_length, unusable);
  } catch (const PythonError&) {
    recorder.record(Kind::get_end, handle_->object, 0, 0);
    if (unusable) handle_->spoil();
    throw;
  }
}

Value Connection::recv() {
  std::vector<std::uint8_t>& payload = frame_buffer();
  receive(payload, std::nullopt);
  Recorder& recorder = Recorder::current();
  Decoded decoded;
  try {
    decoded = decode(payload);
  } catch (const PythonError&) {  // I-12: consumed, and the next one may be well again
    recorder.record(Kind::received, handle_->object, 0, wire_size(payload.size()));
    recorder.record(Kind::get_end, handle_->object, 0, 0);
    throw;
  }
  const std::int64_t now = base::now_ns();
  recorder.record_at(now, Kind::received, recorder.line(), handle_->object, decoded.id, wire_size(payload.size()));
  recorder.record_text(Kind::get_end, handle_->object, decoded.id, 1, repr(decoded.value));
  handle_->sample_fill(now);
  return std::move(decoded.value);
}

void Connection::send_bytes(std::span<const std::uint8_t> bytes) {
  handle_->check_writable();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::sent, handle_->object);
  recorder.record(Kind::send_begin, handle_->object);
  handle_->write(bytes, 0);
  recorder.record_text(Kind::sent, handle_->object, 0, wire_size(bytes.size()), bytes_repr(bytes));
  if (!handle_->readable) handle_->sample_fill();
}

std::vector<std::uint8_t> Connection::recv_bytes(std::optional<std::size_t> max_length) {
  std::vector<std::uint8_t> payload;
  receive(payload, max_length);
  Recorder& recorder = Recorder::current();
  recorder.record(Kind::received, handle_->object, 0, wire_size(payload.size()));
  recorder.record_text(Kind::get_end, handle_->object, 0, 1, bytes_repr(payload));
  handle_->sample_fill();
  return payload;
}

std::size_t Connection::recv_bytes_into(std::span<std::uint8_t> buffer) {
  const std::vector<std::uint8_t> bytes = recv_bytes();
  // I-10: consumed all the same, and all of it is in the exception.
  if (bytes.size() > buffer.size()) throw PythonError("multiprocessing.context.BufferTooShort", repr(Value::binary(bytes), 4 * bytes.size() + 3));
  std::copy(bytes.begin(), bytes.end(), buffer.begin());
  return bytes.size();
}

bool Connection::poll(Timeout timeout) {
  handle_->check_readable();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::get_begin, handle_->object);
  Side side = handle_->reading();
  side.reason = trace::BlockReason::poll;
  const std::int64_t limit = nanoseconds(timeout);
  recorder.record(Kind::wait_begin, handle_->object, u64(limit));
  const bool ready = wait_readable(side, limit);
  recorder.record(Kind::wait_end, handle_->object, ready ? 1 : 0);
  return ready;
}

void Connection::close() {
  if (!handle_->is_open()) return;  // twice is fine (I-08)
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::object_closed, handle_->object);
  if (!handle_->close_fd()) return;
  recorder.record(Kind::object_closed, handle_->object, u64(handle_->end));
}

bool Connection::closed() const noexcept { return !handle_->is_open(); }

int Connection::fileno() const {
  handle_->check_open();
  return handle_->fd.load(std::memory_order_relaxed);
}

std::size_t Connection::pending() const {
  handle_->check_open();
  int bytes = 0;
  if (::ioctl(handle_->fd.load(std::memory_order_relaxed), FIONREAD, &bytes) != 0) throw os_error(errno);
  return static_cast<std::size_t>(bytes);
}

void Connection::depart(process::Departure& out) const {
  handle_->check_open();
  out.number(handle_->object).number(handle_->end).number(handle_->readable.load()).number(handle_->writable.load());
  out.number(handle_->read_reason).number(handle_->write_reason).descriptor(handle_->fd);
}

Connection Connection::arrive(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  const auto end = in.number<PipeEnd>();
  const bool readable = in.number<bool>(), writable = in.number<bool>();
  const auto read_reason = in.number<trace::BlockReason>(), write_reason = in.number<trace::BlockReason>();
  const int fd = in.descriptor();
  return Connection(in.once<Handle>(object, 1 + static_cast<std::uint32_t>(end), [&] {
    auto handle = std::make_shared<Handle>();
    handle->fd = fd;
    handle->readable = readable;
    handle->writable = writable;
    handle->object = object;
    handle->end = end;
    handle->read_reason = read_reason;
    handle->write_reason = write_reason;
    return handle;
  }));
}

std::uint32_t Connection::object() const noexcept { return handle_->object; }

Connection Connection::over(int fd, std::uint32_t object, PipeEnd end) {
  auto handle = std::make_shared<Handle>();
  handle->fd = fd;
  handle->readable = true;
  handle->writable = true;
  handle->object = object;
  handle->end = end;
  return Connection(std::move(handle));
}

std::pair<Connection, Connection> Connection::pair(bool duplex, std::uint32_t object) {
  int ends[2];
  const int made = duplex ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) : ::pipe2(ends, O_CLOEXEC | O_NONBLOCK);
  if (made != 0) throw os_error(errno);
  const auto end = [&](int fd, bool readable, bool writable, PipeEnd which) {
    auto handle = std::make_shared<Handle>();
    handle->fd = fd;
    handle->readable = readable;
    handle->writable = writable;
    handle->object = object;
    handle->end = which;
    return Connection(std::move(handle));
  };
  return {end(ends[0], true, duplex, PipeEnd::first), end(ends[1], duplex, true, PipeEnd::second)};
}

std::pair<Connection, Connection> Pipe(bool duplex, std::string label) {
  const std::uint32_t object = sync::announce(ObjectKind::pipe, label, 0, duplex ? 2 : 1);
  auto ends = Connection::pair(duplex, object);
  sync::publish(object, ObjectKind::pipe, {}, ends.first.fileno(), ends.second.fileno());
  return ends;
}

std::vector<std::size_t> wait(const std::vector<int>& descriptors, Timeout timeout) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::wait_begin, 0);
  const std::int64_t limit = nanoseconds(timeout);
  recorder.record(Kind::wait_begin, 0, u64(limit));
  std::vector<pollfd> fds;
  for (const int fd : descriptors) fds.push_back({fd, POLLIN, 0});
  const auto ready = [&] {
    std::vector<std::size_t> list;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].revents != 0) list.push_back(i);
    }
    recorder.record(Kind::wait_end, 0, list.empty() ? 0 : 1);
    return list;
  };
  const auto look = [&] {
    const gil::Released released;
    return base::retry_eintr([&] { return ::poll(fds.data(), fds.size(), 0); });
  };
  if (look() > 0 || limit == 0) return ready();
  {
    const gil::Blocking blocking(trace::BlockReason::wait, 0, limit);
    const std::int64_t until = base::now_ns() + limit;
    for (int count = -1; count < 0;) {  // a signal is no answer
      timespec left{};
      if (limit > 0) left = base::to_timespec(std::max<std::int64_t>(0, until - base::now_ns()));
      count = ::ppoll(fds.data(), fds.size(), limit > 0 ? &left : nullptr, nullptr);
      if (count < 0) gil::check_point();
    }
  }
  return ready();
}

}  // namespace forklight::ipc
