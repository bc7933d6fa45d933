#include "app/export/trace_list.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "app/platform/imgui_compat.h"

namespace forklight::app::figure {
namespace {

using timeline_view::TextRun;

constexpr Color kAlpha = 0xff000000u;
constexpr float kInside = 0.02f;  // pixels beyond a clip that nobody sees

Rect bounds_of(std::span<const ImVec2> points) {
  Rect box{points[0].x, points[0].y, points[0].x, points[0].y};
  for (const ImVec2& point : points) {
    box.x0 = std::min(box.x0, point.x);
    box.y0 = std::min(box.y0, point.y);
    box.x1 = std::max(box.x1, point.x);
    box.y1 = std::max(box.y1, point.y);
  }
  return box;
}

bool inside(const Rect& box, const Rect& clip) {
  return box.x0 >= clip.x0 - kInside && box.y0 >= clip.y0 - kInside && box.x1 <= clip.x1 + kInside && box.y1 <= clip.y1 + kInside;
}

bool upright(std::span<const ImVec2> points) {
  if (points.size() != 4) return false;
  for (std::size_t i = 0; i < 4; ++i) {
    const ImVec2 &from = points[i], &to = points[(i + 1) % 4];
    if (i % 2 == 0 ? from.y != to.y : from.x != to.x) return false;
  }
  return true;
}

double area_of(std::span<const ImVec2> points) {
  double twice = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const ImVec2 &from = points[i], &to = points[(i + 1) % points.size()];
    twice += static_cast<double>(from.x) * static_cast<double>(to.y) - static_cast<double>(to.x) * static_cast<double>(from.y);
  }
  return twice / 2;
}

// Gathers polygons of one colour and puts them on the page together.
class Pen {
 public:
  explicit Pen(Sheet& sheet) : sheet_(sheet) {}

  void polygon(std::vector<ImVec2> points, Color color, const Rect& clip) {
    const double area = area_of(points);
    const Rect box = bounds_of(points);
    if (std::abs(area) < 1e-3 || !box.overlaps(clip)) return;
    // All turn the same way: where two overlap, both are there.
    if (area < 0) std::reverse(points.begin() + 1, points.end());
    std::optional<Rect> needed;
    if (!inside(box, clip)) {
      if (upright(points)) {
        const Rect part{std::max(box.x0, clip.x0), std::max(box.y0, clip.y0), std::min(box.x1, clip.x1), std::min(box.y1, clip.y1)};
        points = {{part.x0, part.y0}, {part.x1, part.y0}, {part.x1, part.y1}, {part.x0, part.y1}};
      } else {
        needed = clip;
      }
    }
    if (color != color_ || !same(needed, clip_)) flush();
    color_ = color;
    clip_ = needed;
    shapes_.corners.insert(shapes_.corners.end(), points.begin(), points.end());
    shapes_.counts.push_back(points.size());
  }

  void text(const TextRun& run) {
    flush();
    const float ascent = platform::compat::font_ascent(platform::font(run.font)), height = platform::compat::font_size(platform::font(run.font));
    const Rect box{run.at.x, run.at.y, run.at.x + run.width, run.at.y + height};
    if (!box.overlaps(run.clip)) return;
    constexpr float kTight = 2;  // a line's box is higher than its letters
    const bool whole = inside({box.x0, box.y0 + kTight, box.x1, box.y1 - kTight}, run.clip);
    sheet_.write({run.font, {run.at.x, run.at.y + ascent}, run.width, run.color, characters_of(run.text)}, whole ? nullptr : &run.clip);
  }

  void flush() {
    if (!shapes_.counts.empty()) sheet_.fill(shapes_, color_, clip_ ? &*clip_ : nullptr);
    shapes_.clear();
  }

 private:
  static bool same(const std::optional<Rect>& a, const std::optional<Rect>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->x0 == b->x0 && a->y0 == b->y0 && a->x1 == b->x1 && a->y1 == b->y1;
  }

  Sheet& sheet_;
  Shapes shapes_;
  Color color_ = 0;
  std::optional<Rect> clip_;
};

// The triangles of one command, as the polygons that they are parts of: each triangle shares an edge with the one before.
class Polygons {
 public:
  Polygons(const ImDrawList& list, const ImDrawCmd& command, Pen& pen)
      : list_(list), command_(command), pen_(pen), clip_{command.ClipRect.x, command.ClipRect.y, command.ClipRect.z, command.ClipRect.w} {}

  void triangle(const ImDrawIdx* index) {
    const std::array<const ImDrawVert*, 3> corners{vertex(index[0]), vertex(index[1]), vertex(index[2])};
    // Of a smoothed edge, which is too narrow to be seen.
    if (std::any_of(corners.begin(), corners.end(), [](const ImDrawVert* corner) { return (corner->col & kAlpha) == 0; })) return;
    if (!fan_.empty() && index[0] == fan_.front() && index[1] == fan_.back()) return grow(index[2]);
    if (fan_.size() == 3 && index[0] == fan_.back() && index[2] == fan_.front()) return grow(index[1]);
    end();
    fan_.assign(index, index + 3);
  }

  void end() {
    if (fan_.empty()) return;
    std::vector<ImVec2> points;
    for (const ImDrawIdx index : fan_) points.push_back(vertex(index)->pos);
    pen_.polygon(std::move(points), vertex(fan_.front())->col, clip_);
    fan_.clear();
  }

 private:
  [[nodiscard]] const ImDrawVert* vertex(ImDrawIdx index) const { return &list_.VtxBuffer[static_cast<int>(command_.VtxOffset) + index]; }
  void grow(ImDrawIdx index) { fan_.push_back(index); }

  const ImDrawList& list_;
  const ImDrawCmd& command_;
  Pen& pen_;
  Rect clip_;
  std::vector<ImDrawIdx> fan_;
};

}  // namespace

void put_on(Sheet& sheet, const ImDrawData& frame, const timeline_view::Capture& capture) {
  Pen pen(sheet);
  for (int i = 0; i < frame.CmdListsCount; ++i) {
    const ImDrawList& list = *frame.CmdLists[i];
    std::vector<const TextRun*> runs;
    for (const TextRun& run : capture.runs())
      if (run.list == &list) runs.push_back(&run);
    auto next = runs.begin();
    const auto write_up_to = [&](int element) {
      for (; next != runs.end() && (*next)->element <= element; ++next) pen.text(**next);
    };
    for (const ImDrawCmd& command : list.CmdBuffer) {
      Polygons polygons(list, command, pen);
      const int first = static_cast<int>(command.IdxOffset), end = first + static_cast<int>(command.ElemCount);
      for (int at = first; at < end; at += 3) {
        if (next != runs.end() && (*next)->element <= at) {
          polygons.end();
          write_up_to(at);
        }
        polygons.triangle(&list.IdxBuffer[at]);
      }
      polygons.end();
    }
    write_up_to(list.IdxBuffer.Size);
    pen.flush();
  }
}

}  // namespace forklight::app::figure
