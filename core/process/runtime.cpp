#include "core/process/runtime.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <atomic>
#include <limits>
#include <new>

#include "core/base/every_child.h"
#include "core/base/posix_call.h"
#include "core/gil/interpreter.h"
#include "core/process/lifeline.h"
#include "core/process/process_object.h"
#include "core/process/python.h"
#include "core/process/signals.h"
#include "core/process/thread.h"
#include "core/process/traceback.h"
#include "core/trace/recorder.h"

namespace forklight::process {

using trace::ExitHow;
using trace::Kind;
using trace::Recorder;

namespace {

FORKLIGHT_EVERY_CHILDS std::atomic<trace::Slot*> errand_slot{nullptr};

// The learner closes an end of ours: in its place comes the end of a pipe whose other end is closed, so that the number stays taken, the
// next read finds the end of the file, and the next write a broken pipe. Async-signal-safe.
void run_errand(int) {
  const int error = errno;
  trace::Slot* slot = errand_slot.load(std::memory_order_acquire);
  const int fd = slot != nullptr ? slot->errand_fd.exchange(-1, std::memory_order_acq_rel) : -1;
  int ends[2];
  if (fd >= 0 && ::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    const bool writes = slot->errand_end.load(std::memory_order_relaxed) != 0;
    ::dup3(writes ? ends[1] : ends[0], fd, O_CLOEXEC);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  errno = error;
}

void leave_input() {
  base::Fd null(base::retry_eintr([] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }));  // P-67
  if (null) ::dup2(null.get(), STDIN_FILENO);
}

// Where nobody reads our output any more, there is nobody left to tell.
FORKLIGHT_EVERY_CHILD void flush_quietly(Output& out) {
  try {
    out.flush();
  } catch (const PythonError&) {
  }
}

}  // namespace

FORKLIGHT_EVERY_CHILD Runtime& Runtime::current() {
  FORKLIGHT_EVERY_CHILDS static Runtime runtime;
  return runtime;
}

// Alone it takes nothing: each lock after a fork would write to a page that is the parent's, too.
FORKLIGHT_EVERY_CHILD std::unique_lock<gil::Yielding<std::recursive_mutex>> Runtime::hold() {
  return threads_were_made() ? std::unique_lock(books_) : std::unique_lock(books_, std::defer_lock);
}

std::vector<int> Runtime::next_identity() {
  const auto held = hold();
  std::vector<int> identity = importing_ ? std::vector<int>{} : identity_;  // its own is not unpickled yet
  identity.push_back(++counter_);
  return identity;
}

// What exec does not hand on, and a first process does not have yet.
void Runtime::settle_in(const RunContext& context, std::uint32_t slot) {
  context_ = context;
  pid_ = ::getpid();
  (void)!::getrandom(&hash_seed_, sizeof hash_seed_, 0);
  out_.set_buffering(context.buffering);
  install_signal_handlers();
  errand_slot.store(&context_.region->slot(slot), std::memory_order_release);
  struct sigaction errand {};
  errand.sa_handler = run_errand;
  ::sigaction(kErrandSignal, &errand, nullptr);
  sigset_t errands;
  ::sigemptyset(&errands);
  ::sigaddset(&errands, kErrandSignal);
  ::sigprocmask(SIG_UNBLOCK, &errands, nullptr);
  // A forked child writes to as few pages as can be: what it would have to make at its first use is made here.
  Frame::forget();
  forget_pending_signals();
  forget_threads();
  identity_.reserve(8);
  context_.region->publish_birth(slot, pid_);
}

FORKLIGHT_EVERY_CHILD void Runtime::take_identity(const Process::Object& object, trace::TaskId parent, int parent_death) {
  parent_.emplace(object.parent_name, object.creator, parent_death, parent);
  identity_ = object.identity;
  name_ = object.name;
  daemon_ = object.daemon;
  counter_ = 0;
}

void Runtime::announce_birth(std::uint32_t slot, pid_t pid) const noexcept {
  context_.region->publish_birth(slot, pid);
  const std::uint64_t one = 1;
  (void)base::write_all(context_.birth_fd, &one, sizeof one);
}

void Runtime::become_main(const RunContext& context, std::uint32_t slot) {
  settle_in(context, slot);
  arm_lifeline(context_.lifeline_fd);  // every process of the lesson is in that group from its first moment on (P-72)
  Recorder& recorder = Recorder::current();
  recorder.attach(*context_.region, slot);
  const auto pid = static_cast<std::uint64_t>(pid_);
  recorder.record_text(Kind::task_begin, 0, pid << 32 | pid, 0, name_);
  gil::begin();
  recorder.gate(Kind::task_begin);
}

void Runtime::become_spawned(const RunContext& context, const Process::Object& object, std::uint32_t slot, trace::TaskId parent) {
  settle_in(context, slot);
  Recorder& recorder = Recorder::current();
  recorder.attach(*context_.region, slot);
  const auto pid = static_cast<std::uint64_t>(pid_);
  recorder.record_text(Kind::task_begin, 0, pid << 32 | pid, parent, object.name);
  gil::begin();
  take_identity(object, parent, object.parent_death.get());
  leave_input();
  main_module_ = "__mp_main__";
  spawned_ = true;
  import_util();
  recorder.gate(Kind::task_begin);
}

void Runtime::become_helper(const RunContext& context, std::uint32_t slot, trace::TaskId parent, std::string name) {
  settle_in(context, slot);
  ignore_signal(SIGINT);  // P-64
  name_ = std::move(name);
  main_module_ = "__mp_main__";
  Recorder& recorder = Recorder::current();
  recorder.attach(*context_.region, slot);
  const auto pid = static_cast<std::uint64_t>(pid_);
  recorder.record_text(Kind::task_begin, 0, pid << 32 | pid, parent, name_);
  gil::begin();
}

FORKLIGHT_EVERY_CHILD void Runtime::become_child(const Process::Object& object, std::uint32_t slot, Inheritance inherited) {
  if (threads_were_made()) new (&books_) gil::Yielding<std::recursive_mutex>;  // it is held by the thread that forked us, and we are another
  pid_ = ::getpid();
  const auto pid = static_cast<std::uint64_t>(pid_);
  errand_slot.store(&context_.region->slot(slot), std::memory_order_release);
  context_.region->publish_birth(slot, pid_);
  Recorder& recorder = Recorder::current();
  const std::uint16_t line = recorder.line();
  const trace::TaskId parent = context_.region->slot(slot).parent;  // the creator, also where a forkserver forked us
  recorder.attach(*context_.region, slot);
  recorder.set_line(line);  // a forked child begins where its parent stood
  recorder.record_text(Kind::task_begin, 0, pid << 32 | pid, parent, object.name);

  finalizers_.clear();
  forget_pending_signals();
  gil::after_fork();  // G-09
  exit_functions_.clear();
  if (context_.python_minor >= 13) import_util();  // first of all, so that it runs last (P.2)
  forget_threads();  // S-12
  out_.after_fork();
  const auto hooks = std::move(fork_hooks_);
  fork_hooks_.clear();
  for (const ForkHook& hook : hooks) {
    if (hook.alive.expired()) continue;
    hook.action();
    fork_hooks_.push_back(hook);
  }
  Frame::forget();    // what Python prints of a child begins at its run()
  children_.clear();  // the parent's children are siblings, not ours (P-74)
  take_identity(object, parent, inherited.parent_death);
  if (!inherited.no_input) leave_input();
  spawned_ = false;
  recorder.gate(Kind::task_begin);
}

bool Runtime::no_input() noexcept {
  struct stat info {};
  return ::fstat(STDIN_FILENO, &info) == 0 && S_ISCHR(info.st_mode) && info.st_rdev == makedev(1, 3);
}

FORKLIGHT_EVERY_CHILD Runtime::Ending Runtime::run_body(const Body& body) const {
  const auto failed = [&](const PythonError& error) {
    Recorder::current().record_text(Kind::raise, 0, 0, 0, error.what());
    return Ending{1, ExitHow::exception, traceback(error, context_.program, is_main() ? std::string_view{} : name_),
                  error.type() == "KeyboardInterrupt"};
  };
  try {
    body();
    return {0, ExitHow::returned, {}};
  } catch (const SystemExit& exit) {
    return {exit.code, ExitHow::sys_exit, exit.text.empty() ? std::string{} : exit.text + "\n"};  // P-32, P-33
  } catch (const PythonError& error) {
    return failed(error);
  } catch (const std::bad_alloc&) {
    Recorder::current().record(Kind::cap, 0, static_cast<std::uint64_t>(trace::Cap::bytes));
    return failed({"MemoryError", {}});
  } catch (const std::exception& error) {
    return failed({"RuntimeError", error.what()});
  }
}

FORKLIGHT_EVERY_CHILD void Runtime::finish(const void*) { current().finish_children(); }

FORKLIGHT_EVERY_CHILD int Runtime::run_to_end(const Body& body) {
  Ending ending = run_body(body);
  // P.2, P.3: the traceback comes before the wait for own children in MainProcess and since 3.13, after it in children before that; the
  // wait for threads comes just after the traceback (P-69). Functions of atexit run where the children are waited for; not at all in
  // forked children before 3.13, and since then after the last flush of the output; a spawned child is shut down as any program is.
  const bool words_first = is_main() || context_.python_minor >= 13;
  if (!words_first) {
    Ending last = run_body({finish, nullptr});
    if (last.how != ExitHow::returned) ending = std::move(last);
  }
  if (!ending.last_words.empty()) write_stderr(ending.last_words);
  wait_for_threads();
  if (words_first && !is_main()) flush_quietly(out_);
  if (words_first || spawned_) run_exit_functions();
  if (is_main()) gil::finalize();
  Recorder::current().gate(Kind::exit);
  if (is_main() || spawned_ || !words_first) flush_quietly(out_);
  Recorder::current().record(Kind::exit, 0, static_cast<std::uint64_t>(ending.code), static_cast<std::uint64_t>(ending.how));
  if (is_main() && ending.interrupted) {  // so that a shell sees it, too (P-64)
    ::signal(SIGINT, SIG_DFL);
    ::kill(::getpid(), SIGINT);
  }
  return ending.code;
}

FORKLIGHT_EVERY_CHILD void Runtime::import_util() {
  const auto held = hold();
  exit_functions_.add_own();
}

FORKLIGHT_EVERY_CHILD void Runtime::wait_for_threads() {
  try {
    join_all_threads();
  } catch (const PythonError& error) {  // a KeyboardInterrupt: the threads are left alone
    write_stderr(ignored(": <module 'threading'>", error, context_.program));
  } catch (const SystemExit&) {
  }
}

int Runtime::add_finalizer(int priority, std::function<void()> action) {
  const auto held = hold();
  import_util();
  finalizers_.push_back({++finalizer_counter_, priority, std::move(action)});
  return finalizer_counter_;
}

void Runtime::remove_finalizer(int number) {
  const auto held = hold();
  std::erase_if(finalizers_, [&](const Finalizer& finalizer) { return finalizer.number == number; });
}

void Runtime::at_fork(std::weak_ptr<void> alive, std::function<void()> action) {
  const auto held = hold();
  import_util();
  fork_hooks_.push_back({std::move(alive), std::move(action)});
}

void Runtime::add_exit_function(std::string name, std::function<void()> function) {
  const auto held = hold();
  exit_functions_.add(std::move(name), std::move(function));
}

// One of them may register another.
FORKLIGHT_EVERY_CHILD void Runtime::run_exit_functions() {
  const auto next = [this] {
    const auto held = hold();
    return exit_functions_.take_last();
  };
  while (const auto function = next()) function->run();
}

FORKLIGHT_EVERY_CHILD std::vector<std::shared_ptr<Process::Object>> Runtime::children() {
  const auto held = hold();
  return children_;
}

FORKLIGHT_EVERY_CHILD bool Runtime::has_children() {
  const auto held = hold();
  return !children_.empty();
}

void Runtime::add_child(std::shared_ptr<Process::Object> child) {
  const auto held = hold();
  children_.push_back(std::move(child));
}

void Runtime::forget_child(const Process::Object* child) {
  const auto held = hold();
  std::erase_if(children_, [&](const auto& one) { return one.get() == child; });
}

// Highest priority first; of equal ones the last added first.
FORKLIGHT_EVERY_CHILD void Runtime::finalize(int lowest_priority) {
  const auto take_next = [&]() -> std::function<void()> {
    const auto held = hold();
    auto next = finalizers_.end();
    for (auto one = finalizers_.begin(); one != finalizers_.end(); ++one) {
      if (one->priority >= lowest_priority && (next == finalizers_.end() || one->priority >= next->priority)) next = one;
    }
    if (next == finalizers_.end()) return {};
    auto action = std::move(next->action);
    finalizers_.erase(next);
    return action;
  };
  while (const auto action = take_next()) action();
}

FORKLIGHT_EVERY_CHILD void Runtime::finish_children() {
  finalize(0);
  // P-58, P-59: daemons are terminated, then all are waited for, however long.
  for (Process& child : active_children()) {
    if (child.daemon()) child.terminate();
  }
  for (Process& child : active_children()) child.join();
  finalize(std::numeric_limits<int>::min());
}

}  // namespace forklight::process
