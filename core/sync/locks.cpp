// Lock, RLock, Semaphore, BoundedSemaphore: one semaphore each, with a private count in every process (E.1).
#include <fmt/format.h>
#include <pthread.h>

#include <atomic>

#include "core/gil/interrupt.h"
#include "core/process/facts.h"
#include "core/process/runtime.h"
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

struct SemLock::Handle {
  SemaphoreState* state;
  int maximum;
  bool recursive;
  BlockReason reason;
  std::uint32_t object;
  bool silent;  // part of another object: its own coming and going would drown that one's
  trace::StartMethod made_under = process::making().method;
  // Ours alone: how often this process holds it, by which thread. A forked child holds nothing.
  std::atomic<pid_t> process{0};
  std::atomic<int> count{0};
  std::atomic<pthread_t> thread{};

  void own_process() noexcept {
    if (const pid_t pid = process::Runtime::current().pid(); process.load(std::memory_order_relaxed) != pid) {
      process.store(pid, std::memory_order_relaxed);
      count.store(0, std::memory_order_relaxed);
    }
  }
};

namespace {

using trace::u64;

}  // namespace

bool SemLock::acquire(bool block, Timeout timeout) {
  gil::check_point();
  Handle& handle = *handle_;
  handle.own_process();
  Recorder& recorder = Recorder::current();
  if (!handle.silent) {
    recorder.gate(Kind::acquire_begin, handle.object);
    recorder.record(Kind::acquire_begin, handle.object, timeout_field(block, timeout));
  }
  bool taken = false;
  if (handle.recursive && is_mine()) {
    handle.count.fetch_add(1, std::memory_order_relaxed);
    taken = true;
  } else {
    taken = take(*handle.state, {handle.reason, handle.object}, block ? timeout : Timeout(0.0)) == Wait::taken;
    if (taken) {
      handle.thread.store(::pthread_self(), std::memory_order_relaxed);
      handle.count.fetch_add(1, std::memory_order_relaxed);
    }
  }
  if (!handle.silent) recorder.record(Kind::acquire_end, handle.object, taken ? 1 : 0, u64(value()));
  return taken;
}

void SemLock::release() {
  Handle& handle = *handle_;
  handle.own_process();
  Recorder& recorder = Recorder::current();
  if (!handle.silent) recorder.gate(Kind::release, handle.object);
  if (handle.recursive) {
    if (!is_mine()) throw PythonError(Fact::E_06);
    if (handle.count.load(std::memory_order_relaxed) > 1) {
      handle.count.fetch_sub(1, std::memory_order_relaxed);
      return;
    }
  } else if (sync::value(*handle.state) >= handle.maximum) {
    throw PythonError(Fact::E_01);  // also E-09; anybody may release a Lock (E-02)
  }
  handle.count.fetch_sub(1, std::memory_order_relaxed);
  // On record before it happens, or who takes it could be on record first.
  if (!handle.silent) recorder.record(Kind::release, handle.object, u64(sync::value(*handle.state) + 1));
  give(*handle.state);
}

void SemLock::depart(process::Departure& out) const {
  const Handle& handle = *handle_;
  out.number(handle.object).semaphores(handle.made_under).part(handle.state).number(handle.maximum).number(handle.recursive);
  out.number(handle.reason).number(handle.silent);
}

std::shared_ptr<SemLock::Handle> SemLock::arrived(process::Arrival& in) {
  const auto object = in.number<std::uint32_t>();
  const auto made_under = in.number<trace::StartMethod>();
  auto* const state = in.part<SemaphoreState>();
  const auto maximum = in.number<int>();
  const bool recursive = in.number<bool>();
  const auto reason = in.number<BlockReason>();
  const bool silent = in.number<bool>();
  return in.once<Handle>(object, 0, [&] {
    auto handle = std::make_shared<Handle>();
    handle->state = state;
    handle->maximum = maximum;
    handle->recursive = recursive;
    handle->reason = reason;
    handle->object = object;
    handle->silent = silent;
    handle->made_under = made_under;
    return handle;
  });
}

std::uint32_t SemLock::object() const noexcept { return handle_->object; }

int SemLock::value() const noexcept { return sync::value(*handle_->state); }

bool SemLock::is_mine() const noexcept {
  handle_->own_process();
  return handle_->count.load(std::memory_order_relaxed) > 0 && ::pthread_equal(handle_->thread.load(std::memory_order_relaxed), ::pthread_self()) != 0;
}

namespace {

// An object that belongs to another one stays silent but for its waits.
template <typename Handle>
std::shared_ptr<Handle> make(int initial, int maximum, bool recursive, BlockReason reason, ObjectKind kind, const std::string& label,
                             std::uint32_t owner) {
  if (initial < 0) throw PythonError(Fact::E_10);
  auto handle = std::make_shared<Handle>();
  handle->state = make_semaphore(initial);
  handle->maximum = maximum;
  handle->recursive = recursive;
  handle->reason = reason;
  handle->object = announce(kind, label, owner, static_cast<std::uint32_t>(initial));
  handle->silent = owner != 0;
  return handle;
}

}  // namespace

Lock::Lock(std::string label, std::uint32_t owner)
    : SemLock(make<Handle>(1, 1, false, BlockReason::lock, ObjectKind::lock, label, owner)) {}

RLock::RLock(std::string label, std::uint32_t owner)
    : SemLock(make<Handle>(1, 1, true, BlockReason::lock, ObjectKind::rlock, label, owner)) {}

Semaphore::Semaphore(int value, std::string label, std::uint32_t owner)
    : SemLock(make<Handle>(value, kSemValueMax, false, BlockReason::semaphore, ObjectKind::semaphore, label, owner)) {}

BoundedSemaphore::BoundedSemaphore(int value, std::string label, std::uint32_t owner)
    : SemLock(make<Handle>(value, value, false, BlockReason::semaphore, ObjectKind::bounded_semaphore, label, owner)) {}

namespace {

// Who holds what this thread holds: the process, and the thread too unless it is the main one (E-05).
std::string own_name() {
  const Recorder& recorder = Recorder::current();
  std::string name = process::Runtime::current().name();
  if (!recorder.attached()) return name;
  const trace::Slot& slot = recorder.region().slot(recorder.slot());
  if (slot.kind == trace::TaskKind::thread) name += fmt::format("|{}", static_cast<const char*>(slot.name));
  return name;
}

}  // namespace

std::string Lock::repr() const {
  std::string owner = "SomeOtherProcess";
  if (is_mine()) {
    owner = own_name();
  } else if (value() == 1) {
    owner = "None";
  } else if (handle_->count.load(std::memory_order_relaxed) > 0) {
    owner = "SomeOtherThread";
  }
  return fmt::format("<Lock(owner={})>", owner);
}

std::string RLock::repr() const {
  if (is_mine()) return fmt::format("<RLock({}, {})>", own_name(), handle_->count.load(std::memory_order_relaxed));
  if (value() == 1) return "<RLock(None, 0)>";
  if (handle_->count.load(std::memory_order_relaxed) > 0) return "<RLock(SomeOtherThread, nonzero)>";
  return "<RLock(SomeOtherProcess, nonzero)>";
}

}  // namespace forklight::sync
