// What a view has drawn, for those who point at it.
#pragma once

#include <cstdint>
#include <string>

#include "core/timeline/model.h"

namespace forklight::app::timeline_view {

// Something that was drawn and can be pointed at: for tests, tours and hit testing.
struct Drawn {
  enum class What : std::uint8_t { span, badge, arrow, mark, header, channel, value, fold, notice, button, core, strip, memory, gil, hand_over, request, title, pool, job, work, tail, result, chunk, answer, note, measure } what;
  timeline::TaskId task;  // or the object that it belongs to: ids from trace::kFirstObject on
  float x0, y0, x1, y1;  // pixels in the window
  std::string label;     // as drawn, "−15 SIGTERM"; empty where there was no room for one
};

}  // namespace forklight::app::timeline_view
