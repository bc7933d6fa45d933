// From what Dear ImGui would draw to what stands on a page: triangles grow together into the polygons that they came from, words stay words.
#pragma once

#include <imgui.h>

#include "app/export/sheet.h"
#include "app/timeline/capture.h"

namespace forklight::app::figure {

// The frame that was drawn last, while `capture` lived.
void put_on(Sheet& sheet, const ImDrawData& frame, const timeline_view::Capture& capture);

}  // namespace forklight::app::figure
