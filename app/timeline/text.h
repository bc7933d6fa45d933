// Measuring and writing text by role. Knows no font size: those come from platform::font() at the scale of the moment.
#pragma once

#include <imgui.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "app/platform/theme.h"
#include "app/platform/wrap.h"

namespace forklight::app::timeline_view {

using platform::line_height;

[[nodiscard]] ImVec2 measure(platform::Font role, std::string_view text, float wrap_width = 0);

// Writes at the upper left corner, wrapped at a width if one is given.
void write(ImDrawList* list, platform::Font role, ImVec2 at, platform::Color color, std::string_view text,
           float wrap_width = 0);

// The text in one line, ended by "…" where it would be wider.
[[nodiscard]] std::string shortened(platform::Font role, std::string text, float width);

// The first of the texts, longest first, that fits into a width; empty if none does.
[[nodiscard]] std::string first_that_fits(platform::Font role, float width, std::initializer_list<std::string> texts);

}  // namespace forklight::app::timeline_view
