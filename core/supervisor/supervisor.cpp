#include "core/supervisor/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/process/boot.h"
#include "core/supervisor/learner.h"
#include "core/supervisor/tree.h"

namespace forklight::supervisor {
namespace {

using trace::Kind;
using trace::Recorder;
using trace::StopReason;

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kGrace = 500 * base::kMillisecond;  // for the whole tree to end when a run is stopped
constexpr std::int64_t kStopPause = 5 * base::kMillisecond;
constexpr std::size_t kFirstPidfd = 3;  // of what is polled: before it come the control socket, signals and births

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // the sanitizers' shadow memory is far larger than any cap
#else
constexpr bool kSanitized = false;
#endif

class Supervisor {
 public:
  // `control` stays the caller's.
  Supervisor(trace::Region region, int control, RunRequest request)
      : region_(std::move(region)), control_(control), request_(std::move(request)), tree_(region_) {}

  void prepare() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // beside the end of the control socket
    ::sigemptyset(&signals_);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&signals_, signal);
    ::sigprocmask(SIG_BLOCK, &signals_, nullptr);
    signal_fd_ = base::Fd(base::posix_call("signalfd", [&] { return ::signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK); }));
    birth_fd_ = base::Fd(base::posix_call("eventfd", [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }));
    lifeline_ = base::make_pipe();
    // Two descriptors a process watched: the soft limit of a shell is too low for a large lesson. The lesson keeps the shell's.
    ::getrlimit(RLIMIT_NOFILE, &user_files_);
    const rlimit most{user_files_.rlim_max, user_files_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &most);
    Recorder::current().attach(region_, 0);
    region_.header().max_processes = request_.caps.processes;
    watch_switches();
  }

  void start_main(const process::Lesson& lesson) {
    const auto slot = region_.claim(0, "MainProcess");
    if (!slot) throw base::Failure("No room for MainProcess in the trace region: raise the process limit.");
    main_ = ::fork();
    if (main_ < 0) {
      const int error = errno;
      throw base::Failure("The system refused a new process (" + base::error_text(error) +
                          "): end some processes, or raise the limit that `ulimit -u` shows.");
    }
    if (main_ == 0) run_main(lesson, *slot);
    ::setpgid(main_, main_);
    region_.publish_birth(*slot, main_);
    tree_.note_births();
    deadline_ = base::now_ns() + request_.caps.run_time_s * base::kSecond;
    send_message(control_, {{"event", "started"}, {"pid", main_}});
  }

  // Until no process of the run is left.
  void watch() {
    bool reaper_awaited = false;
    while (true) {
      wait_for_news(reaper_awaited);
      take_news();
      tree_.note_births();
      reaper_awaited = tree_.note_deaths(std::span(poll_).subspan(kFirstPidfd));
      // Of our own children the kernel tells by SIGCHLD; of adopted ones that were dead already, too.
      if ((std::exchange(own_child_ended_, false) || stopping_) && !tree_.reap_own()) break;
      keep_time();
    }
    tree_.close();
    send_message(control_, {{"event", "ended"}});
  }

 private:
  // Opens the kernel's records of all that we shall fork, and hands them to the viewer.
  void watch_switches() {
    observe::Opened opened;
    if (request_.observe == observe::Want::best) opened = observe::open_rings();
    rings_ = std::move(opened.rings);
    if (rings_.empty()) send_message(control_, {{"event", "kernel"}, {"error", opened.error}});
    for (std::size_t first = 0; first < rings_.size(); first += kMaxDescriptors) {
      auto described = nlohmann::json::array();
      std::vector<int> descriptors;
      for (std::size_t i = first; i < std::min(first + kMaxDescriptors, rings_.size()); ++i) {
        described.push_back({{"cpu", rings_[i].cpu()}, {"bytes", rings_[i].bytes()}});
        descriptors.push_back(rings_[i].fd());
      }
      send_message(control_, {{"event", "kernel"}, {"rings", described}}, descriptors);
    }
  }

  [[noreturn]] void run_main(const process::Lesson& lesson, std::uint32_t slot) {
    ::setpgid(0, 0);
    // What belongs to the supervisor alone: above all the lifeline's write end, or nothing would ever end us.
    ::close(control_);
    for (observe::PerfRing& ring : rings_) ring.forget();
    signal_fd_.reset();
    lifeline_.write.reset();
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
    ::sigprocmask(SIG_UNBLOCK, &signals_, nullptr);
    ::setrlimit(RLIMIT_NOFILE, &user_files_);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    if (!kSanitized) {
      const rlimit memory{request_.caps.bytes, request_.caps.bytes};
      ::setrlimit(RLIMIT_DATA, &memory);
    }
    if (!request_.directory.empty()) ::setenv("FORKLIGHT_RUN_DIR", request_.directory.c_str(), 1);  // alone in this process
    process::RunContext context;
    context.region = &region_;
    context.birth_fd = birth_fd_.get();
    context.lifeline_fd = lifeline_.read.get();
    context.program = lesson.program;
    context.buffering = request_.buffering;
    context.python_minor = request_.python_minor;
    context.request = to_json(request_).dump();
    process::Runtime& runtime = process::Runtime::current();
    runtime.become_main(context, slot);
    const int code = runtime.run_to_end(lesson.main);
    ::_exit(code);
  }

  void wait_for_news(bool reaper_awaited) {
    poll_.assign({{control_, POLLIN, 0}, {signal_fd_.get(), POLLIN, 0}, {birth_fd_.get(), POLLIN, 0}});
    tree_.append_pollfds(poll_);
    const std::int64_t next = std::min(held_since_ == kNever ? deadline_ : kNever, kill_at_);
    std::int64_t wait = next == kNever ? kNever : std::max<std::int64_t>(0, next - base::now_ns());
    if (ending_) wait = std::min(wait, kStopPause);
    if (reaper_awaited) wait = std::min(wait, base::kMillisecond);
    const timespec timeout = base::to_timespec(wait);
    ::ppoll(poll_.data(), poll_.size(), wait == kNever ? nullptr : &timeout, nullptr);  // EINTR: nothing is lost by looking
  }

  void take_news() {
    if (poll_[0].revents != 0) {
      const auto message = receive_message(control_);
      if (!message) {
        control_ = -1;
        stop(StopReason::viewer_gone);
      } else if (message->value("do", "") == "stop") {
        stop(StopReason::learner);
      } else if (message->value("do", "") == "signal" && !stopping_) {
        tree_.signal(message->value("task", trace::TaskId{0}), message->value("signal", 0));
      } else if (message->value("do", "") == "held") {
        note_held(message->value("held", false));
      } else if (message->value("do", "") == "interrupt" && !stopping_) {
        interrupt();
      } else if (message->value("do", "") == "act" && !stopping_) {
        tree_.note_births();
        const std::string refusal = Learner(region_, tree_).act(*message);
        if (!refusal.empty()) send_message(control_, {{"event", "refusal"}, {"text", refusal}});
      }
    }
    if (poll_[1].revents != 0) {
      signalfd_siginfo info;
      while (::read(signal_fd_.get(), &info, sizeof info) == sizeof info) {
        if (info.ssi_signo != SIGCHLD) stop(StopReason::viewer_gone);
        own_child_ended_ |= info.ssi_signo == SIGCHLD;
      }
    }
    std::uint64_t births;
    if (poll_[2].revents != 0) (void)!::read(birth_fd_.get(), &births, sizeof births);
  }

  void keep_time() {
    const std::int64_t now = base::now_ns();
    if (held_since_ == kNever && now >= deadline_) {
      deadline_ = kNever;
      Recorder::current().record(Kind::cap, 0, static_cast<std::uint64_t>(trace::Cap::run_time),
                                 static_cast<std::uint64_t>(request_.caps.run_time_s));
      stop(StopReason::run_time);
    }
    if (ending_) tree_.end_next(now >= hurry_at_);
    if (now >= kill_at_) {
      kill_all();
      kill_at_ = now + kGrace;  // a process forked while the signal went round gets the next one
    }
  }

  void stop(StopReason why) {
    if (!stopping_) Recorder::current().record(Kind::stop, 0, static_cast<std::uint64_t>(why));
    deadline_ = kNever;
    const std::int64_t now = base::now_ns();
    if (why == StopReason::viewer_gone) {  // nobody is left to see how they end
      ending_ = false;
      kill_all();
      kill_at_ = now + kGrace;
    } else if (!stopping_) {
      ending_ = true;
      signal_group(SIGSTOP);  // all stand still first: none is born, none is reaped while the others are ended
      hurry_at_ = now + kGrace;
      kill_at_ = now + 4 * kGrace;
    }
    stopping_ = true;
  }

  // Who holds a run to explain it, or to look at a zombie, takes as long as that takes: the time limit is for what goes on by itself.
  void note_held(bool held) {
    if (held == (held_since_ != kNever)) return;
    const std::int64_t now = base::now_ns();
    if (!held && deadline_ != kNever) deadline_ += now - held_since_;
    held_since_ = held ? now : kNever;
  }

  // Ctrl+C, as a terminal does it: SIGINT to the whole group at once, the forkserver and the resource tracker included (P-64).
  void interrupt() const {
    Recorder::current().record(Kind::learner, 0, static_cast<std::uint64_t>(trace::LearnerAct::interrupt), SIGINT);
    signal_group(SIGINT);
  }

  // Who has left the group is met by its pid: one whose birth is not noted yet, the next time.
  void kill_all() {
    tree_.note_births();
    signal_group(SIGKILL);
    tree_.kill_all();
  }

  // The lesson's own process group. Its number stays taken as long as one of its processes is left, and we ask only while that is so.
  void signal_group(int signal) const { ::kill(-main_, signal); }

  trace::Region region_;
  int control_;  // -1 once the viewer is gone: poll skips it
  RunRequest request_;
  Tree tree_;
  std::vector<observe::PerfRing> rings_;  // mapped here so that nothing is lost before the viewer has mapped them too
  sigset_t signals_{};
  base::Fd signal_fd_, birth_fd_;
  base::Pipe lifeline_;
  rlimit user_files_{};
  pid_t main_ = -1;
  std::int64_t held_since_ = kNever;  // by the learner
  std::int64_t deadline_ = kNever, hurry_at_ = kNever, kill_at_ = kNever;
  bool stopping_ = false;
  bool own_child_ended_ = false;
  bool ending_ = false;  // one by one, children first
  std::vector<pollfd> poll_;
};

