// Queue and JoinableQueue: the architecture of SEMANTICS Q.1, because its surprises come from nothing else.
#include "core/ipc/queue.h"

#include <fmt/format.h>

#include <cmath>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <vector>

#include "core/base/clock.h"
#include "core/gil/blocking.h"
#include "core/gil/interrupt.h"
#include "core/ipc/connection_handle.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/start_method.h"
#include "core/process/thread.h"
#include "core/process/traceback.h"
#include "core/sync/raw.h"

namespace forklight::ipc {

using process::Fact;
using process::PythonError;
using process::Runtime;
using sync::SemaphoreState;
using trace::BlockReason;
using trace::Kind;
using trace::ObjectKind;
using trace::Recorder;

namespace {

// Priorities of multiprocessing's own finalizers: the sentinel goes out before the children are ended, the feeder is waited for after.
constexpr int kCloseFirst = 10, kJoinFeederLast = -5, kExiting = std::numeric_limits<int>::max();

using trace::u64;

struct Entry {
  std::uint64_t id;  // kEnd: the sentinel, which closes the pipe and ends the feeder
  Message message;
};
constexpr std::uint64_t kEnd = 0;  // messages are counted from 1

// What Python calls the deque, as Python's deque in blocks: appending never moves what is there, and emptied blocks are filled again.
class Buffer {
 public:
  using Block = std::vector<Entry>;
  [[nodiscard]] bool empty() const noexcept { return blocks_.empty(); }
  void clear() { blocks_.clear(); }
  void append(Entry item) {
    if (blocks_.empty() || blocks_.back().size() == kBlock) add_block();
    blocks_.back().push_back(std::move(item));
  }
  // All of it against what was taken before, which has been used up.
  void exchange(std::vector<Block>& taken) {
    for (Block& block : taken) {
      block.clear();
      if (spare_.size() < kSpare) spare_.push_back(std::move(block));
    }
    taken.clear();
    taken.swap(blocks_);
  }

 private:
  static constexpr std::size_t kBlock = 128, kSpare = 32;
  void add_block() {
    if (spare_.empty()) {
      blocks_.emplace_back().reserve(kBlock);
    } else {
      blocks_.push_back(std::move(spare_.back()));
      spare_.pop_back();
    }
  }
  std::vector<Block> blocks_, spare_;
};

}  // namespace

struct Queue::Handle : std::enable_shared_from_this<Queue::Handle> {
  std::string_view python_class;
  std::uint32_t object = 0, reader_lock_id = 0, writer_lock_id = 0;
  int maxsize = 0;
  pid_t creator = 0;
  Connection reader, writer;
  SemaphoreState *reader_lock = nullptr, *writer_lock = nullptr, *slots = nullptr;
  SemaphoreState* unfinished = nullptr;  // JoinableQueue: and its condition
  SemaphoreState* unfinished_lock = nullptr;
  sync::ConditionState unfinished_condition{};
  trace::StartMethod made_under = process::making().method;

  // Of this process alone; begun anew in a forked child.
  struct Own {
    gil::Yielding<std::mutex> mutex;  // Python's `notempty`
    std::condition_variable not_empty;
    Buffer buffer;  // the feeder takes all that is in it at once
    std::optional<process::Thread> feeder;
    std::atomic<bool> closed{false}, join_cancelled{false}, exiting{false};
    bool feeder_idle = false;
    std::atomic<bool> reads{false}, writes{false};  // one of this process's threads has the reader lock, the writer lock
    bool reads_flow = false, writes_flow = false;  // for frame_io; under the reader lock, the feeder's
    std::function<bool(const PythonError&, const Message&)> on_error;  // an executor's
    int close_finalizer = 0, join_finalizer = 0;
  };
  std::unique_ptr<Own> own = std::make_unique<Own>();

  Handle(Connection r, Connection w) noexcept : reader(std::move(r)), writer(std::move(w)) {}

