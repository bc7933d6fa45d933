// Files that are there whole or not at all: written under another name beside their own, then renamed.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace forklight::store {

// An empty file beside the target under a name that nobody has. It is gone again unless it takes the target's place.
class TemporaryFile {
 public:
  // Throws base::Failure with one sentence (no such folder, no permission, a folder or a device by that name); nothing
  // has been changed then. What a link points to is replaced, not the link.
  explicit TemporaryFile(const std::filesystem::path& target);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  void take_place();  // throws base::Failure

 private:
  std::filesystem::path name_, target_, path_;  // name_: as the person wrote it
};

// Bytes for such a file, as they come. Throws base::Failure with one sentence (the disk is full); without commit()
// nothing stays.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& target);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view bytes);
  void commit();  // once, at the end: the disk has it all then

 private:
  void flush();
  [[noreturn]] void fail() const;

  std::filesystem::path name_;
  TemporaryFile temporary_;
  std::FILE* file_;
  std::string buffer_;
};

}  // namespace forklight::store
