// The ffmpeg program, fed with pictures through a pipe, and the one file it makes: whole under its name, or not there.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "app/platform/changes.h"
#include "core/base/fd.h"

namespace forklight::app::film {

struct Chapter {
  std::int64_t begin_ms, end_ms;
  std::string title;
};

struct EncoderOptions {
  std::filesystem::path file;  // its ending says what it is: .mp4 (H.264), .webm (VP9), .gif
  int width = 0, height = 0, fps = 0;  // the sides are even
  std::string title;
  std::vector<Chapter> chapters;
  std::string program = "ffmpeg";
  bool own_group = true;  // Ctrl+C in a terminal does not reach it: who makes the film ends it, and takes away what it has begun
};

// Whether `file` can be made where it is to be. Throws base::UsageError: the directory is not there, or cannot be written to.
void check_place(const std::filesystem::path& file);
// What the file is called until it is whole, where a process makes it.
[[nodiscard]] std::filesystem::path unfinished_name(const std::filesystem::path& file, pid_t maker);

// The last line of what a program has said into that file.
[[nodiscard]] std::string last_line(int fd);

class Encoder {
 public:
  // Throws base::UsageError for an ending that is none of these or a directory that is not there or cannot be written to, base::Failure if
  // there is no ffmpeg: with the package's name, and what else there is.
  explicit Encoder(EncoderOptions options);
  // Not finished: ffmpeg is ended, and nothing of the file stays.
  ~Encoder();
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  // One picture, BGRA, its rows from below; all but `changed` is as in the picture before. Throws base::Failure with ffmpeg's own reason if it
  // has ended.
  void add(std::span<const std::uint8_t> pixels, std::span<const platform::PixelRect> changed);
  // Waits for ffmpeg, and gives the file its name. Throws base::Failure if it did not become whole.
  void finish();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  void start();
  [[noreturn]] void fail();
  void end() noexcept;

  EncoderOptions options_;
  bool light_and_color_;             // of the pictures that it is fed with; else BGRA
  std::vector<std::uint8_t> frame_;  // the picture as it is fed
  std::filesystem::path unfinished_, chapters_;
  base::Fd pictures_, words_;  // into it; what it says, as a file of no name
  pid_t pid_ = -1;
};

}  // namespace forklight::app::film