int serve(const FindLesson& find_lesson) {
  // The numbers were handed over; nothing that this process starts may inherit them unasked.
  for (const int fd : {kControlFd, kRegionFd}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  const base::Fd control(kControlFd);
  try {
    const auto message = receive_message(control.get());
    if (!message) return 1;
    RunRequest request = run_request(*message);
    const process::Lesson lesson = find_lesson(request);
    Supervisor supervisor(trace::Region::attach(base::Fd(kRegionFd)), control.get(), std::move(request));
    supervisor.prepare();
    supervisor.start_main(lesson);
    supervisor.watch();
    return 0;
  } catch (const std::exception& error) {
    send_message(control.get(), {{"event", "refused"}, {"error", error.what()}});
    return 1;
  }
}

}  // namespace

int engine_main(int argc, char** argv, const FindLesson& find_lesson) {
  const auto child = process::boot(argc, argv, [&](const std::string& text) {
    const RunRequest request = run_request(nlohmann::json::parse(text));
    return process::Booked{find_lesson(request), request.buffering, request.python_minor};
  });
  if (child) return *child;
  // Without a viewer there is nobody to watch the run, and nobody to end it.
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(kControlFd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    std::fputs("forklight-engine is started by forklight: try `forklight run exit-codes`.\n", stderr);
    return 2;
  }
  return serve(find_lesson);
}

}  // namespace forklight::supervisor
