// The whole window: where each panel is, the splitters between them, and what is left of it when presenting.
#pragma once

#include "app/panels/panels.h"
#include "app/timeline/timeline_view.h"

namespace forklight::app::panels {

// Draws everything into the ImGui frame that has begun. Needs no window and no OpenGL.
void draw_frame(session::Context& context, timeline_view::TimelineView& timeline, PanelState& state);

// The same without remembering anything from frame to frame, for a single picture.
void draw_frame(session::Context& context, timeline_view::TimelineView& timeline);

}  // namespace forklight::app::panels