  void start_feeder();
  void feed();
  bool send_one(const Entry& item, std::vector<std::uint8_t>& payload, std::int64_t& now);
  void append(Entry item);
  void append_end() { append({kEnd, {}}); }
  void close();
  [[nodiscard]] std::string repr() const { return fmt::format("<multiprocessing.queues.{} object at {}>", python_class, fmt::ptr(this)); }
  void check_open() const {
    if (own->closed) throw PythonError("ValueError", fmt::format("Queue {} is closed", repr()));
  }
};

// --- the feeder -----------------------------------------------------------------------------------------------------

void Queue::Handle::start_feeder() {
  // With own->mutex held.
  own->buffer.clear();
  own->feeder.emplace([self = shared_from_this()] { self->feed(); }, process::ThreadOptions{"QueueFeederThread", true});
  own->feeder->start();
  Runtime& runtime = Runtime::current();
  runtime.add_finalizer(kExiting, [self = shared_from_this()] { self->own->exiting = true; });
  // Since 3.9 also the process that created the queue waits for its feeder.
  if (runtime.context().python_minor >= 9 || creator != runtime.pid()) {
    own->join_finalizer = runtime.add_finalizer(kJoinFeederLast, [self = shared_from_this()] {
      if (!self->own->join_cancelled) self->own->feeder->join();
    });
  }
  own->close_finalizer = runtime.add_finalizer(kCloseFirst, [self = shared_from_this()] { self->append_end(); });
}

void Queue::Handle::append(Entry item) {
  bool wake = false;
  {
    const std::lock_guard lock(own->mutex);
    if (!own->feeder) start_feeder();
    own->buffer.append(std::move(item));
    wake = own->feeder_idle;
  }
  if (wake) own->not_empty.notify_one();
}

void Queue::Handle::feed() {
  Recorder& recorder = Recorder::current();
  Own& mine = *own;
  std::vector<Buffer::Block> taken;
  std::vector<std::uint8_t> payload;
  for (;;) {
    {
      const std::unique_lock held(mine.mutex);
      if (mine.buffer.empty()) {
        const gil::Blocking blocking(BlockReason::feed, object, gil::kNoTimeout);
        mine.feeder_idle = true;
        std::unique_lock lock(mine.mutex.bare(), std::adopt_lock);
        mine.not_empty.wait(lock, [&] { return !mine.buffer.empty(); });
        (void)lock.release();  // it is `held`
        mine.feeder_idle = false;
      }
      mine.buffer.exchange(taken);
    }
    std::int64_t now = base::now_ns();
    for (const Buffer::Block& block : taken) {
      for (const Entry& item : block) {
        if (item.id == kEnd) {
          reader.close();
          writer.close();
          return;
        }
        gil::check_point(trace::CheckPlace::loop_end);
        if (recorder.gate(Kind::feed, object)) now = base::now_ns();
        // Whoever is through with one item takes the next one in that very moment: it was there.
        recorder.record_at(now, Kind::feed, recorder.line(), object, item.id, 0);
        if (!send_one(item, payload, now)) return;
      }
    }
  }
}

// False if this is the feeder's end. `now`: when it was done.
bool Queue::Handle::send_one(const Entry& item, std::vector<std::uint8_t>& payload, std::int64_t& now) {
  Recorder& recorder = Recorder::current();
  try {
    payload.clear();
    encode(item.id, item.message, payload);
    writer.handle_->check_writable();
    (void)sync::take(*writer_lock, {BlockReason::lock, writer_lock_id}, std::nullopt);
    own->writes.store(true, std::memory_order_relaxed);
    try {
      Side side = writer.handle_->writing();
      side.flowing = &own->writes_flow;
      write_frame(side, payload);
    } catch (...) {
      own->writes.store(false, std::memory_order_relaxed);
      sync::give(*writer_lock);
      throw;
    }
    own->writes.store(false, std::memory_order_relaxed);
    sync::give(*writer_lock);
    now = base::now_ns();
    recorder.record_at(now, Kind::sent, recorder.line(), object, item.id, wire_size(payload.size()));
    writer.handle_->sample_fill(now);
  } catch (const PythonError& error) {
    recorder.record_text(Kind::dropped, object, item.id, 0, error.what());
    if (own->exiting) return false;  // what goes wrong while the process ends is not said
    if (own->on_error && error.type() == "BrokenPipeError") return false;
    // The item is gone, its place is free again, and the one who put it never learns.
    sync::give(*slots);
    if (!own->on_error || !own->on_error(error, item.message)) process::write_stderr(process::traceback(error, Runtime::current().context().program, {}));
    now = base::now_ns();
  }
  return true;
}

void Queue::Handle::close() {
  own->closed = true;
  if (own->close_finalizer == 0) return;  // nothing was ever put here: the pipe stays open
  Runtime::current().remove_finalizer(std::exchange(own->close_finalizer, 0));
  append_end();
}

// --- the queue ------------------------------------------------------------------------------------------------------

std::shared_ptr<Queue::Handle> Queue::make(ObjectKind kind, std::string_view python_class, int maxsize, const std::string& label,
                                           std::uint32_t owner) {
  const std::uint32_t object = sync::announce(kind, label, owner, static_cast<std::uint32_t>(std::max(0, maxsize)));
  auto [reader, writer] = Connection::pair(false, object);
  for (const Connection* end : {&reader, &writer}) end->handle_->read_reason = BlockReason::get;
  auto handle = std::make_shared<Handle>(std::move(reader), std::move(writer));
  handle->python_class = python_class;
  handle->maxsize = maxsize > 0 ? maxsize : sync::kSemValueMax;
  handle->creator = Runtime::current().pid();
  handle->object = object;
  handle->reader_lock_id = sync::announce(ObjectKind::lock, "reader lock", object, 1);
  handle->writer_lock_id = sync::announce(ObjectKind::lock, "writer lock", object, 1);
  handle->reader_lock = sync::make_semaphore(1);
  handle->writer_lock = sync::make_semaphore(1);
  handle->slots = sync::make_semaphore(handle->maxsize);
  if (kind == ObjectKind::joinable_queue) {
    handle->unfinished = sync::make_semaphore(0);
    handle->unfinished_lock = sync::make_semaphore(1);
    handle->unfinished_condition = sync::make_condition();
  }
  sync::publish(object, kind, {handle->slots, handle->writer_lock, handle->unfinished}, handle->reader.fileno(), handle->writer.fileno());
  return handle;
}

Queue::Queue(int maxsize, std::string label, std::uint32_t owner)
    : handle_(make(ObjectKind::queue, kPythonClass, maxsize, label, owner)) {
  begin_anew_in_children(handle_);
}

void Queue::depart(process::Departure& out) const {
  const Handle& handle = *handle_;
  const bool joinable = handle.unfinished != nullptr;
  out.number(handle.object).semaphores(handle.made_under).number(joinable).number(handle.reader_lock_id).number(handle.writer_lock_id);
  out.number(handle.maxsize).number(handle.creator).part(handle.reader_lock).part(handle.writer_lock).part(handle.slots);
  handle.reader.depart(out);
  handle.writer.depart(out);
  if (!joinable) return;
  out.part(handle.unfinished).part(handle.unfinished_lock);
  sync::depart(out, handle.unfinished_condition);
}

std::shared_ptr<Queue::Handle> Queue::arrived(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  return in.once<Handle>(object, 0, [&] {
    const auto made_under = in.number<trace::StartMethod>();
    const bool joinable = in.number<bool>();
    const auto reader_lock_id = in.number<std::uint32_t>(), writer_lock_id = in.number<std::uint32_t>();
    const auto maxsize = in.number<int>();
    const auto creator = in.number<pid_t>();
    auto *const reader_lock = in.part<SemaphoreState>(), *const writer_lock = in.part<SemaphoreState>(), *const slots = in.part<SemaphoreState>();
    Connection reader = Connection::arrive(in), writer = Connection::arrive(in);
    auto handle = std::make_shared<Handle>(std::move(reader), std::move(writer));
    handle->python_class = joinable ? JoinableQueue::kPythonClass : kPythonClass;
    handle->object = object;
    handle->reader_lock_id = reader_lock_id;
    handle->writer_lock_id = writer_lock_id;
    handle->maxsize = maxsize;
    handle->creator = creator;
    handle->reader_lock = reader_lock;
    handle->writer_lock = writer_lock;
    handle->slots = slots;
    handle->made_under = made_under;
    if (joinable) {
      handle->unfinished = in.part<SemaphoreState>();
      handle->unfinished_lock = in.part<SemaphoreState>();
      handle->unfinished_condition = sync::arrive_condition(in);
    }
    begin_anew_in_children(handle);
    return handle;
  });
}

void Queue::begin_anew_in_children(const std::shared_ptr<Handle>& made) {
  // What the parent's feeder was doing is not going on here: no items, no feeder, no lock held by a thread that does not exist.
  Runtime::current().at_fork(made, [weak = std::weak_ptr<Handle>(made)] {
    if (const auto handle = weak.lock()) {
      (void)handle->own.release();  // its mutex may be locked by nobody: not to be destroyed
      handle->own = std::make_unique<Handle::Own>();
    }
  });
}

void Queue::put(Message item, bool block, Timeout timeout) {
  gil::check_point(trace::CheckPlace::function_start);
  Handle& handle = *handle_;
  handle.check_open();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::put_begin, handle.object);
  const std::uint64_t id = next_message_id();
  recorder.record_text(Kind::put_begin, handle.object, id, 0, item.sendable() ? repr(item.value()) : "?");
  if (sync::take(*handle.slots, {BlockReason::put, handle.object}, block ? timeout : Timeout(0.0)) != sync::Wait::taken) {
    recorder.record(Kind::put_end, handle.object, id, 0);
    throw PythonError(Fact::Q_01);
  }
  if (handle.unfinished == nullptr) {
    handle.append({id, std::move(item)});
  } else {  // counted and appended at once, for who joins
    (void)sync::take(*handle.unfinished_lock, {BlockReason::queue_join, handle.object}, std::nullopt);
    handle.append({id, std::move(item)});
    sync::give(*handle.unfinished);
    sync::give(*handle.unfinished_lock);
  }
  recorder.record(Kind::put_end, handle.object, id, 1);
}

