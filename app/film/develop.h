// From a recording to a film: its frames, drawn again without a screen, at an even rate.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/film/output.h"

namespace forklight::app::film {

struct DevelopOptions {
  std::optional<std::filesystem::path> file = std::nullopt;    // .mp4, .webm or .gif
  std::optional<std::filesystem::path> frames = std::nullopt;  // else a directory for a PNG each
  std::string title = {};
  std::string program = "ffmpeg";
};

// Makes it, as large as the largest frame was, from a log that a Recorder finished. `told` is called now and then; where it returns false
// the film is given up, and nothing of it stays. True if it is there. Throws base::UsageError or base::Failure, one sentence.
bool develop(int log, const DevelopOptions& options, const Told& told);

}  // namespace forklight::app::film
