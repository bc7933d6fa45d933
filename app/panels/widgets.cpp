#include "app/panels/widgets.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "app/i18n/i18n.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
namespace compat = platform::compat;

constexpr float kControlHeight = 30;
constexpr float kRounding = 6;

bool on(const Context& context, const session::Command& command) {
  return command.checked != nullptr && command.checked(context);
}

std::string short_title(std::string_view command) {
  const std::string key = "command." + std::string(command) + ".short";
  return i18n::has(key) ? tr(key) : title_of(command);
}

// Title, longer help where there is one, and the key: what hovering over a button tells.
std::string help_of(const session::Command& command) {
  std::string text = title_of(command.id);
  if (const std::string shortcut = session::to_string(command.shortcut); !shortcut.empty())
    text += "  [" + shortcut + "]";
  if (const std::string help = "command." + std::string(command.id) + ".help"; i18n::has(help))
    text += std::string("\n") + tr(help);
  return text;
}

struct Inks {
  Color fill, text;
};

Inks inks(ButtonStyle style, const Hit& hit, bool enabled, bool checked) {
  const platform::Palette& colors = palette();
  Color fill = colors.panel_raised;
  Color text = colors.text;
  if (style == ButtonStyle::quiet) {
    fill = platform::with_alpha(colors.panel_raised, 0);
    text = colors.text_dim;
  }
  if (enabled && style == ButtonStyle::run) {
    fill = colors.run_button;
    text = colors.run_button_text;
  }
  if (enabled && style == ButtonStyle::stop) {
    fill = colors.stop_button;
    text = platform::text_on(fill);
  }
  if (checked) {
    fill = colors.accent;
    text = colors.text;
  }
  if (!enabled) return {platform::with_alpha(fill, 0.5f), platform::with_alpha(text, 0.45f)};
  if (hit.hovered) {
    fill = style == ButtonStyle::quiet && !checked ? colors.hover : platform::mix(fill, colors.text, 0.10f);
    if (style == ButtonStyle::quiet) text = colors.text;
  }
  if (hit.held) fill = platform::mix(fill, colors.window, 0.25f);
  return {fill, text};
}

}  // namespace

std::string title_of(std::string_view command) {
  return tr("command." + std::string(command));
}

// --- hits -----------------------------------------------------------------------------------------

Hit hit(UiState& ui, const char* id, ImVec2 size, bool enabled) {
  Hit result;
  const ImVec2 area(std::max(1.0f, size.x), std::max(1.0f, size.y));
  const bool pressed = ImGui::InvisibleButton(id, area);
  result.min = ImGui::GetItemRectMin();
  result.max = ImGui::GetItemRectMax();
  if (!enabled) return result;
  session::Focus& focus = ui.focus;
  const ImGuiID name = ImGui::GetID(id);
  focus.order.push_back(name);
  result.hovered = ImGui::IsItemHovered();
  result.held = ImGui::IsItemActive();
  result.focused = focus.id == name;
  result.clicked = pressed || (result.focused && focus.activate);
  if (result.focused) {
    result.adjust = focus.adjust;
    if (!ImGui::IsItemVisible()) ImGui::SetScrollHereY();
  }
  if (result.hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  return result;
}

void draw_focus(const Hit& hit, float rounding) {
  if (!hit.focused) return;
  const float out = px(1);
  compat::rect(ImGui::GetWindowDrawList(), {hit.min.x - out, hit.min.y - out}, {hit.max.x + out, hit.max.y + out},
               palette().focus, rounding + out, px(2));
}

void before_field(UiState& ui, const char* id) {
  session::Focus& focus = ui.focus;
  const ImGuiID name = ImGui::GetID(id);
  focus.order.push_back(name);
  if (focus.move == 0) return;
  if (focus.id == name)
    ImGui::SetKeyboardFocusHere();
  else
    compat::leave_field(name);
}

void after_field(UiState& ui, const char* id) {
  const ImGuiID name = ImGui::GetID(id);
  if (!ImGui::IsItemActive()) return;
  ui.focus.id = name;
  const float out = px(1);
  const ImVec2 min = ImGui::GetItemRectMin(), max = ImGui::GetItemRectMax();
  compat::rect(ImGui::GetWindowDrawList(), {min.x - out, min.y - out}, {max.x + out, max.y + out}, palette().focus, px(6), px(2));
}

void begin_focus(UiState& ui) {
  session::Focus& focus = ui.focus;
  focus.list_open = focus.in_menu = focus.upright = focus.in_list = false;
  focus.last_order.swap(focus.order);
  focus.order.clear();
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) focus.id = 0;
  if (focus.move == 0 || focus.last_order.empty()) return;
  const auto size = static_cast<std::ptrdiff_t>(focus.last_order.size());
  const auto found = std::find(focus.last_order.begin(), focus.last_order.end(), focus.id);
  std::ptrdiff_t next = focus.move > 0 ? 0 : size - 1;
  if (found != focus.last_order.end()) next = (found - focus.last_order.begin() + focus.move + size) % size;
  focus.id = focus.last_order[static_cast<std::size_t>(next)];
}

