// Above the timeline while runs or rounds are compared: which ones, and the way back.
#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;

constexpr float kHeight = 30, kMargin = 12;

// A run that can be put in or taken out.
void draw_pick(Context& context, const session::EarlierRun& run, bool chosen) {
  const std::string text = timeline_view::run_words(run.number, run.scenario->id, run.file);
  ImGui::PushID(run.number);
  const Hit area = hit(context.ui, "pick", {text_width(Font::small, text) + px(36), px(kHeight)});
  ImGui::PopID();
  if (area.clicked) context.ui.push("compare.run", std::to_string(run.number));
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled({area.min.x, area.min.y + px(3)}, {area.max.x, area.max.y - px(3)}, chosen ? palette().accent : area.hovered ? palette().hover : palette().panel_raised, px(5));
  if (chosen) draw_icon(list, Icon::check, {area.min.x + px(14), area.center_y()}, px(9), palette().text);
  draw_text_in(list, Font::small, area.min.x + px(26), area.min.y, area.max.x, area.max.y, palette().text, text);
  draw_focus(area, px(5));
}

// That the lock in the lanes below is a model, and which facts it follows: before `right`, where there is room.
void draw_model(Context& context, float right) {
  const auto& gils = context.session.model().gils();
  if (gils.empty()) return;
  const std::string text = timeline_view::gil_model_short(gils.front().mode());
  const float left = right - px(10) - text_width(Font::small, text);
  if (left < ImGui::GetItemRectMax().x - ImGui::GetWindowPos().x + px(16)) return;
  ImGui::SetCursorPos({left, px(3) + (px(kHeight) - leading(Font::small)) / 2});
  paragraph_with_facts(context.ui, Font::small, palette().text_dim, text, session::FactAtHand::Where::tab);
}

}  // namespace

void draw_compare_bar(Context& context) {
  const bool runs = context.ui.compare == session::Compare::runs;
  const float width = ImGui::GetWindowWidth();
  const char* command = runs ? "compare.runs" : "compare.rounds";
  constexpr ButtonLook kClose{Icon::close, false, false, ButtonStyle::quiet};
  const float close_at = width - px(kMargin) - command_button_width(command, kClose);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(6), 0));
  ImGui::SetCursorPos({px(kMargin), px(3)});
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::string title = tr(runs ? "compare.pick" : "compare.rounds.title");
  const float named = std::min(text_width(Font::strong, title), std::max(px(20), close_at - px(kMargin)));
  draw_text_in(ImGui::GetWindowDrawList(), Font::strong, at.x, at.y, at.x + named, at.y + px(kHeight), palette().text, title);
  ImGui::Dummy({named, px(kHeight)});
  const auto& earlier = context.session.earlier();
  for (auto run = earlier.rbegin(); runs && run != earlier.rend(); ++run) {
    ImGui::SameLine();
    if (ImGui::GetCursorPosX() + px(120) > close_at) break;
    const auto& compared = context.ui.compared;
    draw_pick(context, *run, compared.empty() ? run == earlier.rbegin() : std::find(compared.begin(), compared.end(), run->number) != compared.end());
  }
  draw_model(context, close_at);
  ImGui::SetCursorPos({close_at, px(3)});
  command_button(context, command, kClose);
  ImGui::PopStyleVar();
}

}  // namespace forklight::app::panels
