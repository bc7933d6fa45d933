// The GIL's lane: who had the lock, in the thread's colour; above it who was asked to let it go, and until when; and the arrows from
// thread to thread as it is handed over.
#include <algorithm>
#include <utility>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/arrow.h"
#include "app/timeline/bands.h"
#include "app/timeline/canvas.h"
#include "app/timeline/fold.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Color;
using platform::Font;
using platform::px;
using timeline::GilHold;
using timeline::GilRequest;

constexpr float kApart = 14;      // points between two arrows that can still be followed

Color color_of(const Canvas& canvas, timeline::TaskId id) {
  const timeline::Task* task = canvas.model.find(id);
  return task == nullptr ? platform::palette().zombie : platform::task_color(static_cast<std::size_t>(task - canvas.model.tasks().data()));
}

// The share of a column in which somebody had it, by its samples: from one hold's begin to the next one's.
float share_held(const std::vector<GilHold>& holds, std::size_t first, std::size_t end, std::int64_t now_ns) {
  double held = 0, all = 0;
  for_each_sample(first, end, [&](std::size_t i) {
    const std::int64_t until = i + 1 < holds.size() ? holds[i + 1].begin_ns : std::min(holds[i].end_ns, now_ns);
    held += static_cast<double>(std::min(holds[i].end_ns, until) - holds[i].begin_ns);
    all += static_cast<double>(until - holds[i].begin_ns);
  });
  return all > 0 ? static_cast<float>(held / all) : 1.0f;
}

// Too many to be told apart: columns, each thread's part of it as a band.
void draw_fold(Canvas& canvas, const std::vector<GilHold>& holds, const Piece& piece, const Rect& bar) {
  const Plot& plot = canvas.plot;
  const float from = std::max(piece.x0, plot.area().x0), to = std::min(std::max(piece.x1, piece.x0 + 1), plot.area().x1);
  std::size_t first = first_ending_after(holds, piece.first, plot.time_ns(from));
  for (float x = from; x < to; x += kFoldColumn) {
    const float x1 = std::min(x + kFoldColumn, to);
    const std::size_t next = first_ending_after(holds, first, plot.time_ns(x1));
    const std::size_t end = std::min(std::max(next, first + 1), holds.size());
    if (first < end && plot.x(holds[first].begin_ns) < x1) {
      const float height = std::max(bar.height() * share_held(holds, first, end, plot.now_ns()), px(2));
      draw_bands(canvas.list, holds, first, end, plot.now_ns(), {x, bar.y1 - height, x1, bar.y1},
                 [](const GilHold& hold) { return hold.task; }, [&](const GilHold& hold) { return color_of(canvas, hold.task); });
    }
    first = next;
  }
}

void draw_hold(Canvas& canvas, const GilHold& hold, const Rect& box) {
  const Color color = color_of(canvas, hold.task);
  // A hair of ground between two: the same thread may have it twice.
  const float gap = box.width() > px(5) ? 1.0f : 0.0f;
  fill(canvas.list, {box.x0, box.y0, box.x1 - gap, box.y1}, color, box.width() > px(6) ? px(2) : 0);
  const std::string name = first_that_fits(Font::small, box.width() - px(10), {name_words(canvas.model, hold.task)});
  if (name.empty() || line_height(Font::small) > box.height()) return;
  const ImVec2 size = measure(Font::small, name);
  const ImVec2 at(box.x0 + px(5), (box.y0 + box.y1 - size.y) * 0.5f);
  canvas.labels.push_back({Font::small, at, platform::text_on(color), {at.x, at.y, at.x + size.x, at.y + size.y}, platform::with_alpha(color, 0), name});
}

// A wedge where it was made, a line until the lock was let go: as long as the holder did not look.
void draw_request(Canvas& canvas, std::size_t lane, std::size_t index, const Piece& piece, const Rect& row, const Rect& bar) {
  const platform::Palette& colors = platform::palette();
  const Rect& plot = canvas.plot.area();
  const GilRequest& request = canvas.gil(lane).requests()[index];
  const float y = bar.y0 - px(2);
  const float x0 = std::max(piece.x0, plot.x0), x1 = std::min(std::max(piece.x1, piece.x0 + px(1.5f)), plot.x1);
  if (x1 <= x0) return;
  line(canvas.list, x0, y, x1, y, colors.error, px(2));
  if (piece.count == 1 && piece.x0 >= plot.x0) pointer_down(canvas.list, ImVec2(piece.x0, y + px(1)), px(6), colors.error);
  canvas.items.push_back({{Drawn::What::request, canvas.gil(lane).object(), std::max(x0 - px(4), plot.x0), row.y0, std::min(std::max(x1, x0 + px(4)), plot.x1), bar.y0, {}},
                          request.begin_ns, request.end_ns, index, piece.count});
}

// How old it was when it was seen, or is: where there is room beside it.
void write_age(Canvas& canvas, const GilRequest& request, float x, float room, const Rect& bar) {
  const std::string age = short_duration(request.age_ns(canvas.plot.now_ns()));
  const ImVec2 size = measure(Font::small, age);
  if (size.x + px(10) > room) return;
  (void)place_words(canvas, age, ImVec2(x + px(6), bar.y0 - size.y - px(1)), platform::readable(platform::palette().error, platform::palette().lane));
}

void draw_requests(Canvas& canvas, std::size_t lane, const Rect& row, const Rect& bar) {
  const auto& requests = canvas.gil(lane).requests();
  for_each_piece(requests, canvas.plot, kFoldBelow, [&](const Piece& piece) {
    draw_request(canvas, lane, piece.first, piece, row, bar);
    if (piece.count > 1) return;
    const std::size_t next = piece.first + 1;
    const float until = next < requests.size() ? canvas.plot.x(requests[next].begin_ns) : canvas.plot.area().x1;
    if (until - piece.x0 > px(40)) write_age(canvas, requests[piece.first], piece.x0, until - piece.x0, bar);
  });
}

}  // namespace

