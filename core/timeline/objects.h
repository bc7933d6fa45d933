// What tasks share: queues, pipes, locks, events; and what lies in a queue or a pipe at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/chunked.h"
#include "core/timeline/steps.h"
#include "core/trace/event.h"

namespace forklight::timeline {

using trace::TaskId;
using ObjectId = std::uint32_t;                   // from trace::kFirstObject on
inline constexpr std::int64_t kOpen = INT64_MAX;  // the end of what has not ended yet
inline constexpr std::uint32_t kNone = UINT32_MAX;

// A task has (or had) a lock, or one unit of a semaphore. Of an RLock that is taken again while one has it, only the
// outermost counts.
struct Hold {
  std::int64_t begin_ns, end_ns;  // acquire_end … release; kOpen while it lasts, also after its holder's death (E-12)
  TaskId task;
};

// Somebody wakes those who wait for an object, and waits until each of them has really woken (E.1): for ever, if one was
// killed where it slept (E-30).
struct Notice {
  std::int64_t begin_ns, end_ns;  // notify_begin … notify_end; kOpen while it lasts
  TaskId task;
};

struct Object {
  struct Closing {
    std::int64_t time_ns;
    TaskId task;  // in this task's process
    trace::PipeEnd end;
  };

  ObjectId id = 0;
  trace::ObjectKind kind = trace::ObjectKind::lock;
  ObjectId owner = 0;      // the object that it is a part of (a queue's locks and semaphore), 0 = none
  std::uint32_t size = 0;  // maxsize (0: no limit), initial value, parties, length
  TaskId creator = 0;
  std::string name;  // "q", "Queue-1"
  std::int64_t born_ns = 0;
  std::vector<std::uint32_t> parts;  // indices in Model::objects() of what it owns
  std::vector<Closing> closings;     // by time
  std::vector<Hold> holds;           // Lock, RLock, semaphores: by begin
  std::vector<Notice> notices;    // Event, Condition, Barrier, JoinableQueue: those that last, or took a while
  Steps<std::int64_t> value;      // Lock, semaphores: value left; Event: 1 set, 0 clear; Value and Array: last stored
  std::uint32_t channel = kNone;  // index in Model::channels(), for what messages go through
  std::uint32_t gil = kNone;      // index in Model::gils(), for the lock of an interpreter

  [[nodiscard]] bool internal() const noexcept { return owner != 0; }  // shown as a part of its owner
};

// The places of a message, in the order in which it passes them. A Pipe and a SimpleQueue have the last two alone.
enum class Stage : std::uint8_t { deque, feeder, pipe, reader };
inline constexpr std::size_t kStages = 4;

// How many messages there are, in all and in each place: depth = deque + feeder + pipe + reader. What is with the
// reader takes no room any more: qsize() is the others.
struct Counts {
  std::int32_t depth = 0, deque = 0, pipe = 0;
  std::int16_t feeder = 0, reader = 0;  // one for each process at most

  [[nodiscard]] std::int32_t in(Stage stage) const noexcept {
    switch (stage) {
      case Stage::deque:
        return deque;
      case Stage::feeder:
        return feeder;
      case Stage::pipe:
        return pipe;
      case Stage::reader:
        return reader;
    }
    return 0;
  }
};

template <>
struct StepMath<Counts> {
  static Counts least(const Counts& left, const Counts& right) noexcept {
    return {std::min(left.depth, right.depth), std::min(left.deque, right.deque), std::min(left.pipe, right.pipe),
            std::min(left.feeder, right.feeder), std::min(left.reader, right.reader)};
  }
  static Counts most(const Counts& left, const Counts& right) noexcept {
    return {std::max(left.depth, right.depth), std::max(left.deque, right.deque), std::max(left.pipe, right.pipe),
            std::max(left.feeder, right.feeder), std::max(left.reader, right.reader)};
  }
  static Counts sum(const Counts& left, const Counts& right) noexcept {
    return {left.depth + right.depth, left.deque + right.deque, left.pipe + right.pipe,
            static_cast<std::int16_t>(left.feeder + right.feeder), static_cast<std::int16_t>(left.reader + right.reader)};
  }
};

// What became of a message: `dropped` by the feeder that could not pickle it; `died` with the process in whose
// deque or hand it was.
enum class Fate : std::uint8_t { under_way, got, dropped, died };

struct Message {
  static constexpr std::uint64_t kRaw = std::uint64_t{1} << 63;  // ids from here on: send_bytes, counted by the model

  std::uint64_t id = 0;
  std::array<std::int64_t, kStages> entered_ns{kOpen, kOpen, kOpen, kOpen};  // kOpen: not there (yet), or passed unseen
  std::int64_t gone_ns = kOpen;                                              // got, dropped or died
  TaskId from = 0, to = 0;  // who put it; who took it out of the pipe. 0 = not known (yet)
  std::uint32_t text = 0;   // its repr: index for Model::text(), 0 = none
  std::uint32_t bytes = 0;  // on the wire, 0 = not known
  Fate fate = Fate::under_way;

  [[nodiscard]] std::int64_t put_ns() const noexcept;  // when it came into the channel
  [[nodiscard]] bool in_at(std::int64_t time_ns) const noexcept { return put_ns() <= time_ns && time_ns < gone_ns; }
  [[nodiscard]] Stage stage_at(std::int64_t time_ns) const noexcept;  // valid where in_at()
};

struct TimeRange {
  std::int64_t begin_ns, end_ns;  // kOpen while it lasts
};

// A message that never arrived, and where it was at its end.
struct Loss {
  std::uint64_t id;
  std::int64_t gone_ns;
  Stage stage;
};

// A Pipe, Queue, SimpleQueue or JoinableQueue and all that went through it.
struct Channel {
  ObjectId object = 0;
  Steps<Counts> counts;                           // messages put and not yet got, by place
  std::array<Steps<std::int64_t>, 2> bytes;       // in the kernel's buffer, by the end that reads (trace::PipeEnd)
  Steps<std::int64_t> unfinished;                 // JoinableQueue: put and not yet task_done
  base::Chunked<Message> messages;                // by put_ns()
  std::vector<Loss> losses;                       // dropped or died, in the order in which that was told
  std::vector<TimeRange> full;                    // maxsize reached, or somebody waits for room to put
  std::vector<TimeRange> pipe_full;               // somebody waits for room in the kernel's pipe
  std::vector<TaskId> writers, readers, feeders;  // those that ever put (or sent), got (or received), fed

  // What lies in it at a time: indices into `messages`, the oldest first, `limit` at most (counts tell how many there
  // are).
  [[nodiscard]] std::vector<std::uint32_t> contents(std::int64_t time_ns, std::size_t limit) const;
};

}  // namespace forklight::timeline
