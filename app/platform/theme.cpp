#include "app/platform/theme.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/platform/imgui_compat.h"

namespace forklight::app::platform {
namespace {

// 0xRRGGBB, as one reads it, → ImGui's opaque ABGR.
constexpr Color rgb(std::uint32_t hex) {
  return 0xff000000u | (hex & 0x0000ffu) << 16 | (hex & 0x00ff00u) | (hex & 0xff0000u) >> 16;
}

constexpr Color kInk = rgb(0x0d1116);
constexpr Color kWhite = rgb(0xffffff);

// The tasks' order is the same in both themes (blue, orange, purple, green …): a class that has learned "Process-1 is
// the orange one" need not learn it again when the lights go on.
constexpr Palette kStage = {.window = rgb(0x14171c),
                            .panel = rgb(0x1b1f26),
                            .panel_raised = rgb(0x232932),
                            .lane = rgb(0x14171c),
                            .lane_header = rgb(0x1b1f26),
                            .line = rgb(0x2c333e),
                            .grid = rgb(0x242a33),
                            .text = rgb(0xe6e9ef),
                            .text_dim = rgb(0x97a1b0),
                            .text_faint = rgb(0x8a94a3),
                            .text_on_color = kInk,
                            .accent = rgb(0x33506a),
                            .accent_text = rgb(0x56b4e9),
                            .selected = rgb(0x26313d),
                            .hover = rgb(0x2b323d),
                            .focus = rgb(0x8fd0f5),
                            .run_button = rgb(0x0f7a5a),
                            .run_button_text = kWhite,
                            .stop_button = rgb(0x9c4410),
                            .ok = rgb(0x009e73),
                            .error = rgb(0xd55e00),
                            .signal = rgb(0xe69f00),
                            .blocked = rgb(0x97a1b0),
                            .sleeping = rgb(0x5d6b7a),
                            .zombie = rgb(0x6b7480),
                            .held = rgb(0x4a5563),
                            .lost = rgb(0xd55e00),
                            .stopped = rgb(0x000000),
                            .stopped_edge = rgb(0xc9d1dc),
                            .traceback = rgb(0xf0b48a),
                            .warning = rgb(0xe6b95a),
                            .task = {rgb(0x56b4e9), rgb(0xe69f00), rgb(0xcc79a7), rgb(0x009e73), rgb(0xf0e442),
                                     rgb(0x6d9bff), rgb(0xe0702a), rgb(0xb4bcc8)},
                            .tab_strip = rgb(0x20252d),
                            .status_bar = rgb(0x0f1216),
                            .scrim = 0xb0000000u,
                            .code_text = rgb(0xc9d1dc),
                            .code_keyword = rgb(0x8ec4f0),
                            .code_string = rgb(0xb9d3a0),
                            .code_number = rgb(0xe3b98a),
                            .code_comment = rgb(0x8a94a3)};

constexpr Palette kPaper = {.window = rgb(0xffffff),
                            .panel = rgb(0xf4f5f7),
                            .panel_raised = rgb(0xe7eaee),
                            .lane = rgb(0xffffff),
                            .lane_header = rgb(0xf4f5f7),
                            .line = rgb(0xd5d9e0),
                            .grid = rgb(0xe4e7ec),
                            .text = rgb(0x16191d),
                            .text_dim = rgb(0x555e6a),
                            .text_faint = rgb(0x5b6470),
                            .text_on_color = kInk,
                            .accent = rgb(0xcfe3f1),
                            .accent_text = rgb(0x00598c),
                            .selected = rgb(0xdfe8ef),
                            .hover = rgb(0xdce1e7),
                            .focus = rgb(0x0072b2),
                            .run_button = rgb(0x00795a),
                            .run_button_text = kWhite,
                            .stop_button = rgb(0xb34700),
                            .ok = rgb(0x009e73),
                            .error = rgb(0xd55e00),
                            .signal = rgb(0xe69f00),
                            .blocked = rgb(0x5b6470),
                            .sleeping = rgb(0xa9b4c0),
                            .zombie = rgb(0x9aa3ae),
                            .held = rgb(0xcdd3da),
                            .lost = rgb(0xd55e00),
                            .stopped = rgb(0x000000),
                            .stopped_edge = rgb(0x16191d),
                            .traceback = rgb(0x9a3d00),
                            .warning = rgb(0x7d5200),
                            .task = {rgb(0x0072b2), rgb(0xe69f00), rgb(0xcc79a7), rgb(0x009e73), rgb(0xd9c900),
                                     rgb(0x56b4e9), rgb(0xe0702a), rgb(0x5b6470)},
                            .tab_strip = rgb(0xebedf1),
                            .status_bar = rgb(0xe7eaee),
                            .scrim = 0x73000000u,
                            .code_text = rgb(0x2b3138),
                            .code_keyword = rgb(0x00598c),
                            .code_string = rgb(0x3f6212),
                            .code_number = rgb(0x8a4b00),
                            .code_comment = rgb(0x5b6470)};

struct Look {
  session::ThemeName theme = session::ThemeName::stage;
  float scale = 1;
  std::array<ImFont*, 5> fonts{}, large_fonts{};
};

Look& look() noexcept {
  static Look now;
  return now;
}

double channel(Color color, int shift) noexcept {
  const double value = static_cast<double>(color >> shift & 0xffu) / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(Color color) noexcept {
  return 0.2126 * channel(color, 0) + 0.7152 * channel(color, 8) + 0.0722 * channel(color, 16);
}

void restyle() {
  if (ImGui::GetCurrentContext() == nullptr) return;
  const Palette& colors = palette();
  ImGuiStyle style;
  style.WindowPadding = {px(16), px(16)};
  style.FramePadding = {px(12), px(4)};
  style.CellPadding = {px(8), px(4)};
  style.ItemSpacing = {px(8), px(8)};
  style.ItemInnerSpacing = {px(8), px(4)};
  style.ScrollbarSize = px(12);
  style.GrabMinSize = px(16);
  style.WindowRounding = style.PopupRounding = px(8);
  style.FrameRounding = style.GrabRounding = style.ScrollbarRounding = px(6);
  style.ChildRounding = 0;
  style.WindowBorderSize = style.ChildBorderSize = style.FrameBorderSize = 0;
  style.PopupBorderSize = 1;
  style.CircleTessellationMaxError = 0.2f;
  compat::quiet_extras(style);

  const auto set = [&style](ImGuiCol role, Color color) { style.Colors[role] = ImGui::ColorConvertU32ToFloat4(color); };
  set(ImGuiCol_Text, colors.text);
  set(ImGuiCol_TextDisabled, colors.text_faint);
  set(ImGuiCol_WindowBg, colors.panel);
  set(ImGuiCol_ChildBg, 0);
  set(ImGuiCol_PopupBg, mix(colors.panel, colors.panel_raised, 0.6f));
  set(ImGuiCol_Border, colors.line);
  set(ImGuiCol_BorderShadow, 0);
  set(ImGuiCol_FrameBg, colors.panel_raised);
  set(ImGuiCol_FrameBgHovered, colors.hover);
  set(ImGuiCol_FrameBgActive, colors.hover);
  set(ImGuiCol_TitleBg, colors.panel);
  set(ImGuiCol_TitleBgActive, colors.panel);
  set(ImGuiCol_TitleBgCollapsed, colors.panel);
  set(ImGuiCol_ScrollbarBg, 0);
  set(ImGuiCol_ScrollbarGrab, mix(colors.panel, colors.text_dim, 0.30f));
  set(ImGuiCol_ScrollbarGrabHovered, mix(colors.panel, colors.text_dim, 0.50f));
  set(ImGuiCol_ScrollbarGrabActive, mix(colors.panel, colors.text_dim, 0.60f));
  set(ImGuiCol_CheckMark, colors.accent_text);
  set(ImGuiCol_SliderGrab, mix(colors.accent, colors.accent_text, 0.5f));
  set(ImGuiCol_SliderGrabActive, colors.accent_text);
  set(ImGuiCol_Button, colors.panel_raised);
  set(ImGuiCol_ButtonHovered, colors.hover);
  set(ImGuiCol_ButtonActive, colors.accent);
  set(ImGuiCol_Header, colors.selected);
  set(ImGuiCol_HeaderHovered, colors.hover);
  set(ImGuiCol_HeaderActive, colors.accent);
  set(ImGuiCol_Separator, colors.line);
  set(ImGuiCol_SeparatorHovered, colors.accent_text);
  set(ImGuiCol_SeparatorActive, colors.accent_text);
  set(ImGuiCol_ResizeGrip, 0);
  set(ImGuiCol_ResizeGripHovered, colors.accent);
  set(ImGuiCol_ResizeGripActive, colors.accent);
  set(ImGuiCol_TableHeaderBg, 0);
  set(ImGuiCol_TableBorderStrong, colors.line);
  set(ImGuiCol_TableBorderLight, with_alpha(colors.line, 0.6f));
  set(ImGuiCol_TableRowBg, 0);
  set(ImGuiCol_TableRowBgAlt, 0);
  set(ImGuiCol_TextSelectedBg, with_alpha(colors.accent_text, 0.35f));
  set(ImGuiCol_NavHighlight, colors.focus);
  set(ImGuiCol_ModalWindowDimBg, colors.scrim);
  ImGui::GetStyle() = style;
}

}  // namespace

const Palette& palette() noexcept {
  return look().theme == session::ThemeName::stage ? kStage : kPaper;
}

void set_theme(session::ThemeName theme) noexcept {
  look().theme = theme;
  restyle();
}

session::ThemeName theme() noexcept {
  return look().theme;
}

Color task_color(std::size_t order) noexcept {
  return palette().task[order % std::size(palette().task)];
}

Color task_text_color(std::size_t order) noexcept {
  return text_on(task_color(order));
}

Color task_ink(std::size_t order) noexcept {
  return readable(task_color(order), palette().panel);
}

Color order_color(double share) noexcept {
  // The dark end is told from Stage's ground, the bright end from Paper's.
  constexpr std::array kOnDark = {rgb(0x3a4fae), rgb(0x35749c), rgb(0x3f9a86), rgb(0x9fba4e), rgb(0xfde725)};
  constexpr std::array kOnLight = {rgb(0x1f2a6b), rgb(0x2b5f8f), rgb(0x3c8d80), rgb(0x8fa83f), rgb(0xe8c800)};
  const auto& stops = look().theme == session::ThemeName::stage ? kOnDark : kOnLight;
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(place), stops.size() - 2);
  return mix(stops[below], stops[below + 1], static_cast<float>(place - static_cast<double>(below)));
}

Color text_on(Color surface) noexcept {
  return contrast(kInk, surface) >= contrast(kWhite, surface) ? kInk : kWhite;
}

Color readable(Color ink, Color surface) noexcept {
  const Color end = text_on(surface);
  constexpr double kEnough = 4.5;
  for (int step = 0; step <= 20; ++step)
    if (const Color tried = mix(ink, end, static_cast<float>(step) / 20.0f); contrast(tried, surface) >= kEnough)
      return tried;
  return end;
}

double contrast(Color a, Color b) noexcept {
  const double one = luminance(a) + 0.05;
  const double other = luminance(b) + 0.05;
  return std::max(one, other) / std::min(one, other);
}

Color with_alpha(Color color, float alpha) noexcept {
  const float own = static_cast<float>(color >> 24);
  return (color & 0x00ffffffu) | static_cast<Color>(std::lround(own * std::clamp(alpha, 0.0f, 1.0f))) << 24;
}

Color mix(Color from, Color to, float share) noexcept {
  Color result = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const float a = static_cast<float>(from >> shift & 0xffu);
    const float b = static_cast<float>(to >> shift & 0xffu);
    result |= static_cast<Color>(std::lround(a + (b - a) * std::clamp(share, 0.0f, 1.0f))) << shift;
  }
  return result;
}

ImFont* font(Font role) noexcept {
  ImFont* set = look().fonts[static_cast<std::size_t>(role)];
  return set != nullptr ? set : ImGui::GetFont();
}

void set_font(Font role, ImFont* font) noexcept {
  look().fonts[static_cast<std::size_t>(role)] = font;
}

ImFont* large_font(Font role) noexcept {
  return look().large_fonts[static_cast<std::size_t>(role)];
}

void set_large_font(Font role, ImFont* font) noexcept {
  look().large_fonts[static_cast<std::size_t>(role)] = font;
}

float px(float points) noexcept {
  return points * look().scale;
}

void set_scale(float scale) noexcept {
  look().scale = std::clamp(scale, 0.5f, 8.0f);
  restyle();
}

float scale() noexcept {
  return look().scale;
}

}  // namespace forklight::app::platform
