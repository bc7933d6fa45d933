// One sentence to the person, until it is dismissed: in as many lines as it takes and its place has, up to three.
#include <algorithm>
#include <string_view>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

constexpr float kHeight = 40, kLeft = 16, kRight = 56;
constexpr std::size_t kMostLines = 3;

std::vector<std::string_view> lines_of(const Context& context, float width) {
  return wrap(Font::body, context.session.notice(), std::max(1.0f, width - px(kLeft + kRight)));
}

}  // namespace

float notice_height(const Context& context, float width) {
  const std::size_t lines = std::clamp<std::size_t>(lines_of(context, width).size(), 1, kMostLines);
  return px(kHeight) + leading(Font::body) * static_cast<float>(lines - 1);
}

void draw_notice(Context& context) {
  const platform::Palette& colors = platform::palette();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetWindowPos();
  const ImVec2 size = ImGui::GetWindowSize();
  list->AddRectFilled(start, {start.x + size.x, start.y + size.y}, colors.selected);
  list->AddRectFilled(start, {start.x + px(4), start.y + size.y}, colors.warning);
  std::vector<std::string_view> lines = lines_of(context, size.x);
  const std::string& notice = context.session.notice();
  const float room = (size.y - px(6) - line_height(Font::body)) / leading(Font::body);  // for lines below the first
  const std::size_t most = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(0.0f, room)) + 1, 1, kMostLines);
  const bool cut = lines.size() > most;
  if (cut) {  // the last line has what is left of it, and the tooltip all
    lines.resize(most);
    lines.back() = std::string_view(lines.back().data(), static_cast<std::size_t>(notice.data() + notice.size() - lines.back().data()));
  }
  const float text_height = line_height(Font::body) + leading(Font::body) * (static_cast<float>(lines.size()) - 1);
  float y = start.y + (size.y - text_height) / 2;
  for (const std::string_view one : lines) {
    draw_text_in(list, Font::body, start.x + px(kLeft), y, start.x + size.x - px(kRight), y + line_height(Font::body), colors.text, one);
    y += leading(Font::body);
  }
  if (cut) {
    ImGui::SetCursorPos({px(kLeft), 0});
    ImGui::Dummy({std::max(1.0f, size.x - px(kLeft + kRight)), size.y});
    tooltip(notice);
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
