// The strip at the top: what to run, run it, how to look at it. It gives up words before it gives up buttons.
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;

constexpr float kGap = 8, kMargin = 16, kComboWidth = 190, kNarrowCombo = 110, kLeastCombo = 44, kRateWidth = 96;

// How much stands in the strip: everything; no shortcut hints; words on Run and Stop alone; no labels; files and language
// in the gear's menu; pace and axis too; all but the lesson, Run and Stop.
enum class Room : std::uint8_t { full, no_hints, main_labels, no_labels, few, fewest, least };

struct Plan {
  Room room;
  bool rate;  // pace slow: how slow
  bool records;  // there is room to record by the mouse; else it is in the gear's menu alone
  [[nodiscard]] bool hints() const { return room == Room::full; }
  [[nodiscard]] bool labels() const { return room <= Room::no_hints; }
  [[nodiscard]] bool main_labels() const { return room <= Room::main_labels; }
  [[nodiscard]] ButtonLook run() const { return {Icon::run, main_labels(), hints(), ButtonStyle::run}; }
  [[nodiscard]] ButtonLook stop() const { return {Icon::stop, main_labels(), hints(), ButtonStyle::stop}; }
  [[nodiscard]] ButtonLook hold() const { return {Icon::hold, labels(), hints(), ButtonStyle::plain}; }
  [[nodiscard]] ButtonLook step() const { return {Icon::step, labels(), hints(), ButtonStyle::plain}; }
  [[nodiscard]] ButtonLook fit() const { return {Icon::fit, labels(), false, ButtonStyle::plain}; }
  [[nodiscard]] ButtonLook follow() const { return {Icon::follow, labels(), false, ButtonStyle::plain}; }
  [[nodiscard]] ButtonLook file() const { return {Icon::none, true, false, ButtonStyle::quiet}; }
  [[nodiscard]] ButtonLook record() const { return {Icon::record, labels(), false, ButtonStyle::quiet}; }
  [[nodiscard]] bool files() const { return room < Room::few; }
  [[nodiscard]] bool axis() const { return room < Room::fewest; }
  [[nodiscard]] bool walks() const { return room < Room::least; }  // hold, step; and the theme
  [[nodiscard]] float margin() const { return px(walks() ? kMargin : 4); }
  [[nodiscard]] float combo() const { return px(room == Room::least ? kLeastCombo : room >= Room::few ? kNarrowCombo : kComboWidth); }
  [[nodiscard]] float brand() const {
    if (!walks()) return 0;
    return px(28) + (main_labels() ? text_width(Font::title, "Forklight") + px(16) : px(8));
  }
};

constexpr ButtonLook kTheme{Icon::half_moon, false, false, ButtonStyle::quiet};
constexpr ButtonLook kSettings{Icon::gear, false, false, ButtonStyle::quiet};

// Its own name for it, if this machine can write it.
const char* chinese_name() {
  return platform::compat::has_glyph(platform::font(Font::body), 0x4e2d) ? "中文" : "ZH";
}

float language_width() {
  return text_width(Font::body, std::string("EN · ") + chinese_name()) + px(24);
}

float right_width(const Plan& plan) {
  float width = px(32);
  if (plan.walks()) width += command_button_width("theme", kTheme) + px(4);
  if (plan.files())
    width += (plan.records ? command_button_width("film.record", plan.record()) + px(4) : 0) + command_button_width("open", plan.file()) + command_button_width("save", plan.file()) + language_width() +
             3 * px(4);
  return width;
}

float width_of(const Plan& plan) {
  float left = plan.brand() + plan.combo() + px(12) + command_button_width("run", plan.run()) + px(kGap) +
               command_button_width("stop", plan.stop());
  if (plan.walks()) left += px(kGap) + command_button_width("hold", plan.hold()) + px(kGap) + command_button_width("step", plan.step());
  if (plan.axis()) left += px(16) + segmented_width({"pace.real", "pace.slow", "pace.step"});
  if (plan.axis() && plan.rate) left += px(kGap + kRateWidth);
  if (plan.axis())
    left += px(16) + segmented_width({"axis.time", "axis.order"}) + px(kGap) + command_button_width("fit", plan.fit()) +
            px(kGap) + command_button_width("follow", plan.follow());
  if (plan.axis() && plan.labels()) left += text_width(Font::small, tr("toolbar.axis")) + px(kGap);
  return left + px(16) + right_width(plan) + 2 * plan.margin();
}

