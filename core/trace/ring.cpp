#include "core/trace/ring.h"

#include <algorithm>
#include <cstring>

#include "core/base/every_child.h"

namespace forklight::trace {

FORKLIGHT_EVERY_CHILD void RingWriter::push_slowly(const Event& event, std::string_view text, bool vital) noexcept {
  text = text.substr(0, kMaxText);
  const std::uint64_t mask = capacity_ - 1;
  const std::uint64_t text_cells = (text.size() + kTextPerCell - 1) / kTextPerCell;
  const std::uint64_t lost = indices_->lost.load(std::memory_order_relaxed);
  const std::uint64_t wanted = 1 + text_cells + (lost != 0 ? 1 : 0);
  const std::uint64_t limit = vital ? capacity_ : capacity_ - kReserve;

  std::uint64_t head = indices_->head.load(std::memory_order_relaxed);
  if (head + wanted - indices_->tail_copy > limit) {
    indices_->tail_copy = indices_->tail.load(std::memory_order_acquire);
    if (head + wanted - indices_->tail_copy > limit) {
      if (lost == 0) indices_->lost_since_ns.store(event.time_ns, std::memory_order_relaxed);
      indices_->lost.store(lost + 1, std::memory_order_relaxed);
      return;
    }
  }

  if (lost != 0) {
    const auto since = static_cast<std::uint64_t>(indices_->lost_since_ns.load(std::memory_order_relaxed));
    cells_[head++ & mask] = {event.time_ns, Kind::lost, 0, 0, lost, since};
    indices_->lost.store(0, std::memory_order_relaxed);
  }
  cells_[head++ & mask] = event;
  while (!text.empty()) {
    cells_[head++ & mask] = text_cell(event.time_ns, text);
    text.remove_prefix(std::min(text.size(), kTextPerCell));
  }
  indices_->head.store(head, std::memory_order_release);
}

std::size_t append_record(const Published& cells, std::size_t at, TaskId task, std::vector<Record>& records) {
  const Event& first = cells[at++];
  if (first.kind == Kind::text) return at;  // both are published at once: its event is not one of ours
  Record& record = records.emplace_back();
  record.event = first;
  record.task = task;
  for (; at != cells.size(); ++at) {
    const Event& cell = cells[at];
    if (cell.kind != Kind::text) break;
    char packed[kTextPerCell];
    std::memcpy(packed, &cell.a, 8);
    std::memcpy(packed + 8, &cell.b, 8);
    record.text.append(packed, std::min<std::size_t>(cell.object, kTextPerCell));
  }
  return at;
}

Published RingReader::published() const noexcept {
  const std::uint64_t tail = indices_->tail.load(std::memory_order_relaxed);
  const std::uint64_t head = indices_->head.load(std::memory_order_acquire);
  return {cells_, capacity_ - 1, tail, static_cast<std::size_t>(std::min<std::uint64_t>(head - tail, capacity_))};
}

void RingReader::consume(std::size_t count) const noexcept {
  indices_->tail.store(indices_->tail.load(std::memory_order_relaxed) + count, std::memory_order_release);
}

}  // namespace forklight::trace
