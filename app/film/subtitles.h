// A run in words, along the film's time: captions, and chapters.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "app/session/webvtt.h"
#include "core/timeline/model.h"

namespace forklight::app::film {

using session::Line;

struct Lines {
  std::vector<Line> captions;
  std::vector<Line> chapters;  // one after the other, over the whole film
};

// `film_s`: when in the film a moment of the run is shown; the film lasts `length_s`. A chapter begins where somebody starts or joins a process,
// sends a signal, begins a job, is stuck, and at the end; what would be shorter than two seconds belongs to the one before.
[[nodiscard]] Lines lines_of(const timeline::Model& model, std::int64_t dwell_ns, const std::function<double(std::int64_t)>& film_s, double length_s);

// As WebVTT. Throws base::Failure; nothing half-written stays.
void write_subtitles(const std::vector<Line>& lines, const std::filesystem::path& file);

}  // namespace forklight::app::film
