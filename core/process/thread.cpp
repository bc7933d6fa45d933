#include "core/process/thread.h"

#include <fmt/format.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "core/base/clock.h"
#include "core/base/every_child.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/gil/interrupt.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/traceback.h"
#include "core/trace/recorder.h"

namespace forklight::process {

using trace::Kind;
using trace::Recorder;

struct Thread::Object {
  std::string name;
  bool daemon = false;
  std::function<void()> body;
  bool started = false;
  std::atomic<bool> ended{false};
  sem_t end;  // posted once, and handed on by each who joins: unlike a condition variable, a signal can interrupt the wait for it
  sem_t running;  // posted when it holds the GIL for the first time: start() waits for that
  std::atomic<pid_t> tid{0};
  std::shared_ptr<gil::Interpreter> own_interpreter;
  gil::Interpreter* interpreter = nullptr;
  std::uint32_t slot = 0;
  trace::TaskId task = 0, parent = 0;
  std::uint16_t line = 0;

  Object() {
    ::sem_init(&end, 0, 0);
    ::sem_init(&running, 0, 0);
  }
  ~Object() {
    ::sem_destroy(&end);
    ::sem_destroy(&running);
  }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // At most so long; kNoTimeout: for ever.
  void wait_for_end(std::int64_t timeout_ns = gil::kNoTimeout) {
    if (ended.load(std::memory_order_acquire) || timeout_ns == 0) return;
    const gil::Blocking blocking(trace::BlockReason::thread_join, task, timeout_ns);
    int taken = 0;
    if (timeout_ns == gil::kNoTimeout) {
      taken = gil::interruptible([&] { return ::sem_wait(&end); });
    } else {
      const timespec until = base::to_timespec(base::now_ns() + timeout_ns);
      taken = gil::interruptible([&] { return ::sem_clockwait(&end, CLOCK_MONOTONIC, &until); });
    }
    if (taken == 0) ::sem_post(&end);
  }
};

namespace {

struct Registry {
  std::mutex mutex;
  std::vector<std::shared_ptr<Thread::Object>> alive;
  std::vector<std::function<void()>> at_end;
  int counter = 0;
};

FORKLIGHT_EVERY_CHILDS std::atomic<bool> threads_made{false};  // in this process: as long as there were none, nothing is to be looked through

std::atomic<Registry*>& registry_slot() {
  static std::atomic<Registry*> registry{new Registry};  // replaced, never destroyed, in a forked child: its mutex may be locked by nobody's thread
  return registry;
}
Registry& registry() { return *registry_slot().load(); }

void run_body(Thread::Object& object) {
  try {
    object.body();
  } catch (const SystemExit&) {
    // In a thread it ends just the thread, silently.
  } catch (const PythonError& error) {
    Recorder::current().record_text(Kind::raise, 0, 0, 0, error.what());
    write_stderr(fmt::format("Exception in thread {}:\n{}", object.name, traceback(error, Runtime::current().context().program, std::string_view{})));
  } catch (const std::exception& error) {
    const PythonError as_python("RuntimeError", error.what());
    Recorder::current().record_text(Kind::raise, 0, 0, 0, as_python.what());
    write_stderr(fmt::format("Exception in thread {}:\n{}", object.name, traceback(as_python, Runtime::current().context().program, std::string_view{})));
  }
}

void* thread_main(void* argument) {
  const std::unique_ptr<std::shared_ptr<Thread::Object>> holder(static_cast<std::shared_ptr<Thread::Object>*>(argument));
  Thread::Object& object = **holder;
  const trace::Region& region = *Runtime::current().context().region;
  const auto pid = static_cast<std::uint64_t>(::getpid());
  const auto tid = static_cast<std::uint64_t>(::syscall(SYS_gettid));
  region.publish_birth(object.slot, static_cast<std::int32_t>(pid));
  Recorder& recorder = Recorder::current();
  recorder.attach(region, object.slot);
  recorder.set_line(object.line);
  recorder.record_text(Kind::task_begin, 0, pid << 32 | tid, object.parent, object.name);
  object.tid.store(static_cast<pid_t>(tid), std::memory_order_relaxed);
  gil::Attached attached(*object.interpreter, object.task);
  ::sem_post(&object.running);
  recorder.gate(Kind::task_begin);
  run_body(object);
  object.body = nullptr;
  recorder.gate(Kind::exit);
  attached.detach();
  recorder.record(Kind::exit, 0, 0, static_cast<std::uint64_t>(trace::ExitHow::returned));
  recorder.detach();
  region.end_thread(object.slot, base::now_ns());
  {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    std::erase(all.alive, *holder);
  }
  object.ended.store(true, std::memory_order_release);
  ::sem_post(&object.end);
  return nullptr;
}

}  // namespace

Thread::Thread(std::function<void()> body, ThreadOptions options) : object_(std::make_shared<Object>()) {
  threads_made.store(true);
  object_->body = std::move(body);
  object_->daemon = options.daemon;
  object_->own_interpreter = std::move(options.interpreter);
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  object_->name = options.name.empty() ? fmt::format("Thread-{}", ++all.counter) : std::move(options.name);
  const bool says_target = options.name.empty() && !options.target.empty() && Runtime::current().context().python_minor >= 10;
  if (says_target) object_->name += fmt::format(" ({})", options.target);
}

void Thread::start() {
  if (object_->started) throw PythonError("RuntimeError", "threads can only be started once");
  object_->interpreter = object_->own_interpreter != nullptr ? object_->own_interpreter.get() : &gil::Interpreter::current();
  if (object_->daemon && !object_->interpreter->is_main()) throw PythonError(Fact::G_04_daemon);
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::start_begin, 0);
  const trace::Region& region = *Runtime::current().context().region;
  const auto slot = region.claim(recorder.task(), object_->name, trace::TaskKind::thread);
  if (!slot) {
    recorder.record(Kind::cap, 0, static_cast<std::uint64_t>(trace::Cap::threads), region.header().slots);
    throw PythonError("RuntimeError", "can't start new thread");
  }
  object_->slot = *slot;
  object_->task = region.slot(*slot).task;
  object_->parent = recorder.task();
  object_->line = recorder.line();
  object_->started = true;
  object_->interpreter->expect_thread();
  recorder.record(Kind::start_begin, object_->task);
  {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    all.alive.push_back(object_);
  }
  pthread_t thread;
  auto argument = std::make_unique<std::shared_ptr<Object>>(object_);
  if (const int error = ::pthread_create(&thread, nullptr, thread_main, argument.get()); error != 0) {
    region.abandon(*slot);
    object_->interpreter->forget_thread();
    recorder.record(Kind::start_failed, object_->task, static_cast<std::uint64_t>(error));
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    std::erase(all.alive, object_);
    throw PythonError("RuntimeError", "can't start new thread");
  }
  (void)argument.release();
  ::pthread_detach(thread);
  {
    const gil::Released released;
    base::retry_eintr([&] { return ::sem_wait(&object_->running); });
  }
  recorder.record(Kind::start_end, object_->task);
}

