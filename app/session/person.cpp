#include "app/session/person.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace forklight::app::session {

namespace fs = std::filesystem;

namespace {

// XDG's rule: a path that is not absolute is none.
std::optional<fs::path> absolute_path(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value != '/') return std::nullopt;
  return fs::path(value);
}

std::optional<fs::path> folder(const char* variable, const char* below_home) {
  if (const auto named = absolute_path(variable)) return *named / "forklight";
  if (const auto home = absolute_path("HOME")) return *home / below_home / "forklight";
  return std::nullopt;
}

[[noreturn]] void refuse(int error) { throw base::Failure(base::error_text(error)); }

}  // namespace

std::optional<PersonFolders> person_folders() {
  const auto config = folder("XDG_CONFIG_HOME", ".config"), state = folder("XDG_STATE_HOME", ".local/state");
  if (!config || !state) return std::nullopt;
  return PersonFolders{*config, *state};
}

void write_whole(const fs::path& file, std::string_view text) {
  std::error_code error;
  if (!fs::exists(file.parent_path(), error)) {
    fs::create_directories(file.parent_path(), error);
    if (error) refuse(error.value());
    ::chmod(file.parent_path().c_str(), 0700);
  }
  // Of this process alone: two windows may write at once.
  const fs::path temporary = file.string() + "." + std::to_string(::getpid());
  {
    base::Fd out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!out) refuse(errno);
    while (!text.empty()) {
      const ssize_t written = ::write(out.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        const int why = errno;
        ::unlink(temporary.c_str());
        refuse(why);
      }
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) {
    const int why = errno;
    ::unlink(temporary.c_str());
    refuse(why);
  }
}

void remember(Past& past, const std::string& path) {
  std::error_code ignored;
  const std::string whole = fs::absolute(path, ignored).lexically_normal().string();
  if (std::any_of(past.runs.begin(), past.runs.end(), [&](const KeptRun& run) { return run.path == whole; })) return;
  std::erase(past.files, whole);
  past.files.insert(past.files.begin(), whole);
  if (past.files.size() > kMostFiles) past.files.resize(kMostFiles);
}

}  // namespace forklight::app::session
