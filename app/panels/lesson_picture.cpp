// The small picture of a lesson's timeline, in the colours of the theme, at any size.
#include <algorithm>
#include <cmath>

#include "app/panels/panels.h"
#include "app/session/gallery.h"
#include "app/timeline/shapes.h"

namespace forklight::app::panels {
namespace {

using platform::palette;
using session::LessonPicture;
using timeline_view::Rect;

constexpr float kThickest = 15, kThinnestGap = 1.5f;  // points

struct Frame {
  Rect area;
  int columns;
  [[nodiscard]] float x(int column) const { return area.x0 + area.width() * static_cast<float>(column) / static_cast<float>(columns); }
};

void draw_stretch(ImDrawList* list, const Rect& bar, char letter, Color color) {
  const platform::Palette& colors = palette();
  const float middle = (bar.y0 + bar.y1) / 2, thin = std::max(1.0f, bar.height() * 0.22f);
  switch (letter) {
    case session::kRuns:
      timeline_view::fill(list, bar, color, px(1));
      break;
    case session::kBlocked:
      timeline_view::fill(list, bar, platform::with_alpha(color, 0.16f));
      if (bar.height() > px(4)) timeline_view::dotted_frame(list, bar, bar.x0, bar.x1, platform::with_alpha(color, 0.9f), 1);
      break;
    case session::kSleeps:
      timeline_view::fill(list, {bar.x0, middle - thin, bar.x1, middle + thin}, platform::mix(colors.lane, color, 0.55f));
      break;
    case session::kZombie:
      timeline_view::fill(list, bar, platform::with_alpha(colors.zombie, 0.35f));
      timeline_view::cross_hatch(list, bar, bar.x0, bar.x1, colors.zombie, std::max(3.0f, px(4)));
      break;
    case session::kWantsGil:
      timeline_view::fill(list, bar, platform::with_alpha(colors.error, 0.25f));
      timeline_view::hatch(list, bar, bar.x0, bar.x1, colors.error, std::max(3.0f, px(4)), 1);
      break;
    case session::kHeld:
      timeline_view::fill(list, bar, colors.held);
      break;
    case session::kStopped:
      timeline_view::fill(list, bar, colors.stopped);
      timeline_view::outline(list, bar, colors.stopped_edge, 0, 1);
      break;
    case session::kLost:
      timeline_view::fill(list, {bar.x0, middle - thin, bar.x1, middle + thin}, colors.lost);
      break;
    default:
      break;
  }
}

void draw_queue(ImDrawList* list, const Frame& frame, const LessonPicture::Lane& lane, float y0, float y1) {
  const Color color = palette().accent_text;
  for (int i = 0; i < frame.columns; ++i) {
    const float share = static_cast<float>(lane.columns[static_cast<std::size_t>(i)] - 'A') / 9;
    if (share > 0) timeline_view::fill(list, {frame.x(i), y1 - (y1 - y0) * std::min(share, 1.0f), frame.x(i + 1), y1}, platform::with_alpha(color, 0.65f));
  }
  timeline_view::line(list, frame.area.x0, y1, frame.area.x1, y1, platform::with_alpha(color, 0.6f), 1);
}

void draw_lane(ImDrawList* list, const Frame& frame, const LessonPicture::Lane& lane, float y0, float y1) {
  const Color color = platform::task_color(lane.order);
  const int end = frame.columns;
  for (int i = 0; i < end;) {
    int next = i;
    const char letter = lane.columns[static_cast<std::size_t>(i)];
    while (next < end && lane.columns[static_cast<std::size_t>(next)] == letter) ++next;
    if (letter != session::kNotThere) draw_stretch(list, {frame.x(i), y0, std::max(frame.x(next), frame.x(i) + 1), y1}, letter, color);
    i = next;
  }
}

void draw_end(ImDrawList* list, const Frame& frame, const LessonPicture::Lane& lane, float y) {
  const auto last = lane.columns.find_last_not_of(session::kNotThere);
  if (!lane.exit || last == std::string::npos) return;
  const platform::Palette& colors = palette();
  const int code = *lane.exit;
  const Color color = code == 0 ? colors.ok : code > 0 ? colors.error : colors.signal;
  const float radius = px(5.5f), x = std::min(frame.x(static_cast<int>(last) + 1) + radius + px(2), frame.area.x1 + px(12));
  list->AddCircleFilled({x, y}, radius, color);
  draw_icon(list, code == 0 ? Icon::check : code > 0 ? Icon::cross : Icon::bolt, {x, y}, px(6), platform::text_on(color));
}

}  // namespace

void draw_lesson_picture(ImDrawList* list, ImVec2 min, ImVec2 max, const LessonPicture& picture) {
  if (picture.lanes.empty()) return;
  // Room at the right for the last end.
  const Frame frame{{min.x + px(10), min.y + px(8), max.x - px(22), max.y - px(8)}, picture.width};
  if (frame.area.width() < px(20) || frame.area.height() < px(10)) return;
  const auto lanes = static_cast<float>(picture.lanes.size());
  const float pitch = std::min(frame.area.height() / lanes, px(kThickest) * 1.7f), thick = std::max(2.0f, std::min(pitch - px(kThinnestGap), px(kThickest)));
  const float top = frame.area.y0 + (frame.area.height() - pitch * lanes) / 2;
  const auto middle = [&](std::size_t lane) { return top + pitch * (static_cast<float>(lane) + 0.5f); };
  list->PushClipRect(min, max, true);
  for (std::size_t i = 0; i < picture.lanes.size(); ++i) {
    const LessonPicture::Lane& lane = picture.lanes[i];
    const float half = (lane.kind == LessonPicture::Lane::Kind::thread ? 0.7f : 1.0f) * thick / 2;
    if (lane.kind == LessonPicture::Lane::Kind::queue)
      draw_queue(list, frame, lane, middle(i) - half, middle(i) + half);
    else
      draw_lane(list, frame, lane, middle(i) - half, middle(i) + half);
  }
  for (const LessonPicture::Arrow& arrow : picture.arrows) {
    const bool life = arrow.kind == timeline::FlowKind::start || arrow.kind == timeline::FlowKind::join || arrow.kind == timeline::FlowKind::signal;
    const Color ink = platform::with_alpha(arrow.kind == timeline::FlowKind::signal ? palette().signal : life ? palette().text : palette().accent_text, life ? 0.75f : 0.5f);
    const ImVec2 from(frame.x(arrow.from_x), middle(arrow.from)), to(frame.x(arrow.to_x), middle(arrow.to));
    list->AddLine(from, to, ink, std::max(1.0f, px(0.8f)));
    if (std::hypot(to.x - from.x, to.y - from.y) > px(8)) timeline_view::arrow_head(list, to, from, px(4.5f), ink);
  }
  for (std::size_t i = 0; i < picture.lanes.size(); ++i) draw_end(list, frame, picture.lanes[i], middle(i));
  list->PopClipRect();
}

}  // namespace forklight::app::panels
