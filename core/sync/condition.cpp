// Condition, Event and Barrier, built as CPython builds them: a killed sleeper freezes who notifies (E-30 to E-32).
#include <fmt/format.h>

#include <climits>

#include "core/base/clock.h"
#include "core/process/facts.h"
#include "core/process/start_method.h"
#include "core/sync/raw.h"
#include "core/sync/sync.h"
#include "core/trace/recorder.h"

namespace forklight::sync {

using process::Fact;
using process::PythonError;
using trace::BlockReason;
using trace::Kind;
using trace::ObjectKind;
using trace::Recorder;

namespace {

using trace::u64;

// The lock inside an Event or a Barrier is part of it: taken and given without a word.
constexpr std::string_view kInnerLock = "lock";

}  // namespace

// --- Condition --------------------------------------------------------------------------------------------------------

struct Condition::Handle {
  SemLock lock;
  bool recursive;
  ConditionState state;
  std::uint32_t object;
};

Condition::Condition(std::string label, std::uint32_t owner) {
  const std::uint32_t object = announce(ObjectKind::condition, label, owner, 0);
  handle_ = std::make_shared<Handle>(Handle{RLock(std::string(kInnerLock), object), true, make_condition(), object});
}

Condition::Condition(Lock lock, std::string label, std::uint32_t owner) {
  handle_ = std::make_shared<Handle>(Handle{lock, false, make_condition(), announce(ObjectKind::condition, label, owner, 0)});
}

bool Condition::acquire() { return handle_->lock.acquire(); }

void Condition::release() { handle_->lock.release(); }

bool Condition::wait(Timeout timeout) {
  if (!handle_->lock.is_mine()) throw PythonError(Fact::E_15_wait);
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::wait_begin, handle_->object);
  recorder.record(Kind::wait_begin, handle_->object, timeout_field(true, timeout));
  // A lock taken several times is let go of completely.
  int taken = 0;
  const bool woken = wait_on(
      handle_->state, {BlockReason::condition, handle_->object}, timeout,
      [&] {
        while (handle_->lock.is_mine()) {
          handle_->lock.release();
          ++taken;
        }
      },
      [&] {
        for (int i = 0; i < taken; ++i) handle_->lock.acquire();
      });
  recorder.record(Kind::wait_end, handle_->object, woken ? 1 : 0, handle_->state.generation->load(std::memory_order_relaxed));
  return woken;
}

bool Condition::wait_for(const std::function<bool()>& predicate, Timeout timeout) {
  const std::int64_t until = timeout ? base::now_ns() + static_cast<std::int64_t>(*timeout * 1e9) : 0;
  bool holds = predicate();
  while (!holds) {
    Timeout left;
    if (timeout) {
      left = static_cast<double>(until - base::now_ns()) / 1e9;
      if (*left <= 0) break;
    }
    wait(left);
    holds = predicate();
  }
  return holds;
}

void Condition::notify(int count) {
  if (!handle_->lock.is_mine()) throw PythonError(Fact::E_15_notify);
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::notify, handle_->object);
  const std::uint64_t generation = handle_->state.generation->load(std::memory_order_relaxed) + 1;
  const std::int64_t began = base::now_ns();
  const int woken = sync::notify(handle_->state, {BlockReason::condition, handle_->object}, count);
  recorder.record_at(began, Kind::notify, recorder.line(), handle_->object, generation, u64(woken));
}

void Condition::notify_all() { notify(INT_MAX); }

void Condition::depart(process::Departure& out) const {
  out.number(handle_->object);
  handle_->lock.depart(out);
  out.number(handle_->recursive);
  sync::depart(out, handle_->state);
}

Condition Condition::arrive(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  const SemLock lock = SemLock::arrive(in);
  const bool recursive = in.number<bool>();
  const ConditionState state = arrive_condition(in);
  return Condition(in.once<Handle>(object, 0, [&] { return std::make_shared<Handle>(Handle{lock, recursive, state, object}); }));
}

std::uint32_t Condition::object() const noexcept { return handle_->object; }

// --- Event ------------------------------------------------------------------------------------------------------------

