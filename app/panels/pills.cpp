// Values and pills.
#include "app/panels/widgets.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using platform::palette;
namespace compat = platform::compat;

}  // namespace

void key_value(std::string_view key, std::string_view value) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = px(26);
  ImGui::Dummy({width, height});
  const float key_end = start.x + text_width(Font::body, key);
  draw_text_in(list, Font::body, start.x, start.y, start.x + width, start.y + height, palette().text_dim, key);
  const float from = std::max(key_end + px(12), start.x + width - text_width(Font::body, value));
  if (draw_text_in(list, Font::body, from, start.y, start.x + width, start.y + height, palette().text, value))
    tooltip(value);
  list->AddLine({start.x, start.y + height}, {start.x + width, start.y + height},
                platform::with_alpha(palette().line, 0.6f));
}

float pill_width(std::string_view text) {
  return text_width(Font::small, text) + px(20);
}

float pill(ImDrawList* list, float x, float y0, float y1, Color fill, Color ink, std::string_view text, bool hollow) {
  const float width = pill_width(text);
  const float rounding = (y1 - y0) / 2;
  if (hollow)
    compat::rect(list, {x + 0.5f, y0 + 0.5f}, {x + width - 0.5f, y1 - 0.5f}, fill, rounding, px(1.5f));
  else
    list->AddRectFilled({x, y0}, {x + width, y1}, fill, rounding);
  draw_text_in(list, Font::small, x + px(10), y0, x + width, y1, ink, text);
  return width;
}

float exit_pill_width(int code) {
  return px(12 + 6) + pill_width(timeline_view::exit_words(code)) - px(2);
}

float exit_pill(ImDrawList* list, float x, float y0, float y1, int code) {
  const platform::Palette& colors = palette();
  const Color fill = code == 0 ? colors.ok : code > 0 ? colors.error : colors.signal;
  const Color ink = platform::text_on(fill);
  const float width = exit_pill_width(code);
  list->AddRectFilled({x, y0}, {x + width, y1}, fill, (y1 - y0) / 2);
  const Icon sign = code == 0 ? Icon::check : code > 0 ? Icon::cross : Icon::bolt;
  draw_icon(list, sign, {x + px(14), (y0 + y1) / 2}, px(10), ink);
  draw_text_in(list, Font::small, x + px(24), y0, x + width, y1, ink, timeline_view::exit_words(code));
  return width;
}

void section_title(std::string_view text) {
  ImGui::Dummy({1, px(4)});
  label(Font::small, palette().text_dim, text);
}

}  // namespace forklight::app::panels
