// Facts: their numbers as links in running text, and the dialog that tells what one says.
#include <algorithm>

#include "app/i18n/facts.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using i18n::Fact;
using i18n::tr;
using platform::palette;
using session::FactAtHand;

constexpr float kLabel = 150;  // points

std::string title_of_fact(const Fact& fact) { return tr("fact." + fact.number + ".title"); }

// One number in a line that begins at `at`.
void draw_link(UiState& ui, Font font, ImVec2 at, std::string_view line, std::string_view number, const Fact& fact) {
  const float x = at.x + text_width(font, line.substr(0, static_cast<std::size_t>(number.data() - line.data())));
  const float width = text_width(font, number), height = leading(font);
  ImGui::SetCursorScreenPos({x, at.y});
  const Hit link = hit(ui, fact.number.c_str(), {width, height});
  if (link.clicked) ui.push("fact", fact.number);
  const session::Command* command = session::find_command("fact");
  tooltip(title_of_fact(fact) + "\n" + tr("fact.open", fmt::arg("key", command == nullptr ? std::string() : session::to_string(command->shortcut))));
  const Color ink = platform::readable(palette().accent_text, palette().panel);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float below = at.y + line_height(font) + px(1);
  draw_text(list, font, {x, at.y}, ink, number);
  list->AddLine({x, below}, {x + width, below}, platform::with_alpha(ink, link.hovered ? 1.0f : 0.6f), px(1));
  draw_focus(link, px(2));
}

// "Python   3.2 and later", the second part as long as it likes.
void row(UiState& ui, const char* what, const std::string& text) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room = ImGui::GetContentRegionAvail().x, label_width = std::min(px(kLabel), room * 0.4f);
  draw_text_in(ImGui::GetWindowDrawList(), Font::body, at.x, at.y, at.x + label_width - px(8), at.y + line_height(Font::body), palette().text_dim, what);
  ImGui::SetCursorScreenPos({at.x + label_width, at.y});
  ImGui::BeginGroup();
  paragraph_with_facts(ui, Font::body, palette().text, text, FactAtHand::Where::nowhere);
  ImGui::EndGroup();
}

std::string lesson_titles(const Fact& fact) {
  std::string text;
  for (const std::string& id : fact.lessons) text += (text.empty() ? "" : tr("fact.comma")) + std::string(tr("scenario." + id + ".title"));
  return text;
}

}  // namespace

void paragraph_with_facts(UiState& ui, Font font, Color color, std::string_view text, FactAtHand::Where where, float room, bool terms) {
  const float width = room > 0 ? room : ImGui::GetContentRegionAvail().x;
  const std::vector<std::string_view> lines = wrap(font, text, width);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  draw_lines(ImGui::GetWindowDrawList(), font, origin, color, lines);
  ImGui::PushID(static_cast<int>(where));  // never by the text: it may tell a time, and another one in each frame
  ImVec2 at = origin;
  int count = 0;
  for (const std::string_view line : lines) {
    for (const std::string_view number : i18n::cited(line)) {
      const Fact* fact = i18n::find_fact(number);
      if (fact == nullptr) continue;
      ui.note_fact(where, number);
      ImGui::PushID(count++);
      draw_link(ui, font, at, line, number, *fact);
      ImGui::PopID();
    }
    at.y += leading(font);
  }
  ImGui::PopID();
  if (terms) mark_terms(ui, font, origin, lines);
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({std::max(1.0f, width), std::max(1.0f, at.y - origin.y)});
}

void draw_fact(Context& context) {
  UiState& ui = context.ui;
  const Fact* fact = i18n::find_fact(ui.fact);
  if (fact == nullptr) {
    ui.dialog = session::Dialog::none;
    return;
  }
  label(Font::body, palette().text_dim, tr("fact.number", fmt::arg("number", fact->number)));
  paragraph(Font::title, palette().text, title_of_fact(*fact));
  ImGui::Dummy({1, px(2)});
  paragraph_with_facts(ui, Font::body, palette().text, tr("fact." + fact->number + ".text"), FactAtHand::Where::nowhere);
  ImGui::Dummy({1, px(6)});
  row(ui, tr("fact.python"), i18n::fact_versions(*fact));
  row(ui, tr("fact.found"), i18n::fact_proof(*fact));
  if (!fact->lessons.empty()) row(ui, tr("fact.lessons"), lesson_titles(*fact));
  if (fact->number.starts_with('G')) {
    ImGui::Dummy({1, px(2)});
    paragraph(Font::small, palette().text_dim, tr("fact.model"));
  }
  ImGui::Dummy({1, px(6)});
  const auto all = i18n::facts();
  const auto count = all.size(), place = static_cast<std::size_t>(fact - all.data());
  if (dialog_button(ui, "previous", tr("fact.previous"), ButtonStyle::plain)) ui.fact = all[(place + count - 1) % count].number;
  ImGui::SameLine();
  if (dialog_button(ui, "next", tr("fact.next"), ButtonStyle::plain)) ui.fact = all[(place + 1) % count].number;
  ImGui::SameLine();
  const float close = text_width(Font::strong, tr("dialog.close")) + px(32);
  ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), ImGui::GetWindowWidth() - px(16) - close));
  if (dialog_button(ui, "close", tr("dialog.close"), ButtonStyle::plain)) ui.dialog = session::Dialog::none;
}

}  // namespace forklight::app::panels
