// What is selected: for ui_state.h, and for those models that it holds.
#pragma once

#include <cstdint>
#include <optional>

#include "core/timeline/model.h"

namespace forklight::app::session {

// What a click or the arrow keys picked: a task, and perhaps a moment in it.
struct Selection {
  timeline::TaskId task = 0;  // 0 = nothing; from trace::kFirstObject on a queue or a pipe
  std::optional<std::int64_t> time_ns;
  bool operator==(const Selection&) const = default;
};

}  // namespace forklight::app::session