void draw_gil(Canvas& canvas, std::size_t lane) {
  const timeline::Gil& gil = canvas.gil(lane);
  const Rect row = canvas.layout.lane(lane), bar = canvas.layout.bar(lane);
  const Rect& plot = canvas.plot.area();
  canvas.items.push_back({{Drawn::What::gil, gil.object(), row.x0, row.y0, row.x1, row.y1, tr("timeline.gil.name")}, 0, 0,
                          canvas.layout.lanes()[lane].index});
  const auto& holds = gil.holds();
  for_each_piece(holds, canvas.plot, kFoldBelow, [&](const Piece& piece) {
    if (piece.count > 1) return draw_fold(canvas, holds, piece, bar);
    const Rect box{std::max(piece.x0, plot.x0), bar.y0, std::min(std::max(piece.x1, piece.x0 + 1), plot.x1), bar.y1};
    if (box.x1 > box.x0) draw_hold(canvas, holds[piece.first], box);
  });
  draw_requests(canvas, lane, row, bar);
}

void draw_gil_header(Canvas& canvas, std::size_t lane) {
  const platform::Palette& colors = platform::palette();
  const timeline::Gil& gil = canvas.gil(lane);
  const Rect& gutter = canvas.layout.gutter();
  const Rect row = canvas.layout.lane(lane);
  const Rect box{gutter.x0, row.y0 + px(1), gutter.x1, row.y1 - px(1)};
  const bool selected = canvas.ui.selection.task == gil.object(), hovered = canvas.ui.hover.task == gil.object();
  fill(canvas.list, box, selected ? colors.selected : hovered ? colors.hover : colors.lane_header);
  const std::size_t process = canvas.lane_of(gil.process());
  if (process < canvas.layout.lanes().size())
    fill(canvas.list, {box.x0, row.y0 - px(4), box.x0 + px(4), box.y1}, platform::task_color(canvas.layout.lanes()[process].index));
  const GilHold* hold = gil.at(canvas.moment());
  const std::string name = name_words(canvas.model, gil.object());
  const std::string holder = hold == nullptr ? tr("timeline.gil.free") : name_words(canvas.model, hold->task);
  const std::string held = hold == nullptr ? holder : tr("timeline.gil.held_by", fmt::arg("name", holder));
  const float left = box.x0 + px(14), y = (box.y0 + box.y1 - line_height(Font::small)) * 0.5f;
  canvas.list->PushClipRect(ImVec2(box.x0, std::max(box.y0, gutter.y0)), ImVec2(box.x1, std::min(box.y1, gutter.y1)), true);
  write(canvas.list, Font::small, ImVec2(left, y), colors.text, name);
  const std::string detail = first_that_fits(Font::small, box.x1 - left - measure(Font::small, name).x - px(18), {held, holder});
  write(canvas.list, Font::small, ImVec2(box.x1 - px(8) - measure(Font::small, detail).x, y), colors.text_dim, detail);
  // That it is a model is said where there is room, and by its tooltip everywhere.
  const std::string model = tr("gil.model.word");
  const float after = left + measure(Font::small, name).x + px(6);
  if (after + measure(Font::small, model).x + px(10) + measure(Font::small, detail).x <= box.x1 - px(8))
    write(canvas.list, Font::small, ImVec2(after, y), colors.text_dim, model);
  canvas.list->PopClipRect();
  canvas.items.push_back({{Drawn::What::header, gil.object(), box.x0, box.y0, box.x1, box.y1, name + ", " + held}, 0, 0, canvas.layout.lanes()[lane].index});
}

void draw_hand_overs(Canvas& canvas) {
  const platform::Palette& colors = platform::palette();
  const Rect& plot = canvas.plot.area();
  for (std::size_t g = 0; g < canvas.model.gils().size(); ++g) {
    if (canvas.layout.lane_of_gil(g) >= canvas.layout.lanes().size()) continue;
    const timeline::Gil& gil = canvas.model.gils()[g];
    const auto& holds = gil.holds();
    float last = -1e9f;
    for_each_piece(holds, canvas.plot, kFoldBelow, [&](const Piece& piece) {
      const GilHold& hold = holds[piece.first];
      const float before = std::exchange(last, piece.x0);
      if (piece.count > 1 || !hold.handed_over() || piece.x0 - before < px(kApart) || piece.x0 < plot.x0 || piece.x0 > plot.x1) return;
      const std::size_t from = canvas.lane_of(hold.from), to = canvas.lane_of(hold.task);
      if (from >= canvas.layout.lanes().size() || to >= canvas.layout.lanes().size() || from == to) return;
      const Rect start = canvas.layout.bar(from), end = canvas.layout.bar(to);
      const bool down = start.y0 < end.y0;
      std::vector<ImVec2> path{ImVec2(piece.x0, down ? start.y1 : start.y0), ImVec2(piece.x0, down ? end.y0 : end.y1)};
      draw_arrow(canvas, path, {platform::mix(colors.text, colors.lane, 0.15f), px(1.2f), px(6)}, Weight::normal);
      add_arrow(canvas, {{Drawn::What::hand_over, gil.object(), 0, 0, 0, 0, {}}, hold.begin_ns, hold.end_ns, piece.first, 1}, std::move(path));
    });
  }
}

}  // namespace forklight::app::timeline_view
