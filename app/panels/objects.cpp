// What the learner can lay a hand on while a run goes on: queues, events and pipes, each with what can be done to it.
#include <algorithm>
#include <vector>

#include "app/panels/panels.h"
#include "app/session/acts.h"

namespace forklight::app::panels {
namespace {

constexpr float kRow = 30, kMargin = 12, kName = 140, kEntry = 90;
// The panel is for processes first: where it is low, the lanes' menus and the inspector have to do.
constexpr std::size_t kMost = 4;
constexpr float kProcesses = 150;  // points that stay for them

// The name: a click selects, a right click opens the menu, as everywhere.
void draw_name(Context& context, const timeline::Object& object) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Hit name = hit(context.ui, "name", {px(kName), px(kRow)});
  ImDrawList* list = ImGui::GetWindowDrawList();
  const bool selected = context.ui.selection.task == object.id;
  if (selected || name.hovered)
    list->AddRectFilled(name.min, name.max, selected ? platform::palette().selected : platform::palette().hover, px(4));
  draw_text_in(list, Font::strong, at.x + px(kMargin), at.y, at.x + px(kName), at.y + px(kRow), platform::palette().text,
               object.name);
  draw_focus(name, px(4));
  if (name.clicked) context.ui.push("select", std::to_string(object.id));
  menu_on_right_click(context.ui, object.id);
}

}  // namespace

void draw_acts(Context& context, const session::Acts& acts) {
  for (const session::Act& act : acts.acts) {
    if (act.command == "object.put") {
      if (value_entry(context.ui, px(kEntry)) && act.possible) context.ui.push(std::string(act.command), act.argument);
      ImGui::SameLine();
    }
    if (act.of != 0) {  // a pipe's: one for each process and end, which is a menu's length
      command_button(context, "menu", {Icon::none, true, false, ButtonStyle::quiet}, std::to_string(acts.subject));
      return ImGui::SameLine();
    }
    command_button(context, act.command, {Icon::none, true, false, ButtonStyle::quiet}, act.argument);
    ImGui::SameLine();
  }
}

void menu_on_right_click(UiState& ui, std::uint32_t subject) {
  if (!ImGui::IsItemClicked(ImGuiMouseButton_Right)) return;
  ui.selection = {subject, std::nullopt};
  ui.push("menu", std::to_string(subject));
}

void draw_objects(Context& context) {
  if (!context.session.live()) return;
  std::vector<const timeline::Object*> objects = session::objects_in_reach(context.session.model());
  const float spare = ImGui::GetContentRegionAvail().y - px(kProcesses);
  const auto room = static_cast<std::size_t>(std::max(0.0f, spare / px(kRow)));
  objects.resize(std::min({objects.size(), kMost, room}));
  for (const timeline::Object* object : objects) {
    ImGui::PushID(static_cast<int>(object->id));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_name(context, *object);
    ImGui::SetCursorScreenPos({at.x + px(kName + kMargin), at.y + px(1)});
    for (const session::Acts& acts : acts_on(context.session, object->id)) draw_acts(context, acts);
    ImGui::SetCursorScreenPos({at.x, at.y + px(kRow)});
    ImGui::PopID();
  }
}

}  // namespace forklight::app::panels