struct Event::Handle {
  std::uint32_t object;
  SemaphoreState *lock, *flag;
  ConditionState state;
  trace::StartMethod made_under = process::making().method;

  [[nodiscard]] Waiting waiting() const noexcept { return {BlockReason::event, object}; }
  void enter() const { (void)take(*lock, waiting(), std::nullopt); }
  void leave() const { give(*lock); }
  [[nodiscard]] bool flagged() const {
    if (!try_take(*flag)) return false;
    give(*flag);
    return true;
  }
};

Event::Event(std::string label) {
  handle_ = std::make_shared<Handle>(Handle{announce(ObjectKind::event, label, 0, 0), make_semaphore(1), make_semaphore(0), make_condition()});
  const ConditionState& state = handle_->state;
  publish(handle_->object, ObjectKind::event, {handle_->lock, handle_->flag, state.sleeping, state.woken, state.wait, state.generation});
}

bool Event::is_set() {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::wait_begin, handle_->object);
  recorder.record(Kind::wait_begin, handle_->object, 0);
  handle_->enter();
  const bool set = handle_->flagged();
  recorder.record(Kind::wait_end, handle_->object, set ? 1 : 0, handle_->state.generation->load(std::memory_order_relaxed));
  handle_->leave();
  return set;
}

void Event::set() {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::set, handle_->object);
  handle_->enter();
  (void)try_take(*handle_->flag);
  give(*handle_->flag);
  // Who waits wakes by this generation; on record first, so that the cause comes before what it causes.
  recorder.record(Kind::set, handle_->object, handle_->state.generation->load(std::memory_order_relaxed) + 1);
  sync::notify(handle_->state, handle_->waiting(), INT_MAX);
  handle_->leave();
}

void Event::clear() {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::clear, handle_->object);
  handle_->enter();
  (void)try_take(*handle_->flag);
  recorder.record(Kind::clear, handle_->object, handle_->state.generation->load(std::memory_order_relaxed));
  handle_->leave();
}

bool Event::wait(Timeout timeout) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::wait_begin, handle_->object);
  recorder.record(Kind::wait_begin, handle_->object, timeout_field(true, timeout));
  handle_->enter();
  if (!handle_->flagged()) {
    (void)wait_on(handle_->state, handle_->waiting(), timeout, [&] { handle_->leave(); }, [&] { handle_->enter(); });
  }
  const bool set = handle_->flagged();
  recorder.record(Kind::wait_end, handle_->object, set ? 1 : 0, handle_->state.generation->load(std::memory_order_relaxed));
  handle_->leave();
  return set;
}

std::string Event::repr() {
  return fmt::format("<Event at {} {}>", fmt::ptr(handle_.get()), is_set() ? "set" : "unset");
}

void Event::depart(process::Departure& out) const {
  out.number(handle_->object).semaphores(handle_->made_under).part(handle_->lock).part(handle_->flag);
  sync::depart(out, handle_->state);
}

Event Event::arrive(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  const auto made_under = in.number<trace::StartMethod>();
  auto* const lock = in.part<SemaphoreState>();
  auto* const flag = in.part<SemaphoreState>();
  const ConditionState state = arrive_condition(in);
  return Event(in.once<Handle>(object, 0, [&] { return std::make_shared<Handle>(Handle{object, lock, flag, state, made_under}); }));
}

std::uint32_t Event::object() const noexcept { return handle_->object; }

// --- Barrier ----------------------------------------------------------------------------------------------------------

namespace {

enum BarrierStage : std::int32_t { kFilling = 0, kDraining = 1, kResetting = -1, kBroken = -2 };

struct BarrierState {
  std::atomic<std::int32_t> stage, count;  // only touched under the lock; atomic for those who only look
  std::atomic<std::uint32_t> generation;
};

}  // namespace

struct Barrier::Handle {
  std::uint32_t object;
  int parties;
  SemaphoreState* lock;
  ConditionState condition;
  BarrierState* state;
  trace::StartMethod made_under = process::making().method;

