// Many stretches in a few pixels, of several tasks: bands as high as each one's share of the time, by samples.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "app/timeline/shapes.h"

namespace forklight::app::timeline_view {

inline constexpr std::size_t kSampleWindows = 4, kSampleWidth = 2;

// All from `first` to before `end` if they are few; else neighbours together, in steps of an odd width. One by one in even steps one would see
// but one of two that take turns, and never all of four.
template <typename Visit>
void for_each_sample(std::size_t first, std::size_t end, Visit&& visit) {
  const std::size_t count = end - first;
  if (count <= kSampleWindows * kSampleWidth) {
    for (std::size_t i = first; i < end; ++i) visit(i);
    return;
  }
  const std::size_t step = (count / kSampleWindows - 1) | 1;
  for (std::size_t window = 0; window < kSampleWindows; ++window)
    for (std::size_t i = 0; i < kSampleWidth; ++i) visit(first + window * step + i);
}

// Of the spans from `first` to before `end`. `who_of` tells them apart, `color_of` colours them.
template <typename Spans, typename WhoOf, typename ColorOf>
void draw_bands(ImDrawList* list, const Spans& spans, std::size_t first, std::size_t end, std::int64_t now_ns, const Rect& box,
                WhoOf&& who_of, ColorOf&& color_of) {
  struct Band {
    std::uint32_t who = 0;
    Color color = 0;
    std::int64_t length_ns = 0;
  };
  std::array<Band, kSampleWindows * kSampleWidth> bands;
  std::size_t count = 0;
  std::int64_t all = 0;
  for_each_sample(first, end, [&](std::size_t i) {
    const std::int64_t length = std::min(spans[i].end_ns, now_ns) - spans[i].begin_ns;
    if (length <= 0) return;
    std::size_t at = 0;
    while (at < count && bands[at].who != who_of(spans[i])) ++at;
    if (at == count) bands[count++] = {who_of(spans[i]), color_of(spans[i]), 0};
    bands[at].length_ns += length;
    all += length;
  });
  // In one order, so that a band stays where it was in the column before.
  std::sort(bands.begin(), bands.begin() + static_cast<std::ptrdiff_t>(count), [](const Band& x, const Band& y) { return x.who < y.who; });
  float y = box.y1;
  for (std::size_t i = 0; i < count && all > 0; ++i) {
    const float height = box.height() * static_cast<float>(bands[i].length_ns) / static_cast<float>(all);
    fill(list, {box.x0, y - height, box.x1, y}, bands[i].color);
    y -= height;
  }
}

}  // namespace forklight::app::timeline_view
