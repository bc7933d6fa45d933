// Spans of one lane: what each state looks like, and the words that fit on it.
#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/bands.h"
#include "app/timeline/canvas.h"
#include "app/timeline/fold.h"
#include "app/timeline/pool_words.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;
using timeline::Span;
using timeline::State;
using trace::BlockReason;

constexpr float kSlim = 10;      // points: narrower ones carry no words
constexpr float kTick = 3;       // points: nothing short vanishes
constexpr float kRounding = 3, kPadding = 7, kMiddlePadding = 16;

// What the drawing of one span needs to know.
struct Here {
  Canvas& canvas;
  const timeline::Task& task;
  std::size_t order;  // of birth
  std::size_t lane;
  const Span& span;
  Rect bar;      // the whole span, perhaps far beyond the plot
  Rect visible;  // what of it is in the plot
  const Badge* badge;
};

// "Process-12" → "P-12": the name that multiprocessing gives, made short; others stay.
std::string short_name(const std::string& name) {
  constexpr std::string_view kGiven = "Process-";
  return name.starts_with(kGiven) ? fmt::format("P-{}", std::string_view(name).substr(kGiven.size())) : name;
}

// Words on a span. Wide ones keep theirs in sight while they are scrolled.
std::string write_on(const Here& here, Font font, std::initializer_list<std::string> words, platform::Color ink,
                     platform::Color paper, bool centred) {
  Rect room = here.visible;
  if (here.badge != nullptr && here.badge->rect.overlaps(room)) {
    if (here.badge->rect.x1 + px(4) >= room.x1 && here.badge->rect.x0 > room.x0) {
      room.x1 = here.badge->rect.x0 - px(3);
    } else {
      room.x0 = std::max(room.x0, here.badge->rect.x1 + px(3));
    }
  }
  // Words in the middle leave enough of the span to be seen on both sides.
  const float padding = centred ? px(kMiddlePadding) : px(kPadding);
  std::string text = first_that_fits(font, room.width() - 2 * padding, words);
  if (text.empty()) return text;
  const ImVec2 size = measure(font, text);
  const float x = centred ? (room.x0 + room.x1 - size.x) * 0.5f : room.x0 + padding;
  const float y = (here.bar.y0 + here.bar.y1 - size.y) * 0.5f;
  const float side = centred ? px(5) : px(2);
  here.canvas.labels.push_back({font, ImVec2(x, y), ink, {x - side, y, x + size.x + side, y + size.y}, paper, text});
  return text;
}

// Larger words on taller bars: those on the far wall of a classroom.
Font bar_font(const Here& here) {
  return here.bar.height() >= px(25) ? Font::body : Font::small;
}

platform::Color sleep_color(std::size_t order) {
  return platform::mix(platform::task_color(order), platform::palette().lane, 0.32f);
}

std::string draw_running(const Here& here) {
  const platform::Color color = platform::task_color(here.order);
  fill(here.canvas.list, here.visible, color, px(kRounding));
  return write_on(here, bar_font(here), {tr("timeline.span.running")}, platform::task_text_color(here.order), color,
                  false);
}

Rect sleep_bar(const Here& here) {
  const float middle = (here.bar.y0 + here.bar.y1) * 0.5f, half = std::max(here.bar.height() / 6, 2.0f);
  return {here.visible.x0, middle - half, here.visible.x1, middle + half};
}

