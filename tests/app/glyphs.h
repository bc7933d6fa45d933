// The text that a frame really drew, read back from its triangles: what of it is cut off by an edge, and what lies on other text.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

namespace forklight::tests {

struct TextFault {
  enum class What { cut, overlapped } what;
  std::string window;  // Dear ImGui's name of the window it was drawn in
  float x0, y0, x1, y1;  // pixels: of the glyph
  [[nodiscard]] std::string words() const;
};

// Of the frame that ImGui::Render() made last. A glyph is cut if it sticks out of what may be drawn on, at the left or right (in a window
// that scrolls that way it may), and overlapped if a later one lies on a good part of it with nothing opaque between the two.
[[nodiscard]] std::vector<TextFault> text_faults(const ImDrawData& data);

}  // namespace forklight::tests
