#include "app/panels/layout.h"

#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::BottomTab;

constexpr float kToolbar = 52, kStatus = 26, kTabs = 32, kFold = 14;
constexpr float kLeftLeast = 180, kRightLeast = 240, kBottomLeast = 120, kCentreLeast = 320, kUpperLeast = 160,
                kInspectorLeast = 120;
constexpr ImGuiWindowFlags kStill =
    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav;

struct Area {
  float x0, y0, x1, y1;
  [[nodiscard]] float width() const { return x1 - x0; }
  [[nodiscard]] float height() const { return y1 - y0; }
  [[nodiscard]] bool empty() const { return width() < 1 || height() < 1; }
};

// A panel: its surface, its content with a padding (points), its own scrolling if it is wanted.
template <typename Draw>
void panel(const char* id, const Area& area, Color surface, ImVec2 padding, ImGuiWindowFlags flags, Draw draw) {
  if (area.empty()) return;
  ImGui::SetCursorScreenPos({area.x0, area.y0});
  ImGui::PushStyleColor(ImGuiCol_ChildBg, surface);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(padding.x), px(padding.y)));
  const bool padded = padding.x > 0 || padding.y > 0;
  const bool visible = platform::compat::begin_child(id, {area.width(), area.height()}, padded, flags);
  ImGui::PopStyleVar();
  if (visible) draw();
  ImGui::EndChild();
  ImGui::PopStyleColor();
}

// A line between two panels: drag it, or double-click it to fold; with the keyboard, arrows and Enter. `sign`: which way makes the panel
// larger. Returns true when it is to be folded.
bool splitter(UiState& ui, const char* id, const Area& line, bool vertical, float& size, float least, float most, float sign) {
  const float grip = px(3);
  const ImVec2 min(line.x0 - (vertical ? grip : 0), line.y0 - (vertical ? 0 : grip));
  const ImVec2 max(line.x1 + (vertical ? grip : 0), line.y1 + (vertical ? 0 : grip));
  if (max.x - min.x < 1 || max.y - min.y < 1) return false;
  ImGui::SetCursorScreenPos(min);
  // A window of its own, after the panels: the grip lies over both edges.
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::BeginChild(id, {max.x - min.x, max.y - min.y}, false, kStill | ImGuiWindowFlags_NoBackground);
  ImGui::PopStyleVar();
  const Hit grip_hit = hit(ui, "grip", {max.x - min.x, max.y - min.y});
  if (grip_hit.focused) ui.focus.upright = !vertical;
  const bool active = ImGui::IsItemActive();
  const bool near = active || ImGui::IsItemHovered();
  if (near) ImGui::SetMouseCursor(vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
  if (active) {
    const ImVec2 delta = ImGui::GetIO().MouseDelta;
    size = std::clamp(size + sign * (vertical ? delta.x : delta.y) / platform::scale(), least, std::max(least, most));
  }
  constexpr float kStep = 20;  // points
  if (grip_hit.adjust != 0) size = std::clamp(size + sign * kStep * static_cast<float>(grip_hit.adjust), least, std::max(least, most));
  const bool entered = grip_hit.focused && ui.focus.activate;
  const bool folded = entered || (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left));
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 middle((min.x + max.x) / 2, (min.y + max.y) / 2);
  const bool shown = near || grip_hit.focused;
  const float half = shown ? px(1.5f) : 0.5f;
  const Color ink = grip_hit.focused ? palette().focus : near ? palette().accent_text : palette().line;
  if (vertical)
    list->AddRectFilled({std::floor(middle.x - half), min.y},
                        {std::floor(middle.x - half) + std::max(1.0f, 2 * half), max.y}, ink);
  else
    list->AddRectFilled({min.x, std::floor(middle.y - half)},
                        {max.x, std::floor(middle.y - half) + std::max(1.0f, 2 * half)}, ink);
  ImGui::EndChild();
  return folded;
}

