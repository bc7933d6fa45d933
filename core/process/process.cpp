#include "core/process/process.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/base/clock.h"
#include "core/base/every_child.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/gil/interrupt.h"
#include "core/process/forkserver.h"
#include "core/process/launch.h"
#include "core/process/process_object.h"
#include "core/process/python.h"
#include "core/process/resource_tracker.h"
#include "core/process/runtime.h"
#include "core/process/start_method.h"
#include "core/trace/recorder.h"

namespace forklight::process {

using trace::Kind;
using trace::Recorder;
using Object = Process::Object;

namespace {

using trace::u64;

void forget_child(const Object* object) { Runtime::current().forget_child(object); }

// Polls every child, as start() and active_children() do (P-51, P-52).
FORKLIGHT_EVERY_CHILD void reap_finished() {
  for (const auto& child : Runtime::current().children()) {
    if (child->poll(false)) forget_child(child.get());
  }
}

// The first thing that a start under spawn does (S.3).
void ask_for_tracker() {
  try {
    (void)resource_tracker_fd();
  } catch (const std::system_error& error) {
    throw os_error(error.code().value());
  }
}

std::string_view class_of(trace::StartMethod method) {
  switch (method) {
    case trace::StartMethod::spawn:
      return "SpawnProcess";
    case trace::StartMethod::forkserver:
      return "ForkServerProcess";
    case trace::StartMethod::fork:
      break;
  }
  return "ForkProcess";
}

std::shared_ptr<Object> make_object(ProcessOptions options) {
  if (!options.group.is_null()) throw PythonError(Fact::P_07);
  Runtime& runtime = Runtime::current();
  auto object = std::make_shared<Object>();
  const Making context = making();
  object->method = context.method;
  object->python_class = !options.python_class.empty() ? std::move(options.python_class)
                         : context.concrete            ? std::string(class_of(context.method))
                                                       : "Process";
  object->identity = runtime.next_identity();
  object->name = options.name.empty() ? fmt::format("{}-{}", object->python_class, fmt::join(object->identity, ":")) : std::move(options.name);
  object->daemon = options.daemon.value_or(runtime.daemon());  // P-57
  object->creator = ::getpid();
  object->parent_name = runtime.name();
  return object;
}

// Waits until there is something to read from the sentinel, kNoTimeout: for ever; false if the time is over.
bool wait_sentinel(const Object& object, std::int64_t timeout_ns) {
  const gil::Released released;
  const std::int64_t until = base::now_ns() + timeout_ns;
  for (;;) {
    const timespec left = base::to_timespec(std::max<std::int64_t>(0, until - base::now_ns()));
    pollfd ready{object.sentinel.get(), POLLIN, 0};
    const int count = ::ppoll(&ready, 1, timeout_ns == gil::kNoTimeout ? nullptr : &left, nullptr);
    if (count > 0) return true;
    if (count == 0) return false;
    gil::check_point();
  }
}

}  // namespace

void Object::check_open() const {
  if (stage == Stage::closed) throw PythonError(Fact::P_46);
}

bool Object::poll(bool wait) {
  if (has_exit_code()) return true;
  if (stage != Stage::started) return false;
  if (method == trace::StartMethod::forkserver) return poll_forkserver(wait);
  // Looked at first (WNOWAIT) and written down, then reaped: if we are killed in between, the code is not lost with us.
  const auto look = [&](int flags) -> std::optional<int> {
    siginfo_t info{};
    const gil::Released released;
    const int failed = gil::interruptible([&] { return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | flags); });
    if (failed != 0 || info.si_pid == 0) return std::nullopt;
    return info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
  };
  auto status = look(WNOHANG);
  if (!status && wait) {
    const gil::Blocking blocking(trace::BlockReason::join, task, gil::kNoTimeout);
    status = look(0);
  }
  // Two threads may both have seen it dead: one of them reaps it.
  const auto held = Runtime::current().hold();
  if (has_exit_code()) return true;
  if (!status) return false;  // still running, or not ours to wait for (P-27, P-54)
  const trace::Region& region = *Runtime::current().context().region;
  region.publish_status(slot, *status);
  base::retry_eintr([&] { return ::waitpid(pid, nullptr, 0); });
  exit_code.store(*status & 0x7f ? -(*status & 0x7f) : *status >> 8);
  Recorder& recorder = Recorder::current();
  const std::int64_t reaped = base::now_ns();
  recorder.record_at(reaped, Kind::reap, recorder.line(), task, u64(*status), u64(pid));
  region.publish_reaping(slot, recorder.task(), *status, reaped);
  return true;
}

