// Running text in lines.
#pragma once

#include <string_view>
#include <vector>

#include "app/platform/theme.h"

namespace forklight::app::platform {

// Of one line, pixels.
[[nodiscard]] float text_width(Font font, std::string_view text);

// Of one line without leading, pixels.
[[nodiscard]] float line_height(Font font);

// A text cut into lines of a width at most, in pixels: between words, and between Chinese characters, but never before a closing mark. What has no
// such place (a path) is cut where it must be, with a character in each line at least. The lines are parts of the text.
[[nodiscard]] std::vector<std::string_view> wrap(Font font, std::string_view text, float width);

}  // namespace forklight::app::platform