Value Queue::get(bool block, Timeout timeout) {
  gil::check_point(trace::CheckPlace::function_start);
  Handle& handle = *handle_;
  handle.check_open();
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::get_begin, handle.object);
  recorder.record(Kind::get_begin, handle.object, sync::timeout_field(block, timeout));
  const sync::Waiting for_lock{BlockReason::lock, handle.reader_lock_id};
  const bool forever = block && !timeout;
  const double limit = forever || !block ? 0 : std::max(0.0, *timeout);
  const std::int64_t until = forever ? 0 : base::now_ns() + std::llround(std::min(limit, 1e9) * 1e9);
  const auto failed = [&] { recorder.record(Kind::get_end, handle.object, 0, 0); };

  if (sync::take(*handle.reader_lock, for_lock, forever ? Timeout() : Timeout(limit)) != sync::Wait::taken) {
    failed();
    throw PythonError(Fact::Q_02);
  }
  std::atomic<bool>& reads = handle.own->reads;
  reads.store(true, std::memory_order_relaxed);
  Connection::Handle& reader = *handle.reader.handle_;
  std::vector<std::uint8_t>& payload = frame_buffer();
  try {
    reader.check_readable();
    if (!forever && !wait_readable(reader.reading(), std::max<std::int64_t>(0, until - base::now_ns()))) throw PythonError(Fact::Q_02);
    Side side = reader.reading();
    side.flowing = &handle.own->reads_flow;
    read_message_frame(side, payload);  // whole, and without a timeout any more
  } catch (...) {
    reads.store(false, std::memory_order_relaxed);
    sync::give(*handle.reader_lock);
    failed();
    throw;
  }
  const std::int64_t now = base::now_ns();  // before others can act on it: cause and effect are seen in their order
  reads.store(false, std::memory_order_relaxed);
  sync::give(*handle.reader_lock);
  sync::give(*handle.slots);
  Decoded decoded;
  try {
    decoded = decode(payload);  // outside the lock
  } catch (...) {
    failed();
    throw;
  }
  recorder.record_at(now, Kind::received, recorder.line(), handle.object, decoded.id, wire_size(payload.size()));
  recorder.record_text(Kind::get_end, handle.object, decoded.id, 1, repr(decoded.value));
  reader.sample_fill(now);
  return std::move(decoded.value);
}

