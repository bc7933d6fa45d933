#include "app/timeline/text.h"

#include <algorithm>
#include <cmath>

#include "app/platform/imgui_compat.h"
#include "app/timeline/capture.h"

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
  if (wrap_width > 0) {
    ImVec2 size(0, 0);
    for (const std::string_view line : platform::wrap(role, text, wrap_width)) size = {std::max(size.x, measure(role, line).x), size.y + line_height(role)};
    return size;
  }
  const WithFont font(role);
  return ImGui::CalcTextSize(text.data(), text.data() + text.size());
}

void write(ImDrawList* list, platform::Font role, ImVec2 at, platform::Color color, std::string_view text,
           float wrap_width) {
  if (text.empty()) return;
  if (wrap_width > 0) {
    for (const std::string_view line : platform::wrap(role, text, wrap_width)) {
      write(list, role, at, color, line);
      at.y += line_height(role);
    }
    return;
  }
  const WithFont font(role);
  if (capturing()) return capture_text(list, role, at, color, text);
  // Whole pixels: glyphs between two of them are blurred.
  const ImVec2 corner(std::floor(at.x), std::floor(at.y));
  list->AddText(ImGui::GetFont(), ImGui::GetFontSize(), corner, color, text.data(), text.data() + text.size());
}

std::string shortened(platform::Font role, std::string text, float width) {
  ImFont* const font = platform::font(role);
  const float size = platform::compat::font_size(font);
  constexpr float kUnwrapped = 0;
  const auto fitting = [&](float room) {  // goes no further than there is room, however long the text is
    const char* rest = text.data();
    font->CalcTextSizeA(size, std::max(room, 0.0f), kUnwrapped, text.data(), text.data() + text.size(), &rest);
    return static_cast<std::size_t>(rest - text.data());
  };
  if (fitting(width + 0.01f) == text.size()) return text;
  text.resize(fitting(width - measure(role, "…").x));
  return text + "…";
}

std::string first_that_fits(platform::Font role, float width, std::initializer_list<std::string> texts) {
  for (const std::string& text : texts) {
    if (!text.empty() && measure(role, text).x <= width) return text;
  }
  return {};
}

}  // namespace forklight::app::timeline_view
