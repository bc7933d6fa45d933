// Shows a directory with the desktop's own program for that.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

namespace forklight::app::platform {

class FolderOpener {
 public:
  // Starts xdg-open and goes on at once.
  void open(const std::filesystem::path& folder);
  // A directory that could not be shown, once: there is no such program, or it has said that it cannot. Never waits.
  [[nodiscard]] std::optional<std::filesystem::path> take_failure();

 private:
  struct Asked {
    pid_t pid;  // -1: the program could not be started
    std::filesystem::path folder;
  };
  std::vector<Asked> asked_;
};

}  // namespace forklight::app::platform
