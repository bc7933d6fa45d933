// Text that is enlarged is drawn with glyphs that were rasterised as large as it gets, so that the lens shows letters and no blur.
#pragma once

struct ImDrawList;

namespace forklight::app::platform {

// In a copy of a list that will be drawn enlarged: its glyphs become the large ones of the same characters (theme.h: large_font). Those that
// are not known to be glyphs stay as they are.
void use_large_glyphs(ImDrawList& list, float zoom);

}  // namespace forklight::app::platform
