#include "core/supervisor/pace.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "core/base/clock.h"

namespace forklight::supervisor {

using trace::Gate;
using trace::Kind;
using trace::TaskId;

namespace {
constexpr std::int64_t kEffect = 300 * base::kMillisecond;  // in which what was let go has had its effect on the others
constexpr std::int64_t kComingBack = base::kSecond;  // what came back at once takes no longer
constexpr std::uint64_t kAllFree = std::numeric_limits<std::uint64_t>::max();
}

PaceControl::PaceControl(const trace::Region& region, PaceSetting setting)
    : region_(&region), rate_(std::clamp(setting.rate, kMinRate, kMaxRate)), replay_(std::move(setting.replay)) {
  // The first task has all the time that it takes to start the engine.
  position_since_ns_ = base::now_ns() + 10 * base::kSecond;
  if (setting.pace != Pace::real) enter(setting.pace);
}

void PaceControl::set_real() {
  const std::lock_guard lock(mutex_);
  before_hold_.reset();
  enter(Pace::real);
}

void PaceControl::set_slow(int per_second) {
  const std::lock_guard lock(mutex_);
  before_hold_.reset();
  rate_ = std::clamp(per_second, kMinRate, kMaxRate);
  next_slow_ns_ = std::min(next_slow_ns_, base::now_ns() + base::kSecond / rate_);
  enter(Pace::slow);
}

void PaceControl::set_step() {
  const std::lock_guard lock(mutex_);
  before_hold_.reset();
  enter(Pace::step);
}

void PaceControl::hold() {
  const std::lock_guard lock(mutex_);
  if (pace_ == Pace::step) return;
  before_hold_ = pace_;
  enter(Pace::step);
}

void PaceControl::go_on() {
  const std::lock_guard lock(mutex_);
  if (pace_ == Pace::step) enter(std::exchange(before_hold_, std::nullopt).value_or(Pace::real));
}

bool PaceControl::step(TaskId task) {
  const std::lock_guard lock(mutex_);
  if (pace_ != Pace::step) return false;
  for (const Waiting& one : waiting()) {
    if (task != 0 && one.at.task != task) continue;
    let_go(one.slot, Pace::step);
    return true;
  }
  return false;
}

Pace PaceControl::pace() const {
  const std::lock_guard lock(mutex_);
  return pace_;
}

int PaceControl::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

bool PaceControl::held() const {
  const std::lock_guard lock(mutex_);
  return before_hold_.has_value();
}

std::vector<trace::AtGate> PaceControl::at_gate() const {
  const std::lock_guard lock(mutex_);
  std::vector<trace::AtGate> list;
  if (pace_ == Pace::real) return list;
  for (const Waiting& one : waiting()) list.push_back(one.at);
  return list;
}

PaceControl::Progress PaceControl::progress() const {
  const std::lock_guard lock(mutex_);
  return {position_, replay_.choices.size()};
}

std::optional<Departure> PaceControl::departure() const {
  const std::lock_guard lock(mutex_);
  return departure_;
}

bool PaceControl::tick(std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (pace_ == Pace::real) return false;
  // A slot that was claimed while the gate was being shut may have missed it.
  for (std::uint32_t index = 1; index < region_->slots_used(); ++index) {
    auto& gate = region_->slot(index).gate;
    if (gate.load(std::memory_order_relaxed) != Gate::shut) gate.store(Gate::shut);
  }
  if (pace_ == Pace::slow) tick_slow(now_ns);
  return pace_ == Pace::replay && tick_replay(now_ns);
}

void PaceControl::finish() {
  const std::lock_guard lock(mutex_);
  if (pace_ == Pace::replay && deed_waits()) {
    give_up_deed({});
  } else if (pace_ == Pace::replay && position_ < replay_.choices.size()) {
    depart({Departure::Why::run_ended, position_, replay_.choices[position_]});
  }
}

std::vector<PaceControl::Waiting> PaceControl::waiting() const {
  std::vector<Waiting> list;
  for (std::uint32_t index = 1; index < region_->slots_used(); ++index) {
    if (const auto at = trace::at_gate(region_->slot(index))) list.push_back({index, *at});
  }
  std::sort(list.begin(), list.end(), [](const Waiting& x, const Waiting& y) {
    return std::tie(x.at.since_ns, x.at.task) < std::tie(y.at.since_ns, y.at.task);
  });
  return list;
}

void PaceControl::enter(Pace pace) {
  if (pace_ == Pace::replay) {  // what it lets pass freely is no other pace's to let pass
    for (std::uint32_t index = 1; index < region_->slots_used(); ++index) region_->slot(index).stand.free_before.store(0);
  }
  if (pace == Pace::replay && pace_ != Pace::replay) position_since_ns_ = std::max(position_since_ns_, base::now_ns());
  pace_ = pace;
  trace::set_gate(*region_, pace == Pace::real ? Gate::open : Gate::shut);
  if (pace != Pace::real) return;
  for (const Waiting& one : waiting()) let_go(one.slot, Pace::real);
}

void PaceControl::let_go(std::uint32_t slot, Pace how) {
  if (trace::let_go(region_->slot(slot), how, ordinal_ + 1)) ++ordinal_;
}

void PaceControl::tick_slow(std::int64_t now_ns) {
  if (now_ns < next_slow_ns_) return;
  const auto list = waiting();
  if (list.empty()) return;
  let_go(list.front().slot, Pace::slow);
  // In time, so long as somebody stands there: a late look must not make the next one late too.
  const std::int64_t interval = base::kSecond / rate_;
  next_slow_ns_ = now_ns - next_slow_ns_ < interval ? next_slow_ns_ + interval : now_ns + interval;
}

std::string PaceControl::name_in(std::uint32_t index) const {
  const auto plain = [](const trace::Slot& slot) { return std::string(slot.name, std::find(slot.name, slot.name + trace::kMaxName, '\0')); };
  const trace::Slot& slot = region_->slot(index);
  if (slot.kind == trace::TaskKind::process) return plain(slot);
  for (std::uint32_t other = 1; other < region_->slots_used(); ++other) {
    const trace::Slot& process = region_->slot(other);
    if (process.state.load(std::memory_order_acquire) == trace::SlotState::live && process.kind == trace::TaskKind::process &&
        process.pid.load(std::memory_order_relaxed) == slot.pid.load(std::memory_order_relaxed)) {
      return plain(process) + "/" + plain(slot);
    }
  }
  return plain(slot);
}

// What was done before in the recorded run is done before this time, too: two that print would race else.
bool PaceControl::others_are_under_way(std::int64_t now_ns, const std::vector<std::string>& as_recorded) const {
  if (now_ns - position_since_ns_ > kComingBack) return false;
  return std::any_of(gone_.begin(), gone_.end(), [&](const LetGo& one) {
    const trace::Slot& slot = region_->slot(one.slot);
    if (slot.task != one.task || slot.state.load(std::memory_order_acquire) != trace::SlotState::live || trace::at_gate(slot)) return false;
    const bool on_its_way = slot.stand.turn.load(std::memory_order_acquire) == trace::Turn::go;  // it has not woken up yet
    return on_its_way || std::find(as_recorded.begin(), as_recorded.end(), one.name) == as_recorded.end();
  });
}

std::optional<Deed> PaceControl::deed_due(std::int64_t now_ns) const {
  const std::lock_guard lock(mutex_);
  if (pace_ != Pace::replay || !deed_waits()) return std::nullopt;
  const Deed& deed = replay_.deeds[deed_];
  // What the last one does has its effect first, as far as a person had waited for it.
  const bool early = position_ > 0 && now_ns - position_since_ns_ < std::min(deed.lag_ns, kEffect);
  if (early || others_are_under_way(now_ns, deed.under_way)) return std::nullopt;
  return deed;
}

void PaceControl::deed_asked(std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  position_since_ns_ = now_ns;
}

void PaceControl::deed_done() {
  const std::lock_guard lock(mutex_);
  if (deed_ < replay_.deeds.size()) ++deed_;
  position_since_ns_ = base::now_ns();
}

void PaceControl::deed_refused(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (pace_ == Pace::replay && deed_waits()) give_up_deed(why);
}

void PaceControl::give_up_deed(std::string why) {
  depart({.why = Departure::Why::deed, .position = deed_, .expected = {}, .deed = replay_.deeds[deed_], .refusal = std::move(why)});
}

TaskId PaceControl::task_named(const std::string& name) const {
  for (std::uint32_t index = 1; index < region_->slots_used(); ++index) {
    const trace::Slot& slot = region_->slot(index);
    if (slot.state.load(std::memory_order_acquire) == trace::SlotState::live && name_in(index) == name) return slot.task;
  }
  return 0;
}

// The next choice of a task, from that operation of it on.
const Choice* PaceControl::next_of(const std::string& task, std::uint64_t number) const {
  for (std::size_t i = position_; i < replay_.choices.size(); ++i) {
    const Choice& choice = replay_.choices[i];
    if (choice.task == task && choice.number >= number) return &choice;
  }
  for (const Choice& choice : replay_.left_standing) {
    if (choice.task == task && choice.number >= number) return &choice;
  }
  return nullptr;
}

// Lets go whom the recorded run let go next, and everybody who was not held there at all. True when the replay is over.
bool PaceControl::tick_replay(std::int64_t now_ns) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const Waiting& one : waiting()) {
      const std::string name = name_in(one.slot);
      const Choice* choice = next_of(name, one.at.number);
      auto& free_before = region_->slot(one.slot).stand.free_before;
      if (choice == nullptr || choice->number > one.at.number) {  // it passed here without being held
        free_before.store(choice == nullptr ? kAllFree : choice->number);
        let_go(one.slot, Pace::replay);
        continue;
      }
      if (deed_waits() || choice != replay_.choices.data() + position_) continue;
      if (others_are_under_way(now_ns, choice->under_way)) continue;
      if (choice->operation != one.at.operation) {
        depart({Departure::Why::other_operation, position_, *choice, one.at.operation});
        return true;
      }
      ++position_;
      position_since_ns_ = now_ns;
      if (std::none_of(gone_.begin(), gone_.end(), [&](const LetGo& gone) { return gone.slot == one.slot && gone.task == one.at.task; })) {
        gone_.push_back({name, one.slot, one.at.task});
      }
      const Choice* after = next_of(name, one.at.number + 1);
      free_before.store(after == nullptr ? kAllFree : after->number);
      let_go(one.slot, Pace::replay);
      moved = true;
    }
  }
  if (deed_waits()) {
    if (now_ns - position_since_ns_ < kReplayPatience_ns + std::min(replay_.deeds[deed_].lag_ns, kEffect)) return false;
    give_up_deed({});
    return true;
  }
  if (position_ == replay_.choices.size()) {
    enter(replay_.then);
    return true;
  }
  const Choice& expected = replay_.choices[position_];
  if (now_ns - position_since_ns_ < kReplayPatience_ns + expected.lag_ns) return false;
  depart({Departure::Why::late, position_, expected});
  return true;
}

void PaceControl::depart(Departure departure) {
  departure_ = std::move(departure);
  enter(Pace::step);
}

}  // namespace forklight::supervisor
