// The whole run in a strip at the foot, with a window on what the plot shows.
#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/timeline/camera.h"
#include "app/timeline/canvas.h"
#include "app/timeline/overview.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"

namespace forklight::app::timeline_view {
namespace {

using platform::Font;
using platform::px;

}  // namespace

Plot overview_plot(const Layout& layout, const timeline::Axis& axis, std::int64_t now_ns) {
  const Rect& strip = layout.overview();
  const Rect area{layout.plot().x0, strip.y0, strip.x1, strip.y1};
  return Plot(area, axis, whole_run(axis, now_ns, area.width()), now_ns);
}

void draw_overview(Canvas& canvas) {
  const Rect& strip = canvas.layout.overview();
  if (strip.height() < px(20)) return;
  const platform::Palette& colors = platform::palette();
  const Plot plot = overview_plot(canvas.layout, canvas.plot.axis(), canvas.plot.now_ns());
  const Rect& area = plot.area();
  fill(canvas.list, strip, colors.lane_header);
  line(canvas.list, strip.x0, strip.y0, strip.x1, strip.y0, colors.line, 1);
  write(canvas.list, Font::small, ImVec2(strip.x0 + px(14), (strip.y0 + strip.y1 - line_height(Font::small)) * 0.5f),
        colors.text_dim, i18n::tr("timeline.overview"));
  canvas.list->PushClipRect(ImVec2(area.x0, area.y0), ImVec2(area.x1, area.y1), true);

  const float top = area.y0 + px(8), room = area.height() - px(16);
  const auto& tasks = canvas.model.tasks();
  const auto rows = static_cast<float>(std::max<std::size_t>(tasks.size(), 4));
  const float row = room / rows, thick = std::clamp(row - px(2), 1.0f, px(8));
  // More tasks than rows of pixels: some of all.
  const std::size_t stride = std::max<std::size_t>(1, tasks.size() / static_cast<std::size_t>(std::max(room, 1.0f)));
  for (std::size_t i = 0; i < tasks.size(); i += stride) {
    const timeline::Task& task = tasks[i];
    const float y = top + row * static_cast<float>(i) + (row - thick) * 0.5f;
    const float begin = plot.x(task.born_ns), death = plot.x(task.death_ns),
                end = plot.x(std::max(task.death_ns, task.reaped_ns));
    if (task.death_ns <= plot.now_ns() && !task.is_thread())  // which is no zombie
      fill(canvas.list, {death, y, std::max(end, death + 1), y + thick}, colors.zombie);
    fill(canvas.list, {begin, y, std::max(death, begin + px(2)), y + thick},
         platform::with_alpha(platform::task_color(i), 0.85f), px(1.5f));
  }

  const timeline::View& view = canvas.plot.view();
  const Rect window{std::clamp(plot.x_of(view.begin), area.x0 + 1, area.x1 - px(6)), area.y0 + px(4),
                    std::clamp(plot.x_of(view.end), area.x0 + px(6), area.x1 - 1), area.y1 - px(4)};
  const platform::Color veil = platform::with_alpha(colors.lane_header, 0.6f);
  fill(canvas.list, {area.x0, window.y0, window.x0, window.y1}, veil);
  fill(canvas.list, {window.x1, window.y0, area.x1, window.y1}, veil);
  outline(canvas.list, window, colors.accent_text, px(4), px(1.5f));
  draw_found_in_overview(canvas, plot);
  canvas.list->PopClipRect();
}

}  // namespace forklight::app::timeline_view
