// The exit badge: sign, number and word on a pill; never colour alone.
#pragma once

#include <imgui.h>

#include <optional>
#include <string>

#include "app/timeline/plot.h"

namespace forklight::app::timeline_view {

[[nodiscard]] std::string badge_label(std::optional<int> exit_code);
[[nodiscard]] ImVec2 badge_size(std::optional<int> exit_code, float bar_height);  // a little taller than the bar
void draw_badge(ImDrawList* list, const Rect& rect, std::optional<int> exit_code);

}  // namespace forklight::app::timeline_view
