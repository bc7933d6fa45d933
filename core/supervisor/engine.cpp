#include "core/supervisor/engine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/supervisor/deeds.h"

extern char** environ;

namespace forklight::supervisor {
namespace {

constexpr int kBusyPause_ms = 1, kIdlePause_ms = 5;  // between two looks at the rings
constexpr int kSupervisorPatience_ms = 3000;
constexpr std::size_t kManySwitches = 1000;  // in one look: their rings fill up
constexpr std::size_t kSpareBatches = 64, kMostSpareRecords = 1 << 16;
constexpr std::int64_t kBusyFor = 100 * base::kMillisecond;

// A copy out of the range of the fixed numbers, or dup2 onto 3 could overwrite what is to become 4.
base::Fd lifted(int fd) {
  return base::Fd(base::posix_call("fcntl(F_DUPFD_CLOEXEC)", [&] {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 16);
    if (copy < 0 && errno == EINVAL) errno = EMFILE;  // what the kernel says when the limit is lower than that
    return copy;
  }));
}

pid_t spawn(const EngineOptions& options, int control, int region) {
  const base::Fd control_copy = lifted(control), region_copy = lifted(region);
  const base::Fd out = lifted(options.stdout_fd), err = lifted(options.stderr_fd);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.get(), 2);
  ::posix_spawn_file_actions_adddup2(&actions, control_copy.get(), kControlFd);
  ::posix_spawn_file_actions_adddup2(&actions, region_copy.get(), kRegionFd);

  // The lesson starts like a program from a shell, whatever the viewer does with its signals; a session of its own keeps the terminal's
  // Ctrl+C for the viewer.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);

  std::string name = "forklight-engine";
  char* const arguments[] = {name.data(), nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, options.engine.c_str(), &actions, &attributes, arguments, environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT || error == EACCES) {
    throw base::Failure(fmt::format("Cannot start the engine {}: {}. Build it, or put it beside forklight.", options.engine.string(),
                                    base::error_text(error)));
  }
  if (error != 0) base::throw_errno("posix_spawn", error);
  return pid;
}

// The kernel's rings, or why there are none, as the supervisor says.
void take_kernel_message(observe::Observer& observer, const nlohmann::json& message, std::vector<base::Fd>& descriptors,
                         std::vector<trace::Record>& out) {
  const auto described = message.value("rings", nlohmann::json::array());
  if (described.empty()) return observer.no_rings(message.value("error", 0), out);
  std::vector<observe::PerfRing> rings;
  try {
    if (descriptors.size() != described.size()) return observer.no_rings(EMFILE, out);  // no room for them in this process
    for (std::size_t i = 0; i < described.size(); ++i) {
      rings.emplace_back(std::move(descriptors[i]), described[i].at("cpu").get<int>(), described[i].at("bytes").get<std::size_t>());
    }
    observer.add_rings(std::move(rings), out);
  } catch (const std::system_error& error) {
    observer.no_rings(error.code().value(), out);
  }
}

}  // namespace

Engine::Engine(const EngineOptions& options, const RunRequest& request) : on_news_(options.on_news) {
  try {
    region_ = trace::Region::create(options.region);
    pace_.emplace(region_, options.pace);
    int ends[2];
    base::posix_call("socketpair", [&] { return ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends); });
    control_ = base::Fd(ends[0]);
    const base::Fd theirs(ends[1]);
    // If the supervisor is killed, what it leaves behind comes to us, and not to an init that may not reap.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    supervisor_ = spawn(options, theirs.get(), region_.fd());
    collector_ = std::thread([this, request, hold_at = options.hold_at] {
      send_message(control_.get(), to_json(request));
      collect(request.observe, hold_at);
    });
  } catch (const std::system_error& error) {
    if (supervisor_ > 0) {  // it has not been told to run anything
      control_.reset();
      bury_supervisor();
    }
    const int number = error.code().value();
    const char* cure = number == EMFILE || number == ENFILE ? "close some files, or raise the limit that `ulimit -n` shows"
                       : number == EAGAIN                   ? "end some processes, or raise the limit that `ulimit -u` shows"
                                                            : "free some memory and try again";
    throw base::Failure(fmt::format("Cannot start a run ({}): {}.", error.what(), cure));
  }
}

Engine::~Engine() {
  if (!ended_.load(std::memory_order_acquire)) {
    // The end of the control socket is what the supervisor takes for our death: SIGKILL to the lesson, then it ends itself.
    ::shutdown(control_.get(), SHUT_RDWR);
  }
  collector_.join();
}

void Engine::stop() { send_message(control_.get(), {{"do", "stop"}}); }

void Engine::signal(trace::TaskId task, int signal) {
  send_message(control_.get(), {{"do", "signal"}, {"task", task}, {"signal", signal}});
}

void Engine::interrupt() { send_message(control_.get(), {{"do", "interrupt"}}); }

void Engine::act(nlohmann::json what) {
  what["do"] = "act";
  send_message(control_.get(), what);
}

std::string Engine::take_refusal() {
  const std::lock_guard lock(mutex_);
  return std::exchange(refusal_, {});
}

std::vector<Engine::Batch> Engine::take(std::vector<Batch> used) {
  for (Batch& batch : used) batch.clear();
  std::erase_if(used, [](const Batch& batch) { return batch.capacity() == 0 || batch.capacity() > kMostSpareRecords; });
  const std::lock_guard lock(mutex_);
  for (auto batch = used.begin(); batch != used.end() && spare_.size() < kSpareBatches; ++batch) spare_.push_back(std::move(*batch));
  return std::exchange(batches_, {});
}

