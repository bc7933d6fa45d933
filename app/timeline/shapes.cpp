#include "app/timeline/shapes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/platform/imgui_compat.h"

namespace forklight::app::timeline_view {
namespace {

using platform::px;
namespace compat = platform::compat;

// One diagonal x = start ± (y - top), cut to a rectangle.
void diagonal(ImDrawList* list, float start, float slope, const Rect& rect, Color color, float thickness) {
  const float end = start + slope * rect.height();
  const float left = std::max(std::min(start, end), rect.x0), right = std::min(std::max(start, end), rect.x1);
  if (right - left < 0.5f) return;
  const auto y = [&](float x) { return rect.y0 + (x - start) / slope; };
  list->AddLine(ImVec2(left, y(left)), ImVec2(right, y(right)), color, thickness);
}

void dashes(ImDrawList* list, ImVec2 from, ImVec2 to, Color color, float thickness, float on, float off, float& phase) {
  const float dx = to.x - from.x, dy = to.y - from.y;
  const float length = std::sqrt(dx * dx + dy * dy);
  if (length < 0.01f) return;
  const float period = on + off;
  for (float at = -std::fmod(phase, period); at < length; at += period) {
    const float begin = std::max(at, 0.0f), end = std::min(at + on, length);
    if (end - begin < 0.25f) continue;
    list->AddLine(ImVec2(from.x + dx * begin / length, from.y + dy * begin / length),
                  ImVec2(from.x + dx * end / length, from.y + dy * end / length), color, thickness);
  }
  phase += length;
}

}  // namespace

void fill(ImDrawList* list, const Rect& rect, Color color, float rounding) {
  list->AddRectFilled(ImVec2(rect.x0, rect.y0), ImVec2(rect.x1, rect.y1), color, rounding);
}

void outline(ImDrawList* list, const Rect& rect, Color color, float rounding, float thickness) {
  compat::rect(list, ImVec2(rect.x0, rect.y0), ImVec2(rect.x1, rect.y1), color, rounding, thickness);
}

void line(ImDrawList* list, float x0, float y0, float x1, float y1, Color color, float thickness) {
  list->AddLine(ImVec2(x0, y0), ImVec2(x1, y1), color, thickness);
}

void cross_hatch(ImDrawList* list, const Rect& rect, float clip_x0, float clip_x1, Color color, float spacing) {
  const Rect part{std::max(rect.x0, clip_x0), rect.y0, std::min(rect.x1, clip_x1), rect.y1};
  if (part.width() <= 0) return;
  const float height = rect.height(), thickness = px(1.0f);
  // Counted from rect.x0, so that the pattern does not swim while the view moves.
  const float first = rect.x0 + std::floor((part.x0 - height - rect.x0) / spacing) * spacing;
  for (float x = first; x < part.x1 + height; x += spacing) {
    diagonal(list, x, 1.0f, part, color, thickness);
    diagonal(list, x, -1.0f, part, color, thickness);
  }
}

void hatch(ImDrawList* list, const Rect& rect, float clip_x0, float clip_x1, Color color, float spacing, float thickness) {
  const Rect part{std::max(rect.x0, clip_x0), rect.y0, std::min(rect.x1, clip_x1), rect.y1};
  if (part.width() <= 0) return;
  const float first = rect.x0 + std::floor((part.x0 - rect.x0) / spacing) * spacing;
  for (float x = first; x < part.x1 + rect.height(); x += spacing) diagonal(list, x, -1.0f, part, color, thickness);
}

void dotted_frame(ImDrawList* list, const Rect& rect, float clip_x0, float clip_x1, Color color, float thickness) {
  const float on = px(3), off = px(3), half = thickness * 0.5f;
  const float x0 = std::max(rect.x0 + half, clip_x0), x1 = std::min(rect.x1 - half, clip_x1);
  const float y0 = rect.y0 + half, y1 = rect.y1 - half;
  if (x1 <= x0) return;
  float top = x0 - rect.x0, bottom = top, left = 0, right = 0;
  dashes(list, ImVec2(x0, y0), ImVec2(x1, y0), color, thickness, on, off, top);
  dashes(list, ImVec2(x0, y1), ImVec2(x1, y1), color, thickness, on, off, bottom);
  if (rect.x0 >= clip_x0) dashes(list, ImVec2(x0, y0), ImVec2(x0, y1), color, thickness, on, off, left);
  if (rect.x1 <= clip_x1) dashes(list, ImVec2(x1, y0), ImVec2(x1, y1), color, thickness, on, off, right);
}

void dots(ImDrawList* list, float x0, float x1, float y, Color color) {
  const float step = platform::px(4), radius = std::max(0.6f, platform::px(0.9f));
  for (float x = x0 + radius; x < x1; x += step) list->AddRectFilled({x - radius, y - radius}, {x + radius, y + radius}, color);
}

void torn_gap(ImDrawList* list, const Rect& rect, Color color, Color edge) {
  constexpr int kTeeth = 4;
  const float tooth = std::min(px(5), rect.width() * 0.35f);
  std::array<ImVec2, kTeeth * 2 + 1> left{}, right{};
  for (int i = 0; i <= kTeeth * 2; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const float y = rect.y0 + rect.height() * static_cast<float>(i) / static_cast<float>(kTeeth * 2);
    const float in = i % 2 == 0 ? 0.0f : tooth;
    left[at] = ImVec2(rect.x0 + in, y);
    right[at] = ImVec2(rect.x1 - in, y);
  }
  for (std::size_t i = 0; i + 1 < left.size(); ++i)
    list->AddQuadFilled(left[i], right[i], right[i + 1], left[i + 1], color);
  compat::polyline(list, left.data(), static_cast<int>(left.size()), edge, false, px(1.5f));
  compat::polyline(list, right.data(), static_cast<int>(right.size()), edge, false, px(1.5f));
}

void sign(ImDrawList* list, Sign which, ImVec2 centre, float size, Color color) {
  const float r = size * 0.5f, thickness = std::max(1.5f, size * 0.19f);
  const auto at = [&](float x, float y) { return ImVec2(centre.x + x * r, centre.y + y * r); };
  switch (which) {
    case Sign::check: {
      const std::array points = {at(-0.85f, 0.05f), at(-0.25f, 0.65f), at(0.85f, -0.65f)};
      compat::polyline(list, points.data(), static_cast<int>(points.size()), color, false, thickness);
      break;
    }
    case Sign::cross:
      list->AddLine(at(-0.65f, -0.65f), at(0.65f, 0.65f), color, thickness);
      list->AddLine(at(0.65f, -0.65f), at(-0.65f, 0.65f), color, thickness);
      break;
    case Sign::bolt:
      // Two wedges that overlap at the waist.
      list->AddTriangleFilled(at(0.35f, -1.1f), at(-0.75f, 0.2f), at(0.15f, 0.2f), color);
      list->AddTriangleFilled(at(-0.35f, 1.1f), at(0.75f, -0.2f), at(-0.15f, -0.2f), color);
      break;
    case Sign::pause:
      fill(list, {at(-0.6f, 0).x, at(0, -0.7f).y, at(-0.15f, 0).x, at(0, 0.7f).y}, color);
      fill(list, {at(0.15f, 0).x, at(0, -0.7f).y, at(0.6f, 0).x, at(0, 0.7f).y}, color);
      break;
    case Sign::unknown:
      list->AddCircleFilled(centre, r * 0.45f, color);
      break;
  }
}

void stroke(ImDrawList* list, const std::vector<ImVec2>& path, const Stroke& how) {
  if (path.size() < 2) return;
  const int count = static_cast<int>(path.size());
  compat::polyline(list, path.data(), count, how.halo, false, how.thickness + px(3));
  if (!how.dashed) {
    compat::polyline(list, path.data(), count, how.color, false, how.thickness);
    return;
  }
  float phase = 0;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    dashes(list, path[i], path[i + 1], how.color, how.thickness, px(5), px(4), phase);
  }
}

