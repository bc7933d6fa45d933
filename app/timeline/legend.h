// What the shapes of the timeline mean: where no run is yet, and under a figure of one.
#pragma once

#include <imgui.h>

#include "app/timeline/plot.h"
#include "core/timeline/model.h"

namespace forklight::app::timeline_view {

// The grammar in two columns, around a middle; returns its height. Draws where a list is given.
float legend_columns(ImDrawList* list, float middle, float top);

// What is to be seen of a run between two moments, in rows from the left as far as there is room; returns its height. Draws where a list is
// given. Shapes that do not occur are left out.
float legend_rows(ImDrawList* list, const Rect& room, const timeline::Model& model, timeline::TimeRange range);

}  // namespace forklight::app::timeline_view