std::string draw_blocked(const Here& here) {
  const platform::Palette& colors = platform::palette();
  const std::size_t partner_lane = here.canvas.lane_of(here.span.partner);
  const bool known = partner_lane < here.canvas.layout.lanes().size() && here.canvas.layout.lanes()[partner_lane].is_task();
  const bool full = here.span.reason == BlockReason::put || here.span.reason == BlockReason::send;
  // Nothing that anybody would mind: there is nothing to send, to hand out, or, for a pool's worker, to do.
  const bool idle = here.span.reason == BlockReason::feed || here.span.reason == BlockReason::requests || here.span.reason == BlockReason::tasks || here.canvas.layout.lanes()[here.lane].of_pool;
  const Awaited result = awaited(here.canvas.model, here.span, std::min(here.span.end_ns - 1, here.canvas.plot.now_ns()));
  const platform::Color frame = result.lost ? colors.error
                                : known  ? platform::task_color(here.canvas.layout.lanes()[partner_lane].index)
                                : full ? colors.error
                                : idle ? platform::with_alpha(colors.blocked, 0.5f)
                                       : colors.blocked;
  fill(here.canvas.list, here.visible, colors.panel, px(kRounding));
  dotted_frame(here.canvas.list, here.bar, here.visible.x0, here.visible.x1, frame, px(1.5f));
  std::string middle, least;
  if (known && (here.span.reason == BlockReason::join || here.span.reason == BlockReason::wait)) {
    const bool join = here.span.reason == BlockReason::join;
    const std::string name = short_name(here.canvas.task(partner_lane).name);
    middle = tr(join ? "timeline.wait.join.task" : "timeline.wait.wait.task", fmt::arg("name", name));
    least = tr(join ? "timeline.wait.join" : "timeline.wait.wait");
  } else if (result.job != nullptr) {
    middle = tr("timeline.wait.result.of", fmt::arg("what", result.what));
    least = result.what;
  } else if (here.span.reason != BlockReason::output) {
    middle = short_wait_words(here.span.reason);
  }
  const platform::Color ink = full || result.lost ? platform::readable(colors.error, colors.panel)
                              : idle ? colors.text_faint
                                     : colors.text;
  return write_on(here, bar_font(here), {result.lost ? wait_words(here.canvas.model, here.span, here.canvas.plot.now_ns()) : wait_words(here.canvas.model, here.span), middle, least}, ink, colors.panel,
                  false);
}

// At the gate: pale, with a pause sign, and what it is about to do.
std::string draw_held(const Here& here) {
  const platform::Palette& colors = platform::palette();
  const platform::Color ground = platform::mix(colors.lane, colors.held, 0.55f);
  fill(here.canvas.list, here.visible, ground, px(kRounding));
  outline(here.canvas.list, here.visible, platform::mix(platform::task_color(here.order), colors.lane, 0.35f),
          px(kRounding), px(1.5f));
  const float size = std::min(px(14), here.bar.height() - px(6));
  if (here.visible.width() < size + px(8)) return {};
  const float left = here.visible.x0 + px(6);
  sign(here.canvas.list, Sign::pause, ImVec2(left + size * 0.5f, (here.bar.y0 + here.bar.y1) * 0.5f), size, colors.text);
  Here beside = here;
  beside.visible.x0 = left + size;
  const std::string operation =
      operation_words(here.canvas.model, static_cast<trace::Kind>(here.span.detail), here.span.partner);
  const std::string words = span_words(here.canvas.model, here.span, here.canvas.plot.now_ns());
  const std::string bare = operation_words(here.canvas.model, static_cast<trace::Kind>(here.span.detail), 0);
  std::string written = write_on(beside, bar_font(here), {words, operation, bare}, colors.text, ground, false);
  // Who stands at the gate now matters more than the width of its bar: its words may run on over empty ground.
  const bool now = here.span.end_ns > here.canvas.plot.now_ns();
  if (!written.empty() || !now) return written;
  const float room = here.canvas.plot.area().x1 - here.visible.x1 - px(16);
  const std::string outside = first_that_fits(Font::small, room, {words, operation, bare});
  const ImVec2 extent = measure(Font::small, outside);
  const Rect box{here.visible.x1 + px(4), here.bar.y0, here.visible.x1 + px(14) + extent.x, here.bar.y1};
  if (outside.empty() || !here.canvas.place(box)) return {};
  here.canvas.labels.push_back({Font::small,
                                ImVec2(box.x0 + px(4), (here.bar.y0 + here.bar.y1 - extent.y) * 0.5f),
                                colors.text,
                                {box.x0, box.y0 + px(2), box.x1, box.y1 - px(2)},
                                ground,
                                outside});
  return outside;
}