  [[nodiscard]] Waiting waiting() const noexcept { return {BlockReason::barrier, object}; }
  void enter() const { (void)take(*lock, waiting(), std::nullopt); }
  void leave() const { give(*lock); }
  bool sleep(const Timeout& timeout) const {
    return wait_on(condition, waiting(), timeout, [&] { leave(); }, [&] { enter(); });
  }
  int wake_all() const { return sync::notify(condition, waiting(), INT_MAX); }
  // Those who wait are told that it is broken: a generation that nobody has filled.
  void turn_away() const {
    Recorder& recorder = Recorder::current();
    const std::int64_t began = base::now_ns();
    const std::uint64_t generation = ++state->generation;
    const int woken = wake_all();
    recorder.record_at(began, Kind::notify, recorder.line(), object, generation, u64(woken));
  }
  void break_it() const {
    state->stage = kBroken;
    turn_away();
  }
};

Barrier::Barrier(int parties, std::string label) {
  handle_ = std::make_shared<Handle>(Handle{announce(ObjectKind::barrier, label, 0, static_cast<std::uint32_t>(parties)), parties,
                                            make_semaphore(1), make_condition(), shared<BarrierState>()});
}

int Barrier::wait(Timeout timeout) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::wait_begin, handle_->object);
  recorder.record(Kind::wait_begin, handle_->object, timeout_field(true, timeout));
  BarrierState& state = *handle_->state;
  handle_->enter();
  while (state.stage == kResetting || state.stage == kDraining) (void)handle_->sleep(std::nullopt);
  bool broken = state.stage < 0;
  const int index = state.count;
  if (!broken) {
    ++state.count;
    if (index + 1 == handle_->parties) {
      state.stage = kDraining;
      recorder.record(Kind::barrier_full, handle_->object, ++state.generation, u64(handle_->parties));
      handle_->wake_all();
    } else {
      const std::int64_t until = timeout ? base::now_ns() + static_cast<std::int64_t>(*timeout * 1e9) : 0;
      while (state.stage == kFilling) {
        Timeout left;
        if (timeout) left = static_cast<double>(until - base::now_ns()) / 1e9;
        if ((left && *left <= 0) || (!handle_->sleep(left) && state.stage == kFilling)) {
          handle_->break_it();  // E-20
          break;
        }
      }
      broken = state.stage < 0;
    }
    --state.count;
    if (state.count == 0 && (state.stage == kResetting || state.stage == kDraining)) {
      state.stage = kFilling;
      handle_->wake_all();
    }
  }
  recorder.record(Kind::wait_end, handle_->object, broken ? 2 : 1, state.generation);
  handle_->leave();
  if (broken) throw PythonError(Fact::E_20);
  return index;
}

void Barrier::abort() {
  Recorder::current().gate(Kind::notify, handle_->object);
  handle_->enter();
  handle_->break_it();
  handle_->leave();
}

void Barrier::reset() {
  Recorder::current().gate(Kind::notify, handle_->object);
  BarrierState& state = *handle_->state;
  handle_->enter();
  if (state.count > 0) {
    if (state.stage == kFilling || state.stage == kBroken) state.stage = kResetting;
  } else {
    state.stage = kFilling;
  }
  handle_->turn_away();
  handle_->leave();
}

bool Barrier::broken() { return handle_->state->stage == kBroken; }

int Barrier::n_waiting() { return handle_->state->stage == kFilling ? handle_->state->count.load() : 0; }

void Barrier::depart(process::Departure& out) const {
  out.number(handle_->object).semaphores(handle_->made_under).number(handle_->parties).part(handle_->lock);
  sync::depart(out, handle_->condition);
  out.part(handle_->state);
}

Barrier Barrier::arrive(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  const auto made_under = in.number<trace::StartMethod>();
  const auto parties = in.number<int>();
  auto* const lock = in.part<SemaphoreState>();
  const ConditionState condition = arrive_condition(in);
  auto* const state = in.part<BarrierState>();
  return Barrier(in.once<Handle>(object, 0, [&] { return std::make_shared<Handle>(Handle{object, parties, lock, condition, state, made_under}); }));
}

std::uint32_t Barrier::object() const noexcept { return handle_->object; }

}  // namespace forklight::sync
