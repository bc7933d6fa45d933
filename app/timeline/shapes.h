// The shapes of the grammar, drawn by strokes: hatch, dots, torn edges, check, cross, bolt, arrow. No glyph of any font
// is needed.
#pragma once

#include <imgui.h>

#include <vector>

#include "app/platform/theme.h"
#include "app/timeline/plot.h"

namespace forklight::app::timeline_view {

using platform::Color;

inline constexpr float kLeastPlot = 4;  // pixels: where there is less, nothing can be shown

// Until the list's PopClipRect(): nothing outside, nor outside of what holds already.
inline void clip(ImDrawList* list, const Rect& rect) { list->PushClipRect(ImVec2(rect.x0, rect.y0), ImVec2(rect.x1, rect.y1), true); }

void fill(ImDrawList* list, const Rect& rect, Color color, float rounding = 0);
void outline(ImDrawList* list, const Rect& rect, Color color, float rounding, float thickness);
void line(ImDrawList* list, float x0, float y0, float x1, float y1, Color color, float thickness);

// Diagonals both ways, cut at the rectangle; only the part between clip_x0 and clip_x1 is made. The pattern hangs on
// rect.x0.
void cross_hatch(ImDrawList* list, const Rect& rect, float clip_x0, float clip_x1, Color color, float spacing);

// Diagonals one way, cut at the rectangle, as cross_hatch() does.
void hatch(ImDrawList* list, const Rect& rect, float clip_x0, float clip_x1, Color color, float spacing, float thickness);

// A dotted frame; sides that lie outside clip_x0…clip_x1 are left out.
void dotted_frame(ImDrawList* list, const Rect& rect, float clip_x0, float clip_x1, Color color, float thickness);

// Dots below a stretch of a line of text: a term that has a meaning to tell.
void dots(ImDrawList* list, float x0, float x1, float y, Color color);

// A strip with a zigzag at both ends, as paper torn out.
void torn_gap(ImDrawList* list, const Rect& rect, Color color, Color edge);

enum class Sign { check, cross, bolt, pause, unknown };
void sign(ImDrawList* list, Sign which, ImVec2 centre, float size, Color color);

// A path with a halo in the background's colour, so that it can be followed across bars.
struct Stroke {
  Color color, halo;
  float thickness;
  bool dashed;
};
void stroke(ImDrawList* list, const std::vector<ImVec2>& path, const Stroke& how);

// The head of an arrow that arrives at `tip` from the direction of `from`.
void arrow_head(ImDrawList* list, ImVec2 tip, ImVec2 from, float size, Color color);

// Small triangle that points down at `tip`.
void pointer_down(ImDrawList* list, ImVec2 tip, float size, Color color);

// Appends a cubic curve from the path's last point.
void curve_to(std::vector<ImVec2>& path, ImVec2 control1, ImVec2 control2, ImVec2 end, int steps = 12);

}  // namespace forklight::app::timeline_view