// The lane's own ink round a black bar: black alone would be lost on a dark ground.
void stopped_bar(const Here& here) {
  fill(here.canvas.list, here.visible, platform::palette().stopped, px(kRounding));
  outline(here.canvas.list, here.visible, platform::palette().stopped_edge, px(kRounding), px(1.5f));
}

// By SIGSTOP: black, with a pause sign, until SIGCONT.
std::string draw_stopped(const Here& here) {
  stopped_bar(here);
  const platform::Color ground = platform::palette().stopped, ink = platform::text_on(ground);
  const float size = std::min(px(14), here.bar.height() - px(6));
  if (here.visible.width() < size + px(8)) return {};
  const float left = here.visible.x0 + px(6);
  sign(here.canvas.list, Sign::pause, ImVec2(left + size * 0.5f, (here.bar.y0 + here.bar.y1) * 0.5f), size, ink);
  Here beside = here;
  beside.visible.x0 = left + size;
  return write_on(beside, bar_font(here),
                  {span_words(here.canvas.model, here.span, here.canvas.plot.now_ns()), tr("timeline.span.stopped")}, ink,
                  ground, false);
}

std::string draw_sleeping(const Here& here) {
  const platform::Palette& colors = platform::palette();
  const Rect bar = sleep_bar(here);
  fill(here.canvas.list, bar, sleep_color(here.order), bar.height() * 0.35f);
  return write_on(here, bar_font(here),
                  {span_words(here.canvas.model, here.span, here.canvas.plot.now_ns()), tr("timeline.span.sleeping")},
                  colors.text, colors.lane, true);
}

std::string draw_zombie(const Here& here) {
  const platform::Palette& colors = platform::palette();
  const platform::Color ground = platform::mix(colors.lane, colors.zombie, 0.18f);
  Rect rect = here.bar;
  // Behind its badge a short one would be hidden: then the hatch runs on below.
  const bool hidden = here.badge != nullptr && here.bar.x1 < here.badge->rect.x1 + px(10);
  if (hidden) rect = {rect.x0, here.badge->rect.y1 + px(3), rect.x1, here.badge->rect.y1 + px(9)};
  fill(here.canvas.list, {here.visible.x0, rect.y0, here.visible.x1, rect.y1}, ground, px(2));
  cross_hatch(here.canvas.list, rect, here.visible.x0, here.visible.x1, colors.zombie, hidden ? px(5) : px(8));
  if (hidden) return {};
  return write_on(here, bar_font(here),
                  {span_words(here.canvas.model, here.span, here.canvas.plot.now_ns()), tr("timeline.span.zombie")},
                  colors.text, colors.lane, true);
}

// Vermillion diagonals, and who has the lock. A forced switch is the same, wider: it waits for another to take what it gave up.
std::string draw_gil_wait(const Here& here) {
  const platform::Palette& colors = platform::palette();
  const bool forced = here.span.state == State::gil_switch;
  const platform::Color ground = platform::mix(colors.lane, colors.error, 0.1f);
  fill(here.canvas.list, here.visible, ground, px(2));
  hatch(here.canvas.list, here.bar, here.visible.x0, here.visible.x1, platform::mix(colors.lane, colors.error, 0.85f), px(forced ? 12 : 7),
        px(forced ? 1.2f : 2.2f));
  const std::string holder = here.span.detail == 0 ? std::string() : name_words(here.canvas.model, static_cast<timeline::TaskId>(here.span.detail));
  return write_on(here, bar_font(here),
                  {span_words(here.canvas.model, here.span, here.canvas.plot.now_ns()), holder, tr("timeline.gil.name")}, colors.text, colors.lane, true);
}

std::string draw_lost(const Here& here) {
  const platform::Palette& colors = platform::palette();
  torn_gap(here.canvas.list, here.visible, platform::mix(colors.lane, colors.lost, 0.22f), colors.lost);
  return write_on(
      here, bar_font(here),
      {span_words(here.canvas.model, here.span, here.canvas.plot.now_ns()), i18n::format_count(here.span.detail)},
      colors.text, platform::with_alpha(colors.lane, 0), true);
}