int Queue::qsize() const { return handle_->maxsize - sync::value(*handle_->slots); }

bool Queue::empty() const {
  const Connection::Handle& reader = *handle_->reader.handle_;
  reader.check_open();
  return !wait_readable(reader.reading(), 0);
}

bool Queue::full() const { return sync::value(*handle_->slots) == 0; }

namespace {

// As the Lock that CPython has there says it (E-05): it knows of its own process alone.
std::string repr_of_lock(SemaphoreState& lock, bool ours) {
  const std::string_view owner = sync::value(lock) == 1 ? "None" : ours ? "SomeOtherThread" : "SomeOtherProcess";
  return fmt::format("<Lock(owner={})>", owner);
}

}  // namespace

std::string Queue::reader_lock_repr() const { return repr_of_lock(*handle_->reader_lock, handle_->own->reads); }

std::string Queue::writer_lock_repr() const { return repr_of_lock(*handle_->writer_lock, handle_->own->writes); }

void Queue::close() { handle_->close(); }

void Queue::join_thread() {
  if (!handle_->own->closed) throw PythonError("AssertionError", fmt::format("Queue {} not closed", handle_->repr()));
  if (handle_->own->join_finalizer == 0) return;
  Runtime::current().remove_finalizer(std::exchange(handle_->own->join_finalizer, 0));
  if (!handle_->own->join_cancelled) handle_->own->feeder->join();
}

