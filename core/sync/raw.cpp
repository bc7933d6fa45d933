#include "core/sync/raw.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>
#include <cmath>
#include <new>
#include <string>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/gil/interrupt.h"
#include "core/process/facts.h"
#include "core/process/resource_tracker.h"
#include "core/process/runtime.h"
#include "core/process/start_method.h"
#include "core/trace/recorder.h"

namespace forklight::sync {

using trace::Recorder;

namespace {

const trace::Region& region() { return *process::Runtime::current().context().region; }

std::string_view kind_name(trace::ObjectKind kind) {
  static constexpr std::string_view kNames[] = {"Pipe",      "Queue",            "SimpleQueue", "JoinableQueue", "Lock",    "RLock", "Semaphore",
                                                "BoundedSemaphore", "Condition", "Event",       "Barrier",       "Value",   "Array",
                                                "GIL",              "Pool",      "ProcessPoolExecutor"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace

std::byte* shared_memory(std::size_t bytes) {
  std::byte* memory = region().allocate(bytes);
  if (memory == nullptr) throw process::os_error(ENOMEM);
  return memory;
}

std::uint32_t announce(trace::ObjectKind kind, const std::string& label, std::uint32_t owner, std::uint32_t size) {
  const auto number = region().number_object(kind);
  const std::string name = label.empty() ? fmt::format("{}-{}", kind_name(kind), number.ordinal) : label;
  Recorder::current().record_text(trace::Kind::object_new, number.id, static_cast<std::uint64_t>(kind),
                                  static_cast<std::uint64_t>(owner) << 32 | size, name);
  return number.id;
}

SemaphoreState* make_semaphore(int value) {
  if (process::making().method != trace::StartMethod::fork) process::register_semaphore();  // there Python's have names (S.3)
  auto* state = new (shared_memory(sizeof(SemaphoreState))) SemaphoreState{};
  if (::sem_init(&state->semaphore, 1, static_cast<unsigned>(value)) != 0) throw process::os_error(errno);
  return state;
}

namespace {

// Also tells ThreadSanitizer, which does not know sem_clockwait, what came before.
void note_holder(SemaphoreState& state) noexcept {
  (void)state.holder.load(std::memory_order_acquire);
  state.holder.store(Recorder::current().task(), std::memory_order_relaxed);
}

}  // namespace

bool try_take(SemaphoreState& state) noexcept {
  if (base::retry_eintr([&] { return ::sem_trywait(&state.semaphore); }) != 0) return false;
  note_holder(state);
  return true;
}

Wait take(SemaphoreState& state, const Waiting& waiting, std::optional<double> timeout) {
  if (try_take(state)) return Wait::taken;
  if (timeout && !(*timeout > 0)) return Wait::timed_out;
  const std::int64_t limit = timeout ? std::llround(std::min(*timeout, 1e9) * 1e9) : gil::kNoTimeout;
  {
    const gil::Blocking blocking(waiting.reason, waiting.object, limit, state.holder.load(std::memory_order_relaxed));
    if (timeout) {
      const timespec until = base::to_timespec(base::now_ns() + limit);
      if (gil::interruptible([&] { return ::sem_clockwait(&state.semaphore, CLOCK_MONOTONIC, &until); }) != 0) return Wait::timed_out;
    } else {
      gil::interruptible([&] { return ::sem_wait(&state.semaphore); });
    }
  }
  note_holder(state);
  return Wait::taken;
}

void give(SemaphoreState& state) noexcept {
  state.holder.store(0, std::memory_order_release);
  ::sem_post(&state.semaphore);
}

int value(SemaphoreState& state) noexcept {
  int value = 0;
  ::sem_getvalue(&state.semaphore, &value);
  return value;
}

ConditionState make_condition() {
  return {make_semaphore(0), make_semaphore(0), make_semaphore(0), new (shared<std::atomic<std::uint32_t>>()) std::atomic<std::uint32_t>(0)};
}

void depart(process::Departure& out, const ConditionState& state) {
  out.part(state.sleeping).part(state.woken).part(state.wait).part(state.generation);
}

ConditionState arrive_condition(process::Arrival& in) {
  return {in.part<SemaphoreState>(), in.part<SemaphoreState>(), in.part<SemaphoreState>(), in.part<std::atomic<std::uint32_t>>()};
}

bool wait_on(const ConditionState& state, const Waiting& waiting, std::optional<double> timeout, const std::function<void()>& unlock,
             const std::function<void()>& relock) {
  give(*state.sleeping);
  unlock();
  bool woken = false;
  try {
    woken = take(*state.wait, waiting, timeout) == Wait::taken;
  } catch (...) {  // a signal's handler raised
    give(*state.woken);
    relock();
    throw;
  }
  give(*state.woken);  // also after a timeout: the notifier accounts for it
  relock();
  return woken;
}

int notify(const ConditionState& state, const Waiting& waiting, int count) {
  // Sleepers that timed out have left a `woken` behind: each takes back its `sleeping`.
  while (try_take(*state.woken)) (void)try_take(*state.sleeping);
  Recorder& recorder = Recorder::current();
  const std::int64_t began = base::now_ns();
  int sleepers = 0;
  std::uint64_t generation = 0;
  while (sleepers < count && try_take(*state.sleeping)) {
    if (sleepers++ == 0) generation = state.generation->fetch_add(1, std::memory_order_relaxed) + 1;  // before the first of them can wake
    give(*state.wait);
  }
  if (sleepers == 0) return 0;
  recorder.record_at(began, trace::Kind::notify_begin, recorder.line(), waiting.object, generation, static_cast<std::uint64_t>(sleepers));
  for (int i = 0; i < sleepers; ++i) (void)take(*state.woken, waiting, std::nullopt);  // E-30, E-31
  while (try_take(*state.wait)) {
  }
  recorder.record(trace::Kind::notify_end, waiting.object, generation);
  return sleepers;
}

void publish(std::uint32_t object, trace::ObjectKind kind, std::initializer_list<const void*> parts, int first_fd, int second_fd) noexcept {
  trace::SharedObject* entry = region().shared_object(object);
  if (entry == nullptr) return;
  entry->kind = static_cast<std::uint32_t>(kind);
  const int fds[2] = {first_fd, second_fd};
  for (int end = 0; end < 2; ++end) {
    struct stat info {};
    entry->fds[end] = fds[end];
    entry->inodes[end] = fds[end] >= 0 && ::fstat(fds[end], &info) == 0 ? info.st_ino : 0;
  }
  std::size_t index = 0;
  for (const void* part : parts) entry->parts[index++] = part != nullptr ? region().offset_of(part) : 0;
  entry->ready.store(1, std::memory_order_release);
}

}  // namespace forklight::sync
