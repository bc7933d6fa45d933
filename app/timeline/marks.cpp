// Marks of one lane: small triangles above the bar where something was printed or raised, a handler ran, the parent
// was lost, an update was lost, or the learner did something; with a word where there is room.
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
constexpr float kWithRaise = 90;  // points

// Which of those at one place is shown: the most. 0: none of them.
int rank(const Mark& mark) noexcept {
  switch (mark.kind) {
    case trace::Kind::learner:
      return 4;  // the learner's own hand: a KeyboardInterrupt in the same pixel is what came of it
    case trace::Kind::raise:
      return 3;
    case trace::Kind::update_lost:
      return 2;
    case trace::Kind::output:
    case trace::Kind::handler_begin:
    case trace::Kind::adopted:
    case trace::Kind::in_hand:
      return 1;
    default:
      return 0;
  }
}

// One triangle: a mark, and how many share its place.
struct Place {
  float x;
  std::size_t mark, count;
};

// Those that fall onto the same few pixels share a triangle; the jump keeps a million prints as cheap as a hundred.
std::vector<Place> places(const timeline::Task& task, const Plot& plot) {
  constexpr float kShared = 3;
  constexpr std::ptrdiff_t kLookedAt = 16;  // among those, for the one that matters most
  std::vector<Place> result;
  const auto before = [](const Mark& mark, std::int64_t time_ns) { return mark.time_ns < time_ns; };
  const std::int64_t end_ns = plot.time_ns(plot.area().x1);
  const auto first = task.marks.begin(), end = task.marks.end();
  auto at = std::lower_bound(first, end, plot.time_ns(plot.area().x0), before);
  while (at != end && at->time_ns <= end_ns) {
    const float x = plot.x(at->time_ns);
    const auto next = std::lower_bound(at + 1, end, plot.time_ns(x + kShared), before);
    const auto looked_at = at + std::min(next - at, kLookedAt);
    auto which = at;
    for (auto one = at; one != looked_at; ++one) {
      if (rank(*one) > rank(*which)) which = one;
    }
    const bool any = rank(*which) > 0;
    // What raised says it all: the traceback that follows at once would only take the room for its words.
    const bool follows_raise = any && which->kind == trace::Kind::output && which->a == 2 &&
                               !result.empty() && task.marks[result.back().mark].kind == trace::Kind::raise &&
                               x - result.back().x < px(kWithRaise);
    if (follows_raise) {
      result.back().count += static_cast<std::size_t>(next - at);
    } else if (any && plot.sees(x)) {
      result.push_back({x, static_cast<std::size_t>(which - first), static_cast<std::size_t>(next - at)});
    }
    at = next;
  }
  return result;
}

}  // namespace

void draw_marks(Canvas& canvas, std::size_t lane) {
  const timeline::Task& task = canvas.task(lane);
  const Rect bar = canvas.layout.bar(lane), row = canvas.layout.lane(lane);
  const Rect& plot = canvas.plot.area();
  const platform::Color own = platform::task_color(canvas.layout.lanes()[lane].index);
  const platform::Palette& colors = platform::palette();
  const float tip = bar.y0 - px(2), size = px(kSize);
  const float top = tip - line_height(Font::small);
  const bool room_for_words = top >= row.y0 - px(4);
  const std::vector<Place> found = places(task, canvas.plot);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const float x = found[i].x;
    const Mark& mark = task.marks[found[i].mark];
    const bool bad = mark.kind == trace::Kind::raise || mark.kind == trace::Kind::update_lost || (mark.kind == trace::Kind::output && mark.a == 2);
    const bool by_hand = mark.kind == trace::Kind::learner;
    pointer_down(canvas.list, ImVec2(x, tip), size, bad ? colors.error : by_hand ? colors.text : own);
    std::string words = mark_words(canvas.model, mark);
    const ImVec2 extent = measure(Font::small, words);
    const Rect box{x + px(7), top, x + px(7) + extent.x, top + extent.y};
    const float limit = i + 1 < found.size() ? found[i + 1].x - size : plot.x1;
    if (room_for_words && box.x1 < limit && canvas.place({box.x0 - px(4), box.y0, box.x1 + px(6), tip - 1})) {
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
         mark.time_ns,
         mark.time_ns,
         found[i].mark,
         found[i].count});
  }
}

}  // namespace forklight::app::timeline_view
