// What the learner can lay a hand on while a run goes on: queues, events and pipes, each with what can be done to it.
#include <algorithm>
#include <vector>

#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using trace::ObjectKind;

constexpr float kRow = 30, kMargin = 12, kName = 140;

// The commands that an object takes.
std::vector<const char*> acts_on(const timeline::Object& object) {
  switch (object.kind) {
    case ObjectKind::queue:
    case ObjectKind::joinable_queue:
      return {"object.put"};
    case ObjectKind::event:
      return {"object.set", "object.clear"};
    case ObjectKind::pipe:
      return {"object.close.first", "object.close.second"};
    default:
      return {};
  }
}

std::vector<const timeline::Object*> within_reach(const Context& context) {
  std::vector<const timeline::Object*> objects;
  if (!context.session.live()) return objects;
  for (const timeline::Object& object : context.session.model().objects()) {
    if (!object.internal() && !acts_on(object).empty()) objects.push_back(&object);
  }
  constexpr std::size_t kMost = 4;  // the panel is for processes first
  objects.resize(std::min(objects.size(), kMost));
  return objects;
}

}  // namespace

void draw_objects(Context& context) {
  for (const timeline::Object* object : within_reach(context)) {
    ImGui::PushID(static_cast<int>(object->id));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_text_in(ImGui::GetWindowDrawList(), Font::strong, at.x + px(kMargin), at.y, at.x + px(kName), at.y + px(kRow), platform::palette().text,
                 object->name);
    ImGui::SetCursorScreenPos({at.x + px(kName + kMargin), at.y + px(1)});
    for (const char* act : acts_on(*object)) {
      command_button(context, act, {.icon = Icon::none, .show_label = true, .show_hint = false, .style = ButtonStyle::quiet}, object->name);
      ImGui::SameLine();
    }
    ImGui::SetCursorScreenPos({at.x, at.y + px(kRow)});
    ImGui::PopID();
  }
}

}  // namespace forklight::app::panels