// What a folded panel leaves: a thin strip that brings it back. `instead_of`: the panel that has to go then, nullptr if
// there is room for both; the panel is `open` and not shown where there was none.
void folded_strip(Context& context, const Area& area, const char* command, bool open, const char* instead_of,
                  Icon icon) {
  panel(command, area, palette().panel, {0, 0}, kStill, [&] {
    const Hit strip = hit(context.ui, "unfold", {area.width(), area.height()});
    if (strip.clicked && instead_of != nullptr) context.ui.push(instead_of);
    if (strip.clicked && !open) context.ui.push(command);
    tooltip(title_of(command) + "  [" + to_string(session::find_command(std::string_view(command))->shortcut) + "]");
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (strip.hovered) list->AddRectFilled(strip.min, strip.max, palette().hover);
    draw_icon(list, icon, {(strip.min.x + strip.max.x) / 2, strip.center_y()}, px(9),
              strip.hovered ? palette().text : palette().text_dim);
    draw_focus(strip, 0);
  });
}

// The right-hand end of the tab strip: what belongs to the tab that is shown.
void draw_tab_tools(Context& context, const Area& strip, float tabs_end) {
  if (context.ui.bottom_tab == BottomTab::console) {
    constexpr ButtonLook kCopy{Icon::copy, true, false, ButtonStyle::quiet};
    const float width = command_button_width("copy.console", kCopy);
    if (strip.x1 - px(8) - width < tabs_end) return;
    ImGui::SetCursorScreenPos({strip.x1 - px(8) - width, strip.y0 + px(1)});
    command_button(context, "copy.console", kCopy);
  }
  if (context.ui.bottom_tab == BottomTab::events) {
    const float width = std::min(px(240), strip.x1 - px(12) - tabs_end);
    if (width < px(80)) return;
    ImGui::SetCursorScreenPos({strip.x1 - px(8) - width, strip.y0 + px(4)});
    ImGui::SetNextItemWidth(width);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding,
                        ImVec2(px(10), std::max(0.0f, (px(24) - line_height(Font::body)) / 2)));
    before_field(context.ui, "##filter");
    ImGui::InputTextWithHint("##filter", tr("events.filter"), &context.ui.event_filter);
    after_field(context.ui, "##filter");
    ImGui::PopStyleVar();
  }
}

// What the tour points at: folded or without room, it is not there.
void note_anchor(UiState& ui, session::Anchor anchor, const Area& area) { ui.tour.note(anchor, area.x0, area.y0, area.x1, area.y1); }

void draw_bottom(Context& context, PanelState& state, const Area& area) {
  note_anchor(context.ui, session::Anchor::console, area);
  const timeline::Model& model = context.session.model();
  const Area tabs{area.x0, area.y0, area.x1, std::min(area.y1, area.y0 + px(kTabs))};
  panel("tabs", tabs, palette().tab_strip, {0, 0}, kStill, [&] {
    ImGui::SetCursorPos({px(4), 0});
    const auto count = [](std::uint64_t number) { return number > 0 ? i18n::format_count(number) : std::string(); };
    tab_row(context, {{"tab.console", ""},
                      {"tab.events", count(model.event_count())},
                      {"tab.processes", count(model.tasks().size())},
                      {"tab.waits", ""},
                      {"tab.gil", ""},
                      {"tab.measured", ""}});
    draw_tab_tools(context, tabs, ImGui::GetItemRectMax().x);
  });
  // Claims never take the room of what is above them: where they are many, they scroll; under charts and tables they are one line.
  const float room = std::max(0.0f, area.y1 - tabs.y1), whole = claims_height(context, area.width());
  const bool charts = context.ui.bottom_tab == BottomTab::waits || context.ui.bottom_tab == BottomTab::gil || context.ui.bottom_tab == BottomTab::measured;
  const bool brief = charts && whole > room * 0.2f && whole > claims_height_brief(context);
  const float claims = brief ? claims_height_brief(context) : std::min(whole, room * 0.4f);
  const Area content{area.x0, tabs.y1, area.x1, area.y1 - claims};
  const char* id = context.ui.bottom_tab == BottomTab::console  ? "console"
                   : context.ui.bottom_tab == BottomTab::events ? "events"
                   : context.ui.bottom_tab == BottomTab::waits  ? "waits"
                   : context.ui.bottom_tab == BottomTab::gil      ? "gil"
                   : context.ui.bottom_tab == BottomTab::measured ? "measured"
                                                                : "table";
  const bool sideways = context.ui.bottom_tab == BottomTab::console || context.ui.bottom_tab == BottomTab::waits ||
                        context.ui.bottom_tab == BottomTab::gil || context.ui.bottom_tab == BottomTab::measured;
  const ImGuiWindowFlags flags = sideways
                                     ? ImGuiWindowFlags_NoNav | ImGuiWindowFlags_HorizontalScrollbar
                                     : ImGuiWindowFlags_NoNav;
  panel(id, content, palette().panel, {16, 8}, flags, [&] {
    switch (context.ui.bottom_tab) {
      case BottomTab::console:
        draw_console(context, state.console);
        break;
      case BottomTab::events:
        draw_events(context, state.events);
        break;
      case BottomTab::processes:
        draw_processes(context);
        break;
      case BottomTab::waits:
        draw_waits(context, state.waits);
        break;
      case BottomTab::gil:
        draw_gil(context, state.gil);
        break;
      case BottomTab::measured:
        draw_measured(context, state.measured);
        break;
    }
  });
  panel("claims", {area.x0, content.y1, area.x1, area.y1}, palette().panel, {0, 0}, ImGuiWindowFlags_NoNav,
        [&] { draw_claims(context, brief); });
}