// No words, no round corners, no dots: thousands of these may be on screen.
void draw_slim(const Here& here) {
  const platform::Palette& colors = platform::palette();
  switch (here.span.state) {
    case State::running:
      return fill(here.canvas.list, here.visible, platform::task_color(here.order));
    case State::sleeping:
      return fill(here.canvas.list, sleep_bar(here), sleep_color(here.order));
    case State::blocked: {
      const Rect& rect = here.visible;
      fill(here.canvas.list, rect, platform::mix(colors.panel, colors.blocked, 0.3f));
      fill(here.canvas.list, {rect.x0, rect.y0, rect.x1, rect.y0 + px(1.5f)}, colors.blocked);
      return fill(here.canvas.list, {rect.x0, rect.y1 - px(1.5f), rect.x1, rect.y1}, colors.blocked);
    }
    case State::zombie:
      static_cast<void>(draw_zombie(here));
      return;
    case State::lost:
      return fill(here.canvas.list, here.visible, colors.lost);
    case State::held:
      static_cast<void>(draw_held(here));
      return;
    case State::stopped:
      return stopped_bar(here);
    case State::gil_wait:
    case State::gil_switch: {
      // As pale as the hatch is from afar.
      fill(here.canvas.list, here.visible, platform::mix(colors.lane, colors.error, 0.45f));
      return;
    }
  }
}

std::string draw_wide(const Here& here) {
  if (here.visible.width() < px(kSlim)) {
    draw_slim(here);
    return {};
  }
  switch (here.span.state) {
    case State::running:
      return draw_running(here);
    case State::blocked:
      return draw_blocked(here);
    case State::sleeping:
      return draw_sleeping(here);
    case State::zombie:
      return draw_zombie(here);
    case State::lost:
      return draw_lost(here);
    case State::held:
      return draw_held(here);
    case State::stopped:
      return draw_stopped(here);
    case State::gil_wait:
    case State::gil_switch:
      return draw_gil_wait(here);
  }
  return {};
}

platform::Color tick_color(const Span& span, std::size_t order) {
  const platform::Palette& colors = platform::palette();
  switch (span.state) {
    case State::running:
      return platform::task_color(order);
    case State::blocked:
      return colors.blocked;
    case State::sleeping:
      return sleep_color(order);
    case State::zombie:
      return colors.zombie;
    case State::lost:
      return colors.lost;
    case State::held:
      return colors.held;
    case State::stopped:
      return colors.stopped_edge;
    case State::gil_wait:
    case State::gil_switch:
      return platform::mix(colors.lane, colors.error, 0.6f);
  }
  return colors.blocked;
}

bool waits_for_gil(const Span& span) noexcept {
  return span.state == State::gil_wait || span.state == State::gil_switch;
}

// Turns at the GIL that cannot be told apart: columns of what it did, by share of the time.
void draw_turns(Canvas& canvas, const timeline::Task& task, std::size_t order, const Piece& piece, const Rect& rect) {
  constexpr float kColumn = 4;
  std::size_t first = first_ending_after(task.spans, piece.first, canvas.plot.time_ns(rect.x0));
  for (float x = rect.x0; x < rect.x1; x += kColumn) {
    const float x1 = std::min(x + kColumn, rect.x1);
    const std::size_t next = first_ending_after(task.spans, first, canvas.plot.time_ns(x1));
    const std::size_t end = std::min(std::max(next, first + 1), piece.first + piece.count);
    if (first < end)
      draw_bands(canvas.list, task.spans, first, end, canvas.plot.now_ns(), {x, rect.y0, x1, rect.y1},
                 [](const Span& span) { return waits_for_gil(span) ? 1000u : static_cast<std::uint32_t>(span.state); },
                 [&](const Span& span) { return tick_color(span, order); });
    first = next;
  }
}

