// Measuring and drawing text.
#include <algorithm>
#include <cmath>

#include "app/panels/widgets.h"

namespace forklight::app::panels {
namespace {

namespace compat = platform::compat;

}  // namespace

void draw_text(ImDrawList* list, Font font, ImVec2 at, Color color, std::string_view text) {
  ImFont* face = platform::font(font);
  if (!text.empty())
    list->AddText(face, compat::font_size(face), {std::round(at.x), std::round(at.y)}, color, text.data(),
                  text.data() + text.size());
}

bool draw_text_in(ImDrawList* list, Font font, float x0, float y0, float x1, float y1, Color color,
                  std::string_view text) {
  const float y = y0 + (y1 - y0 - line_height(font)) / 2;
  if (x0 + text_width(font, text) <= x1 + 1) {
    draw_text(list, font, {x0, y}, color, text);
    return false;
  }
  constexpr std::string_view kEllipsis = "…";
  ImFont* face = platform::font(font);
  const char* rest = nullptr;
  const float room = x1 - x0 - text_width(font, kEllipsis);
  if (room <= 0) return true;
  face->CalcTextSizeA(compat::font_size(face), room, 0, text.data(), text.data() + text.size(), &rest);
  draw_text(list, font, {x0, y}, color, std::string(text.data(), rest) + std::string(kEllipsis));
  return true;
}

void label(Font font, Color color, std::string_view text) {
  compat::push_font(platform::font(font));
  ImGui::PushStyleColor(ImGuiCol_Text, color);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

float leading(Font font) {
  return std::round(line_height(font) * 1.2f);
}

void draw_lines(ImDrawList* list, Font font, ImVec2 at, Color color, const std::vector<std::string_view>& lines) {
  for (const std::string_view line : lines) {
    draw_text(list, font, at, color, line);
    at.y += leading(font);
  }
}

void paragraph(Font font, Color color, std::string_view text) {
  const float width = ImGui::GetContentRegionAvail().x;
  const std::vector<std::string_view> lines = wrap(font, text, width);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::Dummy({std::max(1.0f, width), std::max(1.0f, leading(font) * static_cast<float>(lines.size()))});
  draw_lines(ImGui::GetWindowDrawList(), font, at, color, lines);
}

}  // namespace forklight::app::panels