// The server reaps it, and says how it ended.
bool Object::poll_forkserver(bool wait) {
  if (!wait_sentinel(*this, 0)) {
    if (!wait) return false;
    const gil::Blocking blocking(trace::BlockReason::join, task, gil::kNoTimeout);
    wait_sentinel(*this, gil::kNoTimeout);
  }
  // Of two threads that see the end one reads the code: there is one to read.
  const auto held = Runtime::current().hold();
  if (!has_exit_code()) exit_code.store(read_exit_code(sentinel.get()));
  return true;
}

FORKLIGHT_EVERY_CHILD void Object::run() const {
  if (target != nullptr) {
    target->function(args);
  } else {
    lambda();
  }
}

void Object::send(int signal) {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::signal_sent, task);
  const auto held = Runtime::current().hold();  // while it is not reaped its pid is no other's
  if (has_exit_code()) return;                  // P-43
  recorder.record(Kind::signal_sent, task, u64(signal), u64(pid));
  // ESRCH: somebody else has reaped it; Python looks away too.
  if (::kill(pid, signal) != 0 && errno != ESRCH) throw os_error(errno);
}

Process::Process(const Target& target, Args args, ProcessOptions options) : object_(make_object(std::move(options))) {
  object_->target = &target;
  object_->args = std::move(args);
}

Process::Process(std::function<void()> lambda, ProcessOptions options) : object_(make_object(std::move(options))) {
  object_->lambda = std::move(lambda);
}

Process Process::of_value(const nlohmann::json& target, ProcessOptions options) {
  const auto call = [type = std::string(type_name(target)), none = !truth(target)] {  // run() asks for the truth of its target
    if (!none) raise("TypeError", fmt::format("'{}' object is not callable", type));
  };
  return Process(std::function<void()>(call), std::move(options));
}

void Process::start() {
  Object& object = *object_;
  object.check_open();
  if (object.stage != Object::Stage::initial) throw PythonError(Fact::P_17);
  if (object.creator != ::getpid()) throw PythonError(Fact::P_18);
  Runtime& runtime = Runtime::current();
  if (runtime.daemon()) throw PythonError(Fact::P_55);
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::start_begin);
  runtime.import_util();
  reap_finished();        // P-52
  runtime.out().flush();  // P-68

  const bool by_fork = object.method == trace::StartMethod::fork;
  if (object.method == trace::StartMethod::spawn) ask_for_tracker();
  if (by_fork && !gil::Interpreter::current().is_main()) throw PythonError(Fact::G_04_fork);
  Luggage luggage;
  if (!by_fork) luggage = pack(object);  // what cannot be pickled fails here: no process yet

  const RunContext& context = runtime.context();
  const auto slot = context.region->claim(recorder.task(), object.name);
  if (!slot) {
    recorder.record(Kind::cap, 0, u64(trace::Cap::processes), context.region->header().max_processes);
    recorder.record(Kind::start_failed, 0, u64(EAGAIN));
    throw os_error(EAGAIN);  // what Python says when the system's own limit is reached
  }
  const trace::TaskId task = context.region->slot(*slot).task;
  recorder.record(Kind::start_begin, task, u64(object.method));
  const auto failed = [&](int error) {
    context.region->abandon(*slot);
    recorder.record(Kind::start_failed, task, u64(error));
  };
  Launched child;
  try {
    switch (object.method) {
      case trace::StartMethod::spawn:
        child = launch_spawn(std::move(luggage), *slot);
        break;
      case trace::StartMethod::forkserver:
        child = launch_forkserver(std::move(luggage), *slot);
        break;
      case trace::StartMethod::fork:
        child = launch_fork(object, *slot);
        break;
    }
  } catch (const std::system_error& error) {
    failed(error.code().value());
    throw os_error(error.code().value());
  } catch (const PythonError&) {
    failed(0);
    throw;
  }

  if (object.method != trace::StartMethod::forkserver) runtime.announce_birth(*slot, child.pid);  // the server has done so: it may be over
  object.pid = child.pid;
  object.slot = *slot;
  object.task = task;
  object.sentinel = std::move(child.sentinel);
  object.parent_death = std::move(child.parent_death);
  object.stage = Object::Stage::started;
  object.args = {};
  object.lambda = nullptr;
  runtime.add_child(object_);
  recorder.record(Kind::start_end, task, u64(child.pid));
}

