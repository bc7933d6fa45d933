// The menu of a task or a shared object: what the learner can do to it. By right click, or by key for what is selected.
#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/session/acts.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::Act;
using session::Acts;
using timeline_view::Drawn;

constexpr float kRow = 30, kLeast = 220, kSide = 12;

// Where the lane of a subject begins; the middle of the window for what has none in sight.
ImVec2 lane_place(const timeline_view::TimelineView& timeline, std::uint32_t subject) {
  for (const Drawn& drawn : timeline.drawn())
    if (drawn.what == Drawn::What::header && drawn.task == subject) return {drawn.x0 + px(40), (drawn.y0 + drawn.y1) / 2};
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  return {screen.x / 2, screen.y / 2};
}

float row_width(const timeline::Model& model, const Act& act) {
  const session::Command* command = session::find_command(act.command);
  const std::string key = command == nullptr ? std::string() : session::to_string(command->shortcut);
  return text_width(Font::body, act_words(model, act)) + px(2 * kSide) + (key.empty() ? 0 : text_width(Font::small, key) + px(24));
}

// Of its content.
ImVec2 size_of(const timeline::Model& model, const std::vector<Acts>& parts) {
  ImVec2 size(px(kLeast), 0);
  for (const Acts& part : parts) {
    size.y += px(kRow + 2);
    for (const Act& act : part.acts) {
      size.x = std::max(size.x, row_width(model, act));
      size.y += px(kRow + 2) * (act.command == "object.put" ? 2.2f : 1);
    }
  }
  return size;
}

void choose(UiState& ui, const Act& act) {
  ui.push(std::string(act.command), act.argument);
  ui.menu = {};
}

void draw_act(Context& context, const Act& act, float width) {
  const session::Command* command = session::find_command(act.command);
  if (command == nullptr) return;
  const bool enabled = act.possible && command->enabled(context);
  const Hit row = hit(context.ui, (std::string(act.command) + act.argument).c_str(), {width, px(kRow)}, enabled);
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (row.hovered || row.focused) list->AddRectFilled(row.min, row.max, palette().hover, px(4));
  const Color ink = enabled ? palette().text : platform::with_alpha(palette().text_dim, 0.7f);
  const std::string key = session::to_string(command->shortcut);
  const float keys = row.max.x - px(kSide) - text_width(Font::small, key);
  draw_text_in(list, Font::body, row.min.x + px(kSide), row.min.y, keys, row.max.y, ink,
               act_words(context.session.model(), act));
  draw_text_in(list, Font::small, keys, row.min.y, row.max.x, row.max.y, palette().text_dim, key);
  draw_focus(row, px(4));
  if (row.clicked && context.ui.menu.subject != 0) choose(context.ui, act);  // not twice
}

void draw_part(Context& context, const Acts& part, float width, bool fresh) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_text_in(list, Font::strong, at.x + px(kSide), at.y, at.x + width - px(kSide), at.y + px(kRow), palette().text_dim,
               timeline_view::name_words(context.session.model(), part.subject));
  ImGui::Dummy({width, px(kRow)});
  for (const Act& act : part.acts) {
    if (act.command == "object.put") {
      // One types and presses Enter; or presses the row.
      ImGui::SetCursorScreenPos({ImGui::GetCursorScreenPos().x + px(kSide), ImGui::GetCursorScreenPos().y});
      if (fresh && context.ui.menu.subject == part.subject) ImGui::SetKeyboardFocusHere();
      // Where a row has the keyboard, Enter is for that one.
      const session::Focus& focus = context.ui.focus;
      const ImGuiID field = ImGui::GetID("##value");
      const bool entered = value_entry(context.ui, width - px(2 * kSide)) || (focus.activate && focus.id == field);
      if (entered && act.possible && (focus.id == 0 || focus.id == field) && context.ui.menu.subject != 0) choose(context.ui, act);  // not twice
      ImGui::Dummy({width, px(4)});
    }
    draw_act(context, act, width);
  }
}

}  // namespace

std::string act_words(const timeline::Model& model, const Act& act) {
  if (act.of == 0) return title_of(act.command);
  // A pipe's ends have names, if it is not duplex.
  const timeline::Object* pipe = model.find_object(static_cast<timeline::ObjectId>(std::strtoul(act.argument.c_str(), nullptr, 10)));
  const bool first = act.command == "object.close.first", duplex = pipe != nullptr && pipe->size == 2;
  const char* key = duplex ? (first ? "menu.close.first" : "menu.close.second") : first ? "menu.close.reading" : "menu.close.writing";
  return tr(key, fmt::arg("name", timeline_view::name_words(model, act.of)));
}

bool value_entry(UiState& ui, float width) {
  ImGui::SetNextItemWidth(width);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(10), std::max(0.0f, (px(28) - line_height(Font::body)) / 2)));
  ImGui::PushStyleColor(ImGuiCol_FrameBg, palette().window);
  before_field(ui, "##value");
  const bool entered = ImGui::InputTextWithHint("##value", tr("menu.value"), &ui.value_entry,
                                                ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
  after_field(ui, "##value");
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  return entered;
}

void draw_menu(Context& context, const timeline_view::TimelineView& timeline) {
  UiState& ui = context.ui;
  if (ui.menu.subject == 0) return;
  const bool fresh = std::exchange(ui.menu.fresh, false);
  const timeline::Model& model = context.session.model();
  std::vector<Acts> parts = acts_on(context.session, ui.menu.subject);
  parts.resize(std::min<std::size_t>(parts.size(), 1));
  for (Acts& acts : acts_on(context.session, ui.menu.object)) parts.push_back(std::move(acts));
  const ImVec2 size = size_of(model, parts);
  if (fresh) {
    ImGui::OpenPopup("menu");
    const bool at_mouse = ui.menu.at_mouse && ImGui::IsMousePosValid();
    const ImVec2 wanted = at_mouse ? ImGui::GetIO().MousePos : lane_place(timeline, ui.menu.subject), screen = ImGui::GetIO().DisplaySize;
    // All of it in the window, whatever was clicked.
    ImGui::SetNextWindowPos({std::max(0.0f, std::min(wanted.x, screen.x - size.x - px(12))),
                             std::max(0.0f, std::min(wanted.y, screen.y - size.y - px(12)))});
  }
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(4), px(4)));
  const bool open = ImGui::BeginPopup("menu");
  ImGui::PopStyleVar();
  if (!open) {  // somebody has clicked beside it
    ui.menu = {};
    return;
  }
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, px(2)));
  ui.focus.order.clear();  // what is behind it is out of reach
  ui.focus.in_menu = true;
  for (const Acts& part : parts) {
    ImGui::PushID(static_cast<int>(part.subject));
    draw_part(context, part, size.x, fresh);
    ImGui::PopID();
  }
  if (fresh) ui.focus.id = ui.focus.order.empty() ? 0 : ui.focus.order.front();
  if (ui.menu.subject == 0 || parts.empty()) {
    ui.menu = {};
    ImGui::CloseCurrentPopup();
  }
  ImGui::PopStyleVar();
  ImGui::EndPopup();
}

}  // namespace forklight::app::panels
