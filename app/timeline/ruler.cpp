// The ruler above the plot: ticks and grid of either axis, and the lines of moments: now, selected, under the mouse.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/canvas.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"

namespace forklight::app::timeline_view {
namespace {

using platform::Font;
using platform::px;

constexpr double kSecond = 1e9, kMinute = 60e9;

struct Unit {
  double size;
  const char* name;
};
constexpr std::array kUnits = {Unit{kSecond, "s"}, Unit{1e6, "ms"}, Unit{1e3, "µs"}, Unit{1, "ns"}};

// The step is 1, 2 or 5 times a power of ten; above half a minute it goes by minutes.
double nice_step(double least, bool time) {
  if (time && least > 20 * kSecond) {
    for (const double minutes : {0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1440.0}) {
      if (minutes * kMinute >= least) return minutes * kMinute;
    }
    return std::ceil(least / (1440 * kMinute)) * 1440 * kMinute;
  }
  const double power = std::pow(10.0, std::floor(std::log10(std::max(least, 1e-3))));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * 0.999) return std::max(factor * power, 1.0);
  }
  return std::max(10 * power, 1.0);
}

// 3004.12 → "3,004.12"
std::string grouped(double value, int decimals) {
  const std::string plain = fmt::format("{:.{}f}", value, decimals);
  const std::size_t point = plain.find('.');
  return i18n::format_count(static_cast<std::uint64_t>(std::stoull(plain))) +
         (point == std::string::npos ? "" : plain.substr(point));
}

// In the largest unit that can tell two neighbours apart with three decimals: "1.2 s", but "3,004.12 ms" when zoomed
// in.
std::string tick_text(double at_ns, double step, double end_ns) {
  if (at_ns < 0.5) return "0";
  if (step >= 30 * kSecond) {
    const auto tenths = static_cast<int>(std::lround(at_ns / kMinute * 10));
    return fmt::format("{} min",
                       tenths % 10 == 0 ? fmt::format("{}", tenths / 10) : fmt::format("{:.1f}", tenths / 10.0));
  }
  for (const Unit& unit : kUnits) {
    if (unit.size > end_ns) continue;
    const double share = step / unit.size;
    const int decimals = share >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(share) - 1e-9));
    if (decimals <= 3) return grouped(at_ns / unit.size, decimals) + " " + unit.name;
  }
  return grouped(at_ns, 0) + " ns";
}

std::string rank_text(double rank) {
  return fmt::format("#{}", i18n::format_count(static_cast<std::uint64_t>(rank)));
}

std::string moment_text(const Canvas& canvas, double coordinate) {
  const timeline::Axis& axis = canvas.plot.axis();
  if (axis.kind() == timeline::AxisKind::order) return rank_text(std::floor(std::max(coordinate, 0.0)) + 1);
  // As fine as a pixel, not finer.
  const double pixel = 1 / canvas.plot.pixels_per_unit();
  const double step = std::pow(10.0, std::floor(std::log10(std::max(pixel, 1.0))));
  const double at = std::round(coordinate / step) * step;
  if (step >= kSecond && at >= kMinute) return i18n::format_duration(std::llround(at));  // where the ticks count minutes: "59 min 50 s"
  return tick_text(at, step, std::max(coordinate, 1.0));
}

// The closest ticks whose labels have room.
double step_between_ticks(const Canvas& canvas, bool time) {
  double step = 1;
  for (const float between : {56.0f, 84.0f, 126.0f, 190.0f, 285.0f}) {
    step = nice_step(static_cast<double>(px(between)) / canvas.plot.pixels_per_unit(), time);
    const double last = std::floor(canvas.plot.view().end / step) * step;
    const std::string longest = time ? tick_text(last, step, canvas.plot.view().end) : rank_text(std::max(last, 1.0));
    if (measure(Font::small, longest).x + px(22) <= static_cast<float>(step * canvas.plot.pixels_per_unit())) break;
  }
  return step;
}

