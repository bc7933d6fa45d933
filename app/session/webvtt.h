// Words along a film's time as subtitles (WebVTT).
#pragma once

#include <span>
#include <string>

#include "core/timeline/model.h"

namespace forklight::app::session {

// Words that stand from one moment of the film to another.
struct Line {
  double begin_s, end_s;
  std::string words;
};

[[nodiscard]] std::string webvtt(std::span<const Line> lines);

// The captions of a run, in the language of the moment, for a film that begins with the run's first event and goes `speed` times as fast. A
// caption stands as long as it takes to read, whatever the speed.
[[nodiscard]] std::string webvtt(const timeline::Model& model, double speed = 1);

}  // namespace forklight::app::session