// The right column: program above, what is selected below.
void draw_right(Context& context, PanelState& state, const Area& area) {
  UiState& ui = context.ui;
  const float all = area.height() / platform::scale();
  // The program gets what the inspector has no use for.
  const float wanted = state.inspector_height > 0
                           ? std::min(ui.inspector_height, state.inspector_height / platform::scale())
                           : ui.inspector_height;
  const float lower = std::clamp(wanted, std::min(kInspectorLeast, all / 2), std::max(all / 2, all - kUpperLeast));
  const Area program{area.x0, area.y0, area.x1, area.y1 - px(lower)};
  const Area inspector{area.x0, program.y1, area.x1, area.y1};
  note_anchor(ui, session::Anchor::code, program);
  note_anchor(ui, session::Anchor::inspector, inspector);
  panel("code", program, palette().panel, {0, 0}, kStill, [&] { draw_code(context, state.code); });
  panel("inspector", inspector, palette().panel, {16, 14}, ImGuiWindowFlags_NoNav, [&] {
    draw_inspector(context);
    state.inspector_height = ImGui::GetCursorPosY() + px(8);
  });
  float size = lower;
  if (splitter(ui, "split-inspector", {area.x0, program.y1, area.x1, program.y1}, false, size, kInspectorLeast,
               all - kUpperLeast, -1))
    size = lower > kInspectorLeast ? kInspectorLeast : all / 2;
  if (size != lower) ui.inspector_height = size;
}

void draw_timeline(Context& context, timeline_view::TimelineView& timeline, PanelState& state, const Area& area) {
  Area below = area;
  // Words about what cannot be seen help nobody: in a small window the timeline is the last to give way.
  if (captions_shown(context.ui) && area.height() > 3 * captions_height()) {
    below.y1 -= captions_height();
    panel("captions", {area.x0, below.y1, area.x1, area.y1}, palette().panel, {0, 0}, kStill, [&] { draw_captions(context, state.captions); });
  }
  if (context.ui.compare != session::Compare::nothing && area.height() > px(160)) {
    below.y0 += px(36);
    panel("compare-bar", {area.x0, area.y0, area.x1, below.y0}, palette().panel, {0, 0}, kStill, [&] { draw_compare_bar(context); });
  }
  if (context.ui.find.open && below.height() > px(140)) {
    const float top = below.y0;
    below.y0 += px(42);
    panel("find-bar", {area.x0, top, area.x1, below.y0}, palette().panel, {0, 0}, kStill, [&] { draw_find_bar(context); });
  }
  panel("timeline", below, palette().window, {0, 0}, kStill, [&] { timeline.draw(context); });
}

