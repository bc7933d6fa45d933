#include "core/trace/collector.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/clock.h"

namespace forklight::trace {
namespace {

constexpr std::size_t kGiveBack = 2048;  // cells consumed before the producer has their room back

bool earlier(const Record& x, const Record& y) noexcept { return x.event.time_ns < y.event.time_ns; }

// What is nearly in order needs few moves; each of them is over a short way.
void put_in_order(std::vector<Record>& records, std::size_t first) {
  const auto begin = records.begin() + static_cast<std::ptrdiff_t>(first);
  std::ptrdiff_t moves = (records.end() - begin) * 16;  // what sorting all of it would take, about
  for (auto at = std::is_sorted_until(begin, records.end(), earlier); at != records.end(); ++at) {
    if (!earlier(*at, at[-1])) continue;
    const auto place = std::upper_bound(begin, at, *at, earlier);
    if ((moves -= at - place) < 0) return std::stable_sort(begin, records.end(), earlier);
    std::rotate(place, at, at + 1);
  }
}

}  // namespace

std::size_t Collector::drain(std::vector<Record>& out) {
  const std::size_t before = out.size();
  look_at_rings(base::now_ns(), out);
  merge(out);
  if (!in_order_) put_in_order(out, before);
  return out.size() - before;
}

std::size_t Collector::drain_all(std::vector<Record>& out) {
  const std::size_t before = out.size();
  for (int pass = 0; pass < 2; ++pass) {  // the second pass gives back the slots that the first one found ended
    look_at_rings(std::numeric_limits<std::int64_t>::max(), out);
    merge(out);
  }
  put_in_order(out, before);
  return out.size() - before;
}

void Collector::look_at_rings(std::int64_t until_ns, std::vector<Record>& out) {
  sources_.clear();
  heads_.clear();
  ended_.clear();
  in_order_ = true;
  std::size_t most = 0;
  const std::uint32_t used = region_->slots_used();
  for (std::uint32_t index = 0; index < used; ++index) {
    Slot& slot = region_->slot(index);
    const SlotState state = slot.state.load(std::memory_order_acquire);
    if (state != SlotState::live && state != SlotState::dead) continue;  // a child publishes its birth before anything else
    const bool ended = state == SlotState::dead && slot.reaped_ns.load(std::memory_order_acquire) != 0;
    Source source{region_->reader(index), {}, slot.task};
    source.cells = source.ring.published();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    for (; source.end != source.cells.size(); ++source.end) {
      const Event& event = source.cells[source.end];
      if (event.time_ns > until_ns) break;  // its text has the same time
      in_order_ = in_order_ && last <= event.time_ns;  // some moments are known only after later ones (record_at)
      last = event.time_ns;
      note(event);
    }
    if (source.end != 0) {
      most += source.end;
      heads_.push_back({source.cells[0].time_ns, sources_.size()});
      sources_.push_back(source);
    }
    if (ended) ended_.push_back({index, source.cells.size() == 0});
  }

  // Who reaps says so in its own ring first and in the slot after it. A slot seen ended in one look has all its records, in whatever ring,
  // given out by the end of the next: then it is given back.
  for (const Ended& one : ended_) {
    Slot& slot = region_->slot(one.slot);
    Life& life = lives_[slot.task];
    if (!std::exchange(life.ended, true) || !one.empty) continue;
    const TaskId task = slot.task;
    retire(slot, life, out);
    lives_.erase(task);
  }
  out.reserve(out.size() + most);
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

void Collector::retire(Slot& slot, const Life& life, std::vector<Record>& out) {
  const auto tell = [&](TaskId task, const Event& event) {
    out.push_back({event, task, {}});
    in_order_ = false;
  };
  const std::int64_t died = slot.died_ns.load(std::memory_order_relaxed);
  const std::int64_t reaped = slot.reaped_ns.load(std::memory_order_relaxed);
  const auto status = static_cast<std::uint64_t>(slot.status.load(std::memory_order_relaxed));
  const auto pid = static_cast<std::uint64_t>(slot.pid.load(std::memory_order_relaxed));
  if (const std::uint64_t lost = slot.ring.lost.load(std::memory_order_relaxed); lost != 0) {
    const std::int64_t since = slot.ring.lost_since_ns.load(std::memory_order_relaxed);
    tell(slot.task, {std::max(since, died), Kind::lost, 0, 0, lost, static_cast<std::uint64_t>(since)});
    slot.ring.lost.store(0, std::memory_order_relaxed);
  }
  if (pid != 0 && slot.kind == TaskKind::process) {  // an abandoned slot never had a task; a thread says all of it itself
    if (!life.born) tell(0, {died, Kind::born, 0, slot.task, pid, slot.parent});
    if (!life.death) {
      tell(0, {died, Kind::death, static_cast<std::uint16_t>(DeathSource::reaper), slot.task, status, pid});
    }
    if (!life.reap) tell(slot.reaped_by, {reaped, Kind::reap, 0, slot.task, status, pid});
  }
  slot.state.store(SlotState::free, std::memory_order_release);
}

// Who is next stands last in line. Rings that are written at the same time take turns record by record, and few at a time: putting one back
// into its place takes a step or two, where a heap would be rebuilt.
void Collector::merge(std::vector<Record>& out) {
  const auto later = [](const Head& x, const Head& y) { return x.time_ns != y.time_ns ? x.time_ns > y.time_ns : x.source > y.source; };
  std::sort(heads_.begin(), heads_.end(), later);
  while (!heads_.empty()) {
    Source& source = sources_[heads_.back().source];
    const std::int64_t others = heads_.size() > 1 ? heads_[heads_.size() - 2].time_ns : std::numeric_limits<std::int64_t>::max();
    do {
      source.next = append_record(source.cells, source.next, source.task, out);
    } while (source.next < source.end && source.cells[source.next].time_ns < others);
    const bool done = source.next >= source.end;
    if (done || source.next - source.consumed >= kGiveBack) source.ring.consume(source.next - std::exchange(source.consumed, source.next));
    if (done) {
      heads_.pop_back();
      continue;
    }
    const Head moved{source.cells[source.next].time_ns, heads_.back().source};
    auto place = heads_.end() - 1;
    for (; place != heads_.begin() && later(moved, place[-1]); --place) *place = place[-1];
    *place = moved;
  }
}

}  // namespace forklight::trace