void arrow_head(ImDrawList* list, ImVec2 tip, ImVec2 from, float size, Color color) {
  const float dx = tip.x - from.x, dy = tip.y - from.y;
  const float length = std::max(std::sqrt(dx * dx + dy * dy), 0.01f);
  const float ux = dx / length, uy = dy / length;
  const ImVec2 base(tip.x - ux * size, tip.y - uy * size);
  const float half = size * 0.5f;
  list->AddTriangleFilled(tip, ImVec2(base.x - uy * half, base.y + ux * half),
                          ImVec2(base.x + uy * half, base.y - ux * half), color);
}

void pointer_down(ImDrawList* list, ImVec2 tip, float size, Color color) {
  list->AddTriangleFilled(tip, ImVec2(tip.x - size * 0.55f, tip.y - size), ImVec2(tip.x + size * 0.55f, tip.y - size),
                          color);
}

void curve_to(std::vector<ImVec2>& path, ImVec2 control1, ImVec2 control2, ImVec2 end, int steps) {
  const ImVec2 start = path.back();
  for (int i = 1; i <= steps; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(steps), u = 1 - t;
    const float a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
    path.emplace_back(a * start.x + b * control1.x + c * control2.x + d * end.x,
                      a * start.y + b * control1.y + c * control2.y + d * end.y);
  }
}

}  // namespace forklight::app::timeline_view
