#include "tests/support/processes.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/posix_call.h"

extern char** environ;

namespace forklight::tests {
namespace {
constexpr unsigned kLongestTest_s = 100;
}

void start_watchdog() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::signal(SIGALRM, [](int) {
    constexpr char text[] = "watchdog: the test hung\n";
    (void)!::write(2, text, sizeof text - 1);
    ::_exit(99);
  });
  ::alarm(kLongestTest_s);
}

bool none_left(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  bool clean = true;
  for (;;) {
    siginfo_t info{};
    if (base::retry_eintr([&] { return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG); }) != 0) return clean;  // ECHILD: none
    if (info.si_pid != 0) continue;
    if (std::chrono::steady_clock::now() >= until) {
      clean = false;
      for (const pid_t pid : children_of(::getpid())) {
        std::fprintf(stderr, "left behind: process %d\n", pid);
        ::kill(pid, SIGKILL);
      }
    }
    ::poll(nullptr, 0, 1);
  }
}

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

Finished run_program(const std::vector<std::string>& arguments, std::chrono::milliseconds patience,
                     const std::vector<std::string>& environment) {
  const base::Fd out(capture_file()), err(capture_file());
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.get(), 2);
  std::vector<char*> words, variables;
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string name = std::string(*variable).substr(0, std::string(*variable).find('=') + 1);
    bool replaced = false;
    for (const auto& ours : environment) replaced = replaced || ours.starts_with(name);
    if (!replaced) variables.push_back(*variable);
  }
  for (const auto& variable : environment) variables.push_back(const_cast<char*>(variable.c_str()));
  variables.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), variables.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return {-1000, "", base::error_text(error)};
  int status = 0;
  pid_t got = 0;
  const bool ended = wait_until([&] { return (got = ::waitpid(pid, &status, WNOHANG)) != 0; }, patience);
  if (!ended) {
    ::kill(pid, SIGKILL);
    base::retry_eintr([&] { return ::waitpid(pid, &status, 0); });
  }
  // Nobody else may have children in the meantime: the caller's own would be waited for too.
  (void)none_left(std::chrono::duration_cast<std::chrono::milliseconds>(patience));
  return {WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status), captured(out.get()), captured(err.get())};
}

int capture_file() {
  const int fd = base::posix_call("memfd_create", [] { return ::memfd_create("captured", MFD_CLOEXEC); });
  ::fcntl(fd, F_SETFL, O_APPEND);  // processes that write at once would overwrite each other: a memfd's offset is not locked
  return fd;
}

std::string captured(int fd) {
  std::string text(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
  if (::pread(fd, text.data(), text.size(), 0) < 0) return {};
  return text;
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count - 1;  // the directory's own
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    std::ifstream file(task.path() / "children");
    for (pid_t child; file >> child;) children.push_back(child);
  }
  return children;
}

char state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::stringstream text;
  text << file.rdbuf();
  const std::string line = text.str();
  const auto name_end = line.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= line.size() ? '\0' : line[name_end + 2];
}

}  // namespace forklight::tests