void draw_presentation(Context& context, timeline_view::TimelineView& timeline, PanelState& state, const Area& area) {
  const Area bar{area.x0, area.y0, area.x1, std::min(area.y1, area.y0 + px(kToolbar))};
  panel("presentation-bar", bar, palette().panel, {0, 0}, kStill, [&] { draw_presentation_bar(context); });
  // The program takes a third at most: the audience watches the timeline and reads along.
  const float code = std::min(area.width() / 3, px(560));
  const float split = area.x1 - (area.width() > px(480) ? code : 0);
  draw_timeline(context, timeline, state, {area.x0, bar.y1, split, area.y1});
  panel("code", {split, bar.y1, area.x1, area.y1}, palette().panel, {0, 0}, kStill,
        [&] { draw_code(context, state.code); });
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddLine({area.x0, bar.y1}, {area.x1, bar.y1}, palette().line);
  // What came of a question stands over the program, which has been read by then.
  draw_predictions(context, {area.x0, bar.y1}, {split, area.y1}, {split, bar.y1 + (area.y1 - bar.y1) * 0.4f}, {area.x1, area.y1});
}

void draw_workplace(Context& context, timeline_view::TimelineView& timeline, PanelState& state, const Area& window) {
  UiState& ui = context.ui;
  ui.tour.boxes = {};
  const Area toolbar{window.x0, window.y0, window.x1, std::min(window.y1, window.y0 + px(kToolbar))};
  panel("toolbar", toolbar, palette().panel, {0, 0}, kStill, [&] { draw_toolbar(context); });
  float top = toolbar.y1;
  if (!context.session.notice().empty() && ui.dialog == session::Dialog::none) {
    const float below = std::min(window.y1, top + notice_height(context, window.width()));
    panel("notice", {window.x0, top, window.x1, below}, palette().panel, {0, 0}, kStill, [&] { draw_notice(context); });
    top = below;
  }
  const float bottom = std::max(top, window.y1 - px(kStatus));
  panel("status", {window.x0, bottom, window.x1, window.y1}, palette().status_bar, {0, 0}, kStill,
        [&] { draw_status_bar(context, state); });

  // In a window too small for all, the sides give way before the timeline does, and the list of scenarios before the
  // program.
  const float points = window.width() / platform::scale();
  const float spare = points - kCentreLeast;
  const bool right_fits = ui.right_open && spare >= kRightLeast;
  const bool left_fits = ui.left_open && spare - (right_fits ? kRightLeast : 0) >= kLeftLeast;
  const bool both_fit = spare >= kLeftLeast + kRightLeast;
  const float left_most = spare - (right_fits ? kRightLeast : 0);
  const float left = left_fits ? std::clamp(ui.left_width, kLeftLeast, std::max(kLeftLeast, left_most)) : kFold;
  const float right = right_fits ? std::clamp(ui.right_width, kRightLeast, std::max(kRightLeast, spare - left)) : kFold;
  const float height = (bottom - top) / platform::scale();
  const bool bottom_has_room = height >= kBottomLeast + kUpperLeast;
  const bool bottom_fits = ui.bottom_open && bottom_has_room;
  // Where both have no room it stands instead of the timeline, once it is asked for; the strip below it brings the timeline back.
  ui.bottom_crowded = !bottom_has_room;
  const bool strip_has_room = height > 6 * kFold;
  const bool instead = ui.bottom_crowded && ui.bottom_in_front && strip_has_room;
  const float lower = bottom_fits      ? std::clamp(ui.bottom_height, kBottomLeast, height - kUpperLeast)
                      : instead        ? height
                      : strip_has_room ? kFold
                                       : 0;

  const float x1 = window.x0 + std::round(px(left));
  const float x2 = std::max(x1, window.x1 - std::round(px(right)));
  const float y1 = std::max(top, bottom - std::round(px(lower)));
  draw_timeline(context, timeline, state, {x1, top, x2, y1});
  note_anchor(ui, session::Anchor::timeline, {x1, top, x2, y1});
  if (left_fits) note_anchor(ui, session::Anchor::lessons, {window.x0, top, x1, bottom});
  if (left_fits)
    panel("scenarios", {window.x0, top, x1, bottom}, palette().panel, {8, 12}, ImGuiWindowFlags_NoNav,
          [&] { draw_scenarios(context); });
  else
    folded_strip(context, {window.x0, top, x1, bottom}, "panel.left", ui.left_open,
                 both_fit || !right_fits ? nullptr : "panel.right", Icon::chevron_right);
  if (bottom_fits)
    draw_bottom(context, state, {x1, y1, x2, bottom});
  else if (instead)
    draw_bottom(context, state, {x1, y1, x2, bottom - std::round(px(kFold))});
  if (!bottom_fits)
    folded_strip(context, {x1, instead ? bottom - std::round(px(kFold)) : y1, x2, bottom}, "panel.bottom", ui.bottom_open && bottom_has_room, nullptr,
                 instead ? Icon::chevron_down : Icon::chevron_up);
  if (right_fits)
    draw_right(context, state, {x2, top, window.x1, bottom});
  else
    folded_strip(context, {x2, top, window.x1, bottom}, "panel.right", ui.right_open,
                 both_fit || !left_fits ? nullptr : "panel.left", Icon::chevron_left);

  ImGui::GetWindowDrawList()->AddLine({window.x0, toolbar.y1}, {window.x1, toolbar.y1}, palette().line);
  // The drag starts from what is seen, which a small window may have clamped.
  if (left_fits) {
    float size = left;
    if (splitter(ui, "split-left", {x1, top, x1, bottom}, true, size, kLeftLeast, left_most, 1)) ui.push("panel.left");
    if (size != left) ui.left_width = size;
  }
  if (right_fits) {
    float size = right;
    if (splitter(ui, "split-right", {x2, top, x2, bottom}, true, size, kRightLeast, spare - left, -1))
      ui.push("panel.right");
    if (size != right) ui.right_width = size;
  }
  if (bottom_fits) {
    float size = lower;
    if (splitter(ui, "split-bottom", {x1, y1, x2, y1}, false, size, kBottomLeast, height - kUpperLeast, -1))
      ui.push("panel.bottom");
    if (size != lower) ui.bottom_height = size;
  }
  // Over all that is in the middle; what came of a question leaves the timeline free, if there is something below it.
  draw_predictions(context, {x1, top}, {x2, bottom}, {x1, bottom_fits ? y1 : top + (bottom - top) * 0.4f}, {x2, bottom});
}

}  // namespace

