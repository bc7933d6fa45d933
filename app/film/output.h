// Where a film's pictures go: into a film, or each into a file of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/film/encoder.h"
#include "app/platform/offscreen.h"

namespace forklight::app::film {

struct OutputOptions {
  std::optional<std::filesystem::path> file;    // .mp4, .webm or .gif
  std::optional<std::filesystem::path> frames;  // else a directory: 000001.png …
  int width = 0, height = 0, fps = 0;
  std::string title;
  std::vector<Chapter> chapters;
  std::string program = "ffmpeg";
  bool own_group = true;  // as EncoderOptions has it
};

class Output {
 public:
  // Throws as Encoder does, or base::UsageError for a directory that is not empty or cannot be made.
  explicit Output(OutputOptions options);
  // Not finished: nothing of it stays.
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // `again`: the same as the one before. Throws base::Failure.
  void add(const platform::Picture& picture, bool again);
  void finish();  // throws base::Failure

 private:
  class Pictures;
  std::optional<Encoder> encoder_;
  std::unique_ptr<Pictures> pictures_;
};

struct Progress {
  std::uint64_t frame = 0, frames = 0;
  double seconds_left = 0;  // as the frames so far went
};
using Told = std::function<bool(const Progress&)>;

// Tells how far it is, now and then.
class Teller {
 public:
  Teller(std::uint64_t frames, const Told& told) : frames_(frames), told_(told) {}
  bool after(std::uint64_t frame);  // false if it is to be given up

 private:
  std::uint64_t frames_;
  const Told& told_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), last_{};
};

}  // namespace forklight::app::film
