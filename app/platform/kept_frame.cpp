#include "app/platform/kept_frame.h"

#include "app/platform/imgui_compat.h"

namespace forklight::app::platform {

void KeptFrame::clear() {
  lists.clear();
  vertices.clear();
  indices.clear();
  commands.clear();
  lens.reset();
  pointer = false;
}

void KeptFrame::take(const ImDrawList& list) {
  KeptList kept{static_cast<std::uint32_t>(list.VtxBuffer.Size), static_cast<std::uint32_t>(list.IdxBuffer.Size), 0};
  vertices.insert(vertices.end(), list.VtxBuffer.begin(), list.VtxBuffer.end());
  indices.insert(indices.end(), list.IdxBuffer.begin(), list.IdxBuffer.end());
  for (const ImDrawCmd& command : list.CmdBuffer) {
    if (command.UserCallback != nullptr || command.ElemCount == 0) continue;
    commands.push_back({command.ClipRect.x, command.ClipRect.y, command.ClipRect.z, command.ClipRect.w, command.VtxOffset, command.IdxOffset, command.ElemCount});
    ++kept.commands;
  }
  lists.push_back(kept);
}

void KeptFrame::take(const ImDrawData& data, std::string_view but_of_window) {
  x = data.DisplayPos.x, y = data.DisplayPos.y;
  width = data.DisplaySize.x, height = data.DisplaySize.y;
  scale_x = data.FramebufferScale.x, scale_y = data.FramebufferScale.y;
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    if (list._OwnerName == nullptr || but_of_window != list._OwnerName) take(list);
  }
}

KeptAtlas keep_atlas() {
  KeptAtlas kept;
  compat::copy_atlas(kept.alpha, kept.width, kept.height);
  kept.large = LargeGlyphs().pairs();
  return kept;
}

}  // namespace forklight::app::platform