void Thread::join() {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::join_begin, object_->task);
  recorder.record(Kind::join_begin, object_->task, static_cast<std::uint64_t>(gil::kNoTimeout));
  object_->wait_for_end();
  recorder.record(Kind::join_end, object_->task, 1);
}

void Thread::join(double seconds) {
  const auto timeout_ns = static_cast<std::int64_t>(std::clamp(seconds, 0.0, 1e9) * 1e9);
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::join_begin, object_->task);
  recorder.record(Kind::join_begin, object_->task, static_cast<std::uint64_t>(timeout_ns));
  object_->wait_for_end(timeout_ns);
  recorder.record(Kind::join_end, object_->task, is_alive() ? 0 : 1);
}

bool Thread::is_alive() const noexcept {
  return object_->started && !object_->ended.load(std::memory_order_acquire);
}

const std::string& Thread::name() const noexcept { return object_->name; }

bool Thread::daemon() const noexcept { return object_->daemon; }

std::optional<pid_t> Thread::native_id() const noexcept {
  const pid_t tid = object_->tid.load(std::memory_order_relaxed);
  return tid != 0 ? std::optional(tid) : std::nullopt;
}

std::shared_ptr<gil::Interpreter> make_interpreter() {
  auto made = std::make_shared<gil::Interpreter>(gil::Interpreter::main().gil().mode());
  made->announce();
  return made;
}

void set_switch_interval(double seconds) {
  if (!(seconds > 0)) throw PythonError(Fact::G_03);
  gil::Interpreter::current().set_interval(static_cast<std::uint64_t>(std::min(seconds * 1e6, 1e15)));
}

double switch_interval() noexcept { return static_cast<double>(gil::Interpreter::current().gil().interval()) * 1e-6; }

void at_threads_end(std::function<void()> action) {
  threads_made.store(true);
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.at_end.push_back(std::move(action));
}

FORKLIGHT_EVERY_CHILD void join_all_threads() {
  if (!threads_made.load()) return;
  std::vector<std::function<void()>> at_end;
  {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    at_end.swap(all.at_end);
  }
  for (const auto& action : at_end) action();
  for (;;) {
    std::shared_ptr<Thread::Object> next;
    {
      Registry& all = registry();
      const std::lock_guard lock(all.mutex);
      const auto found = std::find_if(all.alive.begin(), all.alive.end(), [](const auto& object) { return !object->daemon; });
      if (found == all.alive.end()) return;
      next = *found;
    }
    next->wait_for_end();
  }
}

FORKLIGHT_EVERY_CHILD bool threads_were_made() noexcept { return threads_made.load(std::memory_order_relaxed); }

FORKLIGHT_EVERY_CHILD void forget_threads() noexcept {
  if (!threads_made.load()) return;  // not written to: a page that is only read stays the parent's
  threads_made.store(false);
  registry_slot().store(new Registry);
}

}  // namespace forklight::process
