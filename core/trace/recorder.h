// What a task writes its events with. One a thread; recording is noexcept, never allocates, never blocks.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/clock.h"
#include "core/trace/region.h"

namespace forklight::trace {

// Events that must not be lost may use a ring's reserve.
[[nodiscard]] constexpr bool is_vital(Kind kind) noexcept {
  switch (kind) {
    case Kind::task_begin:
    case Kind::exit:
    case Kind::reap:
    case Kind::born:
    case Kind::death:
    case Kind::adopted:
    case Kind::cap:
    case Kind::stop:
      return true;
    default:
      return false;
  }
}

class Recorder {
 public:
  // This thread's recorder. Until it is attached, everything it is told is dropped.
  [[nodiscard]] static Recorder& current() noexcept;

  // From now on this thread is the task of that slot. The region must outlive it.
  void attach(const Region& region, std::uint32_t slot) noexcept;
  // The task is over: what this thread still does goes unrecorded.
  void detach() noexcept { region_ = nullptr, gate_ = nullptr; }
  [[nodiscard]] bool attached() const noexcept { return region_ != nullptr; }
  [[nodiscard]] const Region& region() const noexcept { return *region_; }
  [[nodiscard]] TaskId task() const noexcept { return task_; }
  [[nodiscard]] std::uint32_t slot() const noexcept { return slot_; }

  // The line of the Python program this task is on; goes into every event from now on.
  void set_line(std::uint16_t line) noexcept { line_ = line; }
  [[nodiscard]] std::uint16_t line() const noexcept { return line_; }

  // Passed before each operation that a learner cares about; named by the event that the operation begins with. Pace `real`: one
  // relaxed load, and a count of this thread's own. At a shut gate it waits until the viewer lets it go. True if it was shut.
  bool gate(Kind operation, std::uint32_t object = 0) noexcept {
    if (gate_ == nullptr) return false;
    ++passed_;
    if (gate_->load(std::memory_order_relaxed) == Gate::open) [[likely]] return false;
    stand_at_gate(operation, object);
    return true;
  }

  void record(Kind kind, std::uint32_t object = 0, std::uint64_t a = 0, std::uint64_t b = 0) noexcept {
    if (region_ != nullptr) writer_.push({base::now_ns(), kind, line_, object, a, b}, is_vital(kind));
  }
  // With text after it: kept whole up to kMaxText bytes.
  void record_text(Kind kind, std::uint32_t object, std::uint64_t a, std::uint64_t b, std::string_view text) noexcept {
    if (region_ != nullptr) writer_.push_text({base::now_ns(), kind, line_, object, a, b}, text, is_vital(kind));
  }
  void record_text_at(std::int64_t time_ns, Kind kind, std::uint32_t object, std::uint64_t a, std::uint64_t b, std::string_view text) noexcept {
    if (region_ != nullptr) writer_.push_text({time_ns, kind, line_, object, a, b}, text, is_vital(kind));
  }
  // For an event whose moment is known better than now; `line` says what the kind's table says.
  void record_at(std::int64_t time_ns, Kind kind, std::uint16_t line, std::uint32_t object, std::uint64_t a, std::uint64_t b) noexcept {
    if (region_ != nullptr) writer_.push({time_ns, kind, line, object, a, b}, is_vital(kind));
  }

 private:
  void stand_at_gate(Kind operation, std::uint32_t object) noexcept;

  const Region* region_ = nullptr;
  const std::atomic<Gate>* gate_ = nullptr;
  RingWriter writer_;
  std::uint64_t passed_ = 0;  // operations that have come to the gate
  std::uint32_t slot_ = 0;
  TaskId task_ = 0;
  std::uint16_t line_ = 0;
};

}  // namespace forklight::trace
