// Text that is enlarged is drawn with glyphs that were rasterised as large as it gets, so that the lens shows letters and no blur.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

struct ImDrawList;

namespace forklight::app::platform {

class LargeGlyphs {
 public:
  struct Glyph {
    float x0, y0, x1, y1, u0, v0, u1, v1;  // where it is drawn, and where it stands in the texture
  };
  struct Pair {
    Glyph plain, large;
  };
  // Of the fonts as they are now (theme.h: large_font); for one frame.
  LargeGlyphs();
  // Of fonts as they were elsewhere.
  explicit LargeGlyphs(std::span<const Pair> pairs);
  [[nodiscard]] std::vector<Pair> pairs() const;

  // In a copy of a list that will be drawn enlarged: its glyphs become the large ones of the same characters. What is not known to be a
  // glyph stays as it is.
  void replace_in(ImDrawList& list, float zoom) const;

 private:
  std::unordered_map<std::uint64_t, Pair> known_;  // by where the plain one begins in the texture: no two begin at the same place
};

}  // namespace forklight::app::platform