// Several spans in a few pixels: a ribbed block, and how many there are.
std::string draw_fold(Canvas& canvas, const timeline::Task& task, std::size_t order, const Piece& piece, const Rect& rect) {
  const platform::Palette& colors = platform::palette();
  const platform::Color color = platform::task_color(order);
  const platform::Color ground = platform::mix(color, colors.lane, 0.4f);
  const std::size_t looked_at = std::min<std::size_t>(piece.count, 8);
  const auto some = task.spans.begin() + static_cast<std::ptrdiff_t>(piece.first);
  if (std::any_of(some, some + static_cast<std::ptrdiff_t>(looked_at), waits_for_gil)) {
    draw_turns(canvas, task, order, piece, rect);
  } else {
    fill(canvas.list, rect, ground, px(2));
    const float step = px(4), width = std::max(1.0f, std::round(px(1)));
    for (float x = rect.x0 + step * 0.5f; x < rect.x1 - 1; x += step) {
      const float left = std::floor(x);  // a rectangle of whole pixels: sharp, and a fraction of what a smoothed line costs
      fill(canvas.list, {left, rect.y0, left + width, rect.y1}, color);
    }
  }
  const std::string count = i18n::format_count(piece.count);
  std::string text = first_that_fits(Font::small, rect.width() - px(10),
                                     {tr("timeline.span.folded", fmt::arg("count", count)), count});
  if (text.empty()) return text;
  const ImVec2 size = measure(Font::small, text);
  const ImVec2 at((rect.x0 + rect.x1 - size.x) * 0.5f, (rect.y0 + rect.y1 - size.y) * 0.5f);
  canvas.labels.push_back(
      {Font::small, at, colors.text, {at.x - px(4), at.y, at.x + size.x + px(4), at.y + size.y}, colors.lane, text});
  return text;
}

}  // namespace

void draw_spans(Canvas& canvas, std::size_t lane, const Badge* badge) {
  const timeline::Task& task = canvas.task(lane);
  const std::size_t order = canvas.layout.lanes()[lane].index;
  const Rect bar = canvas.layout.bar(lane);
  const Rect& plot = canvas.plot.area();
  const auto add = [&](const Piece& piece, const Rect& rect, std::string label) {
    const Span& first = task.spans[piece.first];
    const Span& last = task.spans[piece.first + piece.count - 1];
    canvas.items.push_back({{Drawn::What::span, task.id, rect.x0, rect.y0, rect.x1, rect.y1, std::move(label)},
                            first.begin_ns,
                            last.end_ns,
                            piece.first,
                            piece.count});
  };
  std::vector<Piece> narrow;  // drawn after the wide ones, which would cover them
  for_each_piece(task.spans, canvas.plot, kFoldBelow, [&](const Piece& piece) {
    if (piece.x1 - piece.x0 < kFoldBelow || piece.count > 1) {
      narrow.push_back(piece);
      return;
    }
    Rect visible{std::max(piece.x0, plot.x0), bar.y0, std::min(piece.x1, plot.x1), bar.y1};
    if (visible.x1 <= visible.x0) return;
    const Here here{canvas, task, order, lane, task.spans[piece.first], {piece.x0, bar.y0, piece.x1, bar.y1}, visible, badge};
    add(piece, visible, draw_wide(here));
  });
  for (const Piece& piece : narrow) {
    const Rect rect{std::max(piece.x0, plot.x0), bar.y0, std::min(std::max(piece.x1, piece.x0 + px(kTick)), plot.x1),
                    bar.y1};
    if (rect.x1 <= rect.x0) continue;
    if (piece.count == 1) {
      const Span& span = task.spans[piece.first];
      // Under its badge a zombie of no width is shown as wider ones are.
      if (span.state == State::zombie && badge != nullptr) {
        canvas.ticks.push_back(
            {{rect.x0, badge->rect.y1 + px(3), rect.x1, badge->rect.y1 + px(9)}, tick_color(span, order)});
      } else {
        canvas.ticks.push_back({rect, tick_color(span, order)});
      }
      add(piece, rect, {});
    } else {
      add(piece, rect, draw_fold(canvas, task, order, piece, rect));
    }
  }
}

void draw_ticks(Canvas& canvas) {
  for (const Tick& tick : canvas.ticks) fill(canvas.list, tick.rect, tick.color, px(1));
}

}  // namespace forklight::app::timeline_view
