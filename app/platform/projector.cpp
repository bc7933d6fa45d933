#include "app/platform/projector.h"

#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "app/platform/imgui_compat.h"
#include "core/base/error.h"

namespace forklight::app::platform {
namespace {

using Lists = std::vector<std::unique_ptr<ImDrawList>>;

// As Dear ImGui's back end takes them.
Lists lists_of(const KeptFrame& frame, unsigned texture) {
  Lists all;
  std::size_t vertex = 0, index = 0, command = 0;
  for (const KeptList& kept : frame.lists) {
    auto list = std::make_unique<ImDrawList>(ImGui::GetDrawListSharedData());
    const auto copy = [](auto& to, const auto* from, std::uint32_t count) {
      to.resize(static_cast<int>(count));
      if (count > 0) std::memcpy(to.Data, from, count * sizeof *from);
    };
    copy(list->VtxBuffer, frame.vertices.data() + vertex, kept.vertices);
    copy(list->IdxBuffer, frame.indices.data() + index, kept.indices);
    list->CmdBuffer.resize(0);
    for (std::uint32_t i = 0; i < kept.commands; ++i) {
      const KeptCommand& one = frame.commands[command + i];
      ImDrawCmd drawn;
      drawn.ClipRect = {one.x0, one.y0, one.x1, one.y1};
      drawn.VtxOffset = one.vertex_offset;
      drawn.IdxOffset = one.index_offset;
      drawn.ElemCount = one.count;
      compat::set_texture(drawn, texture);
      list->CmdBuffer.push_back(drawn);
    }
    vertex += kept.vertices, index += kept.indices, command += kept.commands;
    all.push_back(std::move(list));
  }
  return all;
}

// So much of the window that, rounded down, it is all the pixels.
float covering(int pixels, float scale) {
  float size = static_cast<float>(pixels) / scale;
  while (static_cast<int>(size * scale) < pixels) size = std::nextafter(size, 1e9f);
  return size;
}

// A part of them, as a frame of its own.
struct Data {
  ImDrawData data;
  std::vector<ImDrawList*> lists;
  Data(const Lists& all, std::size_t from, std::size_t to, ImVec2 at, ImVec2 size, ImVec2 scale) {
    for (std::size_t i = from; i < to; ++i) {
      lists.push_back(all[i].get());
      data.TotalVtxCount += all[i]->VtxBuffer.Size;
      data.TotalIdxCount += all[i]->IdxBuffer.Size;
    }
    data.Valid = true;
    data.CmdListsCount = static_cast<int>(lists.size());
    data.DisplayPos = at;
    data.DisplaySize = size;
    data.FramebufferScale = scale;
    compat::set_lists(data, lists);
  }
  Data(const Data&) = delete;
  Data& operator=(const Data&) = delete;
};

}  // namespace

Projector::Projector(Offscreen& screen) : screen_(screen), glyphs_(std::span<const LargeGlyphs::Pair>()) {
  ImGui_ImplOpenGL3_NewFrame();  // its programs are made then
  glGenTextures(1, &texture_);
}

Projector::~Projector() { glDeleteTextures(1, &texture_); }

void Projector::set_atlas(const KeptAtlas& atlas) {
  GLint largest = 0;
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &largest);
  if (atlas.width > largest || atlas.height > largest) throw base::Failure("GL_MAX_TEXTURE_SIZE " + std::to_string(largest));
  glBindTexture(GL_TEXTURE_2D, texture_);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  // White, as opaque as the byte says.
  const GLint swizzle[] = {GL_ONE, GL_ONE, GL_ONE, GL_RED};
  glTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, swizzle);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, atlas.width, atlas.height, 0, GL_RED, GL_UNSIGNED_BYTE, atlas.alpha.data());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glyphs_ = LargeGlyphs(atlas.large);
}

void Projector::draw(const KeptFrame& frame) {
  // One row or column more or less is cut, not scaled: letters stay as sharp as they were.
  const int columns = frame.columns(), rows = frame.rows();
  const bool as_is = std::abs(columns - screen_.width()) <= 1 && std::abs(rows - screen_.height()) <= 1;
  const float fit = as_is ? 1.0f : std::min(static_cast<float>(screen_.width()) / static_cast<float>(std::max(columns, 1)), static_cast<float>(screen_.height()) / static_cast<float>(std::max(rows, 1)));
  const ImVec2 scale(frame.scale_x * fit, frame.scale_y * fit);
  const ImVec2 size(covering(screen_.width(), scale.x), covering(screen_.height(), scale.y));
  const ImVec2 at = as_is ? ImVec2(frame.x, frame.y) : ImVec2(frame.x - (size.x - frame.width) / 2, frame.y - (size.y - frame.height) / 2);
  const Lists all = lists_of(frame, texture_);
  const std::size_t under = all.size() - (frame.pointer ? 1 : 0);
  Data lists(all, 0, under, at, size, scale), over(all, under, all.size(), at, size, scale);
  Offscreen::Scene scene{.lists = &lists.data, .over = &over.data, .lens = frame.lens, .glyphs = &glyphs_, .vision = frame.vision};
  if (scene.lens) scene.lens->radius *= fit;
  screen_.draw(scene);
}

}  // namespace forklight::app::platform