void draw_frame(session::Context& context, timeline_view::TimelineView& timeline, PanelState& state) {
  UiState& ui = context.ui;
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const Area window{0, 0, size.x, size.y};
  if (!ui.clipboard.empty()) {
    ImGui::SetClipboardText(ui.clipboard.c_str());
    ui.clipboard.clear();
  }
  begin_focus(ui);
  update_find(context);
  ui.fact_at_hand = {};
  ui.glossary.at_hand.clear();
  session::follow_causes(context);
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0.0f);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, palette().window);
  constexpr ImGuiWindowFlags kWhole = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                      ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoSavedSettings |
                                      ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoScrollWithMouse;
  const bool visible = ImGui::Begin("Forklight", nullptr, kWhole);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
  if (visible) {
    platform::compat::push_font(platform::font(Font::body));
    if (ui.presenting)
      draw_presentation(context, timeline, state, window);
    else
      draw_workplace(context, timeline, state, window);
    draw_recording(context);
    draw_menu(context, timeline);
    draw_tour(context);
    draw_dialogs(context, state);
    draw_audience(ui);
    ImGui::PopFont();
  }
  ImGui::End();
  end_focus(ui);
}

void draw_frame(session::Context& context, timeline_view::TimelineView& timeline) {
  PanelState state;
  draw_frame(context, timeline, state);
}

}  // namespace forklight::app::panels