bool Engine::finished() const noexcept {
  if (!ended_.load(std::memory_order_acquire)) return false;
  const std::lock_guard lock(mutex_);
  return batches_.empty();
}

std::string Engine::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void Engine::collect(observe::Want want, std::function<bool(const trace::Record&)> hold_at) {
  trace::Collector collector(region_);
  DeedRepeater repeater([this](const nlohmann::json& message) { send_message(control_.get(), message); });
  observe::Observer observer(want, supervisor_);
  Batch batch, kernels;
  const auto hand_over = [&] {
    sampling_cost_ns_ = observer.sampling_cost_ns();
    if (batch.empty() && kernels.empty()) return;
    std::stable_sort(kernels.begin(), kernels.end(), [](const auto& x, const auto& y) { return x.event.time_ns < y.event.time_ns; });
    {
      const std::lock_guard lock(mutex_);
      for (Batch* one : {&kernels, &batch}) {
        if (one->empty()) continue;
        batches_.push_back(std::exchange(*one, {}));
        if (spare_.empty()) continue;
        *one = std::move(spare_.back());  // the one used last: it may be in a cache yet
        spare_.pop_back();
      }
    }
    if (on_news_) on_news_();
  };

  std::int64_t last_news = base::now_ns();
  bool held = false;  // as the supervisor knows it
  while (true) {
    pollfd control{control_.get(), POLLIN, 0};
    const Pace pace = pace_->pace();
    if (held != (pace == Pace::step)) send_message(control_.get(), {{"do", "held"}, {"held", held = !held}});
    const bool busy = pace == Pace::slow || pace == Pace::replay || base::now_ns() - last_news < kBusyFor;
    if (::poll(&control, 1, busy ? kBusyPause_ms : kIdlePause_ms) > 0) {
      std::vector<base::Fd> descriptors;
      const auto message = receive_message(control_.get(), &descriptors);
      if (!message) break;
      const std::string event = message->value("event", "");
      if (event == "kernel") take_kernel_message(observer, *message, descriptors, kernels);
      if (event == "started") group_ = message->value("pid", 0);
      if (event == "refusal") {
        const std::string why = message->value("text", "");
        const std::lock_guard lock(mutex_);
        if (!repeater.refused(why, *pace_)) refusal_ = why;
      }
      if (event == "refused") {
        const std::lock_guard lock(mutex_);
        error_ = message->value("error", "The engine refused the run.");
      }
    }
    if (collector.drain(batch) > 0) last_news = base::now_ns();
    if (hold_at && std::any_of(batch.begin(), batch.end(), hold_at)) {
      hold_at = nullptr;
      pace_->hold();
      moment_met_.store(true, std::memory_order_release);
    }
    repeater.note(batch, *pace_);
    observer.drain(batch, kernels);
    if (kernels.size() > kManySwitches) last_news = base::now_ns();
    hand_over();
    repeater.tick(*pace_, base::now_ns());
    if (pace_->tick(base::now_ns()) && on_news_) on_news_();
  }
  bury_supervisor();
  pace_->finish();
  collector.drain_all(batch);
  observer.drain_all(batch, kernels);
  hand_over();
  ended_.store(true, std::memory_order_release);
  if (on_news_) on_news_();
}

// The control socket has ended: the supervisor is done, or was killed. In the latter case the lifeline ends the lesson, and we reap it.
void Engine::bury_supervisor() {
  // It ends at once, unless somebody has stopped it.
  const base::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, supervisor_, 0)));
  pollfd ended{pidfd.get(), POLLIN, 0};
  if (base::retry_eintr([&] { return ::poll(&ended, 1, kSupervisorPatience_ms); }) == 0) ::kill(supervisor_, SIGKILL);
  int status = 0;
  const pid_t got = base::retry_eintr([&] { return ::waitpid(supervisor_, &status, 0); });
  if (got == supervisor_ && WIFEXITED(status)) return;
  {
    const std::lock_guard lock(mutex_);
    if (error_.empty()) error_ = "The run's supervisor was killed: every process of the run was ended with it.";
  }
  const pid_t group = group_;
  if (group <= 0) return;
  const std::int64_t patience = base::now_ns() + 2 * base::kSecond;
  while (base::now_ns() < patience) {
    const pid_t reaped = base::retry_eintr([&] { return ::waitpid(-group, nullptr, WNOHANG); });
    if (reaped < 0) break;  // ECHILD: nobody of the group is left
    if (reaped == 0) {
      ::kill(-group, SIGKILL);  // for what had just been born; the number is taken as long as one of the group is not reaped
      ::poll(nullptr, 0, 1);
    }
  }
  while (end_strays() && base::now_ns() < patience) ::poll(nullptr, 0, 1);
}

// Who has left the group (setsid) is not met by the lifeline. As an orphan it came to us, with all that it had started once it is dead: so a
// number from the region that is our child's is one of the run's. True while there was one.
bool Engine::end_strays() const {
  bool found = false;
  for (std::uint32_t index = 1; index < region_.slots_used(); ++index) {
    const pid_t pid = region_.slot(index).pid.load(std::memory_order_acquire);
    siginfo_t info{};
    if (pid <= 0 || ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) continue;
    found = true;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, WNOHANG);
  }
  return found;
}

}  // namespace forklight::supervisor