Plan plan_for(float width, bool rate) {
  for (const Room room : {Room::full, Room::no_hints, Room::main_labels, Room::no_labels, Room::few, Room::fewest})
    for (const bool records : {room < Room::few, false})
      if (width_of({room, rate, records}) <= width) return {room, rate, records};
  return {Room::least, rate, false};
}

void draw_brand(const Plan& plan) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetCursorScreenPos();
  draw_icon(list, Icon::fork, {start.x + px(10), start.y + px(15)}, px(22), palette().accent_text);
  if (plan.main_labels())
    draw_text_in(list, Font::title, start.x + px(28), start.y, start.x + px(400), start.y + px(30), palette().text,
                 "Forklight");
  ImGui::Dummy({plan.brand() - px(kGap), px(30)});
}

std::string scenario_text(const scenario::Scenario& scenario, const char* which) {
  return tr("scenario." + std::string(scenario.id) + "." + which);
}

void draw_scenario_list(Context& context, const Plan& plan) {
  int adjust = 0;
  const bool open =
      begin_combo(context.ui, "scenario", scenario_text(context.session.scenario(), "title"), plan.combo(), adjust);
  const auto all = scenario::all();
  if (adjust != 0) {
    const auto here = std::find(all.begin(), all.end(), &context.session.scenario()) - all.begin();
    const auto size = static_cast<std::ptrdiff_t>(all.size());
    context.ui.push("scenario", std::string(all[static_cast<std::size_t>((here + adjust + size) % size)]->id));
  }
  if (!open) return;
  for (const scenario::Scenario* scenario : all)
    if (combo_row(context.ui, scenario_text(*scenario, "title"), scenario_text(*scenario, "promise"),
                  scenario == &context.session.scenario()))
      context.ui.push("scenario", std::string(scenario->id));
  end_combo();
}

// "EN · 中文": both names always stand there, so that neither audience has to read the other's to find its own.
void draw_language(Context& context) {
  const Hit area = hit(context.ui, "language", {language_width(), px(30)});
  if (area.clicked) context.ui.push("language");
  tooltip(title_of("language") + "  [Ctrl+L]");
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (area.hovered) list->AddRectFilled(area.min, area.max, palette().hover, px(6));
  const bool english = i18n::language() == i18n::Language::english;
  float x = area.min.x + px(12);
  for (const auto& [text, on] :
       {std::pair("EN", english), std::pair(" · ", false), std::pair(chinese_name(), !english)}) {
    draw_text_in(list, Font::body, x, area.min.y, area.max.x, area.max.y, on ? palette().text : palette().text_dim,
                 text);
    x += text_width(Font::body, text);
  }
  draw_focus(area, px(6));
}

// Of the item before it.
void note_anchor(Context& context, session::Anchor anchor) {
  const ImVec2 min = ImGui::GetItemRectMin(), max = ImGui::GetItemRectMax();
  context.ui.tour.note(anchor, min.x, min.y, max.x, max.y);
}

// One line of the gear's menu: a command with its key; a rule for none.
void draw_menu_row(Context& context, std::string_view id, float width) {
  const session::Command* command = session::find_command(id);
  if (command == nullptr) {
    ImGui::Dummy({width, px(3)});
    const ImVec2 at = ImGui::GetItemRectMin();
    ImGui::GetWindowDrawList()->AddLine({at.x, at.y + px(1)}, {at.x + width, at.y + px(1)}, palette().line);
    return;
  }
  const bool enabled = command->enabled(context);
  const Hit row = hit(context.ui, std::string(id).c_str(), {width, px(28)}, enabled);
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (row.hovered) list->AddRectFilled(row.min, row.max, palette().hover, px(4));
  const float faint = enabled ? 1.0f : 0.45f;
  if (command->checked != nullptr && command->checked(context))
    draw_icon(list, Icon::check, {row.min.x + px(14), row.center_y()}, px(10), palette().accent_text);
  const std::string shortcut = to_string(command->shortcut);
  const float keys_at = row.max.x - px(12) - text_width(Font::small, shortcut);
  draw_text_in(list, Font::body, row.min.x + px(28), row.min.y, keys_at - px(8), row.max.y,
               platform::with_alpha(palette().text, faint), title_of(id));
  draw_text_in(list, Font::small, keys_at, row.min.y, row.max.x, row.max.y,
               platform::with_alpha(palette().text_dim, faint), shortcut);
  draw_focus(row, px(4));
  if (!row.clicked) return;
  context.ui.push(std::string(id));
  // Sizes are tried out several at a time; whatever else was chosen is done.
  if (!id.starts_with("text.")) ImGui::CloseCurrentPopup();
}