void end_focus(UiState& ui) {
  session::Focus& focus = ui.focus;
  focus.move = focus.adjust = focus.rows = 0;
  focus.activate = focus.close_list = false;
  if (std::find(focus.order.begin(), focus.order.end(), focus.id) == focus.order.end()) focus.id = 0;
}

void tooltip(std::string_view text) {
  if (!ImGui::IsItemHovered()) return;
  // A pointer that only passes by asks for nothing. One thing is hovered at a time: its corner tells whether it still
  // is the same.
  constexpr float kPatience = 0.45f;  // seconds
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const ImVec2 corner = ImGui::GetItemRectMin();
  const float place = corner.x * 8192 + corner.y;
  const float now = static_cast<float>(std::fmod(ImGui::GetTime(), 1e4));
  const ImGuiID key = ImGui::GetID("tooltip");
  float& last_place = *storage->GetFloatRef(key, -1);
  const bool same = last_place == place;
  last_place = place;
  float& since = *storage->GetFloatRef(key + 1, now);
  const bool seen_lately =
      now >= storage->GetFloat(key + 2, -1e3f) && now - storage->GetFloat(key + 2, -1e3f) < kPatience;
  storage->SetFloat(key + 2, now);
  if (!same || !seen_lately) since = now;
  if (now - since < kPatience) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(12), px(8)));
  compat::place_tooltip(px(8));
  ImGui::BeginTooltip();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  for (const std::string_view line : wrap(Font::body, text, std::min(px(360), ImGui::GetIO().DisplaySize.x - px(40)))) label(Font::body, palette().text, line);
  ImGui::PopStyleVar();
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

// --- buttons --------------------------------------------------------------------------------------

float command_button_width(std::string_view command, const ButtonLook& look) {
  const session::Command* found = session::find_command(command);
  float width = px(look.show_label ? 24 : 16);
  if (look.icon != Icon::none) width += px(14);
  if (look.show_label) width += text_width(Font::strong, short_title(command)) + (look.icon != Icon::none ? px(8) : 0);
  if (look.show_hint && look.show_label && found != nullptr && found->shortcut != session::Shortcut{})
    width += px(10) + text_width(Font::small, session::to_string(found->shortcut));
  return std::ceil(width);
}

void command_button(Context& context, std::string_view command, const ButtonLook& look, std::string_view argument) {
  const session::Command* found = session::find_command(command);
  if (found == nullptr) return;
  const bool enabled = found->enabled(context);
  const float width = command_button_width(command, look);
  const Hit area = hit(context.ui, std::string(command).c_str(), {width, px(kControlHeight)}, enabled);
  if (area.clicked) context.ui.push(std::string(command), std::string(argument));
  tooltip(help_of(*found));

  ImDrawList* list = ImGui::GetWindowDrawList();
  const Inks colors = inks(look.style, area, enabled, look.style == ButtonStyle::plain && on(context, *found));
  list->AddRectFilled(area.min, area.max, colors.fill, px(kRounding));
  float x = area.min.x + (look.show_label ? px(12) : px(8));
  if (look.icon != Icon::none) {
    draw_icon(list, look.icon, {x + px(7), area.center_y()}, px(look.show_label ? 12 : 15), colors.text);
    x += px(14 + 8);
  }
  if (look.show_label) {
    const std::string title = short_title(command);
    draw_text_in(list, Font::strong, x, area.min.y, area.max.x, area.max.y, colors.text, title);
    x += text_width(Font::strong, title) + px(10);
    if (look.show_hint)
      draw_text_in(list, Font::small, x, area.min.y, area.max.x, area.max.y,
                   look.style != ButtonStyle::plain && enabled ? colors.text
                                                               : platform::mix(colors.text, palette().text_dim, 0.8f),
                   session::to_string(found->shortcut));
  }
  draw_focus(area, px(kRounding));
}

