// Marks of one lane: small triangles above the bar where something was printed or raised, with a word where there is
// room.
#include <algorithm>

#include "app/timeline/canvas.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using platform::Font;
using platform::px;
using timeline::Mark;

constexpr float kSize = 8;

bool shown(const Mark& mark) noexcept {
  return mark.kind == trace::Kind::output || mark.kind == trace::Kind::raise;
}

}  // namespace

void draw_marks(Canvas& canvas, std::size_t lane) {
  const timeline::Task& task = canvas.task(lane);
  const Rect bar = canvas.layout.bar(lane), row = canvas.layout.lane(lane);
  const Rect& plot = canvas.plot.area();
  const std::size_t order = canvas.layout.lanes()[lane].task;
  const platform::Palette& colors = platform::palette();
  const float tip = bar.y0 - px(2), size = px(kSize);
  const float words_top = tip - size - px(3);
  const bool room_for_words = words_top >= row.y0 - px(2);
  const auto before = [](const Mark& mark, std::int64_t time_ns) { return mark.time_ns < time_ns; };
  const std::int64_t end_ns = canvas.plot.time_ns(plot.x1);
  auto at = std::lower_bound(task.marks.begin(), task.marks.end(), canvas.plot.time_ns(plot.x0), before);
  while (at != task.marks.end() && at->time_ns <= end_ns) {
    const float x = canvas.plot.x(at->time_ns);
    // Those that fall onto the same few pixels share a triangle; the jump keeps a million prints as cheap as a hundred.
    auto next = std::lower_bound(at + 1, task.marks.end(), canvas.plot.time_ns(x + 3), before);
    const auto looked_at = std::min(next, at + std::min<std::ptrdiff_t>(next - at, 16));
    auto which = std::find_if(at, looked_at, [](const Mark& mark) { return mark.kind == trace::Kind::raise; });
    if (which == looked_at) which = std::find_if(at, looked_at, shown);
    if (which != looked_at && canvas.plot.sees(x)) {
      const bool bad = which->kind == trace::Kind::raise || which->a == 2;
      pointer_down(canvas.list, ImVec2(x, tip), size, bad ? colors.error : platform::task_color(order));
      std::string words = mark_words(canvas.model, *which);
      const ImVec2 extent = measure(Font::small, words);
      const Rect box{x + px(7), words_top - px(1), x + px(7) + extent.x, words_top - px(1) + extent.y};
      if (room_for_words && box.x1 < plot.x1 && canvas.place({box.x0 - px(4), box.y0, box.x1 + px(6), box.y1})) {
        canvas.labels.push_back({Font::small,
                                 ImVec2(box.x0, box.y0),
                                 colors.text,
                                 {box.x0 - px(2), box.y0, box.x1 + px(2), box.y1},
                                 platform::with_alpha(colors.lane, 0.7f),
                                 words});
      } else {
        words.clear();
      }
      canvas.items.push_back(
          {{Drawn::What::mark, task.id, x - size * 0.7f, tip - size - px(2), x + size * 0.7f, tip + px(2), words},
           which->time_ns,
           which->time_ns,
           static_cast<std::size_t>(which - task.marks.begin()),
           static_cast<std::size_t>(next - at)});
    }
    at = next;
  }
}

}  // namespace forklight::app::timeline_view