// The gear: what has no room in the strip, then text size, panels, keys.
void draw_settings(Context& context, const Plan& plan) {
  const Hit area = hit(context.ui, "settings", {px(32), px(30)});
  tooltip(tr("toolbar.settings"));
  ImDrawList* list = ImGui::GetWindowDrawList();
  const bool open = ImGui::IsPopupOpen("settings-menu");
  if (area.hovered || open) list->AddRectFilled(area.min, area.max, palette().hover, px(6));
  draw_icon(list, Icon::gear, {(area.min.x + area.max.x) / 2, area.center_y()}, px(17),
            area.hovered || open ? palette().text : palette().text_dim);
  draw_focus(area, px(6));
  note_anchor(context, session::Anchor::help);
  if (area.clicked && !open) ImGui::OpenPopup("settings-menu");

  const float width = std::min(px(300), ImGui::GetIO().DisplaySize.x - px(24));
  ImGui::SetNextWindowPos({std::max(px(4), area.max.x - width - px(8)), area.max.y + px(8)});
  ImGui::SetNextWindowSizeConstraints(
      {0, 0}, {width + px(16), std::max(px(120), ImGui::GetIO().DisplaySize.y - area.max.y - px(16))});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(4), px(4)));
  const bool visible = ImGui::BeginPopup("settings-menu");
  ImGui::PopStyleVar();
  if (!visible) return;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, px(2)));
  note_list(context.ui);
  if (!plan.walks())
    for (const char* id : {"hold", "step", "theme", ""}) draw_menu_row(context, id, width);
  if (!plan.axis())
    for (const char* id : {"pace.real", "pace.slow", "pace.step", "", "axis.time", "axis.order", "fit", "follow", ""})
      draw_menu_row(context, id, width);
  if (!plan.files())
    for (const char* id : {"open", "save", "language", ""}) draw_menu_row(context, id, width);
  for (const char* id : {"text.larger", "text.smaller", "text.normal", "", "panel.left", "panel.right", "panel.bottom",
                         "present", "", "find", "notes", "measure", "gallery", "", "captions", "keys.shown", "pointer", "lens", "vision", "motion", "", "reopen", "compare.runs", "compare.rounds", "", "replay", "screenshot", "film.record", "tour", "keys", "", "predict", "lesson", "glossary"})
    draw_menu_row(context, id, width);
  ImGui::PopStyleVar();
  ImGui::EndPopup();
}

void draw_axis(Context& context, const Plan& plan) {
  ImGui::SameLine(0, px(16));
  if (plan.labels()) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const char* text = tr("toolbar.axis");
    const float width = text_width(Font::small, text);
    draw_text_in(ImGui::GetWindowDrawList(), Font::small, at.x, at.y, at.x + width + 1, at.y + px(30),
                 palette().text_dim, text);
    ImGui::Dummy({width, px(30)});
    ImGui::SameLine();
  }
  segmented(context, {"axis.time", "axis.order"});
  ImGui::SameLine();
  command_button(context, "fit", plan.fit());
  ImGui::SameLine();
  command_button(context, "follow", plan.follow());
}

// Operations a second, in even steps of the ratio: 1 to 5 takes as much room as 10 to 50.
void draw_rate(Context& context) {
  const Hit area = hit(context.ui, "pace.rate", {px(kRateWidth), px(30)});
  tooltip(title_of("pace.rate"));
  const int rate = context.session.rate();
  const float from = area.min.x + px(6), to = from + px(44);
  const float most = std::log(static_cast<float>(supervisor::kMaxRate));
  if (area.held) {
    const float share = std::clamp((ImGui::GetIO().MousePos.x - from) / (to - from), 0.0f, 1.0f);
    const int wanted = static_cast<int>(std::lround(std::exp(share * most)));
    if (wanted != rate) context.ui.push("pace.rate", std::to_string(wanted));
  }
  if (area.adjust != 0) context.ui.push("pace.rate", area.adjust > 0 ? "+1" : "-1");
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float at = from + (to - from) * std::log(static_cast<float>(rate)) / most;
  list->AddLine({from, area.center_y()}, {to, area.center_y()}, palette().line, px(3));
  list->AddLine({from, area.center_y()}, {at, area.center_y()}, palette().accent_text, px(3));
  list->AddCircleFilled({at, area.center_y()}, px(area.hovered || area.held ? 7 : 6), palette().accent_text);
  draw_text_in(list, Font::small, to + px(10), area.min.y, area.max.x, area.max.y, palette().text,
               tr("toolbar.rate", fmt::arg("rate", rate)));
  draw_focus(area, px(6));
}

