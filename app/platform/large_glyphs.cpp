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

LargeGlyphs::Glyph glyph_of(const ImFontGlyph& glyph) { return {glyph.X0, glyph.Y0, glyph.X1, glyph.Y1, glyph.U0, glyph.V0, glyph.U1, glyph.V1}; }

}  // namespace

LargeGlyphs::LargeGlyphs() {
  for (const Font role : {Font::body, Font::strong, Font::small, Font::title, Font::code}) {
    const ImFont* large = large_font(role);
    if (large == nullptr) continue;
    for (const ImFontGlyph& glyph : font(role)->Glyphs) {
      const ImFontGlyph* other = large->FindGlyphNoFallback(static_cast<ImWchar>(glyph.Codepoint));
      if (other != nullptr && glyph.Visible) known_.try_emplace(place(glyph.U0, glyph.V0), Pair{glyph_of(glyph), glyph_of(*other)});
    }
  }
}

LargeGlyphs::LargeGlyphs(std::span<const Pair> pairs) {
  for (const Pair& pair : pairs) known_.try_emplace(place(pair.plain.u0, pair.plain.v0), pair);
}

std::vector<LargeGlyphs::Pair> LargeGlyphs::pairs() const {
  std::vector<Pair> all;
  for (const auto& [at, pair] : known_) all.push_back(pair);
  return all;
}

void LargeGlyphs::replace_in(ImDrawList& list, float zoom) const {
  if (known_.empty()) return;
  ImVector<ImDrawVert>& vertices = list.VtxBuffer;
  for (int at = 0; at + 3 < vertices.Size; ++at) {
    // As ImFont::RenderText writes them: top left, top right, bottom right, bottom left.
    ImDrawVert* corner = &vertices[at];
    const auto found = known_.find(place(corner[0].uv.x, corner[0].uv.y));
    if (found == known_.end()) continue;
    const Glyph &plain = found->second.plain, &large = found->second.large;
    if (corner[2].uv.x != plain.u1 || corner[2].uv.y != plain.v1) continue;  // one that was cut
    const float drawn = (corner[2].pos.x - corner[0].pos.x) / (plain.x1 - plain.x0), scale = drawn / zoom;  // against their font's own size
    const float x = corner[0].pos.x - plain.x0 * drawn, y = corner[0].pos.y - plain.y0 * drawn;
    const float x0 = x + large.x0 * scale, x1 = x + large.x1 * scale, y0 = y + large.y0 * scale, y1 = y + large.y1 * scale;
    corner[0].pos = {x0, y0}, corner[0].uv = {large.u0, large.v0};
    corner[1].pos = {x1, y0}, corner[1].uv = {large.u1, large.v0};
    corner[2].pos = {x1, y1}, corner[2].uv = {large.u1, large.v1};
    corner[3].pos = {x0, y1}, corner[3].uv = {large.u0, large.v1};
    at += 3;
  }
}

}  // namespace forklight::app::platform
