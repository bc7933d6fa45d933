#include "core/process/resource_tracker.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/process/helper.h"
#include "core/process/output.h"
#include "core/process/runtime.h"
#include "core/process/signals.h"
#include "core/trace/recorder.h"

namespace forklight::process {

using trace::Kind;
using trace::Recorder;

namespace {

constexpr std::array kIgnored = {SIGINT, SIGTERM};  // Ctrl+C is for the lesson, and terminate() too

struct Client {
  base::Fd pipe;
  Helper helper;
  pid_t owner = 0;  // whose `registered` that is; a forked child has registered nothing
  int registered = 0;
};

Client& client() {
  static Client one;
  return one;
}

// Shorter than PIPE_BUF: whole, whoever else writes.
bool tell(const std::string& line) { return base::write_all(client().pipe.get(), line.data(), line.size()); }

std::string name_of(pid_t pid, int number) { return fmt::format("/mp-{}-{}", pid, number); }

void start_tracker() {
  base::Pipe lines = base::make_pipe();
  const int read_end = lines.read.get();
  client().helper = launch_helper(trace::kResourceTracker, "--resource-tracker", {read_end}, {{"lines", read_end}}, kIgnored);
  client().pipe = std::move(lines.write);
}

}  // namespace

int resource_tracker_fd() {
  const auto held = Runtime::current().hold();  // or two threads would each start one
  if (client().pipe && !tell("PROBE:0:noop\n")) {
    client().pipe.reset();
    (void)reap_helper(client().helper);
    write_stderr("resource_tracker.py: UserWarning: resource_tracker: process died unexpectedly, relaunching.  Some resources might leak.\n");
  }
  if (!client().pipe) start_tracker();
  return client().pipe.get();
}

void know_resource_tracker(base::Fd write_end) {
  client().helper = {};
  client().pipe = std::move(write_end);
}

void register_semaphore() {
  Client& tracker = client();
  Runtime& runtime = Runtime::current();
  const auto held = runtime.hold();
  (void)resource_tracker_fd();
  if (std::exchange(tracker.owner, runtime.pid()) != runtime.pid()) {
    tracker.registered = 0;
    runtime.add_finalizer(0, [] {
      const auto kept = Runtime::current().hold();
      Client& mine = client();
      while (mine.registered > 0) (void)tell(fmt::format("UNREGISTER:{}:semaphore\n", name_of(mine.owner, mine.registered--)));
    });
  }
  (void)tell(fmt::format("REGISTER:{}:semaphore\n", name_of(tracker.owner, ++tracker.registered)));
}

void serve_resource_tracker(base::Fd lines) {
  sigset_t met;
  ::sigemptyset(&met);
  for (const int signal : kIgnored) {
    ignore_signal(signal);
    ::sigaddset(&met, signal);
  }
  ::sigprocmask(SIG_UNBLOCK, &met, nullptr);
  std::set<std::string, std::less<>> names;
  const auto take_line = [&](std::string_view line) {
    const auto command = line.substr(0, line.find(':'));
    const auto name = line.substr(command.size() + 1, line.rfind(':') - command.size() - 1);
    if (command == "REGISTER") names.emplace(name);
    if (command == "UNREGISTER") names.erase(std::string(name));
  };
  std::string unfinished;
  for (;;) {
    char bytes[4096];
    const ssize_t got = [&] {
      const gil::Blocking blocking(trace::BlockReason::requests, 0, gil::kNoTimeout);
      return base::retry_eintr([&] { return ::read(lines.get(), bytes, sizeof bytes); });
    }();
    if (got <= 0) break;
    unfinished.append(bytes, static_cast<std::size_t>(got));
    for (std::size_t end; (end = unfinished.find('\n')) != std::string::npos; unfinished.erase(0, end + 1)) {
      if (unfinished.find(':') < end) take_line(std::string_view(unfinished).substr(0, end));
    }
  }
  if (!names.empty()) {
    write_stderr(fmt::format("resource_tracker.py: UserWarning: resource_tracker: There appear to be {} leaked semaphore objects to clean up at shutdown\n",
                             names.size()));
  }
  Recorder::current().record(Kind::exit, 0, 0, static_cast<std::uint64_t>(trace::ExitHow::returned));
  ::_exit(0);
}

}  // namespace forklight::process
