#include "app/session/run_folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "app/i18n/i18n.h"
#include "core/base/error.h"

namespace forklight::app::session {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "forklight-run-";

[[noreturn]] void refuse(const fs::path& path, int error) {
  throw base::Failure(i18n::tr("session.no_folder", fmt::arg("path", path.string()), fmt::arg("error", base::error_text(error))));
}

// The lock of a directory of ours, if nobody has it. Links are not followed.
base::Fd try_lock(const fs::path& path) {
  base::Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!directory || ::fstat(directory.get(), &info) != 0 || info.st_uid != ::geteuid()) return {};
  if (::flock(directory.get(), LOCK_EX | LOCK_NB) != 0) return {};
  return directory;
}

// What a killed viewer has left.
void sweep(const fs::path& parent) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator at(parent, fs::directory_options::skip_permission_denied, error), end; !error && at != end; at.increment(error))
    if (at->path().filename().string().starts_with(kPrefix)) found.push_back(at->path());
  for (const fs::path& path : found)
    if (const base::Fd lock = try_lock(path)) fs::remove_all(path, error);
}

}  // namespace

RunFolder RunFolder::temporary() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) refuse("/tmp", error.value());
  sweep(parent);
  for (;;) {
    std::string path = (parent / (std::string(kPrefix) + "XXXXXX")).string();
    if (::mkdtemp(path.data()) == nullptr) refuse(path, errno);
    base::Fd lock = try_lock(path);
    struct stat info {};
    // Between the two calls another viewer may have taken it for one that was left behind.
    if (lock && ::fstat(lock.get(), &info) == 0 && info.st_nlink > 0) return {path, std::move(lock)};
  }
}

RunFolder RunFolder::at(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (!error) fs::create_directories(absolute, error);
  if (error) refuse(path, error.value());
  if (::access(absolute.c_str(), W_OK | X_OK) != 0) refuse(absolute, errno);
  return {absolute, {}};
}

RunFolder::RunFolder(RunFolder&& other) noexcept : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

RunFolder& RunFolder::operator=(RunFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

RunFolder::~RunFolder() {
  if (!lock_ || path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace forklight::app::session
