// A step curve in view: its stretches one by one, or, where many changes share a pixel, what the pyramid says lies between their ends.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "app/timeline/plot.h"
#include "core/timeline/steps.h"

namespace forklight::app::timeline_view {

inline constexpr float kColumn = 1;  // pixels: changes closer than this share a column

// Calls with each stretch of the curve in view: x0, x1, least and most in it.
template <typename Value, typename Get, typename Emit>
void for_each_step(const timeline::Steps<Value>& steps, const Plot& plot, Get&& get, Emit&& emit) {
  const auto& points = steps.points();
  const float end = std::min(plot.area().x1, plot.x(plot.now_ns()));
  float x = plot.area().x0;
  std::size_t next = steps.after(plot.time_ns(x));
  while (x < end) {
    const Value before = next == 0 ? Value{} : points[next - 1].value;
    const float next_x = next < points.size() ? std::min(plot.x(points[next].time_ns), end) : end;
    if (next_x - x >= kColumn) {
      emit(x, next_x, get(before), get(before));
      x = next_x;
      if (next < points.size() && x < end) ++next;
      continue;
    }
    // Several in one column: the pyramid says what lies between its ends.
    if (next >= points.size()) return;
    const std::size_t last = std::max(steps.after(plot.time_ns(x + kColumn), next), next + 1);
    const auto range = steps.over(next, last);
    emit(x, x + kColumn, std::min(get(before), get(range.least)), std::max(get(before), get(range.most)));
    x += kColumn;
    next = last;
  }
}

}  // namespace forklight::app::timeline_view
