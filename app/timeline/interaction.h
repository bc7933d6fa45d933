// The mouse in the timeline: wheel, drag, click. Changes the view, the scroll position and the selection; nothing else.
#pragma once

#include <cstdint>

#include "app/session/command.h"
#include "app/timeline/camera.h"
#include "app/timeline/canvas.h"

namespace forklight::app::timeline_view {

// What Dear ImGui says of the mouse over the timeline in this frame.
struct Mouse {
  float x = 0, y = 0;
  bool hovered = false;  // over the timeline, and nothing lies in front of it
  bool pressed = false, down = false, released = false, double_clicked = false;
  bool menu_wanted = false;        // right click
  float moved_x = 0, moved_y = 0;  // since the last frame
  bool dragging = false;           // far enough from where it was pressed to mean a drag
  float wheel = 0, wheel_sideways = 0;
  bool ctrl = false, shift = false;
};
[[nodiscard]] Mouse mouse_of_this_frame(bool hovered, bool active);

// Wheel and drag, before the frame is drawn: the picture is of the view they lead to.
void steer(session::UiState& ui, Camera& camera, Drag& drag, const Mouse& mouse, const Layout& layout,
           const timeline::Axis& axis, std::int64_t now_ns);

// The thing under the mouse, of what has just been drawn; nothing where there is none.
[[nodiscard]] const Item* item_at(const Canvas& canvas, float x, float y);

// What a click on a thing, at a height and a moment, selects.
[[nodiscard]] session::Selection selection_for(const Canvas& canvas, const Item& item, float x);

}  // namespace forklight::app::timeline_view
