#include "app/timeline/text.h"

#include <cmath>

#include "app/platform/imgui_compat.h"

namespace forklight::app::timeline_view {
namespace {

class WithFont {
 public:
  explicit WithFont(platform::Font role) { platform::compat::push_font(platform::font(role)); }
  ~WithFont() { ImGui::PopFont(); }
  WithFont(const WithFont&) = delete;
  WithFont& operator=(const WithFont&) = delete;
};

}  // namespace

ImVec2 measure(platform::Font role, std::string_view text, float wrap_width) {
  const WithFont font(role);
  return ImGui::CalcTextSize(text.data(), text.data() + text.size(), false, wrap_width > 0 ? wrap_width : -1.0f);
}

float line_height(platform::Font role) {
  return platform::compat::font_size(platform::font(role));
}

void write(ImDrawList* list, platform::Font role, ImVec2 at, platform::Color color, std::string_view text,
           float wrap_width) {
  if (text.empty()) return;
  const WithFont font(role);
  // Whole pixels: glyphs between two of them are blurred.
  const ImVec2 corner(std::floor(at.x), std::floor(at.y));
  list->AddText(ImGui::GetFont(), ImGui::GetFontSize(), corner, color, text.data(), text.data() + text.size(),
                wrap_width);
}

std::string shortened(platform::Font role, std::string text, float width) {
  if (measure(role, text).x <= width) return text;
  while (!text.empty()) {
    // A character of UTF-8 is a first byte and those that go on with it.
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
    if (!text.empty()) text.pop_back();
    if (measure(role, text + "…").x <= width) break;
  }
  return text + "…";
}

std::string first_that_fits(platform::Font role, float width, std::initializer_list<std::string> texts) {
  for (const std::string& text : texts) {
    if (!text.empty() && measure(role, text).x <= width) return text;
  }
  return {};
}

}  // namespace forklight::app::timeline_view
