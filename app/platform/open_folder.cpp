#include "app/platform/open_folder.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>

extern char** environ;

namespace forklight::app::platform {
namespace {

// In a session of its own: what it opens is the desktop's, and outlives us.
pid_t start(const std::filesystem::path& folder) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int fd : {0, 1, 2}) ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::string program = "xdg-open", path = folder.string();
  char* const arguments[] = {program.data(), path.data(), nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, program.c_str(), &actions, &attributes, arguments, environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? pid : -1;
}

}  // namespace

void FolderOpener::open(const std::filesystem::path& folder) {
  asked_.push_back({start(folder), folder});
}

std::optional<std::filesystem::path> FolderOpener::take_failure() {
  for (auto asked = asked_.begin(); asked != asked_.end();) {
    int status = 0;
    if (asked->pid > 0 && ::waitpid(asked->pid, &status, WNOHANG) == 0) {
      ++asked;
      continue;
    }
    const bool shown = asked->pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    std::filesystem::path folder = std::move(asked->folder);
    asked = asked_.erase(asked);
    if (!shown) return folder;
  }
  return std::nullopt;
}

}  // namespace forklight::app::platform
