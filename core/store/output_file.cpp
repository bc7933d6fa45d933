#include "core/store/output_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <random>
#include <utility>

#include "core/base/error.h"

namespace forklight::store {

namespace fs = std::filesystem;
using base::Failure;

namespace {

constexpr std::size_t kBuffer = std::size_t{256} << 10;  // bytes

// Says early and clearly what would fail late and obscurely.
void check_target(const fs::path& file) {
  if (!file.has_filename()) throw Failure(fmt::format("{} is no file name: give one, as in run.flt.", file.string()));
  std::error_code error;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, error)) {
    throw Failure(fmt::format("There is no folder {} to save {} in: create it, or save elsewhere.", folder.string(),
                              file.filename().string()));
  }
  const fs::file_status status = fs::status(file, error);
  if (fs::is_directory(status)) throw Failure(fmt::format("{} is a folder: give the name of a file.", file.string()));
  if (!fs::exists(status)) return;
  if (!fs::is_regular_file(status)) {
    throw Failure(fmt::format("{} is a device or a pipe, not a file: save under another name.", file.string()));
  }
  // A rename would replace a write-protected file without asking.
  errno = 0;
  if (!std::ofstream(file, std::ios::in | std::ios::out | std::ios::binary)) {
    throw Failure(
        fmt::format("{} may not be changed ({}): save under another name.", file.string(), base::error_text(errno)));
  }
}

}  // namespace

TemporaryFile::TemporaryFile(const fs::path& target) : name_(target) {
  check_target(target);
  std::error_code no_link;
  target_ = fs::is_symlink(target, no_link) ? fs::weakly_canonical(target, no_link) : target;
  std::random_device random;
  path_ = target_.parent_path() / fmt::format(".forklight-{:08x}{:08x}.tmp", random(), random());
  // Made here and not by SQLite, which tries again read-only and so forgets why it could not.
  errno = 0;
  if (!std::ofstream(path_, std::ios::binary)) {
    throw Failure(
        fmt::format("{} could not be written ({}): save it in another folder.", name_.string(), base::error_text(errno)));
  }
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

void TemporaryFile::take_place() {
  std::error_code error;
  fs::rename(path_, target_, error);
  if (error)
    throw Failure(fmt::format("{} could not be replaced ({}): save under another name.", name_.string(), error.message()));
}

OutputFile::OutputFile(const fs::path& target)
    : name_(target), temporary_(target), file_(std::fopen(temporary_.path().c_str(), "wb")) {
  if (file_ == nullptr) fail();
  buffer_.reserve(kBuffer);
}

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void OutputFile::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBuffer) flush();
  if (bytes.size() > kBuffer) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail();
    return;
  }
  buffer_ += bytes;
}

void OutputFile::flush() {
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) fail();
  buffer_.clear();
}

void OutputFile::commit() {
  flush();
  if (std::fflush(file_) != 0 || ::fsync(::fileno(file_)) != 0) fail();
  std::FILE* const file = std::exchange(file_, nullptr);
  if (std::fclose(file) != 0) fail();
  temporary_.take_place();
}

void OutputFile::fail() const {
  if (errno == ENOSPC || errno == EDQUOT)
    throw Failure(fmt::format("The disk is too full to save {}: make room, or save elsewhere.", name_.string()));
  throw Failure(
      fmt::format("{} could not be written ({}): save it in another folder.", name_.string(), base::error_text(errno)));
}

}  // namespace forklight::store
