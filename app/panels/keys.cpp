// Every key and every gesture, in groups; letters typed leave those that fit.
#include <algorithm>
#include <cctype>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/text.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;

constexpr float kRow = 28, kKeys = 124;  // points

struct Row {
  std::string keys, does;
};
struct Group {
  std::string title;
  std::vector<Row> rows;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Every word typed comes up in the keys, in what they do, or in the group's title.
bool fits(const Row& row, const std::string& title, std::string_view typed) {
  const std::string all = lower(row.keys + " " + row.does + " " + title);
  while (!typed.empty()) {
    const std::size_t end = std::min(typed.find(' '), typed.size());
    if (all.find(typed.substr(0, end)) == std::string::npos) return false;
    typed.remove_prefix(std::min(end + 1, typed.size()));
  }
  return true;
}

std::vector<Group> groups(const std::string& typed) {
  std::vector<Group> all;
  const auto add = [&](std::string_view name, std::vector<Row> rows) {
    Group group{tr("keys.group." + std::string(name)), {}};
    for (Row& row : rows)
      if (fits(row, group.title, typed)) group.rows.push_back(std::move(row));
    if (!group.rows.empty()) all.push_back(std::move(group));
  };
  for (const session::CommandGroup& one : session::command_groups()) {
    std::vector<Row> rows;
    for (const session::Command& command : one.commands)
      if (std::string keys = session::to_string(command.shortcut); !keys.empty()) rows.push_back({std::move(keys), title_of(command.id)});
    add(one.name, std::move(rows));
  }
  add("mouse", {{tr("keys.mouse.wheel"), tr("keys.mouse.wheel.does")},
                {tr("keys.mouse.wheel_lanes"), tr("keys.mouse.wheel_lanes.does")},
                {tr("keys.mouse.wheel_along"), tr("keys.mouse.wheel_along.does")},
                {tr("keys.mouse.drag"), tr("keys.mouse.drag.does")},
                {tr("keys.mouse.double"), tr("keys.mouse.double.does")},
                {tr("keys.mouse.right"), tr("keys.mouse.right.does")},
                {tr("keys.mouse.drop"), tr("keys.mouse.drop.does")},
                {"Tab", tr("keys.tab.does")},
                {"Enter", tr("keys.enter.does")},
                {"← →", tr("keys.arrows.does")}});
  return all;
}

float height_of(const Group& group) { return px(kRow) * static_cast<float>(group.rows.size() + 1) + px(12); }

// Two columns of about the same height; groups stay whole, and in their order.
std::size_t first_of_second(const std::vector<Group>& all) {
  float whole = 0, sum = 0;
  for (const Group& group : all) whole += height_of(group);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (sum + height_of(all[i]) / 2 > whole / 2) return std::max<std::size_t>(i, 1);
    sum += height_of(all[i]);
  }
  return all.size();
}

// Returns where the next one begins.
float draw_group(ImDrawList* list, const Group& group, float x, float y, float width) {
  draw_text_in(list, Font::strong, x, y, x + width, y + px(kRow), palette().accent_text, group.title);
  y += px(kRow);
  for (const Row& row : group.rows) {
    const float keys = text_width(Font::code, row.keys) + px(16);
    list->AddRectFilled({x, y + px(3)}, {x + keys, y + px(kRow - 3)}, palette().panel_raised, px(4));
    draw_text_in(list, Font::code, x + px(8), y, x + keys + 1, y + px(kRow), palette().text, row.keys);
    const float from = x + std::max(keys, px(kKeys)) + px(12), room = x + width - px(8) - from;
    draw_text_in(list, Font::body, from, y, x + width - px(8), y + px(kRow), palette().text, timeline_view::shortened(Font::body, row.does, room));
    y += px(kRow);
  }
  return y + px(12);
}

}  // namespace

void draw_keys(Context& context, bool fresh) {
  UiState& ui = context.ui;
  label(Font::title, palette().text, tr("dialog.keys.title"));
  if (fresh) {
    ui.audience.keys_entry.clear();
    ImGui::SetKeyboardFocusHere();
  }
  ImGui::SetNextItemWidth(-1);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(12), px(7)));
  before_field(ui, "##find");
  ImGui::InputTextWithHint("##find", tr("keys.find"), &ui.audience.keys_entry);
  after_field(ui, "##find");
  ImGui::PopStyleVar();
  const std::vector<Group> all = groups(lower(ui.audience.keys_entry));
  // As high with few as with many: the window stays where it is while letters are typed.
  if (ImGui::BeginChild("keys", {0, room_above_buttons(px(560))})) {
    if (const int lines = std::exchange(ui.audience.keys_scroll, 0); lines != 0) ImGui::SetScrollY(ImGui::GetScrollY() + px(kRow) * static_cast<float>(lines));
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool two = ImGui::GetContentRegionAvail().x > px(620);
    const float width = ImGui::GetContentRegionAvail().x / (two ? 2.0f : 1.0f);
    const std::size_t second = two ? first_of_second(all) : all.size();
    float left = at.y, right = at.y;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i < second)
        left = draw_group(list, all[i], at.x, left, width);
      else
        right = draw_group(list, all[i], at.x + width, right, width);
    }
    if (all.empty()) label(Font::body, palette().text_dim, tr("keys.nothing"));
    ImGui::Dummy({1, std::max(left, right) - at.y});
  }
  ImGui::EndChild();
  const float close = text_width(Font::strong, tr("dialog.close")) + px(32);
  ImGui::SetCursorPosX(std::max(px(16), ImGui::GetWindowWidth() - px(16) - close));
  if (dialog_button(ui, "close", tr("dialog.close"), ButtonStyle::plain)) ui.dialog = session::Dialog::none;
}

}  // namespace forklight::app::panels
