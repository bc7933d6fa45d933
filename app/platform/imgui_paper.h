#pragma once
#include "app/platform/imgui_compat.h"
namespace forklight::app::platform::compat {
// From the top of a line to where its letters stand, pixels.
[[nodiscard]] inline float font_ascent(ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
  return font->GetFontBaked(font->LegacySize)->Ascent;
#else
  return font->Ascent;
#endif
}

// Where the line ends that begins at `text`, at a space if there is one.
[[nodiscard]] inline const char* line_end(ImFont* font, const char* text, const char* end, float wrap_width) {
#if IMGUI_VERSION_NUM >= 19200
  return font->CalcWordWrapPosition(font->LegacySize, text, end, wrap_width);
#else
  return font->CalcWordWrapPositionA(1.0f, text, end, wrap_width);
#endif
}

// How wide the smoothed edge of a shape is, pixels.
inline void set_fringe(ImDrawList* list, float width) {
  list->_FringeScale = width;
}

}
