// A single-producer, single-consumer ring of events in shared memory.
//
// Protocol. `head` counts events ever published, `tail` events ever consumed; the slot of event n is n & mask. The producer fills
// the cells first and then publishes them with one release store of `head`, so a reader never sees a half-written event, and a
// producer that is killed at any instruction loses just what it had not published. The consumer returns room with a release store of
// `tail`. Each side keeps a copy of the other's index on its own cache line and looks at the real one only when the copy says full
// (or empty): the lines bounce once a lap, not once an event.
//
//      tail                head
//   ────┴───────────────────┴─────────────
//   free │ published, to read │ free (the last kReserve cells only for vital events)
//
// When there is no room the producer counts the loss and goes on; the next event that fits is preceded by a `lost` event.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/trace/event.h"

namespace forklight::trace {

inline constexpr std::uint32_t kReserve = 256;  // cells that only births, deaths, reaping and exits may use
inline constexpr std::size_t kMaxText = 8 * 1024;  // bytes of text after one event; longer text is cut
inline constexpr std::size_t kTextPerCell = 16;

// Indices of one ring; lives in the region beside the cells.
struct RingIndices {
  alignas(64) std::atomic<std::uint64_t> head;  // producer's line
  std::uint64_t tail_copy;
  std::atomic<std::uint64_t> lost;              // events lost since the last `lost` event was published
  std::atomic<std::int64_t> lost_since_ns;
  alignas(64) std::atomic<std::uint64_t> tail;  // consumer's line
};
static_assert(sizeof(RingIndices) == 128);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

// The producer's side. Not shared between threads; trivially copyable, so that it can sit in a thread_local without a constructor.
class RingWriter {
 public:
  RingWriter() noexcept = default;
  // `capacity` cells, a power of two > 2 * kReserve.
  RingWriter(RingIndices* indices, Event* cells, std::uint32_t capacity) noexcept
      : indices_(indices), cells_(cells), capacity_(capacity) {}

  // Publishes one event, or counts it as lost. Vital ones may use the reserve.
  void push(const Event& event, bool vital) noexcept {
    const std::uint64_t head = indices_->head.load(std::memory_order_relaxed);
    const std::uint64_t limit = vital ? capacity_ : capacity_ - kReserve;
    if (head + 1 - indices_->tail_copy > limit || indices_->lost.load(std::memory_order_relaxed) != 0) [[unlikely]] {
      push_slowly(event, {}, vital);
      return;
    }
    cells_[head & (capacity_ - 1)] = event;
    indices_->head.store(head + 1, std::memory_order_release);
  }

  // The same with text after it: all of it or none is published. Text past kMaxText is cut.
  void push_text(const Event& event, std::string_view text, bool vital) noexcept {
    const std::uint64_t head = indices_->head.load(std::memory_order_relaxed);
    const std::uint64_t limit = vital ? capacity_ : capacity_ - kReserve;
    const bool one_cell = !text.empty() && text.size() <= kTextPerCell;  // as nearly all are
    if (!one_cell || head + 2 - indices_->tail_copy > limit || indices_->lost.load(std::memory_order_relaxed) != 0) {
      push_slowly(event, text, vital);
      return;
    }
    cells_[head & (capacity_ - 1)] = event;
    cells_[(head + 1) & (capacity_ - 1)] = text_cell(event.time_ns, text);
    indices_->head.store(head + 2, std::memory_order_release);
  }

  // Both, whatever there is to say and however full the ring is.
  void push_slowly(const Event& event, std::string_view text, bool vital) noexcept;

 private:
  // The cell of the first of these bytes, as many as fit; it says how many are left with them.
  static Event text_cell(std::int64_t time_ns, std::string_view text) noexcept {
    std::uint64_t packed[kTextPerCell / 8] = {};
    std::memcpy(packed, text.data(), std::min(text.size(), kTextPerCell));
    return {time_ns, Kind::text, 0, static_cast<std::uint32_t>(text.size()), packed[0], packed[1]};
  }

  RingIndices* indices_ = nullptr;
  Event* cells_ = nullptr;
  std::uint32_t capacity_ = 0;
};

// What a ring holds for its reader, where it lies; stays as it is until it is consumed.
class Published {
 public:
  Published() noexcept = default;
  Published(const Event* cells, std::uint64_t mask, std::uint64_t first, std::size_t size) noexcept
      : cells_(cells), mask_(mask), first_(first), size_(size) {}
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const Event& operator[](std::size_t at) const noexcept { return cells_[(first_ + at) & mask_]; }

 private:
  const Event* cells_ = nullptr;
  std::uint64_t mask_ = 0, first_ = 0;
  std::size_t size_ = 0;
};
// Appends the record of `task` that begins at cells[at], its text joined to it; none for text without an event. Returns where the next begins.
std::size_t append_record(const Published& cells, std::size_t at, TaskId task, std::vector<Record>& records);

// The consumer's side.
class RingReader {
 public:
  RingReader() noexcept = default;
  RingReader(RingIndices* indices, const Event* cells, std::uint32_t capacity) noexcept
      : indices_(indices), cells_(cells), capacity_(capacity) {}

  // Everything published and not consumed yet. Whatever the shared memory holds, it lies within the ring.
  [[nodiscard]] Published published() const noexcept;
  // The producer has the room of that many cells back, the oldest ones; no more than were published.
  void consume(std::size_t count) const noexcept;

 private:
  RingIndices* indices_ = nullptr;
  const Event* cells_ = nullptr;
  std::uint32_t capacity_ = 0;
};

}  // namespace forklight::trace
