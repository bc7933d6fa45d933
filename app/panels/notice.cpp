// One sentence to the person, until it is dismissed.
#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {

void draw_notice(Context& context) {
  const platform::Palette& colors = platform::palette();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetWindowPos();
  const ImVec2 size = ImGui::GetWindowSize();
  list->AddRectFilled(start, {start.x + size.x, start.y + size.y}, colors.selected);
  list->AddRectFilled(start, {start.x + px(4), start.y + size.y}, colors.warning);
  ImGui::SetCursorPos({px(16), (size.y - line_height(Font::body)) / 2});
  const float end = size.x - px(56);
  const float x = start.x + px(16);
  if (draw_text_in(list, Font::body, x, start.y, start.x + end, start.y + size.y, colors.text,
                   context.session.notice())) {
    ImGui::Dummy({std::max(1.0f, end - px(16)), line_height(Font::body)});
    tooltip(context.session.notice());
  }
  ImGui::SetCursorPos({size.x - px(44), (size.y - px(28)) / 2});
  const Hit area = hit(context.ui, "dismiss", {px(28), px(28)});
  if (area.clicked) context.ui.push("dismiss");
  tooltip(title_of("dismiss") + "  [Esc]");
  if (area.hovered) list->AddRectFilled(area.min, area.max, colors.hover, px(6));
  draw_icon(list, Icon::close, {(area.min.x + area.max.x) / 2, area.center_y()}, px(12), colors.text_dim);
  draw_focus(area, px(6));
}

}  // namespace forklight::app::panels
