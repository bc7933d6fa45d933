// Who waits for whom: in words, and as a small graph in which a circle stands out.
#pragma once

#include <cstdint>
#include <vector>

#include "app/session/command.h"
#include "app/timeline/deadlock.h"

namespace forklight::app::panels {

struct WaitsState {
  timeline_view::DeadlockWatch watch;
  std::vector<timeline::Wait> waits;  // of the moment that the watch looked at last
  std::int64_t moment_ns = -1;
  std::uint64_t revision = 0;
};

// The word on the arrow from what a task waits for to who alone could let it go.
[[nodiscard]] const char* edge_key(const timeline::Wait& wait);

void draw_waits(session::Context& context, WaitsState& state);

}  // namespace forklight::app::panels
