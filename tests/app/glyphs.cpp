#include "tests/app/glyphs.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <map>
#include <utility>

namespace forklight::tests {
namespace {

struct Quad {
  float x0, y0, x1, y1;
  [[nodiscard]] float area() const { return (x1 - x0) * (y1 - y0); }
};

float shared(const Quad& a, const Quad& b) {
  const float width = std::min(a.x1, b.x1) - std::max(a.x0, b.x0), height = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  return width > 0 && height > 0 ? width * height : 0;
}

// A word that is written once more in another colour.
bool same(const Quad& a, const Quad& b) {
  constexpr float kNear = 0.7f;
  return std::abs(a.x0 - b.x0) < kNear && std::abs(a.y0 - b.y0) < kNear && std::abs(a.x1 - b.x1) < kNear && std::abs(a.y1 - b.y1) < kNear;
}

// Glyphs by cells of the screen, so that neighbours are found quickly.
class Grid {
 public:
  template <typename See>
  void for_each_near(const Quad& quad, See&& see) {
    for (int y = cell(quad.y0); y <= cell(quad.y1); ++y) {
      for (int x = cell(quad.x0); x <= cell(quad.x1); ++x) see(cells_[{x, y}]);
    }
  }
  void add(const Quad& quad) {
    for_each_near(quad, [&](std::vector<Quad>& all) { all.push_back(quad); });
  }

 private:
  static int cell(float at) { return static_cast<int>(std::floor(at / 64)); }
  std::map<std::pair<int, int>, std::vector<Quad>> cells_;
};

// What is covered is not on the screen any more.
void cover(Grid& seen, const Quad& by) {
  seen.for_each_near(by, [&](std::vector<Quad>& all) { std::erase_if(all, [&](const Quad& old) { return shared(old, by) > 0.3f * old.area(); }); });
}

}  // namespace

std::string TextFault::words() const {
  char text[160];
  std::snprintf(text, sizeof text, "%s in \"%.60s\" at %.0f,%.0f–%.0f,%.0f", what == What::cut ? "cut" : "overlapped", window.c_str(), static_cast<double>(x0),
                static_cast<double>(y0), static_cast<double>(x1), static_cast<double>(y1));
  return text;
}

std::vector<TextFault> text_faults(const ImDrawData& data) {
  std::vector<TextFault> faults;
  for (int at = 0; at < data.CmdListsCount; ++at) {
    const ImDrawList& list = *data.CmdLists[at];
    const std::string name = list._OwnerName == nullptr ? "" : list._OwnerName;
    const ImGuiWindow* window = ImGui::FindWindowByName(name.c_str());
    const bool scrolls = window != nullptr && window->ScrollMax.x > 0;
    Grid seen;
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      const ImVec4& clip = command.ClipRect;
      const ImDrawVert* const vertices = list.VtxBuffer.Data + command.VtxOffset;
      for (unsigned i = command.IdxOffset; i + 5 < command.IdxOffset + command.ElemCount;) {
        const ImDrawIdx* const index = list.IdxBuffer.Data + i;
        const ImDrawVert &a = vertices[index[0]], &c = vertices[index[2]];
        // A rectangle: two triangles on four vertices, as PrimRect and text have them.
        const bool rectangle = index[3] == index[0] && index[4] == index[2] && index[1] == index[0] + 1 && index[2] == index[0] + 2 && index[5] == index[0] + 3;
        if (!rectangle) {
          // A box with round corners is a fan around its first vertex; its corners hide next to nothing.
          const ImDrawIdx hub = index[0];
          Quad box{a.pos.x, a.pos.y, a.pos.x, a.pos.y};
          float filled = 0;
          for (; i + 2 < command.IdxOffset + command.ElemCount && list.IdxBuffer.Data[i] == hub; i += 3) {
            const ImDrawVert* const corners[] = {&vertices[hub], &vertices[list.IdxBuffer.Data[i + 1]], &vertices[list.IdxBuffer.Data[i + 2]]};
            if (std::any_of(std::begin(corners), std::end(corners), [](const ImDrawVert* one) { return (one->col >> IM_COL32_A_SHIFT & 0xff) < 0xc0; })) continue;
            for (const ImDrawVert* one : corners) box = {std::min(box.x0, one->pos.x), std::min(box.y0, one->pos.y), std::max(box.x1, one->pos.x), std::max(box.y1, one->pos.y)};
            const ImVec2 p = corners[0]->pos, q = corners[1]->pos, r = corners[2]->pos;
            filled += std::abs((q.x - p.x) * (r.y - p.y) - (r.x - p.x) * (q.y - p.y)) / 2;
          }
          if (filled > 0.9f * box.area()) {
            const Quad visible{std::max(box.x0, clip.x), std::max(box.y0, clip.y), std::min(box.x1, clip.z), std::min(box.y1, clip.w)};
            if (visible.x1 > visible.x0 && visible.y1 > visible.y0) cover(seen, visible);
          }
          continue;
        }
        i += 6;
        const Quad quad{std::min(a.pos.x, c.pos.x), std::min(a.pos.y, c.pos.y), std::max(a.pos.x, c.pos.x), std::max(a.pos.y, c.pos.y)};
        const bool glyph = a.uv.x != c.uv.x && a.uv.y != c.uv.y;
        const Quad visible{std::max(quad.x0, clip.x), std::max(quad.y0, clip.y), std::min(quad.x1, clip.z), std::min(quad.y1, clip.w)};
        if (visible.x1 <= visible.x0 || visible.y1 <= visible.y0) continue;
        if (!glyph) {
          if ((a.col >> IM_COL32_A_SHIFT & 0xff) < 0xc0) continue;
          cover(seen, visible);
          continue;
        }
        if (!scrolls && (quad.x0 < clip.x - 1 || quad.x1 > clip.z + 1)) faults.push_back({TextFault::What::cut, name, quad.x0, quad.y0, quad.x1, quad.y1});
        bool on_other = false;
        seen.for_each_near(visible, [&](std::vector<Quad>& all) {
          on_other = on_other || std::any_of(all.begin(), all.end(), [&](const Quad& old) {
            const float width = std::min(old.x1, visible.x1) - std::max(old.x0, visible.x0);
            const bool neighbours = width < 0.22f * (visible.y1 - visible.y0);  // a thin letter beside another one
            return !same(old, visible) && !neighbours && shared(old, visible) > 0.35f * std::min(old.area(), visible.area());
          });
        });
        if (on_other) faults.push_back({TextFault::What::overlapped, name, quad.x0, quad.y0, quad.x1, quad.y1});
        seen.add(visible);
      }
    }
  }
  return faults;
}

}  // namespace forklight::tests
