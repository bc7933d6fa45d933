#include "core/trace/collector.h"

#include <algorithm>
#include <limits>
#include <span>
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
  if (runs_.size() < used) runs_.resize(used);
  std::vector<std::uint32_t> ended;
  for (std::uint32_t index = 0; index < used; ++index) {
    Slot& slot = region_->slot(index);
    const SlotState state = slot.state.load(std::memory_order_acquire);
    if (state != SlotState::live && state != SlotState::dead) continue;  // a child publishes its birth before anything else
    if (state == SlotState::dead && slot.reaped_ns.load(std::memory_order_acquire) != 0) ended.push_back(index);
    std::vector<Cell>& cells = runs_[index].cells;
    const std::size_t first_new = cells.size();
    region_->reader(index).read(slot.task, cells);
    std::int64_t before = first_new != 0 ? cells[first_new - 1].event.time_ns : std::numeric_limits<std::int64_t>::min();
    for (std::size_t i = first_new; i < cells.size(); ++i) {
      note(cells[i].event);
      runs_[index].sorted = runs_[index].sorted && before <= cells[i].event.time_ns;
      before = cells[i].event.time_ns;
    }
  }

  // Who reaps says so in its own ring first and in the slot after it. A slot seen ended in one pass has all its records, in whatever
  // ring, read by the end of the next: then it is given back.
  for (const std::uint32_t index : ended) {
    Slot& slot = region_->slot(index);
    Life& life = lives_[slot.task];
    if (std::exchange(life.ended, true)) {
      const TaskId task = slot.task;
      retire(slot, life, runs_[index].cells);
      runs_[index].sorted = false;
      lives_.erase(task);
    }
  }
}

void Collector::note(const Event& event) {
  switch (event.kind) {
    case Kind::born:
      lives_[event.object].born = true;
      break;
    case Kind::death:
      lives_[event.object].death = true;
      break;
    case Kind::reap:
      lives_[event.object].reap = true;
      break;
    default:
      break;
  }
}

void Collector::retire(Slot& slot, const Life& life, std::vector<Cell>& told) {
  const std::int64_t died = slot.died_ns.load(std::memory_order_relaxed);
  const std::int64_t reaped = slot.reaped_ns.load(std::memory_order_relaxed);
  const auto status = static_cast<std::uint64_t>(slot.status.load(std::memory_order_relaxed));
  const auto pid = static_cast<std::uint64_t>(slot.pid.load(std::memory_order_relaxed));
  if (const std::uint64_t lost = slot.ring.lost.load(std::memory_order_relaxed); lost != 0) {
    const std::int64_t since = slot.ring.lost_since_ns.load(std::memory_order_relaxed);
    told.push_back({{std::max(since, died), Kind::lost, 0, 0, lost, static_cast<std::uint64_t>(since)}, slot.task});
    slot.ring.lost.store(0, std::memory_order_relaxed);
  }
  if (pid != 0 && slot.kind == TaskKind::process) {  // an abandoned slot never had a task; a thread says all of it itself
    if (!life.born) told.push_back({{died, Kind::born, 0, slot.task, pid, slot.parent}, 0});
    if (!life.death) {
      told.push_back({{died, Kind::death, static_cast<std::uint16_t>(DeathSource::reaper), slot.task, status, pid}, 0});
    }
    if (!life.reap) told.push_back({{reaped, Kind::reap, 0, slot.task, status, pid}, slot.reaped_by});
  }
  slot.state.store(SlotState::free, std::memory_order_release);
}

std::size_t Collector::emit(std::int64_t until_ns, std::vector<Record>& out) {
  const auto time = [](const Cell& cell) { return cell.event.time_ns; };
  const auto earlier = [&](const Cell& x, const Cell& y) { return time(x) < time(y); };
  struct Head {
    std::int64_t time_ns;
    std::size_t run;
  };
  const auto later = [](const Head& x, const Head& y) { return x.time_ns != y.time_ns ? x.time_ns > y.time_ns : x.run > y.run; };
  std::vector<Head> heads;  // of the runs, the earliest one in front
  std::size_t most = 0;
  for (std::size_t index = 0; index < runs_.size(); ++index) {
    Run& run = runs_[index];
    auto& cells = run.cells;
    // Some moments are known only after later ones (record_at). Text has its event's time, so it stays behind it.
    if (!std::exchange(run.sorted, true)) std::stable_sort(cells.begin(), cells.end(), earlier);
    run.next = 0;
    run.end = static_cast<std::size_t>(
        std::partition_point(cells.begin(), cells.end(), [&](const Cell& cell) { return time(cell) <= until_ns; }) - cells.begin());
    most += run.end;
    if (run.end != 0) heads.push_back({time(cells.front()), index});
  }
  std::make_heap(heads.begin(), heads.end(), later);

  const std::size_t before = out.size();
  out.reserve(before + most);
  while (!heads.empty()) {
    std::pop_heap(heads.begin(), heads.end(), later);
    Head& head = heads.back();
    Run& run = runs_[head.run];
    const std::int64_t others = heads.size() > 1 ? heads.front().time_ns : std::numeric_limits<std::int64_t>::max();
    const std::span<const Cell> cells(run.cells.data(), run.end);
    do {
      run.next = append_record(cells, run.next, out);
    } while (run.next != run.end && time(cells[run.next]) < others);
    if (run.next == run.end) {
      heads.pop_back();
    } else {
      head.time_ns = time(cells[run.next]);
      std::push_heap(heads.begin(), heads.end(), later);
    }
  }
  for (Run& run : runs_) run.cells.erase(run.cells.begin(), run.cells.begin() + static_cast<std::ptrdiff_t>(run.end));
  return out.size() - before;
}

}  // namespace forklight::trace
