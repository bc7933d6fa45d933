#include "core/trace/ring.h"

#include <algorithm>
#include <cstring>

namespace forklight::trace {

void RingWriter::push_slowly(const Event& event, std::string_view text, bool vital) noexcept {
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
    const std::size_t bytes = std::min(text.size(), kTextPerCell);
    Event cell{event.time_ns, Kind::text, 0, static_cast<std::uint32_t>(text.size()), 0, 0};
    char packed[kTextPerCell] = {};
    std::memcpy(packed, text.data(), bytes);
    std::memcpy(&cell.a, packed, 8);
    std::memcpy(&cell.b, packed + 8, 8);
    cells_[head++ & mask] = cell;
    text.remove_prefix(bytes);
  }
  indices_->head.store(head, std::memory_order_release);
}

std::size_t RingReader::read(TaskId task, std::vector<Record>& records) {
  const std::uint64_t tail = indices_->tail.load(std::memory_order_relaxed);
  const std::uint64_t head = indices_->head.load(std::memory_order_acquire);
  const std::uint64_t count = std::min<std::uint64_t>(head - tail, capacity_);
  bool own_record = false;  // text belongs to an event read in this very call: both are published at once
  for (std::uint64_t index = tail; index != tail + count; ++index) {
    const Event& cell = cells_[index & (capacity_ - 1)];
    if (cell.kind == Kind::text) {
      if (!own_record) continue;
      char packed[kTextPerCell];
      std::memcpy(packed, &cell.a, 8);
      std::memcpy(packed + 8, &cell.b, 8);
      records.back().text.append(packed, std::min<std::size_t>(cell.object, kTextPerCell));
    } else {
      records.push_back({cell, task, {}});
      own_record = true;
    }
  }
  indices_->tail.store(tail + count, std::memory_order_release);
  return count;
}

}  // namespace forklight::trace
