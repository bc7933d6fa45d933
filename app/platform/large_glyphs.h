// Text that is enlarged is drawn with glyphs that were rasterised as large as it gets, so that the lens shows letters and no blur.
#pragma once

#include <cstdint>
#include <unordered_map>

struct ImDrawList;
struct ImFontGlyph;

namespace forklight::app::platform {

// Of the fonts as they are now (theme.h: large_font); for one frame.
class LargeGlyphs {
 public:
  LargeGlyphs();
  // In a copy of a list that will be drawn enlarged: its glyphs become the large ones of the same characters. What is not known to be a
  // glyph stays as it is.
  void replace_in(ImDrawList& list, float zoom) const;

 private:
  struct Pair {
    const ImFontGlyph* plain;
    const ImFontGlyph* large;
  };
  std::unordered_map<std::uint64_t, Pair> known_;  // by where the plain one begins in the texture: no two begin at the same place
};

}  // namespace forklight::app::platform
