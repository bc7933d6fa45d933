// A frame as it was drawn, kept: copies of Dear ImGui's lists and of the texture that they take their letters from, and what was laid over
// them. Enough to draw it again elsewhere, later, larger or smaller.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "app/platform/large_glyphs.h"
#include "app/platform/overlay.h"
#include "app/session/audience.h"

namespace forklight::app::platform {

struct KeptCommand {
  float x0, y0, x1, y1;  // what is drawn of it
  std::uint32_t vertex_offset, index_offset, count;
  bool operator==(const KeptCommand&) const = default;
};

struct KeptList {
  std::uint32_t vertices, indices, commands;  // how many of the frame's are its own, in order
};

struct KeptFrame {
  std::int64_t time_ns = 0;  // since the recording's begin
  float x = 0, y = 0, width = 0, height = 0;  // the window, as ImGui counts
  float scale_x = 1, scale_y = 1;             // to pixels
  session::Vision vision = session::Vision::normal;
  std::optional<Lens> lens;
  bool pointer = false;  // the last list is the mouse's pointer: over everything
  std::vector<KeptList> lists;
  std::vector<ImDrawVert> vertices;
  std::vector<ImDrawIdx> indices;
  std::vector<KeptCommand> commands;

  void clear();  // its memory stays, for the next one
  // Of what ImGui::Render() collected; the lists of one window are left out. There is one texture in all of Forklight: the fonts'.
  void take(const ImDrawData& data, std::string_view but_of_window);
  void take(const ImDrawList& list);
  [[nodiscard]] int columns() const noexcept { return static_cast<int>(width * scale_x + 0.5f); }
  [[nodiscard]] int rows() const noexcept { return static_cast<int>(height * scale_y + 0.5f); }
};

// The fonts' texture, one byte a pixel, and the glyphs for the lens.
struct KeptAtlas {
  int width = 0, height = 0;
  std::vector<std::uint8_t> alpha;
  std::vector<LargeGlyphs::Pair> large;
};
[[nodiscard]] KeptAtlas keep_atlas();

}  // namespace forklight::app::platform
