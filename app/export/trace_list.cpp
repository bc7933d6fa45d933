#include "app/export/trace_list.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <optional>

#include "app/platform/imgui_compat.h"

namespace forklight::app::figure {
namespace {

using timeline_view::TextRun;

constexpr Color kAlpha = 0xff000000u;
constexpr float kInside = 0.02f;  // pixels beyond a clip, or beside a line, that nobody sees
constexpr std::size_t kLongest = 256;  // corners

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
  const auto flat = [&](std::size_t i) { return points[i].y == points[(i + 1) % 4].y; };
  const auto steep = [&](std::size_t i) { return points[i].x == points[(i + 1) % 4].x; };
  return (flat(0) && steep(1) && flat(2) && steep(3)) || (steep(0) && flat(1) && steep(2) && flat(3));
}

double area_of(std::span<const ImVec2> points) {
  double twice = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const ImVec2 &from = points[i], &to = points[(i + 1) % points.size()];
    twice += static_cast<double>(from.x) * static_cast<double>(to.y) - static_cast<double>(to.x) * static_cast<double>(from.y);
  }
  return twice / 2;
}

bool same_place(const ImVec2& a, const ImVec2& b) { return std::abs(a.x - b.x) <= kInside && std::abs(a.y - b.y) <= kInside; }

// Two that turn the same way and share an edge become one, in `points`: a band is drawn piece by piece, and is one thing on the page.
bool join(std::vector<ImVec2>& points, std::span<const ImVec2> other) {
  const std::size_t count = points.size(), others = other.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < others; ++j) {
      if (!same_place(points[i], other[(j + 1) % others]) || !same_place(points[(i + 1) % count], other[j])) continue;
      std::vector<ImVec2> between;
      for (std::size_t k = 2; k < others; ++k) between.push_back(other[(j + k) % others]);
      points.insert(points.begin() + static_cast<std::ptrdiff_t>(i) + 1, between.begin(), between.end());
      return true;
    }
  }
  return false;
}

// How far a point is from a line through two others; far beyond its ends as well.
float distance(const ImVec2& point, const ImVec2& from, const ImVec2& to) {
  const ImVec2 along{to.x - from.x, to.y - from.y}, off{point.x - from.x, point.y - from.y};
  const float squared = along.x * along.x + along.y * along.y;
  if (squared < kInside * kInside) return std::hypot(off.x, off.y);
  const float part = std::clamp((off.x * along.x + off.y * along.y) / squared, 0.0f, 1.0f);
  return std::hypot(off.x - part * along.x, off.y - part * along.y);
}

// Without the corners that lie on the line between others.
void straighten(std::vector<ImVec2>& points) {
  std::vector<ImVec2> kept{points.front()};
  for (std::size_t last = 0; last + 1 < points.size();) {
    std::size_t next = last + 1;
    const auto straight_to = [&](std::size_t to) {
      for (std::size_t between = last + 1; between < to; ++between)
        if (distance(points[between], points[last], points[to % points.size()]) > kInside) return false;
      return true;
    };
    while (next < points.size() && straight_to(next + 1)) ++next;
    if (next >= points.size()) break;  // back at the first
    kept.push_back(points[next]);
    last = next;
  }
  if (kept.size() > 3 && distance(kept.front(), kept.back(), kept[1]) <= kInside) kept.erase(kept.begin());
  if (kept.size() < 3) return;
  points = std::move(kept);
  // Upright where it is so nearly: pages have short ways to say and to fill that.
  if (points.size() != 4) return;
  const Rect box = bounds_of(points);
  for (ImVec2& point : points) {
    for (const float x : {box.x0, box.x1})
      if (std::abs(point.x - x) <= kInside) point.x = x;
    for (const float y : {box.y0, box.y1})
      if (std::abs(point.y - y) <= kInside) point.y = y;
  }
}

// Gathers polygons of one colour and puts them on the page together, in the order in which they were drawn as far as that is seen.
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
    heap_for(color, needed, box).add(std::move(points), box);
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
    for (Heap& heap : heaps_) heap.put_on(sheet_);
    heaps_.clear();
  }

 private:
  static bool same(const std::optional<Rect>& a, const std::optional<Rect>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->x0 == b->x0 && a->y0 == b->y0 && a->x1 == b->x1 && a->y1 == b->y1;
  }

  // Polygons of one colour, and the last one, to which pieces may still be joined.
  struct Heap {
    Color color;
    std::optional<Rect> clip;
    Rect box;
    Shapes shapes = {};
    std::vector<ImVec2> last = {};
    Rect covered{0, 0, -1, -1};  // by a rectangle of these shapes

    void add(std::vector<ImVec2> points, const Rect& around) {
      box = {std::min(box.x0, around.x0), std::min(box.y0, around.y0), std::max(box.x1, around.x1), std::max(box.y1, around.y1)};
      // Only pieces: what is round as it is has no neighbour, and a band as long as this is none.
      if (points.size() == 4 && last.size() >= 4 && last.size() < kLongest && join(last, points)) return;
      put_last();
      last = std::move(points);
    }
    void put_last() {
      if (last.empty()) return;
      if (last.size() > 4) straighten(last);
      if (upright(last)) {
        // A band that goes back the way it came is there already.
        const Rect there = bounds_of(last);
        if (inside(there, covered)) return last.clear();
        covered = there;
      }
      shapes.corners.insert(shapes.corners.end(), last.begin(), last.end());
      shapes.counts.push_back(last.size());
      last.clear();
    }
    void put_on(Sheet& sheet) {
      put_last();
      sheet.fill(shapes, color, clip ? &*clip : nullptr);
    }
  };

  // The one that this belongs on. What does not overlap anything since may lie under that just as well: colours that take turns (a curve and
  // what is under it) stay two heaps. Clear ones keep to the order, for where they lie upon each other is seen.
  Heap& heap_for(Color color, const std::optional<Rect>& clip, const Rect& box) {
    for (auto heap = heaps_.rbegin(); heap != heaps_.rend(); ++heap) {
      if (heap->color == color && same(heap->clip, clip) && (heap == heaps_.rbegin() || (color & kAlpha) == kAlpha)) return *heap;
      if (heap->box.overlaps(box)) break;
    }
    if (heaps_.size() == kHeaps) {
      heaps_.front().put_on(sheet_);
      heaps_.pop_front();
    }
    return heaps_.emplace_back(Heap{color, clip, box});
  }

  static constexpr std::size_t kHeaps = 6;
  Sheet& sheet_;
  std::deque<Heap> heaps_;
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