float segmented_width(std::initializer_list<std::string_view> commands) {
  float width = 0;
  for (const std::string_view command : commands) width += text_width(Font::strong, short_title(command)) + px(28);
  return std::ceil(width);
}

void segmented(Context& context, std::initializer_list<std::string_view> commands) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetCursorScreenPos();
  list->AddRectFilled(start, {start.x + segmented_width(commands), start.y + px(kControlHeight)},
                      palette().panel_raised, px(kRounding));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  bool first = true;
  for (const std::string_view id : commands) {
    const session::Command* command = session::find_command(id);
    if (command == nullptr) continue;
    if (!first) ImGui::SameLine();
    first = false;
    const std::string title = short_title(id);
    const float width = text_width(Font::strong, title) + px(28);
    const Hit area = hit(context.ui, std::string(id).c_str(), {width, px(kControlHeight)});
    if (area.clicked) context.ui.push(std::string(id));
    tooltip(help_of(*command));
    const bool checked = on(context, *command);
    if (checked || area.hovered)
      list->AddRectFilled(area.min, area.max, checked ? palette().accent : palette().hover, px(kRounding));
    draw_text_in(list, checked ? Font::strong : Font::body,
                 area.min.x + (width - text_width(checked ? Font::strong : Font::body, title)) / 2, area.min.y,
                 area.max.x, area.max.y, checked || area.hovered ? palette().text : palette().text_dim, title);
    draw_focus(area, px(kRounding));
  }
  ImGui::PopStyleVar();
}

namespace {

float tab_width(const Tab& tab) {
  const float count = tab.count.empty() ? 0 : px(6) + text_width(Font::small, tab.count);
  return text_width(Font::strong, short_title(tab.command)) + count + px(24);
}

// Which tabs of a row that is wider than its place are shown: whole ones, round the one that is on, with arrows to the others beside them.
struct ShownTabs {
  std::size_t first, end, on;
};
constexpr float kTabArrow = 22;  // points

ShownTabs shown_tabs(const Context& context, std::span<const Tab> tabs, float room) {
  ShownTabs shown{0, tabs.size(), 0};
  float all = 0;
  for (std::size_t i = 0; i < tabs.size(); ++i) {
    const session::Command* command = session::find_command(tabs[i].command);
    if (command != nullptr && on(context, *command)) shown.on = i;
    all += tab_width(tabs[i]);
  }
  if (all <= room || tabs.empty()) return shown;
  shown.first = shown.on;
  shown.end = shown.on + 1;
  float taken = tab_width(tabs[shown.on]) + px(2 * kTabArrow);
  for (bool grew = true; grew;) {
    grew = false;
    if (shown.end < tabs.size() && taken + tab_width(tabs[shown.end]) <= room) {
      taken += tab_width(tabs[shown.end++]);
      grew = true;
    }
    if (shown.first > 0 && taken + tab_width(tabs[shown.first - 1]) <= room) {
      taken += tab_width(tabs[--shown.first]);
      grew = true;
    }
  }
  return shown;
}

// To the tab beside the one that is on.
void tab_arrow(Context& context, const char* id, Icon icon, const Tab& to) {
  const Hit arrow = hit(context.ui, id, {px(kTabArrow), px(32)});
  if (arrow.clicked) context.ui.push(std::string(to.command));
  if (const session::Command* command = session::find_command(to.command)) tooltip(help_of(*command));
  draw_icon(ImGui::GetWindowDrawList(), icon, {(arrow.min.x + arrow.max.x) / 2, arrow.center_y()}, px(9), arrow.hovered ? palette().text : palette().text_dim);
  draw_focus(arrow, px(4));
}

void draw_tab(Context& context, const Tab& tab, float most) {
  const session::Command* command = session::find_command(tab.command);
  if (command == nullptr) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const std::string title = short_title(tab.command);
  const float title_width = text_width(Font::strong, title);
  const Hit area = hit(context.ui, std::string(tab.command).c_str(), {std::min(tab_width(tab), most), px(32)});
  if (area.clicked) context.ui.push(std::string(tab.command));
  tooltip(help_of(*command));
  const bool checked = on(context, *command);
  const Color ink = checked || area.hovered ? palette().text : palette().text_dim;
  draw_text_in(list, checked ? Font::strong : Font::body, area.min.x + px(12), area.min.y, area.max.x, area.max.y, ink, title);
  if (!tab.count.empty())
    draw_text_in(list, Font::small, area.min.x + px(12) + title_width + px(6), area.min.y, area.max.x, area.max.y, palette().text_dim, tab.count);
  if (checked) list->AddRectFilled({area.min.x + px(12), area.max.y - px(3)}, {area.max.x - px(12), area.max.y}, palette().accent_text, px(1));
  draw_focus(area, px(4));
}

}  // namespace

