#include "app/platform/large_glyphs.h"

#include <imgui.h>

#include <cstring>

#include "app/platform/theme.h"

namespace forklight::app::platform {
namespace {

std::uint64_t place(float u, float v) {
  std::uint32_t a = 0, b = 0;
  std::memcpy(&a, &u, sizeof a);
  std::memcpy(&b, &v, sizeof b);
  return static_cast<std::uint64_t>(a) << 32 | b;
}

}  // namespace

LargeGlyphs::LargeGlyphs() {
  for (const Font role : {Font::body, Font::strong, Font::small, Font::title, Font::code}) {
    const ImFont* large = large_font(role);
    if (large == nullptr) continue;
    for (const ImFontGlyph& glyph : font(role)->Glyphs) {
      const ImFontGlyph* other = large->FindGlyphNoFallback(static_cast<ImWchar>(glyph.Codepoint));
      if (other != nullptr && glyph.Visible) known_.try_emplace(place(glyph.U0, glyph.V0), Pair{&glyph, other});
    }
  }
}

void LargeGlyphs::replace_in(ImDrawList& list, float zoom) const {
  if (known_.empty()) return;
  ImVector<ImDrawVert>& vertices = list.VtxBuffer;
  for (int at = 0; at + 3 < vertices.Size; ++at) {
    // As ImFont::RenderText writes them: top left, top right, bottom right, bottom left.
    ImDrawVert* corner = &vertices[at];
    const auto found = known_.find(place(corner[0].uv.x, corner[0].uv.y));
    if (found == known_.end()) continue;
    const ImFontGlyph &plain = *found->second.plain, &large = *found->second.large;
    if (corner[2].uv.x != plain.U1 || corner[2].uv.y != plain.V1) continue;  // one that was cut
    const float drawn = (corner[2].pos.x - corner[0].pos.x) / (plain.X1 - plain.X0), scale = drawn / zoom;  // against their font's own size
    const float x = corner[0].pos.x - plain.X0 * drawn, y = corner[0].pos.y - plain.Y0 * drawn;
    const float x0 = x + large.X0 * scale, x1 = x + large.X1 * scale, y0 = y + large.Y0 * scale, y1 = y + large.Y1 * scale;
    corner[0].pos = {x0, y0}, corner[0].uv = {large.U0, large.V0};
    corner[1].pos = {x1, y0}, corner[1].uv = {large.U1, large.V0};
    corner[2].pos = {x1, y1}, corner[2].uv = {large.U1, large.V1};
    corner[3].pos = {x0, y1}, corner[3].uv = {large.U0, large.V1};
    at += 3;
  }
}

}  // namespace forklight::app::platform