// Calls with the coordinate of each tick in view, the value that it shows, and the step between two.
template <typename Tick>
void for_each_tick(const Canvas& canvas, Tick&& tick) {
  const timeline::View& view = canvas.plot.view();
  const bool time = canvas.plot.axis().kind() == timeline::AxisKind::time;
  const double step = step_between_ticks(canvas, time);
  // Ranks are counted from one, as people count; the axis counts from zero.
  const double offset = time ? 0 : 1;
  const double first = std::max(0.0, std::floor(view.begin / step) * step);
  const auto ticks = static_cast<int>(std::min((view.end - first) / step + 2, 1000.0));
  for (int i = 0; i < ticks; ++i) {
    const double value = first + i * step;
    if (value < offset) continue;
    if (value - offset > view.end) break;
    tick(value - offset, value, step);
  }
}

// A word on the ruler above a line, on its own ground.
void flag(Canvas& canvas, float x, const std::string& text, platform::Color ground) {
  const Rect& ruler = canvas.layout.ruler();
  const ImVec2 size = measure(Font::small, text);
  const float half = size.x * 0.5f + px(6);
  const float middle = std::max(ruler.x0 + half, std::min(x, ruler.x1 - half));
  const float y = (ruler.y0 + ruler.y1 - size.y) * 0.5f;
  canvas.flags.push_back({middle - half - px(3), ruler.y0, middle + half + px(3), ruler.y1});
  fill(canvas.list, {middle - half, y - px(2), middle + half, y + size.y + px(2)}, ground, px(4));
  write(canvas.list, Font::small, ImVec2(middle - size.x * 0.5f, y), platform::text_on(ground), text);
}

}  // namespace

void draw_ruler(Canvas& canvas) {
  const platform::Palette& colors = platform::palette();
  const Rect &ruler = canvas.layout.ruler(), &plot = canvas.plot.area(), &window = canvas.layout.window();
  const bool time = canvas.plot.axis().kind() == timeline::AxisKind::time;
  fill(canvas.list, {window.x0, ruler.y0, window.x1, ruler.y1}, colors.lane_header);
  line(canvas.list, window.x0, ruler.y1, window.x1, ruler.y1, colors.line, 1);

  const std::string title = i18n::tr(time ? "timeline.axis.time" : "timeline.axis.order");
  if (measure(Font::small, title).x + px(20) < ruler.x0 - window.x0) {
    write(canvas.list, Font::small, ImVec2(window.x0 + px(14), (ruler.y0 + ruler.y1 - line_height(Font::small)) * 0.5f),
          colors.text_faint, title);
  }
  canvas.list->PushClipRect(ImVec2(ruler.x0, ruler.y0), ImVec2(ruler.x1, plot.y1), true);
  for_each_tick(canvas, [&](double coordinate, double, double step) {
    const float x = std::floor(canvas.plot.x_of(coordinate)) + 0.5f;
    line(canvas.list, x, ruler.y1 - px(6), x, plot.y1, colors.grid, 1);
    if (!time && step < 5) return;  // between two events there is nothing
    for (int minor = 1; minor < 5; ++minor) {
      const float between = std::floor(canvas.plot.x_of(coordinate + minor * step / 5)) + 0.5f;
      line(canvas.list, between, ruler.y1 - px(3), between, ruler.y1, colors.line, 1);
    }
  });
  canvas.list->PopClipRect();
}

void draw_tick_labels(Canvas& canvas) {
  const Rect& ruler = canvas.layout.ruler();
  const bool time = canvas.plot.axis().kind() == timeline::AxisKind::time;
  const float y = (ruler.y0 + ruler.y1 - line_height(Font::small)) * 0.5f;
  for_each_tick(canvas, [&](double coordinate, double value, double step) {
    const float x = std::floor(canvas.plot.x_of(coordinate)) + px(5);
    const std::string text = time ? tick_text(value, step, canvas.plot.view().end) : rank_text(value);
    const Rect box{x, ruler.y0, x + measure(Font::small, text).x, ruler.y1};
    // One that would be cut is left out: half a number is a wrong number.
    const bool hidden =
        box.x0 < ruler.x0 || box.x1 > ruler.x1 ||
        std::any_of(canvas.flags.begin(), canvas.flags.end(), [&](const Rect& flag) { return flag.overlaps(box); });
    if (!hidden) write(canvas.list, Font::small, ImVec2(x, y), platform::palette().text_dim, text);
  });
}

