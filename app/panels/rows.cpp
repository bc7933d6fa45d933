#include "app/panels/rows.h"

#include <algorithm>
#include <cmath>

#include "app/platform/imgui_compat.h"

namespace forklight::app::panels {

RowKeys row_keys(UiState& ui, const char* id, std::size_t count, float row_height, const std::function<std::size_t()>& selected, float above) {
  if (count == 0) return {};
  session::Focus& focus = ui.focus;
  const ImGuiID name = ImGui::GetID(id);
  focus.order.push_back(name);
  if (focus.id != name) {
    if (focus.row_of == name) focus.row_of = 0;  // who comes back begins at what is selected then
    return {};
  }
  focus.in_list = true;
  const int last = static_cast<int>(std::min<std::size_t>(count, 1U << 27)) - 1;
  const ImVec2 first = ImGui::GetCursorScreenPos();
  const bool comes = focus.row_of != name;
  if (comes) {
    const std::size_t wanted = selected();
    const float top = ImGui::GetWindowPos().y + above;  // where the first row in sight begins, or one is cut
    focus.row = wanted != kNoRow ? static_cast<int>(wanted) : static_cast<int>(std::ceil(std::max(0.0f, top - first.y) / row_height));
    focus.row_of = name;
  }
  focus.row = std::clamp(focus.row + focus.rows, 0, last);
  if (comes || focus.rows != 0) {
    const float y = first.y + static_cast<float>(focus.row) * row_height;
    platform::compat::bring_into_view({first.x, y - above}, {first.x + 1, y + row_height});
  }
  return {true, focus.activate, static_cast<std::size_t>(focus.row)};
}

void draw_row_focus(const RowKeys& keys, std::size_t row) {
  if (!keys.focused || row != keys.at) return;
  // Over all columns of a table, and as far as the list is in sight.
  const ImRect seen = ImGui::GetCurrentWindow()->InnerClipRect;
  const ImVec2 min = ImGui::GetItemRectMin(), max = ImGui::GetItemRectMax();
  const float edge = px(1), left = std::max(min.x, seen.Min.x), right = std::min(max.x, seen.Max.x);
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->PushClipRect(seen.Min, seen.Max);
  platform::compat::rect(list, {left + edge, min.y + edge}, {right - edge, max.y - edge}, platform::palette().focus, px(4), px(2));
  list->PopClipRect();
}

}  // namespace forklight::app::panels
