#include "app/session/installed_python.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "core/base/clock.h"
#include "core/base/posix_call.h"

namespace forklight::app::session {
namespace {

constexpr int kOldest = 8, kNewest = 14;  // what the engine knows of
constexpr std::int64_t kPatience = base::kSecond;

// What `python3 --version` says: "Python 3.11.7".
std::string version_text() {
  const base::Pipe pipe = base::make_pipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe.write.get(), STDOUT_FILENO);
  std::string name = "python3", option = "--version";
  char* const arguments[] = {name.data(), option.data(), nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, name.c_str(), &actions, nullptr, arguments, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return {};
  std::string text;
  const std::int64_t until = base::now_ns() + kPatience;
  while (text.find('\n') == std::string::npos) {
    pollfd ready{pipe.read.get(), POLLIN, 0};
    const auto left_ms = static_cast<int>((until - base::now_ns()) / base::kMillisecond);
    if (left_ms <= 0 || ::poll(&ready, 1, left_ms) <= 0) break;
    char part[64];
    const ssize_t count = ::read(pipe.read.get(), part, sizeof part);
    if (count <= 0) break;
    text.append(part, static_cast<std::size_t>(count));
  }
  ::kill(pid, SIGKILL);  // it has said what it had to say, or is too slow
  base::retry_eintr([&] { return ::waitpid(pid, nullptr, 0); });
  return text;
}

}  // namespace

int installed_python_minor() {
  static const int minor = [] {
    int major = 0, number = 0;
    if (std::sscanf(version_text().c_str(), "Python %d.%d", &major, &number) != 2 || major != 3) return kNewest;
    return number < kOldest ? kOldest : number > kNewest ? kNewest : number;
  }();
  return minor;
}

}  // namespace forklight::app::session
