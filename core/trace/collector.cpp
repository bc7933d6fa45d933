#include "core/trace/collector.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/clock.h"

namespace forklight::trace {

std::size_t Collector::drain(std::vector<Record>& out) {
  const std::int64_t began = base::now_ns();
  read_rings();
  return emit(began, out);
}

std::size_t Collector::drain_all(std::vector<Record>& out) {
  read_rings();
  read_rings();  // the second pass gives back the slots that the first one found ended
  return emit(std::numeric_limits<std::int64_t>::max(), out);
}

void Collector::read_rings() {
  const std::uint32_t used = region_->slots_used();
  const std::size_t first_new = pending_.size();
  std::vector<std::uint32_t> ended;
  for (std::uint32_t index = 0; index < used; ++index) {
    Slot& slot = region_->slot(index);
    const SlotState state = slot.state.load(std::memory_order_acquire);
    if (state != SlotState::live && state != SlotState::dead) continue;  // a child publishes its birth before anything else
    if (state == SlotState::dead && slot.reaped_ns.load(std::memory_order_acquire) != 0) ended.push_back(index);
    region_->reader(index).read(slot.task, pending_);
  }
  for (std::size_t i = first_new; i < pending_.size(); ++i) note(pending_[i]);

  // Who reaps says so in its own ring first and in the slot after it. A slot seen ended in one pass has all its records, in whatever
  // ring, read by the end of the next: then it is given back.
  for (const std::uint32_t index : ended) {
    Slot& slot = region_->slot(index);
    Life& life = lives_[slot.task];
    if (std::exchange(life.ended, true)) {
      const TaskId task = slot.task;
      retire(slot, life);
      lives_.erase(task);
    }
  }
}

void Collector::note(const Record& record) {
  switch (record.event.kind) {
    case Kind::born:
      lives_[record.event.object].born = true;
      break;
    case Kind::death:
      lives_[record.event.object].death = true;
      break;
    case Kind::reap:
      lives_[record.event.object].reap = true;
      break;
    default:
      break;
  }
}

void Collector::retire(Slot& slot, const Life& life) {
  const std::int64_t died = slot.died_ns.load(std::memory_order_relaxed);
  const std::int64_t reaped = slot.reaped_ns.load(std::memory_order_relaxed);
  const auto status = static_cast<std::uint64_t>(slot.status.load(std::memory_order_relaxed));
  const auto pid = static_cast<std::uint64_t>(slot.pid.load(std::memory_order_relaxed));
  if (const std::uint64_t lost = slot.ring.lost.load(std::memory_order_relaxed); lost != 0) {
    const std::int64_t since = slot.ring.lost_since_ns.load(std::memory_order_relaxed);
    pending_.push_back({{std::max(since, died), Kind::lost, 0, 0, lost, static_cast<std::uint64_t>(since)}, slot.task, {}});
    slot.ring.lost.store(0, std::memory_order_relaxed);
  }
  if (pid != 0 && slot.kind == TaskKind::process) {  // an abandoned slot never had a task; a thread says all of it itself
    if (!life.born) pending_.push_back({{died, Kind::born, 0, slot.task, pid, slot.parent}, 0, {}});
    if (!life.death) {
      pending_.push_back({{died, Kind::death, static_cast<std::uint16_t>(DeathSource::reaper), slot.task, status, pid}, 0, {}});
    }
    if (!life.reap) pending_.push_back({{reaped, Kind::reap, 0, slot.task, status, pid}, slot.reaped_by, {}});
  }
  slot.state.store(SlotState::free, std::memory_order_release);
}

std::size_t Collector::emit(std::int64_t until_ns, std::vector<Record>& out) {
  std::stable_sort(pending_.begin(), pending_.end(),
                   [](const Record& x, const Record& y) { return x.event.time_ns < y.event.time_ns; });
  const auto end = std::partition_point(pending_.begin(), pending_.end(),
                                        [&](const Record& record) { return record.event.time_ns <= until_ns; });
  const auto count = static_cast<std::size_t>(end - pending_.begin());
  out.insert(out.end(), std::make_move_iterator(pending_.begin()), std::make_move_iterator(end));
  pending_.erase(pending_.begin(), end);
  return count;
}

}  // namespace forklight::trace
