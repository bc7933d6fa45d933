#include "app/panels/choices.h"

#include <algorithm>

namespace forklight::app::panels {
namespace {

using platform::palette;

constexpr float kRowPadding = 11;  // points

}  // namespace

float text_height(Font font, std::string_view text, float width) { return leading(font) * static_cast<float>(wrap(font, text, width).size()); }

float choice_height(std::string_view text, float width) { return std::max(px(kChoiceKey), text_height(Font::body, text, width - px(kChoiceKey + 44))) + px(2 * kRowPadding) - px(6); }

Hit choice_row(UiState& ui, std::size_t index, std::string_view text, float width, const ChoiceLook& look) {
  const Hit row = hit(ui, ("choice" + std::to_string(index)).c_str(), {width, choice_height(text, width)}, look.open);
  const platform::Palette& colors = palette();
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(row.min, row.max, row.hovered && look.open ? platform::mix(colors.panel_raised, colors.accent, 0.5f) : colors.panel_raised, px(8));
  if (look.share > 0) list->AddRectFilled(row.min, {row.min.x + (row.max.x - row.min.x) * look.share, row.max.y}, colors.accent, px(8));
  float right = row.max.x - px(14);
  if (!look.count.empty()) {
    right -= text_width(Font::strong, look.count);
    draw_text_in(list, Font::strong, right, row.min.y, row.max.x, row.max.y, colors.text, look.count);
  }
  const bool marked = look.mark != ChoiceLook::Mark::none;
  const Color sign = look.mark == ChoiceLook::Mark::right ? platform::readable(colors.ok, colors.panel_raised) : platform::readable(colors.error, colors.panel_raised);
  if (marked) {
    draw_icon(list, look.mark == ChoiceLook::Mark::right ? Icon::check : Icon::cross, {right - px(7), row.center_y()}, px(13), sign);
    platform::compat::rect(list, row.min, row.max, sign, px(8), px(1.5f));
  } else if (look.chosen) {
    platform::compat::rect(list, row.min, row.max, colors.accent_text, px(8), px(1.5f));
  }
  const float key = px(kChoiceKey), x = row.min.x + px(10), y = row.center_y() - key / 2;
  const bool dim = !look.open && !marked && !look.chosen;
  list->AddRectFilled({x, y}, {x + key, y + key}, colors.accent, px(6));
  platform::compat::rect(list, {x, y}, {x + key, y + key}, dim ? colors.text_dim : colors.accent_text, px(6), 1);
  const std::string number = std::to_string(index + 1);
  const Color ink = dim ? colors.text_dim : colors.text;
  draw_text_in(list, Font::strong, x + (key - text_width(Font::strong, number)) / 2, y, x + key, y + key, ink, number);
  const std::vector<std::string_view> lines = wrap(Font::body, text, width - px(kChoiceKey + 44));
  const float block = leading(Font::body) * static_cast<float>(lines.size() - 1) + line_height(Font::body);
  draw_lines(list, Font::body, {x + key + px(14), row.center_y() - block / 2}, ink, lines);
  if (look.open) draw_focus(row, px(8));
  return row;
}

void signed_line(Icon icon, Color ink, Font font, Color text_ink, std::string_view text) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, indent = px(22);
  const std::vector<std::string_view> lines = wrap(font, text, width - indent);
  ImGui::Dummy({width, std::max(1.0f, leading(font) * static_cast<float>(lines.size()))});
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_icon(list, icon, {at.x + px(7), at.y + line_height(font) / 2}, px(11), ink);
  draw_lines(list, font, {at.x + indent, at.y}, text_ink, lines);
}

}  // namespace forklight::app::panels
