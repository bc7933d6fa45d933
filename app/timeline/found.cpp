// Where Find has found something: ticks along the ruler and in the overview, a line at the hit that is looked at.
#include <algorithm>
#include <cmath>

#include "app/timeline/canvas.h"
#include "app/timeline/overview.h"
#include "app/timeline/shapes.h"

namespace forklight::app::timeline_view {
namespace {

using platform::px;

// A tick at each column of pixels that has a hit; as much work as there are pixels, however many hits there are.
void ticks(ImDrawList* list, const Plot& plot, const session::Find& found, float y0, float y1, float x0, float x1, Color color) {
  const std::int64_t from_ns = plot.time_ns(x0), to_ns = plot.time_ns(x1);
  const float wide = std::max(2.0f, px(2));
  float last = -1e9f;
  const auto tick = [&](float x) {
    x = std::floor(x);
    if (x - last < wide || x < x0 || x > x1) return;
    last = x;
    fill(list, {x - wide / 2, y0, x + wide / 2, y1}, color);
  };
  const auto columns = static_cast<std::size_t>(std::max(1.0f, (x1 - x0) / wide));
  const auto [named, said] = found.between(from_ns, to_ns == timeline::kOpen ? to_ns : to_ns + 1);
  for (const auto& hits : {named, said}) {
    last = -1e9f;
    if (hits.size() <= columns) {
      for (const session::Find::Hit& hit : hits) tick(plot.x(hit.time_ns));
      continue;
    }
    for (float x = x0; x < x1; x += wide) {
      const auto at = std::lower_bound(hits.begin(), hits.end(), plot.time_ns(x), [](const auto& hit, std::int64_t time) { return hit.time_ns < time; });
      if (at != hits.end() && at->time_ns < plot.time_ns(x + wide)) tick(x);
    }
  }
}

}  // namespace

void draw_found(Canvas& canvas) {
  const session::FindState& find = canvas.ui.find;
  if (!find.open || find.found.count() == 0) return;
  const Rect &ruler = canvas.layout.ruler(), &plot = canvas.plot.area();
  const platform::Palette& colors = platform::palette();
  const Color ink = platform::readable(colors.warning, colors.lane_header);
  ticks(canvas.list, canvas.plot, find.found, ruler.y1 - px(6), ruler.y1, plot.x0, plot.x1, ink);
  if (find.found.place() > 0) {
    const float x = canvas.plot.x(find.found.current()->time_ns);
    if (canvas.plot.sees(x)) pointer_down(canvas.list, ImVec2(x, ruler.y1 + px(1)), px(9), ink);
  }
}

void draw_found_in_overview(Canvas& canvas, const Plot& whole) {
  const session::FindState& find = canvas.ui.find;
  if (!find.open || find.found.count() == 0) return;
  const Rect& area = whole.area();
  const platform::Palette& colors = platform::palette();
  const Color ink = platform::readable(colors.warning, colors.lane_header);
  ticks(canvas.list, whole, find.found, area.y0 + px(1), area.y0 + px(7), area.x0, area.x1, ink);
  if (find.found.place() == 0) return;
  const float x = whole.x(find.found.current()->time_ns);
  line(canvas.list, x, area.y0 + px(1), x, area.y1, ink, px(2));
}

}  // namespace forklight::app::timeline_view