void Process::join() {
  Object& object = *object_;
  object.check_open();
  if (object.creator != ::getpid()) throw PythonError(Fact::P_25);
  if (object.stage != Object::Stage::started) throw PythonError(Fact::P_15);
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::join_begin, object.task);
  recorder.record(Kind::join_begin, object.task, u64(gil::kNoTimeout));
  const bool ended = object.poll(true);
  if (ended) forget_child(&object);
  gil::check_point();  // Ctrl+C may have ended the child first (P-64): Python looks for signals as waitpid returns
  recorder.record(Kind::join_end, object.task, ended ? 1 : 0);
}

void Process::join(double seconds) {
  Object& object = *object_;
  object.check_open();
  if (object.creator != ::getpid()) throw PythonError(Fact::P_25);
  if (object.stage != Object::Stage::started) throw PythonError(Fact::P_15);
  const std::int64_t timeout = seconds > 0 ? std::llround(std::min(seconds, 1e9) * 1e9) : 0;
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::join_begin, object.task);
  recorder.record(Kind::join_begin, object.task, u64(timeout));
  bool ended = object.has_exit_code();
  if (!ended) {
    // With a timeout Python waits for the sentinel, not for the process: a descendant that inherited it keeps it open (P-49).
    bool ready = wait_sentinel(object, 0);
    if (!ready && timeout > 0) {
      const gil::Blocking blocking(trace::BlockReason::join, object.task, timeout);
      ready = wait_sentinel(object, timeout);
    }
    ended = ready && object.poll(timeout > 0);
  }
  if (ended) forget_child(&object);
  recorder.record(Kind::join_end, object.task, ended ? 1 : 0);
}

bool Process::is_alive() {
  Object& object = *object_;
  object.check_open();
  if (object.creator != ::getpid()) throw PythonError(Fact::P_26);
  if (object.stage != Object::Stage::started) return false;  // P-13
  if (!object.has_exit_code()) Recorder::current().gate(Kind::reap, object.task);
  if (!object.poll(false)) return true;
  forget_child(&object);
  return false;
}

std::optional<int> Process::exitcode() {
  object_->check_open();
  if (object_->stage == Object::Stage::started && !object_->has_exit_code()) {
    Recorder::current().gate(Kind::reap, object_->task);
    object_->poll(false);
  }
  return object_->exit_code.load();
}

void Process::terminate() {
  object_->check_open();
  if (object_->stage != Object::Stage::started) throw PythonError(Fact::P_16_terminate);
  object_->send(SIGTERM);
}

void Process::kill() {
  object_->check_open();
  if (object_->stage != Object::Stage::started) throw PythonError(Fact::P_16_kill);
  object_->send(SIGKILL);
}

