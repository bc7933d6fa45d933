// How every arrow is drawn, whatever it stands for.
#pragma once

#include <string>
#include <vector>

#include "app/timeline/canvas.h"

namespace forklight::app::timeline_view {

enum class Weight : std::uint8_t { faint, normal, lit };

// So many arrows can be followed by eye; more are drawn when they are asked for.
inline constexpr std::size_t kCalm = 24;
// In a live run what happened a moment ago is shown, however much there is.
inline constexpr std::int64_t kJustNow = 300'000'000;
inline constexpr std::size_t kJustHappened = 8;  // of the newest ones: they stay lit where there are more

struct ArrowLook {
  platform::Color color;
  float thickness, head;  // pixels; no head where that is 0
  bool dashed = false;
};

// The line with its halo and its head; faint ones pale, lit ones bolder.
void draw_arrow(Canvas& canvas, std::vector<ImVec2>& path, ArrowLook look, Weight weight);

// Enters it among the things that can be pointed at, with the part of its box that is in the plot.
void add_arrow(Canvas& canvas, Item item, std::vector<ImVec2> path);

// Words on their own ground beside an arrow; false where there is no room.
bool place_words(Canvas& canvas, const std::string& words, ImVec2 at, platform::Color ink, float ground = 0.85f);

}  // namespace forklight::app::timeline_view
