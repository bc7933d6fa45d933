// Where the overview strip puts a moment: for drawing it, and for the mouse in it.
#pragma once

#include <cstdint>

#include "app/timeline/layout.h"
#include "app/timeline/plot.h"

namespace forklight::app::timeline_view {

[[nodiscard]] Plot overview_plot(const Layout& layout, const timeline::Axis& axis, std::int64_t now_ns);

}  // namespace forklight::app::timeline_view