void Queue::cancel_join_thread() {
  handle_->own->join_cancelled = true;
  if (handle_->own->join_finalizer != 0) Runtime::current().remove_finalizer(std::exchange(handle_->own->join_finalizer, 0));
}

void Queue::set_feeder_error(std::function<bool(const PythonError&, const Message&)> handler) { handle_->own->on_error = std::move(handler); }

Connection Queue::reader() const { return handle_->reader; }

std::uint32_t Queue::object() const noexcept { return handle_->object; }

// --- JoinableQueue --------------------------------------------------------------------------------------------------

JoinableQueue::JoinableQueue(int maxsize, std::string label)
    : Queue(make(ObjectKind::joinable_queue, kPythonClass, maxsize, label)) {
  begin_anew_in_children(handle_);
}

void JoinableQueue::task_done() {
  Handle& handle = *handle_;
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::task_done, handle.object);
  const sync::Waiting waiting{BlockReason::queue_join, handle.object};
  (void)sync::take(*handle.unfinished_lock, waiting, std::nullopt);
  if (!sync::try_take(*handle.unfinished)) {
    sync::give(*handle.unfinished_lock);
    throw PythonError(Fact::Q_24);
  }
  const int left = sync::value(*handle.unfinished);
  recorder.record(Kind::task_done, handle.object, u64(left));
  if (left == 0) sync::notify(handle.unfinished_condition, waiting, std::numeric_limits<int>::max());
  sync::give(*handle.unfinished_lock);
}

void JoinableQueue::join() {
  Handle& handle = *handle_;
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::wait_begin, handle.object);
  recorder.record(Kind::wait_begin, handle.object, u64(gil::kNoTimeout));
  const sync::Waiting waiting{BlockReason::queue_join, handle.object};
  (void)sync::take(*handle.unfinished_lock, waiting, std::nullopt);
  if (sync::value(*handle.unfinished) != 0) {  // Q-25; once woken it does not look again, as Python's
    (void)sync::wait_on(
        handle.unfinished_condition, waiting, std::nullopt, [&] { sync::give(*handle.unfinished_lock); },
        [&] { (void)sync::take(*handle.unfinished_lock, waiting, std::nullopt); });
  }
  sync::give(*handle.unfinished_lock);
  recorder.record(Kind::wait_end, handle.object, 1);
}

}  // namespace forklight::ipc
