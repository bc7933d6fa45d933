// The page of the lesson at hand: what it promises, what to watch for, what must be true of it, and the facts that it shows.
#include <algorithm>

#include "app/i18n/facts.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using scenario::Verdict;

void claim_line(Context& context, const session::ClaimState& claim) {
  const std::string text = tr("scenario." + std::string(context.session.scenario().id) + ".claim." + std::string(claim.id));
  const float width = ImGui::GetContentRegionAvail().x, indent = px(24);
  const std::vector<std::string_view> lines = wrap(Font::body, text, width - indent);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Icon sign = claim.verdict == Verdict::held ? Icon::check : claim.verdict == Verdict::broken ? Icon::cross : Icon::dots;
  const Color ink = platform::readable(claim.verdict == Verdict::held ? palette().ok : claim.verdict == Verdict::broken ? palette().error : palette().text_dim, palette().panel);
  ImGui::Dummy({width, std::max(1.0f, leading(Font::body) * static_cast<float>(lines.size()))});
  const ImVec2 below = ImGui::GetCursorScreenPos();
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_icon(list, sign, {at.x + px(8), at.y + line_height(Font::body) / 2}, px(11), ink);
  draw_lines(list, Font::body, {at.x + indent, at.y}, palette().text, lines);
  mark_terms(context.ui, Font::body, {at.x + indent, at.y}, lines);
  ImGui::SetCursorScreenPos(below);
}

}  // namespace

void draw_lesson(Context& context) {
  UiState& ui = context.ui;
  const std::string id(context.session.scenario().id), base = "scenario." + id;
  label(Font::small, palette().text_dim, tr("group." + std::string(context.session.scenario().group)));
  paragraph(Font::title, palette().text, tr(base + ".title"));
  if (ImGui::BeginChild("page", {0, std::min(px(420), std::max(px(60), ImGui::GetIO().DisplaySize.y - px(190)))}, false, ImGuiWindowFlags_NoBackground)) {
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(8), px(5)));
    paragraph_with_terms(ui, Font::body, palette().text, tr(base + ".promise"));
    if (i18n::has(base + ".watch")) {
      section_title(tr("scenarios.watch"));
      paragraph_with_terms(ui, Font::body, palette().text, tr(base + ".watch"));
    }
    section_title(tr("claims.title"));
    for (const session::ClaimState& claim : context.session.claims()) claim_line(context, claim);
    bool any = false;
    for (const i18n::Fact& fact : i18n::facts()) {
      if (std::find(fact.lessons.begin(), fact.lessons.end(), id) == fact.lessons.end()) continue;
      if (!std::exchange(any, true)) section_title(tr("lesson.facts"));
      ImGui::PushID(fact.number.c_str());
      paragraph_with_facts(ui, Font::body, palette().text_dim, fact.number + "  " + tr("fact." + fact.number + ".title"), session::FactAtHand::Where::nowhere);
      ImGui::PopID();
    }
    ImGui::PopStyleVar();
  }
  ImGui::EndChild();
  const float close = text_width(Font::strong, tr("dialog.close")) + px(32);
  ImGui::SetCursorPosX(std::max(px(16), ImGui::GetWindowWidth() - px(16) - close));
  if (dialog_button(ui, "close", tr("dialog.close"), ButtonStyle::plain)) ui.dialog = session::Dialog::none;
}

}  // namespace forklight::app::panels
