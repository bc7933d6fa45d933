// A directory for the files that one run writes.
//
// A temporary one lives as long as its object; the lock that is held on it tells others so. What a viewer left behind that was killed has
// no lock any more, and is taken away when the next temporary one is made.
#pragma once

#include <filesystem>

#include "core/base/fd.h"

namespace forklight::app::session {

class RunFolder {
 public:
  // Fresh and empty, where the system keeps temporary files, nobody else's to read. Throws base::Failure, in one sentence.
  [[nodiscard]] static RunFolder temporary();
  // The person's own choice: made if it is not there, and never removed. Throws base::Failure, in one sentence.
  [[nodiscard]] static RunFolder at(const std::filesystem::path& path);

  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&& other) noexcept;
  ~RunFolder();  // removes a temporary one with all that is in it

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] bool is_temporary() const noexcept { return static_cast<bool>(lock_); }

 private:
  RunFolder(std::filesystem::path path, base::Fd lock) noexcept : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  base::Fd lock_;  // of a temporary one
};

}  // namespace forklight::app::session
