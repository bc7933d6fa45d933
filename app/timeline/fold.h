// Which spans of a track (what a task did, who was on a core: a vector or std::span of anything with begin_ns and end_ns) are worth drawing one by one, and which share a few pixels and are counted instead.
//
// The cost goes with the pixels: inside a fold the search jumps to the first span that ends beyond the next three
// pixels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "app/timeline/plot.h"
#include "core/timeline/model.h"

namespace forklight::app::timeline_view {

// Pixels, whatever the scale: what is narrower cannot be told apart and is counted, or drawn as a share in columns so wide.
inline constexpr float kFoldBelow = 3, kFoldColumn = 4;

// `count` spans from `first` on, between two pixels. A piece of one span may be narrow; a piece of several always is a
// fold.
struct Piece {
  std::size_t first, count;
  float x0, x1;
};

// Index of the first span from `from` on that ends after `time_ns`, found by galloping from `from + guess`: near ones are found in a few steps.
template <typename Spans>
[[nodiscard]] std::size_t first_ending_after(const Spans& spans, std::size_t from, std::int64_t time_ns, std::size_t guess = 0) noexcept {
  const auto after = [&](std::size_t at) { return spans[at].end_ns > time_ns; };
  std::size_t low = std::min(from + guess, spans.size()), high = spans.size(), step = 1;
  if (low > from && after(low - 1)) {  // too far: back
    high = low - 1;
    for (; high >= from + step && after(high - step); step *= 2) high -= step;
    low = high >= from + step ? high - step + 1 : from;
  } else {
    for (; low + step < high && !after(low + step); step *= 2) low += step;
    high = std::min(low + step + 1, high);
  }
  const auto begin = spans.begin();
  const auto found = std::partition_point(begin + static_cast<std::ptrdiff_t>(low), begin + static_cast<std::ptrdiff_t>(high),
                                          [time_ns](const auto& span) { return span.end_ns <= time_ns; });
  return static_cast<std::size_t>(found - begin);
}

template <typename Spans, typename Emit>
void for_each_piece(const Spans& spans, const Plot& plot, float fold_below, Emit&& emit) {
  const std::int64_t from_ns = plot.time_ns(plot.area().x0), to_ns = plot.time_ns(plot.area().x1);
  std::size_t i = first_ending_after(spans, 0, from_ns);
  // Most spans begin where the one before ended.
  std::int64_t known_ns = INT64_MIN;
  float known_x = 0;
  const auto begin_of = [&](const auto& span) {
    return span.begin_ns == known_ns ? known_x : plot.x(span.begin_ns);
  };
  while (i < spans.size() && spans[i].begin_ns <= to_ns) {
    Piece piece{i, 1, begin_of(spans[i]), plot.x(spans[i].end_ns)};
    if (piece.x1 - piece.x0 < fold_below) {
      float from_x = piece.x0;
      std::size_t next = i;
      for (std::size_t last = 0;;) {  // the next three pixels hold about as many as these
        const std::size_t before = next;
        next = std::max(first_ending_after(spans, next, plot.time_ns(from_x + fold_below), last), next + 1);
        last = next - before;
        piece.x1 = plot.x(spans[next - 1].end_ns);
        if (next >= spans.size()) break;
        from_x = plot.x(spans[next].begin_ns);
        const bool wide = plot.x(spans[next].end_ns) - from_x >= fold_below;
        if (wide || from_x > piece.x1 + 1 || from_x > plot.area().x1) break;
      }
      piece.count = next - i;
    }
    known_ns = spans[i + piece.count - 1].end_ns;
    known_x = piece.x1;
    emit(piece);
    i += piece.count;
  }
}

}  // namespace forklight::app::timeline_view
