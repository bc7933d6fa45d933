// The glossary: terms with dots below them wherever they come up, and the list of all of them.
#include "app/i18n/glossary.h"

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/session/palette.h"
#include "app/timeline/shapes.h"

namespace forklight::app::panels {
namespace {

using i18n::Term;
using i18n::tr;
using platform::palette;

constexpr float kListHeight = 400, kMargin = 12;  // points

// What fits the letters: by its name best, by its other forms, and by its meaning least.
std::vector<const Term*> found_terms(const std::string& typed) {
  struct Found {
    const Term* term;
    int score;
  };
  constexpr int kOfForms = 12, kOfText = 40;
  std::vector<Found> found;
  for (const Term& term : i18n::terms()) {
    const auto by_name = session::fuzzy_score(typed, i18n::term_name(term)), by_forms = session::fuzzy_score(typed, tr("glossary." + term.id + ".words"));
    const std::string text = tr("glossary." + term.id + ".text");
    std::optional<int> score = std::max(by_name, by_forms ? std::optional(*by_forms - kOfForms) : std::nullopt);
    if (!score && text.find(typed) != std::string::npos) score = -kOfText;
    if (score) found.push_back({&term, *score});
  }
  if (typed.empty())
    std::stable_sort(found.begin(), found.end(), [](const Found& x, const Found& y) {
      const std::string left = i18n::term_name(*x.term), right = i18n::term_name(*y.term);
      const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
      return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(), [&](char a, char b) { return lower(a) < lower(b); });
    });
  else
    std::stable_sort(found.begin(), found.end(), [](const Found& x, const Found& y) { return x.score > y.score; });
  std::vector<const Term*> terms;
  for (const Found& one : found) terms.push_back(one.term);
  return terms;
}

void draw_term(UiState& ui, const Term& term, int index) {
  const float width = ImGui::GetContentRegionAvail().x, inner = width - px(2 * kMargin);
  const std::string text = i18n::term_text(term);
  const float height = leading(Font::strong) + leading(Font::body) * static_cast<float>(wrap(Font::body, text, inner).size()) + px(14);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const bool chosen = index == ui.glossary.at;
  if (chosen) {
    list->AddRectFilled(at, {at.x + width, at.y + height}, palette().selected, px(4));
    list->AddRectFilled(at, {at.x + px(3), at.y + height}, palette().accent, px(1));
  }
  draw_text(list, Font::strong, {at.x + px(kMargin), at.y + px(6)}, palette().text, i18n::term_name(term));
  ImGui::SetCursorScreenPos({at.x + px(kMargin), at.y + px(6) + leading(Font::strong)});
  ImGui::PushID(index);
  paragraph_with_facts(ui, Font::body, palette().text_dim, text, session::FactAtHand::Where::nowhere, inner, false);
  ImGui::PopID();
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, height});
  if (ImGui::IsItemHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) ui.glossary.at = index;
  if (chosen && ui.glossary.moved) {
    ImGui::SetScrollHereY(0.5f);
    ui.glossary.moved = false;
  }
}

}  // namespace

void mark_terms(UiState& ui, Font font, ImVec2 at, const std::vector<std::string_view>& lines, bool click_opens) {
  if (lines.empty()) return;
  // The lines are parts of one text: a term may go on in the next one, and each is marked once in all of it.
  const char* const begin = lines.front().data();
  const std::string_view text(begin, static_cast<std::size_t>(lines.back().data() + lines.back().size() - begin));
  const ImVec2 cursor = ImGui::GetCursorScreenPos();
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (const i18n::FoundTerm& found : i18n::terms_in(text)) {
    const char *first = found.words.data(), *last = first + found.words.size();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const char *from = std::max(first, lines[i].data()), *to = std::min(last, lines[i].data() + lines[i].size());
      if (from >= to) continue;
      const float y = at.y + leading(font) * static_cast<float>(i);
      const float x0 = at.x + text_width(font, {lines[i].data(), from}), x1 = x0 + text_width(font, {from, to});
      const ImVec2 corner(x0, y), end(x1, y + line_height(font) + px(2));
      const bool hovered = ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(corner, end);
      timeline_view::dots(list, x0, x1, y + line_height(font) + px(1.5f), platform::with_alpha(hovered ? palette().accent_text : palette().text_dim, hovered ? 1.0f : 0.75f));
      if (!hovered) continue;
      ui.glossary.at_hand = found.term->id;
      ImGui::SetCursorScreenPos(corner);
      ImGui::Dummy({end.x - corner.x, end.y - corner.y});
      const session::Command* command = session::find_command("glossary");
      const std::string key = command == nullptr ? std::string() : session::to_string(command->shortcut);
      tooltip(i18n::term_name(*found.term) + "\n" + i18n::term_text(*found.term) + "\n" + tr(click_opens ? "glossary.open" : "glossary.by_key", fmt::arg("key", key)));
      if (click_opens && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) ui.push("glossary", found.term->id);
    }
  }
  ImGui::SetCursorScreenPos(cursor);
}

void paragraph_with_terms(UiState& ui, Font font, Color color, std::string_view text) {
  const std::vector<std::string_view> lines = wrap(font, text, ImGui::GetContentRegionAvail().x);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  paragraph(font, color, text);
  const ImVec2 below = ImGui::GetCursorScreenPos();
  mark_terms(ui, font, at, lines);
  ImGui::SetCursorScreenPos(below);
}

void draw_glossary(Context& context, bool fresh) {
  UiState& ui = context.ui;
  session::GlossaryState& state = ui.glossary;
  label(Font::title, palette().text, tr("command.glossary"));
  ImGui::SetNextItemWidth(-1);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(12), px(7)));
  if (fresh) ImGui::SetKeyboardFocusHere();
  before_field(ui, "##letters");
  if (ImGui::InputTextWithHint("##letters", tr("glossary.hint"), &state.entry)) {
    state.at = 0;
    state.moved = true;
  }
  after_field(ui, "##letters");
  ImGui::PopStyleVar();
  const std::vector<const Term*> found = found_terms(state.entry);
  const int count = static_cast<int>(found.size());
  if (!state.open_at.empty()) {
    const auto place = std::find_if(found.begin(), found.end(), [&](const Term* term) { return term->id == state.open_at; });
    if (place != found.end()) state.at = static_cast<int>(place - found.begin());
    state.open_at.clear();
    state.moved = true;
  }
  if (count > 0) state.at = (state.at + count) % count;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, px(2)));
  if (ImGui::BeginChild("terms", {0, std::min(px(kListHeight), std::max(px(80), ImGui::GetIO().DisplaySize.y - px(200)))}, false)) {
    for (int index = 0; index < count; ++index) draw_term(ui, *found[static_cast<std::size_t>(index)], index);
    if (count == 0) {
      ImGui::Dummy({1, px(6)});
      ImGui::Indent(px(kMargin));
      label(Font::body, palette().text_dim, tr("glossary.nothing"));
      ImGui::Unindent(px(kMargin));
    }
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
  if (!std::exchange(state.go, false) || count == 0) return;
  const Term& chosen = *found[static_cast<std::size_t>(state.at)];
  if (!chosen.facts.empty()) ui.push("fact", chosen.facts.front());
}

}  // namespace forklight::app::panels
