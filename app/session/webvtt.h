// The captions of a run as subtitles (WebVTT), in the language of the moment.
#pragma once

#include <string>

#include "core/timeline/model.h"

namespace forklight::app::session {

// Times count from the run's first event, as a film shows them that goes `speed` times as fast as the run. A caption stands as long as it
// takes to read, whatever the speed.
[[nodiscard]] std::string webvtt(const timeline::Model& model, double speed = 1);

}  // namespace forklight::app::session
