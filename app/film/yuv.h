// Colours as films keep them: how light each pixel is, and what colour four have together.
#pragma once

#include <cstdint>
#include <span>

#include "app/platform/changes.h"

namespace forklight::app::film {

// `bgra`: a picture of even sides, its rows from below. Writes `part` of it into `yuv`, planes of 4:2:0 one after the other, rows from above
// (ITU-R BT.709, 16 … 235; the colour of four is their mean, and stands between them): 3/2 bytes a pixel.
void to_yuv(std::span<const std::uint8_t> bgra, int width, int height, const platform::PixelRect& part, std::span<std::uint8_t> yuv);

// The same part into `turned`, as it is but its rows from above.
void turn_over(std::span<const std::uint8_t> bgra, int width, int height, const platform::PixelRect& part, std::span<std::uint8_t> turned);

}  // namespace forklight::app::film