void draw_pace(Context& context, const Plan& plan) {
  ImGui::SameLine(0, px(16));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  segmented(context, {"pace.real", "pace.slow", "pace.step"});
  context.ui.tour.note(session::Anchor::pace, at.x, at.y, ImGui::GetItemRectMax().x, ImGui::GetItemRectMax().y);
  if (!plan.rate) return;
  ImGui::SameLine();
  draw_rate(context);
}

}  // namespace

void draw_toolbar(Context& context) {
  const float width = ImGui::GetWindowWidth();
  const Plan plan = plan_for(width, context.session.pace() == supervisor::Pace::slow);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(kGap), 0));
  ImGui::SetCursorPos({plan.margin(), px(11)});
  if (plan.walks()) {
    draw_brand(plan);
    ImGui::SameLine();
  }
  draw_scenario_list(context, plan);
  ImGui::SameLine(0, px(12));
  command_button(context, "run", plan.run());
  note_anchor(context, session::Anchor::run);
  ImGui::SameLine();
  command_button(context, "stop", plan.stop());
  if (plan.walks()) {
    ImGui::SameLine();
    command_button(context, "hold", plan.hold());
    ImGui::SameLine();
    command_button(context, "step", plan.step());
  }
  if (plan.axis()) draw_pace(context, plan);
  if (plan.axis()) draw_axis(context, plan);
  ImGui::SameLine();
  ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), width - plan.margin() - right_width(plan)));
  if (plan.files()) {
    if (plan.records) {
      command_button(context, "film.record", plan.record());
      ImGui::SameLine(0, px(4));
    }
    command_button(context, "open", plan.file());
    ImGui::SameLine(0, px(4));
    command_button(context, "save", plan.file());
    ImGui::SameLine(0, px(4));
    draw_language(context);
    ImGui::SameLine(0, px(4));
  }
  if (plan.walks()) {
    command_button(context, "theme", kTheme);
    ImGui::SameLine(0, px(4));
  }
  draw_settings(context, plan);
  ImGui::PopStyleVar();
}

// Presenting: the lesson's name, and how to get back. What is to be told stands in the place of its promise: the stage stays as it is.
void draw_presentation_bar(Context& context) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetWindowPos();
  const ImVec2 size = ImGui::GetWindowSize();
  const std::string title = scenario_text(context.session.scenario(), "title");
  const std::string leave =
      context.ui.filmed ? std::string() : tr("presentation.leave", fmt::arg("key", to_string(session::find_command("present")->shortcut)));
  const float right = start.x + size.x - px(kMargin) - recording_width(context);
  const float leave_at = right - text_width(Font::small, leave), end = leave_at - px(16);
  const float x = start.x + px(kMargin), next = x + text_width(Font::title, title) + px(16);
  const bool told = !context.session.notice().empty() && context.ui.dialog == session::Dialog::none && !context.ui.filmed;
  const float words = told ? std::clamp(next, x, std::max(x, end - std::min(px(360), size.x * 0.5f))) : next;  // a long name gives way
  draw_text_in(list, Font::title, x, start.y, told ? words - px(16) : leave_at, start.y + size.y, palette().text, title);
  if (told) {
    constexpr ImGuiWindowFlags kStill = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav;
    ImGui::SetCursorScreenPos({words, start.y});
    if (ImGui::BeginChild("notice", {std::max(1.0f, end - words), size.y}, false, kStill)) draw_notice(context);
    ImGui::EndChild();
  } else {
    draw_text_in(list, Font::body, next, start.y, end, start.y + size.y, palette().text_dim, scenario_text(context.session.scenario(), "promise"));
  }
  draw_text_in(list, Font::small, leave_at, start.y, right + 1, start.y + size.y, palette().text_dim, leave);
}

}  // namespace forklight::app::panels
