// Where a task stands when the gate is shut, and how the viewer lets it go.
//
//   task                                   viewer (supervisor::PaceControl)
//   operation, object, since, number
//   turn: nobody ──▶ waiting ───────────▶  sees who stands there, and since when
//   futex_wait(turn)                       how, ordinal
//   nobody ◀── go ◀─────────────────────── turn: waiting ──▶ go, futex_wake(turn)
//
// A task that has said `waiting` looks at the gate once more, and the viewer that opens the gate looks at the turns after it: one of the
// two sees the other (both sequentially consistent), so nobody is left standing at an open gate. The futex is a shared one: it is found by
// its place in the memfd, whichever address a process has mapped it to.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "core/trace/event.h"

namespace forklight::trace {

enum class Gate : std::uint32_t { open, shut };  // open: pace `real`, everything passes
enum class Turn : std::uint32_t { nobody, waiting, go };

struct alignas(64) Stand {
  std::atomic<Turn> turn;
  // Written by the task before it waits.
  std::atomic<Kind> operation;
  std::atomic<std::uint32_t> object;
  std::atomic<std::int64_t> since_ns;
  std::atomic<std::uint64_t> number;  // operations that the task has passed the gate with before this one
  // Written by the viewer.
  std::atomic<Pace> how;
  std::atomic<std::uint32_t> ordinal;
  std::atomic<std::uint64_t> free_before;  // operations with a lower number pass a shut gate
};
static_assert(sizeof(Stand) == 64 && sizeof(std::atomic<Turn>) == 4 && std::atomic<Turn>::is_always_lock_free);

// What a thread lays down while it stands at the gate, and takes up again when it goes on: the GIL, which is not known here.
struct GateHooks {
  bool (*leave)() noexcept;  // says whether there was anything to lay down
  void (*enter)() noexcept;
};
inline std::atomic<const GateHooks*> gate_hooks{nullptr};

class Region;
struct Slot;

// A task at the gate, as the viewer sees it.
struct AtGate {
  TaskId task;
  Kind operation;  // the event that the operation begins with
  std::uint32_t object;
  std::int64_t since_ns;
  std::uint64_t number;
};

// Who stands at the gate in that slot.
[[nodiscard]] std::optional<AtGate> at_gate(const Slot& slot) noexcept;
// Lets the task go that stands there; false if nobody does. `ordinal` counts what was let go in the run, from 1.
bool let_go(Slot& slot, Pace how, std::uint32_t ordinal) noexcept;
// For every task there is, and every one to be born.
void set_gate(const Region& region, Gate gate) noexcept;

}  // namespace forklight::trace