void draw_now(Canvas& canvas) {
  if (!canvas.live) return;
  const Rect& plot = canvas.plot.area();
  const float x = canvas.plot.x(canvas.plot.now_ns());
  if (!canvas.plot.sees(x)) return;
  const platform::Color color = platform::palette().accent_text;
  line(canvas.list, x, plot.y0, x, plot.y1, platform::with_alpha(color, 0.8f), px(1.2f));
  flag(canvas, x, i18n::tr("timeline.now"), color);
}

void draw_crosshair(Canvas& canvas, float x) {
  const Rect& plot = canvas.plot.area();
  const platform::Palette& colors = platform::palette();
  line(canvas.list, x, plot.y0, x, plot.y1, platform::with_alpha(colors.text_dim, 0.45f), 1);
  const double coordinate = canvas.plot.coordinate(x);
  if (coordinate >= 0)
    flag(canvas, x, moment_text(canvas, coordinate), platform::mix(colors.panel_raised, colors.text_dim, 0.25f));
}

void draw_selection(Canvas& canvas) {
  const session::Selection& selection = canvas.ui.selection;
  const std::size_t lane = canvas.lane_of(selection.task);
  const platform::Palette& colors = platform::palette();
  const Rect& plot = canvas.plot.area();
  const auto moment_line = [&] {
    const float x = canvas.plot.x(*selection.time_ns);
    if (!canvas.plot.sees(x)) return;
    line(canvas.list, x, plot.y0, x, plot.y1, platform::with_alpha(colors.text, 0.55f), px(1.2f));
    flag(canvas, x, moment_text(canvas, canvas.plot.axis().coordinate(*selection.time_ns)), colors.text);
  };
  if (lane >= canvas.layout.lanes().size() || !canvas.layout.lanes()[lane].is_task()) {  // a lock has no lane, and yet its moments
    if (selection.time_ns) moment_line();
    return;
  }
  const Rect bar = canvas.layout.bar(lane);
  const timeline::Task& task = canvas.task(lane);
  const auto frame = [&](Rect rect) {
    const float out = px(4);
    canvas.list->PushClipRect(ImVec2(plot.x0, plot.y0), ImVec2(plot.x1, plot.y1), true);
    rect = {std::max(rect.x0 - out, plot.x0 + 1), rect.y0 - out, std::min(rect.x1 + out, plot.x1 - 1), rect.y1 + out};
    if (rect.x1 > rect.x0) {
      outline(canvas.list, {rect.x0 - 1, rect.y0 - 1, rect.x1 + 1, rect.y1 + 1},
              platform::with_alpha(colors.lane, 0.7f), px(7), px(4));
      outline(canvas.list, rect, colors.text, px(6), px(2));
    }
    canvas.list->PopClipRect();
  };
  if (!selection.time_ns) {
    frame({canvas.plot.x(task.born_ns), bar.y0, canvas.plot.x(task.death_ns), bar.y1});
    return;
  }
  const auto badge =
      std::find_if(canvas.badges.begin(), canvas.badges.end(), [lane](const Badge& b) { return b.lane == lane; });
  if (*selection.time_ns == task.death_ns && badge != canvas.badges.end()) {
    frame(badge->rect);
  } else if (const timeline::Span* span = canvas.model.span_at(task, *selection.time_ns)) {
    const float x0 = canvas.plot.x(span->begin_ns);
    frame({x0, bar.y0, std::max(canvas.plot.x(span->end_ns), x0 + px(2.5f)), bar.y1});
  }
  moment_line();
}

}  // namespace forklight::app::timeline_view
