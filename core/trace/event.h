// One thing that happened in one task: 32 bytes, the same in memory, in the shared ring and (field by field) in a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "core/trace/kinds.h"

namespace forklight::trace {

struct Event {
  std::int64_t time_ns;   // CLOCK_MONOTONIC
  Kind kind;              // says what object, a and b mean
  std::uint16_t line;     // line of the Python program that the task is on, 0 = not known
  std::uint32_t object;   // task id or object id, 0 = none
  std::uint64_t a;
  std::uint64_t b;
};

static_assert(sizeof(Event) == 32 && alignof(Event) == 8);
static_assert(std::is_trivially_copyable_v<Event> && std::is_standard_layout_v<Event>);
static_assert(offsetof(Event, kind) == 8 && offsetof(Event, line) == 10 && offsetof(Event, object) == 12 && offsetof(Event, a) == 16 &&
              offsetof(Event, b) == 24);

// A number as the field a or b of an event.
constexpr std::uint64_t u64(auto value) noexcept { return static_cast<std::uint64_t>(value); }

using TaskId = std::uint32_t;  // birth number in the run: 1 is MainProcess, 0 is the supervisor

// An event as a reader sees it: whose it is, and the text that followed it.
struct Record {
  Event event;
  TaskId task;
  std::string text;
};

}  // namespace forklight::trace
