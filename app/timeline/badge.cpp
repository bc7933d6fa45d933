#include "app/timeline/badge.h"

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/platform/theme.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using platform::Font;
using platform::px;

constexpr float kSign = 12, kSide = 9, kGap = 5, kHeight = 28;

}  // namespace

std::string badge_label(std::optional<int> exit_code) {
  return exit_code ? exit_words(*exit_code) : i18n::tr("timeline.exit.unknown");
}

ImVec2 badge_size(std::optional<int> exit_code, float bar_height) {
  const ImVec2 words = measure(Font::strong, badge_label(exit_code));
  return {words.x + px(kSide + kSign + kGap + kSide),
          std::max(words.y + px(4), std::min(bar_height + px(2), px(kHeight)))};
}

void draw_badge(ImDrawList* list, const Rect& rect, std::optional<int> exit_code) {
  const platform::Palette& colors = platform::palette();
  const platform::Color color = !exit_code        ? colors.zombie
                                : *exit_code == 0 ? colors.ok
                                : *exit_code > 0  ? colors.error
                                                  : colors.signal;
  const Sign which = !exit_code        ? Sign::unknown
                     : *exit_code == 0 ? Sign::check
                     : *exit_code > 0  ? Sign::cross
                                       : Sign::bolt;
  const platform::Color ink = platform::text_on(color);
  const float ring = px(2.5f);
  // A ring of the lane's colour sets it off from the bar before and the hatch behind it.
  fill(list, {rect.x0 - ring, rect.y0 - ring, rect.x1 + ring, rect.y1 + ring}, colors.lane,
       rect.height() * 0.5f + ring);
  fill(list, rect, color, rect.height() * 0.5f);
  const float middle = (rect.y0 + rect.y1) * 0.5f;
  sign(list, which, ImVec2(rect.x0 + px(kSide + kSign * 0.5f), middle), px(kSign), ink);
  const std::string words = badge_label(exit_code);
  write(list, Font::strong, ImVec2(rect.x0 + px(kSide + kSign + kGap), middle - measure(Font::strong, words).y * 0.5f),
        ink, words);
}

}  // namespace forklight::app::timeline_view
