#include "core/timeline/kernel.h"

#include <algorithm>
#include <utility>

namespace forklight::timeline {

using trace::Kind;

namespace {

std::int32_t low(std::uint64_t ids) noexcept {
  return static_cast<std::int32_t>(ids & 0xffffffffU);
}

std::uint32_t who_of(const trace::Record& record) noexcept {
  return record.task != 0 ? record.task : OnCpu::kStranger | static_cast<std::uint32_t>(low(record.event.a));
}

constexpr auto kSampledAfter = [](std::int64_t time, const Kernel::Sample& sample) { return time < sample.time_ns; };
constexpr auto kBeginsAfter = [](std::int64_t time, const OnCpu& span) { return time < span.begin_ns; };

}  // namespace

Memory StepMath<Memory>::least(const Memory& left, const Memory& right) noexcept {
  return {std::min(left.rss, right.rss), std::min(left.pss, right.pss), std::min(left.private_pages, right.private_pages),
          std::min(left.shared_pages, right.shared_pages)};
}

Memory StepMath<Memory>::most(const Memory& left, const Memory& right) noexcept {
  return {std::max(left.rss, right.rss), std::max(left.pss, right.pss), std::max(left.private_pages, right.private_pages),
          std::max(left.shared_pages, right.shared_pages)};
}

Memory StepMath<Memory>::sum(const Memory& left, const Memory& right) noexcept {
  return {left.rss + right.rss, left.pss + right.pss, left.private_pages + right.private_pages,
          left.shared_pages + right.shared_pages};
}

const OnCpu* CpuTrack::at(std::int64_t time_ns) const noexcept {
  const auto after = std::upper_bound(spans_.begin(), spans_.end(), time_ns, kBeginsAfter);
  if (after == spans_.begin() || time_ns >= (after - 1)->end_ns) return nullptr;
  return &*(after - 1);
}

// The length of all spans before one; whole blocks are known, the rest is added up.
std::int64_t CpuTrack::ended_before(std::size_t index) const {
  const auto length = [this](std::size_t i) {
    const OnCpu& span = spans_[i];
    return span.is_hole() || span.end_ns == kOpen ? 0 : span.end_ns - span.begin_ns;
  };
  const std::size_t wanted = index / kBlock;
  std::size_t known = std::min(clean_ / kBlock, sums_.empty() ? 0 : sums_.size() - 1);
  sums_.resize(std::max(known, wanted) + 1);
  for (; known < wanted; ++known) {
    std::int64_t sum = sums_[known];
    for (std::size_t i = known * kBlock; i < (known + 1) * kBlock; ++i) sum += length(i);
    sums_[known + 1] = sum;
    clean_ = (known + 1) * kBlock;
  }
  std::int64_t sum = sums_[wanted];
  for (std::size_t i = wanted * kBlock; i < index; ++i) sum += length(i);
  return sum;
}

std::int64_t CpuTrack::busy_until(std::int64_t time_ns) const {
  const auto after = std::partition_point(spans_.begin(), spans_.end(), [&](const OnCpu& span) { return span.end_ns <= time_ns; });
  return busy_until(time_ns, static_cast<std::size_t>(after - spans_.begin()));
}

// All that had ended, and what of the one that goes on lies before.
std::int64_t CpuTrack::busy_until(std::int64_t time_ns, std::size_t first_ending_after) const {
  const std::int64_t ended = ended_before(first_ending_after);
  if (first_ending_after >= spans_.size() || spans_[first_ending_after].is_hole()) return ended;
  return ended + std::max<std::int64_t>(0, time_ns - spans_[first_ending_after].begin_ns);
}

std::int64_t CpuTrack::busy_ns(std::int64_t from_ns, std::int64_t until_ns, std::int64_t now_ns) const {
  until_ns = std::min(until_ns, now_ns);
  return until_ns <= from_ns ? 0 : busy_until(until_ns) - busy_until(from_ns);
}

// Whatever stands around it: a late one is put between the others, and ends where the next begins.
OnCpu& CpuTrack::insert(OnCpu span) {
  auto place = std::upper_bound(spans_.begin(), spans_.end(), span.begin_ns, kBeginsAfter);
  if (place != spans_.end()) span.end_ns = std::min(span.end_ns, place->begin_ns);
  if (place != spans_.begin()) {
    OnCpu& before = *(place - 1);
    if (before.end_ns > span.begin_ns) {
      if (before.end_ns == kOpen) before.left = Left::lost;  // nobody has told how it left
      before.end_ns = span.begin_ns;
      changed(&before);
    }
  }
  place = spans_.insert(place, span);
  changed(&*place);
  return *place;
}

// The stretch of somebody (0: of anybody) that had begun and whose end has not been told; nothing if there is none.
OnCpu* CpuTrack::open_at(std::int64_t time_ns, std::uint32_t who) noexcept {
  const auto after = std::upper_bound(spans_.begin(), spans_.end(), time_ns, kBeginsAfter);
  // The next one may have begun in the same nanosecond.
  for (auto span = after; span != spans_.begin() && after - span < 3;) {
    --span;
    if (span->left == Left::still_on && (who == 0 || span->who == who)) return &*span;
  }
  return nullptr;
}

void CpuTrack::changed(const OnCpu* span) noexcept {
  clean_ = std::min(clean_, static_cast<std::size_t>(span - spans_.data()));
}

char Kernel::OfTask::state_at(std::int64_t time_ns) const noexcept {
  const auto after = std::upper_bound(states.begin(), states.end(), time_ns,
                                      [](std::int64_t time, const StateAt& state) { return time < state.time_ns; });
  return after == states.begin() ? '\0' : (after - 1)->letter;
}

const Kernel::OfTask* Kernel::find(TaskId task) const noexcept {
  const auto found = tasks_.find(task);
  return found == tasks_.end() ? nullptr : &found->second;
}

const std::string& Kernel::name_of_stranger(std::uint32_t who) const noexcept {
  static const std::string kUnknown;
  const auto found = names_.find(who);
  return found == names_.end() ? kUnknown : found->second;
}

Kernel::OfTask& Kernel::of(const trace::Record& record) {
  return tasks_[who_of(record)];
}

const Kernel::Sample* Kernel::Core::sample_at(std::int64_t time_ns) const noexcept {
  constexpr std::int64_t kFresh = 15'000'000;  // looks are 10 ms apart at best
  const auto after = std::upper_bound(samples.begin(), samples.end(), time_ns, kSampledAfter);
  return after == samples.begin() || (after - 1)->time_ns < time_ns - kFresh ? nullptr : &*(after - 1);
}

Kernel::Core& Kernel::core_of(int cpu) {
  const auto place = std::lower_bound(cores_.begin(), cores_.end(), cpu, [](const Core& one, int number) { return one.cpu < number; });
  if (place != cores_.end() && place->cpu == cpu) return *place;
  return *cores_.insert(place, {cpu, {}});
}

void Kernel::take(const trace::Record& record) {
  const trace::Event& event = record.event;
  const auto remember_ids = [&](OfTask& task) {
    task.pid = static_cast<std::int32_t>(event.a >> 32);
    task.tid = low(event.a);
  };
  switch (event.kind) {
    case Kind::observing:
      mode_ = trace::Observing{event.a};
      refusal_ = static_cast<int>(event.b);
      mode_ns_ = event.time_ns;
      break;
    case Kind::cpu_in:
      remember_ids(of(record));
      enter(record);
      break;
    case Kind::cpu_out:
      ++switches_;
      leave(record, event.b == 1 ? Left::preempted : Left::own_will);
      break;
    case Kind::kernel_birth:
      remember_ids(of(record));
      of(record).birth_ns = event.time_ns;
      rare_.push_back(record);
      break;
    case Kind::kernel_death:
      of(record).death_ns = event.time_ns;
      leave(record, Left::died);
      rare_.push_back(record);
      break;
    case Kind::kernel_name:
      if (record.task == 0) names_[who_of(record)] = record.text;
      rare_.push_back(record);
      break;
    case Kind::kernel_lost:
      lost_ += event.a;
      tear(event);
      rare_.push_back(record);
      break;
    case Kind::state: {
      auto& states = tasks_[record.task].states;
      const auto after = std::upper_bound(states.begin(), states.end(), event.time_ns,
                                          [](std::int64_t time, const StateAt& state) { return time < state.time_ns; });
      const auto cpu = static_cast<std::int16_t>(static_cast<std::int64_t>(event.b) - 1);
      states.insert(after, {event.time_ns, static_cast<char>(event.a), cpu});
      if (mode_ != trace::Observing::sampling || event.a != 'R' || cpu < 0) break;
      auto& samples = core_of(cpu).samples;
      samples.insert(std::upper_bound(samples.begin(), samples.end(), event.time_ns, kSampledAfter), {event.time_ns, record.task});
      break;
    }
    case Kind::memory:
      tasks_[record.task].memory.set(
          event.time_ns, {static_cast<std::uint32_t>(event.a >> 32), static_cast<std::uint32_t>(event.a),
                          static_cast<std::uint32_t>(event.b >> 32), static_cast<std::uint32_t>(event.b)});
      break;
    default:
      break;
  }
}

void Kernel::enter(const trace::Record& record) {
  const trace::Event& event = record.event;
  OfTask& task = of(record);
  const OnCpu span{event.time_ns, kOpen, who_of(record), static_cast<std::uint16_t>(event.object), Left::still_on};
  const auto& before = task.on_cpu.spans();
  if (before.empty()) {
    if (task.birth_ns < event.time_ns) task.waited_ns += event.time_ns - task.birth_ns;
  } else if (before.back().left == Left::preempted && before.back().end_ns < event.time_ns) {
    task.waited_ns += event.time_ns - before.back().end_ns;
  }
  task.on_cpu.insert(span);
  core(static_cast<int>(event.object)).insert(span);
}

void Kernel::leave(const trace::Record& record, Left how) {
  const trace::Event& event = record.event;
  OfTask& task = of(record);
  if (how == Left::own_will) ++task.left_by_itself;
  if (how == Left::preempted) ++task.preempted;
  for (CpuTrack* const track : {&task.on_cpu, &core(static_cast<int>(event.object))}) {
    OnCpu* const span = track->open_at(event.time_ns, who_of(record));
    if (span == nullptr || span->cpu != event.object) continue;
    // One that came late ends where the next begins, at the latest.
    span->end_ns = std::min(span->end_ns, event.time_ns);
    span->left = how;
    track->changed(span);
  }
}

// Records of a core are missing: who was on it in between is not known.
void Kernel::tear(const trace::Event& event) {
  const auto first_ns = static_cast<std::int64_t>(std::min(event.b, static_cast<std::uint64_t>(event.time_ns)));
  CpuTrack& track = core(static_cast<int>(event.object));
  if (const OnCpu* const open = track.open_at(event.time_ns, 0); open != nullptr) {
    if (const auto found = tasks_.find(open->who); found != tasks_.end()) {
      OnCpu* const own = found->second.on_cpu.open_at(event.time_ns, open->who);
      if (own != nullptr && own->begin_ns == open->begin_ns) {
        own->end_ns = std::max(first_ns, own->begin_ns);
        own->left = Left::lost;
        found->second.on_cpu.changed(own);
      }
    }
  }
  track.insert({first_ns, event.time_ns, 0, static_cast<std::uint16_t>(event.object), Left::lost});
}

void Kernel::end(TaskId id, std::int64_t time_ns) {
  const auto found = tasks_.find(id);
  if (found == tasks_.end() || found->second.on_cpu.spans_.empty()) return;
  const OnCpu& last = found->second.on_cpu.spans_.back();
  // Its death as the kernel saw it may not have been read yet, and says more.
  if (last.left != Left::still_on || last.begin_ns >= time_ns) return;
  for (CpuTrack* const track : {&core(last.cpu), &found->second.on_cpu}) {
    OnCpu* const span = track->open_at(time_ns, id);
    if (span == nullptr || span->end_ns != kOpen) continue;
    span->end_ns = time_ns;
    track->changed(span);
  }
}

void Kernel::append_records(std::vector<trace::Record>& records) const {
  const std::size_t first = records.size();
  const auto add = [&](std::int64_t time_ns, Kind kind, std::uint32_t object, std::uint64_t a, std::uint64_t b, std::uint32_t who) {
    records.push_back({{time_ns, kind, 0, object, a, b}, (who & OnCpu::kStranger) != 0 ? 0 : who, {}});
  };
  if (mode_ != trace::Observing::nothing)
    add(mode_ns_, Kind::observing, 0, static_cast<std::uint64_t>(mode_), static_cast<std::uint64_t>(refusal_), 0);
  for (const auto& [who, task] : tasks_) {
    const std::uint64_t ids = static_cast<std::uint64_t>(static_cast<std::uint32_t>(task.pid)) << 32 | static_cast<std::uint32_t>(task.tid);
    for (const OnCpu& span : task.on_cpu.spans_) {
      add(span.begin_ns, Kind::cpu_in, span.cpu, ids, 0, who);
      if (span.left == Left::own_will || span.left == Left::preempted)
        add(span.end_ns, Kind::cpu_out, span.cpu, ids, span.left == Left::preempted ? 1 : 0, who);
    }
    for (const StateAt& state : task.states) add(state.time_ns, Kind::state, 0, static_cast<unsigned char>(state.letter), static_cast<std::uint64_t>(state.cpu + 1), who);
    for (const auto& point : task.memory.points()) {
      const Memory& memory = point.value;
      add(point.time_ns, Kind::memory, 0, std::uint64_t{memory.rss} << 32 | memory.pss,
          std::uint64_t{memory.private_pages} << 32 | memory.shared_pages, who);
    }
  }
  records.insert(records.end(), rare_.begin(), rare_.end());
  // In the same nanosecond one leaves a core before the next comes.
  std::sort(records.begin() + static_cast<std::ptrdiff_t>(first), records.end(), [](const auto& left, const auto& right) {
    const auto rank = [](const trace::Event& event) { return event.kind == Kind::cpu_in ? 1 : 0; };
    return std::pair(left.event.time_ns, rank(left.event)) < std::pair(right.event.time_ns, rank(right.event));
  });
}

}  // namespace forklight::timeline