void Process::interrupt() {
  object_->check_open();
  if (Runtime::current().context().python_minor < 14) throw PythonError("AttributeError", "'Process' object has no attribute 'interrupt'");
  if (object_->stage != Object::Stage::started) throw PythonError(Fact::P_16_interrupt);
  object_->send(SIGINT);
}

void Process::close() {
  Object& object = *object_;
  if (object.stage == Object::Stage::started) {
    Recorder::current().gate(Kind::close, object.task);
    if (!object.poll(false)) throw PythonError(Fact::P_44);
    forget_child(&object);
    Recorder::current().record(Kind::close, object.task);
    object.sentinel.reset();
    object.parent_death.reset();
  }
  object.stage = Object::Stage::closed;  // twice is fine (P-45)
}

const std::string& Process::name() const noexcept { return object_->name; }

void Process::run() {
  if (object_->stage == Object::Stage::started) raise("AttributeError", fmt::format("'{}' object has no attribute '_target'", object_->python_class));
  object_->run();
}

void Process::set_name(const nlohmann::json& name) {
  if (!name.is_string()) throw PythonError(Fact::P_06);
  object_->name = name.get<std::string>();
}

std::optional<pid_t> Process::pid() const {
  object_->check_open();
  if (object_->stage != Object::Stage::started) return std::nullopt;
  return object_->pid;
}

bool Process::daemon() const noexcept { return object_->daemon; }

void Process::set_daemon(const nlohmann::json& daemon) {
  if (object_->stage != Object::Stage::initial) throw PythonError(Fact::P_19);
  object_->daemon = truth(daemon);
}

int Process::sentinel() const {
  object_->check_open();
  if (object_->stage != Object::Stage::started) throw PythonError(Fact::P_14);
  return object_->sentinel.get();
}

trace::TaskId Process::task() const noexcept { return object_->task; }

std::string Process::repr() {
  Object& object = *object_;
  std::string status = "initial", pid, code;
  if (object.stage == Object::Stage::closed) {
    status = "closed";
  } else if (object.creator != ::getpid()) {
    status = "unknown";  // P-27
  } else if (object.stage == Object::Stage::started) {
    status = object.poll(false) ? "stopped" : "started";
  }
  if (object.stage == Object::Stage::started) pid = fmt::format(" pid={}", object.pid);
  if (status == "stopped") {
    const int exit = *object.exit_code.load();
    const char* signal = exit < 0 ? ::sigabbrev_np(-exit) : nullptr;
    code = signal != nullptr ? fmt::format(" exitcode=-SIG{}", signal) : fmt::format(" exitcode={}", exit);
  }
  return fmt::format("<{} name='{}'{} parent={} {}{}{}>", object.python_class, object.name, pid, object.creator, status, code,
                     object.daemon ? " daemon" : "");
}

void Process::depart(Departure& out) const {
  const Object& object = *object_;
  // What watches over the child, once there is one, has a weak reference in it.
  if (object.stage == Object::Stage::started) throw PythonError(Fact::S_25);
  if (object.target == nullptr) throw cannot_pickle_lambda(Runtime::current().context().python_minor);
  out.text(object.python_class).text(object.name).text(object.parent_name).number(object.creator).number(object.daemon).number(object.method);
}

Process Process::arrive(Arrival& in) {
  auto object = std::make_shared<Object>();
  object->python_class = in.text();
  object->name = in.text();
  object->parent_name = in.text();
  object->creator = in.number<pid_t>();
  object->daemon = in.number<int>() != 0;
  object->method = in.number<trace::StartMethod>();
  return Process(std::move(object));
}

FORKLIGHT_EVERY_CHILD std::vector<Process> active_children() {
  if (Runtime::current().has_children()) Recorder::current().gate(Kind::reap);
  reap_finished();
  std::vector<Process> alive;
  for (const auto& child : Runtime::current().children()) alive.push_back(Process(child));
  return alive;
}

}  // namespace forklight::process