void tab_row(Context& context, std::initializer_list<Tab> row) {
  const std::span<const Tab> tabs(row.begin(), row.size());
  const float room = ImGui::GetWindowWidth() - ImGui::GetCursorPosX();
  const ShownTabs shown = shown_tabs(context, tabs, room);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  if (shown.first > 0) {
    tab_arrow(context, "tabs-before", Icon::chevron_left, tabs[shown.on == 0 ? 0 : shown.on - 1]);
    ImGui::SameLine();
  }
  for (std::size_t i = shown.first; i < shown.end; ++i) {
    if (i > shown.first) ImGui::SameLine();
    draw_tab(context, tabs[i], std::max(px(24), room - px(2 * kTabArrow)));
  }
  if (shown.end < tabs.size()) {
    ImGui::SameLine();
    tab_arrow(context, "tabs-behind", Icon::chevron_right, tabs[std::min(shown.on + 1, tabs.size() - 1)]);
  }
  ImGui::PopStyleVar();
}

// --- lists ----------------------------------------------------------------------------------------

constexpr float kWidestList = 420, kHighestList = 480;

bool begin_combo(UiState& ui, const char* id, std::string_view shown, float width, int& adjust) {
  const std::string popup = std::string(id) + "##list";
  const Hit area = hit(ui, id, {width, px(kControlHeight)});
  adjust = area.adjust;
  const bool open = ImGui::IsPopupOpen(popup.c_str());
  if (area.clicked && !open) ImGui::OpenPopup(popup.c_str());
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(area.min, area.max, area.hovered || open ? palette().hover : palette().panel_raised,
                      px(kRounding));
  const float text_end = area.max.x - px(28);
  if (draw_text_in(list, Font::body, area.min.x + px(12), area.min.y, text_end, area.max.y, palette().text, shown))
    tooltip(shown);
  draw_icon(list, Icon::chevron_down, {area.max.x - px(16), area.center_y()}, px(10), palette().text_dim);
  draw_focus(area, px(kRounding));

  ImGui::SetNextWindowPos({area.min.x, area.max.y + px(4)});
  ImGui::SetNextWindowSizeConstraints({width, 0}, {std::max(width, px(kWidestList)), px(kHighestList)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(4), px(4)));
  const bool visible = ImGui::BeginPopup(popup.c_str());
  ImGui::PopStyleVar();
  if (visible) ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, px(2)));
  if (visible) note_list(ui);
  return visible;
}

void note_list(UiState& ui) {
  ui.focus.list_open = true;
  if (ui.focus.close_list) ImGui::CloseCurrentPopup();
}

bool combo_row(UiState& ui, std::string_view text, std::string_view detail, bool chosen) {
  const float inner = px(kWidestList) - px(8) - ImGui::GetStyle().ScrollbarSize - px(24);  // what the list's own edges leave
  const std::vector<std::string_view> lines = detail.empty() ? std::vector<std::string_view>() : wrap(Font::small, detail, inner);
  float wanted = text_width(Font::strong, text);
  for (const std::string_view line : lines) wanted = std::max(wanted, text_width(Font::small, line));
  const float detail_at = px(24), height = lines.empty() ? px(28) : detail_at + leading(Font::small) * static_cast<float>(lines.size()) + px(4);
  const Hit area = hit(ui, std::string(text).c_str(), {std::max(wanted + px(24), ImGui::GetContentRegionAvail().x), height});
  if (chosen && ImGui::IsWindowAppearing()) ImGui::SetScrollHereY(0.5f);
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (chosen || area.hovered)
    list->AddRectFilled(area.min, area.max, area.hovered ? palette().hover : palette().selected, px(4));
  const ImVec2 words(area.min.x + px(12), area.min.y + detail_at);
  draw_text_in(list, chosen ? Font::strong : Font::body, words.x, area.min.y, area.max.x, lines.empty() ? area.max.y : area.min.y + px(26), palette().text, text);
  draw_lines(list, Font::small, words, palette().text_dim, lines);
  draw_focus(area, px(4));
  if (area.hovered) mark_terms(ui, Font::small, words, lines, /*click_opens=*/false);
  if (area.clicked) ImGui::CloseCurrentPopup();
  return area.clicked;
}

void end_combo() {
  ImGui::PopStyleVar();
  ImGui::EndPopup();
}

}  // namespace forklight::app::panels
