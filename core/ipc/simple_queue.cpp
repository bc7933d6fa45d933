// SimpleQueue: a pipe and two locks. What goes wrong goes wrong in the caller.
#include "core/gil/blocking.h"
#include "core/ipc/connection_handle.h"
#include "core/ipc/queue.h"
#include "core/process/start_method.h"
#include "core/sync/raw.h"

namespace forklight::ipc {

using process::PythonError;
using trace::BlockReason;
using trace::Kind;
using trace::ObjectKind;
using trace::Recorder;

struct SimpleQueue::Handle {
  std::uint32_t object, reader_lock_id, writer_lock_id;
  Connection reader, writer;
  sync::SemaphoreState *reader_lock, *writer_lock;
  trace::StartMethod made_under = process::making().method;
};

SimpleQueue::SimpleQueue(std::string label, std::uint32_t owner) {
  const std::uint32_t object = sync::announce(ObjectKind::simple_queue, label, owner, 0);
  auto [reader, writer] = Connection::pair(false, object);
  handle_ = std::make_shared<Handle>(Handle{object, sync::announce(ObjectKind::lock, "reader lock", object, 1),
                                            sync::announce(ObjectKind::lock, "writer lock", object, 1), reader, writer,
                                            sync::make_semaphore(1), sync::make_semaphore(1)});
  for (const Connection* end : {&handle_->reader, &handle_->writer}) {
    end->handle_->read_reason = BlockReason::get;
    end->handle_->write_reason = BlockReason::put;
  }
}

void SimpleQueue::put(const Message& item) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::put_begin, handle_->object);
  const std::uint64_t id = next_message_id();
  std::vector<std::uint8_t>& payload = frame_buffer();
  encode(id, item, payload);  // before any lock
  handle_->writer.handle_->check_writable();
  recorder.record_text(Kind::put_begin, handle_->object, id, 0, repr(item.value()));
  try {
    write(payload, true);
  } catch (...) {
    recorder.record(Kind::put_end, handle_->object, id, 0);
    throw;
  }
  recorder.record(Kind::sent, handle_->object, id, wire_size(payload.size()));
  recorder.record(Kind::put_end, handle_->object, id, 1);
  handle_->writer.handle_->sample_fill();
}

void SimpleQueue::hand_over(const Message& item, std::string_view shown, bool locked) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::put_begin, handle_->object);
  const std::uint64_t id = next_message_id();
  std::vector<std::uint8_t>& payload = frame_buffer();
  encode(id, item, payload);
  handle_->writer.handle_->check_writable();
  write(payload, locked);
  const std::int64_t now = base::now_ns();
  recorder.record_text_at(now, Kind::sent, handle_->object, id, wire_size(payload.size()), shown);
  handle_->writer.handle_->sample_fill(now);
}

void SimpleQueue::write(std::span<const std::uint8_t> payload, bool locked) {
  const Side side = handle_->writer.handle_->writing();
  if (!locked) return write_frame(side, payload);
  (void)sync::take(*handle_->writer_lock, {BlockReason::lock, handle_->writer_lock_id}, std::nullopt);
  try {
    write_frame(side, payload);  // blocks in the caller
  } catch (...) {
    sync::give(*handle_->writer_lock);
    throw;
  }
  sync::give(*handle_->writer_lock);
}

Value SimpleQueue::get() {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::get_begin, handle_->object);
  recorder.record(Kind::get_begin, handle_->object, static_cast<std::uint64_t>(gil::kNoTimeout));
  try {
    const Decoded decoded = read(true);
    recorder.record_text(Kind::get_end, handle_->object, decoded.id, 1, repr(decoded.value));
    return decoded.value;
  } catch (...) {
    recorder.record(Kind::get_end, handle_->object, 0, 0);
    throw;
  }
}

Value SimpleQueue::take_over(bool locked) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::get_begin, handle_->object);
  Decoded decoded = read(locked);
  recorder.record(Kind::get_end, handle_->object, decoded.id, 1);
  return std::move(decoded.value);
}

Decoded SimpleQueue::read(bool locked) {
  Connection::Handle& reader = *handle_->reader.handle_;
  std::vector<std::uint8_t>& payload = frame_buffer();
  reader.check_readable();
  if (locked) (void)sync::take(*handle_->reader_lock, {BlockReason::lock, handle_->reader_lock_id}, std::nullopt);
  try {
    read_message_frame(reader.reading(), payload);
  } catch (...) {
    if (locked) sync::give(*handle_->reader_lock);
    throw;
  }
  if (locked) sync::give(*handle_->reader_lock);
  Decoded decoded = decode(payload);
  Recorder& recorder = Recorder::current();
  const std::int64_t now = base::now_ns();
  recorder.record_at(now, Kind::received, recorder.line(), handle_->object, decoded.id, wire_size(payload.size()));
  reader.sample_fill(now);
  return decoded;
}

bool SimpleQueue::empty() {
  handle_->reader.handle_->check_open();
  return !wait_readable(handle_->reader.handle_->reading(), 0);
}

Connection SimpleQueue::reader() const { return handle_->reader; }

Connection SimpleQueue::writer() const { return handle_->writer; }

void SimpleQueue::take_reader_lock() {
  (void)sync::take(*handle_->reader_lock, {BlockReason::lock, handle_->reader_lock_id}, std::nullopt);
}

void SimpleQueue::close() {
  handle_->reader.close();
  handle_->writer.close();
}

void SimpleQueue::depart(process::Departure& out) const {
  const Handle& handle = *handle_;
  out.number(handle.object).semaphores(handle.made_under).number(handle.reader_lock_id).number(handle.writer_lock_id);
  handle.reader.depart(out);
  handle.writer.depart(out);
  out.part(handle.reader_lock).part(handle.writer_lock);
}

SimpleQueue SimpleQueue::arrive(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  return SimpleQueue(in.once<Handle>(object, 0, [&] {
    const auto made_under = in.number<trace::StartMethod>();
    const auto reader_lock_id = in.number<std::uint32_t>(), writer_lock_id = in.number<std::uint32_t>();
    const Connection reader = Connection::arrive(in), writer = Connection::arrive(in);
    auto *const reader_lock = in.part<sync::SemaphoreState>(), *const writer_lock = in.part<sync::SemaphoreState>();
    return std::make_shared<Handle>(Handle{object, reader_lock_id, writer_lock_id, reader, writer, reader_lock, writer_lock, made_under});
  }));
}

std::uint32_t SimpleQueue::object() const noexcept { return handle_->object; }

}  // namespace forklight::ipc
