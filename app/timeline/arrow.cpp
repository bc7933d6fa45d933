#include "app/timeline/arrow.h"

#include <algorithm>
#include <cmath>

#include "app/timeline/shapes.h"
#include "app/timeline/text.h"

namespace forklight::app::timeline_view {

using platform::Font;
using platform::px;

void draw_arrow(Canvas& canvas, std::vector<ImVec2>& path, ArrowLook look, Weight weight) {
  if (path.size() < 2) return;
  const platform::Color lane = platform::palette().lane;
  const bool faint = weight == Weight::faint;
  if (weight == Weight::lit) {
    look.thickness += px(0.9f);
    if (look.head > 0) look.head += px(1.5f);
  }
  const Stroke how{platform::with_alpha(look.color, faint ? 0.28f : 1.0f), platform::with_alpha(lane, faint ? 0.0f : 0.6f),
                   look.thickness, look.dashed};
  if (look.head <= 0) return stroke(canvas.list, path, how);
  // The line ends inside the head, or its blunt end would show at the tip.
  const ImVec2 tip = path.back(), before = path[path.size() - 2];
  const float length = std::max(std::hypot(tip.x - before.x, tip.y - before.y), 0.01f);
  const float back = std::min(look.head * 0.6f, length);
  path.back() = ImVec2(tip.x - (tip.x - before.x) / length * back, tip.y - (tip.y - before.y) / length * back);
  stroke(canvas.list, path, how);
  path.back() = tip;
  arrow_head(canvas.list, tip, before, look.head, how.color);
}

void add_arrow(Canvas& canvas, Item item, std::vector<ImVec2> path) {
  const auto [left, right] =
      std::minmax_element(path.begin(), path.end(), [](const ImVec2& a, const ImVec2& b) { return a.x < b.x; });
  const auto [top, bottom] =
      std::minmax_element(path.begin(), path.end(), [](const ImVec2& a, const ImVec2& b) { return a.y < b.y; });
  const Rect& plot = canvas.plot.area();
  Drawn& drawn = item.drawn;
  drawn.x0 = std::max(left->x, plot.x0);
  drawn.y0 = std::max(top->y, plot.y0);
  drawn.x1 = std::min(right->x, plot.x1);
  drawn.y1 = std::min(bottom->y, plot.y1);
  if (drawn.x1 < drawn.x0 || drawn.y1 < drawn.y0) return;
  canvas.items.push_back(std::move(item));
  canvas.arrows.push_back({canvas.items.size() - 1, std::move(path)});
}

bool place_words(Canvas& canvas, const std::string& words, ImVec2 at, platform::Color ink, float ground) {
  const ImVec2 size = measure(Font::small, words);
  const Rect box{at.x - px(3), at.y, at.x + size.x + px(3), at.y + size.y};
  const Rect& plot = canvas.plot.area();
  if (box.x0 < plot.x0 || box.x1 > plot.x1 || !canvas.place(box)) return false;
  canvas.labels.push_back(
      {Font::small, at, ink, box, platform::with_alpha(platform::palette().lane, ground), words});
  return true;
}

}  // namespace forklight::app::timeline_view
