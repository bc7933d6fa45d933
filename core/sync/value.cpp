// Value and Array: C ints in shared memory, each read and each write under the object's RLock; nothing more (E-40).
#include <atomic>

#include "core/process/facts.h"
#include "core/sync/raw.h"
#include "core/sync/sync.h"
#include "core/trace/recorder.h"

namespace forklight::sync {

using process::Fact;
using process::PythonError;
using trace::Kind;
using trace::ObjectKind;
using trace::Recorder;

namespace {

using Cell = std::atomic<std::int32_t>;  // relaxed: what Python does is a plain load and a plain store

std::int32_t read(RLock& lock, const Cell& cell) {
  const With held(lock);
  return cell.load(std::memory_order_relaxed);
}

void write(RLock& lock, Cell& cell, std::int64_t value, std::uint32_t object, std::size_t index) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::store, object);
  const With held(lock);
  const auto wrapped = static_cast<std::int32_t>(static_cast<std::uint64_t>(value));  // E-42
  cell.store(wrapped, std::memory_order_relaxed);
  recorder.record(Kind::store, object, static_cast<std::uint64_t>(static_cast<std::int64_t>(wrapped)), index);
}

}  // namespace

struct Value::Handle {
  std::uint32_t object;
  RLock lock;
  Cell* cell;
};

Value::Value(std::int32_t initial, std::string label) {
  const std::uint32_t object = announce(ObjectKind::value, label, 0, 1);
  handle_ = std::make_shared<Handle>(Handle{object, RLock("lock", object), shared<Cell>()});
  handle_->cell->store(initial, std::memory_order_relaxed);
}

std::int32_t Value::get() { return read(handle_->lock, *handle_->cell); }

void Value::store(std::int64_t value) { write(handle_->lock, *handle_->cell, value, handle_->object, 0); }

RLock& Value::get_lock() noexcept { return handle_->lock; }

void Value::depart(process::Departure& out) const {
  out.number(handle_->object);
  handle_->lock.depart(out);
  out.part(handle_->cell);
}

Value Value::arrive(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  const RLock lock = RLock::arrive(in);
  auto* const cell = in.part<Cell>();
  return Value(in.once<Handle>(object, 0, [&] { return std::make_shared<Handle>(Handle{object, lock, cell}); }));
}

std::uint32_t Value::object() const noexcept { return handle_->object; }

struct Array::Handle {
  std::uint32_t object;
  RLock lock;
  std::size_t size;
  Cell* cells;

  // Negative ones count from the end, as in Python.
  [[nodiscard]] std::size_t at(std::ptrdiff_t index) const {
    const auto length = static_cast<std::ptrdiff_t>(size);
    const std::ptrdiff_t place = index < 0 ? index + length : index;
    if (place < 0 || place >= length) throw PythonError(Fact::E_44);
    return static_cast<std::size_t>(place);
  }
};

Array::Array(std::size_t size, std::string label) {
  const std::uint32_t object = announce(ObjectKind::array, label, 0, static_cast<std::uint32_t>(size));
  handle_ = std::make_shared<Handle>(
      Handle{object, RLock("lock", object), size, reinterpret_cast<Cell*>(shared_memory(std::max<std::size_t>(1, size) * sizeof(Cell)))});
}

std::size_t Array::size() const noexcept { return handle_->size; }

std::int32_t Array::get(std::ptrdiff_t index) { return read(handle_->lock, handle_->cells[handle_->at(index)]); }

void Array::store(std::ptrdiff_t index, std::int64_t value) {
  const std::size_t place = handle_->at(index);
  write(handle_->lock, handle_->cells[place], value, handle_->object, place);
}

RLock& Array::get_lock() noexcept { return handle_->lock; }

void Array::depart(process::Departure& out) const {
  out.number(handle_->object);
  handle_->lock.depart(out);
  out.number(handle_->size).part(handle_->cells);
}

Array Array::arrive(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  const RLock lock = RLock::arrive(in);
  const auto size = in.number<std::size_t>();
  auto* const cells = in.part<Cell>();
  return Array(in.once<Handle>(object, 0, [&] { return std::make_shared<Handle>(Handle{object, lock, size, cells}); }));
}

std::uint32_t Array::object() const noexcept { return handle_->object; }

}  // namespace forklight::sync
