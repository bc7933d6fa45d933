#include "core/gil/interpreter.h"

#include <fmt/format.h>

#include <cerrno>
#include <forward_list>
#include <memory>
#include <new>

#include "core/base/every_child.h"
#include "core/gil/interrupt.h"
#include "core/trace/recorder.h"

namespace forklight::gil {

using trace::DropReason;
using trace::GilMode;
using trace::Kind;
using trace::ObjectKind;
using trace::Recorder;

namespace {

FORKLIGHT_EVERY_CHILDS Interpreter* main_interpreter = nullptr;

bool leave_for_gate() noexcept { return leave(); }
void enter_from_gate() noexcept { enter(); }
constexpr trace::GateHooks kGateHooks{leave_for_gate, enter_from_gate};

// Kept for ever, each of them: a thread may still stand in the one before. The first one lies where the rest of what a child writes does.
void make_main() {
  FORKLIGHT_EVERY_CHILDS alignas(Interpreter) static std::byte first[sizeof(Interpreter)];
  if (main_interpreter == nullptr) {
    main_interpreter = new (first) Interpreter;
    return;
  }
  static auto* const later = new std::forward_list<std::unique_ptr<Interpreter>>;
  later->push_front(std::make_unique<Interpreter>());
  main_interpreter = later->front().get();
}

FORKLIGHT_EVERY_CHILD ThreadState& become_main_thread(Interpreter& interpreter) noexcept {
  ThreadState& state = detail::main_state;
  state.breaker.fetch_and(kSignals, kRelaxed);  // one that came before we were ready
  state.requested_ns.store(0, kRelaxed);
  state.task = Recorder::current().task();
  state.alone = false;
  state.interpreter = &interpreter;
  detail::current_state = &state;
  return state;
}

}  // namespace

Interpreter::Interpreter(GilMode mode) noexcept : gil_(std::in_place, mode) {}

FORKLIGHT_EVERY_CHILD Interpreter& Interpreter::main() noexcept {
  if (main_interpreter == nullptr) make_main();
  return *main_interpreter;
}

Interpreter& Interpreter::current() noexcept {
  const ThreadState* me = current_thread();
  return me != nullptr ? *me->interpreter : main();
}

bool Interpreter::is_main() const noexcept { return this == main_interpreter; }

FORKLIGHT_EVERY_CHILDS constinit ThreadState detail::main_state;

bool Interpreter::set_mode(GilMode mode) noexcept {
  ThreadState* me = current_thread();
  if (me == nullptr || me->interpreter != this || threads() != 1) return false;
  const std::uint64_t interval = gil_->interval();
  gil_->drop(*me, DropReason::thread_end);
  gil_.emplace(mode);
  gil_->set_interval(interval);
  gil_->take(*me);
  announce();
  return true;
}

void Interpreter::set_interval(std::uint64_t microseconds) noexcept {
  announce();
  gil_->set_interval(microseconds);
  Recorder::current().record(Kind::gil_interval, gil_->object(), microseconds * 1000, 0);
}

void Interpreter::announce() noexcept {
  Recorder& recorder = Recorder::current();
  if (gil_->object() != 0 || !recorder.attached()) return;
  const trace::Region& region = recorder.region();
  const auto number = region.number_object(ObjectKind::gil);
  char name[32];
  *fmt::format_to_n(name, sizeof name - 1, "GIL-{}", number.ordinal).out = '\0';
  recorder.record_text(Kind::object_new, number.id, static_cast<std::uint64_t>(ObjectKind::gil), static_cast<std::uint64_t>(gil_->mode()), name);
  gil_->be_object(number.id);
  std::byte* const memory = region.allocate(sizeof(std::atomic<std::uint64_t>));
  trace::SharedObject* const entry = region.shared_object(number.id);
  if (memory == nullptr || entry == nullptr) return;  // the learner cannot reach it then
  gil_->keep_interval_in(*new (memory) std::atomic<std::uint64_t>(gil_->interval()));
  entry->kind = static_cast<std::uint32_t>(ObjectKind::gil);
  entry->fds[0] = entry->fds[1] = -1;
  entry->parts[0] = region.offset_of(memory);
  entry->ready.store(1, std::memory_order_release);
}

void Interpreter::expect_thread() noexcept {
  if (threads_.fetch_add(1, kRelaxed) > 0) announce();
}

void Interpreter::leave(ThreadState& me) noexcept {
  if (threads() == 1 && is_main()) {
    me.holds = false;
    me.alone = true;
  } else {
    gil_->drop(me, DropReason::blocking);
  }
}

void Interpreter::enter(ThreadState& me) noexcept {
  if (me.alone) {
    me.alone = false;
    me.holds = true;
  } else {
    gil_->take(me);
  }
}

void begin() noexcept {
  make_main();
  trace::gate_hooks.store(&kGateHooks, std::memory_order_release);
  ThreadState& me = become_main_thread(*main_interpreter);
  main_interpreter->expect_thread();
  main_interpreter->gil().take(me);
}

FORKLIGHT_EVERY_CHILD void after_fork() noexcept {
  Interpreter& interpreter = Interpreter::main();
  interpreter.threads_.store(1, kRelaxed);
  interpreter.gil().after_fork(become_main_thread(interpreter));
}

void finalize() noexcept {
  if (ThreadState* me = current_thread()) me->interpreter->gil().close(*me);
}

Attached::Attached(Interpreter& interpreter, trace::TaskId task) noexcept {
  state_.task = task;
  state_.interpreter = &interpreter;
  detail::current_state = &state_;
  interpreter.gil().take(state_);
  // Nobody had it before, so the take is not on record; but whose thread it is has to be.
  if (!interpreter.is_main() && interpreter.gil().object() != 0)
    Recorder::current().record(Kind::gil_take, interpreter.gil().object(), 0, interpreter.gil().switches());
}

void Attached::detach() noexcept {
  if (detail::current_state != &state_) return;
  Interpreter& interpreter = *state_.interpreter;
  interpreter.gil().drop(state_, DropReason::thread_end);
  detail::current_state = nullptr;
  interpreter.forget_thread();
}

bool leave() noexcept {
  ThreadState* me = current_thread();
  if (me == nullptr || !me->holds) return false;
  me->interpreter->leave(*me);
  return true;
}

void enter() noexcept {
  ThreadState& me = *current_thread();
  me.interpreter->enter(me);
}

namespace {

// With the lock, for a handler that has its turn inside of a call that blocks.
class Held {
 public:
  explicit Held(ThreadState& me) noexcept : me_(&me), took_(!me.holds) {
    if (took_) me_->interpreter->enter(me);
  }
  ~Held() {
    if (took_) me_->interpreter->leave(*me_);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  ThreadState* me_;
  bool took_;
};

}  // namespace

void detail::handle_breaker(ThreadState& me, trace::CheckPlace place) {
  // G.4: signals come first, in the main thread.
  if ((me.breaker.load(kRelaxed) & kSignals) != 0) {
    const Held held(me);
    if (void (*const run)() = run_handlers.load(std::memory_order_acquire)) {
      run();
    } else {
      me.breaker.fetch_and(~kSignals, kRelaxed);
    }
  }
  if (!me.holds || (me.breaker.load(kRelaxed) & kDropRequest) == 0) return;
  Gil& gil = me.interpreter->gil();
  if (gil.object() != 0) {
    const std::int64_t asked = me.requested_ns.load(kRelaxed);
    const std::int64_t age = asked != 0 ? base::now_ns() - asked : 0;
    Recorder::current().record(Kind::eval_check, gil.object(), static_cast<std::uint64_t>(place), static_cast<std::uint64_t>(age));
  }
  gil.drop(me, DropReason::request);
  gil.take(me);
}

}  // namespace forklight::gil
