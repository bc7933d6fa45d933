#include "core/trace/gate.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "core/trace/recorder.h"

namespace forklight::trace {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

void wait_for_change(const std::atomic<Turn>& turn, Turn from) noexcept {
  // EINTR and EAGAIN: the caller looks again.
  ::syscall(SYS_futex, &turn, FUTEX_WAIT, static_cast<std::uint32_t>(from), nullptr, nullptr, 0);
}

}  // namespace

void Recorder::stand_at_gate(Kind operation, std::uint32_t object) noexcept {
  const int error = errno;  // of the program's own calls
  Slot& slot = region_->slot(slot_);
  const std::atomic<Gate>& all = region_->header().gate;
  const std::uint64_t number = passed_ - 1;
  if (all.load() == Gate::open) {  // it was opened while this task was being born
    slot.gate.store(Gate::open, kRelaxed);
    return;
  }
  Stand& stand = slot.stand;
  if (number < stand.free_before.load(kRelaxed)) return;

  record(Kind::held, object, static_cast<std::uint64_t>(operation), number);
  stand.operation.store(operation, kRelaxed);
  stand.object.store(object, kRelaxed);
  stand.since_ns.store(base::now_ns(), kRelaxed);
  stand.number.store(number, kRelaxed);
  const GateHooks* const hooks = gate_hooks.load(std::memory_order_acquire);
  const bool left = hooks != nullptr && hooks->leave();
  stand.turn.store(Turn::waiting);
  auto expected = Turn::waiting;
  std::uint64_t how = 0;
  if (all.load() == Gate::open && stand.turn.compare_exchange_strong(expected, Turn::nobody)) {
    how = static_cast<std::uint64_t>(Pace::real) << 32;  // it opened in that moment: nobody has let us go
  } else {
    while (stand.turn.load(std::memory_order_acquire) == Turn::waiting) wait_for_change(stand.turn, Turn::waiting);
    how = static_cast<std::uint64_t>(stand.how.load(kRelaxed)) << 32 | stand.ordinal.load(kRelaxed);
  }
  record(Kind::let_go, object, static_cast<std::uint64_t>(operation), how);
  stand.turn.store(Turn::nobody, std::memory_order_release);  // as long as it says `go`, this is not on record
  if (left) hooks->enter();
  errno = error;
}

std::optional<AtGate> at_gate(const Slot& slot) noexcept {
  if (slot.state.load(std::memory_order_acquire) != SlotState::live || slot.stand.turn.load() != Turn::waiting) return std::nullopt;
  const Stand& stand = slot.stand;
  return AtGate{slot.task, stand.operation.load(kRelaxed), stand.object.load(kRelaxed), stand.since_ns.load(kRelaxed),
                stand.number.load(kRelaxed)};
}

bool let_go(Slot& slot, Pace how, std::uint32_t ordinal) noexcept {
  Stand& stand = slot.stand;
  if (stand.turn.load() != Turn::waiting) return false;
  stand.how.store(how, kRelaxed);
  stand.ordinal.store(ordinal, kRelaxed);
  auto expected = Turn::waiting;
  if (!stand.turn.compare_exchange_strong(expected, Turn::go)) return false;
  ::syscall(SYS_futex, &stand.turn, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  return true;
}

void set_gate(const Region& region, Gate gate) noexcept {
  region.header().gate.store(gate);
  for (std::uint32_t index = 1; index < region.slots_used(); ++index) region.slot(index).gate.store(gate);
}

}  // namespace forklight::trace
