// "What do I think I know?": the dialog of the quiz. It asks; a real run answers; what was right and what was not stands above it all.
#include "app/session/quiz.h"

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/choices.h"
#include "app/panels/panels.h"
#include "app/session/question_words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::QuizItem;
using session::QuizState;
using Phase = QuizState::Phase;

// A square for each question: what was said last to it.
void draw_board(const Context& context) {
  const QuizState& quiz = context.ui.quiz;
  const auto items = session::quiz_items();
  const platform::Palette& colors = palette();
  const float size = px(14), step = px(18), room = ImGui::GetContentRegionAvail().x;
  const auto in_a_row = std::max<std::size_t>(1, static_cast<std::size_t>((room + px(4)) / step));
  const std::size_t rows = (items.size() + in_a_row - 1) / in_a_row;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::Dummy({room, step * static_cast<float>(std::max<std::size_t>(1, rows))});
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ImVec2 min(at.x + step * static_cast<float>(i % in_a_row), at.y + step * static_cast<float>(i / in_a_row));
    const ImVec2 max(min.x + size, min.y + size), center(min.x + size / 2, min.y + size / 2);
    const auto record = quiz.records.find(items[i].key);
    list->AddRectFilled(min, max, colors.panel_raised, px(3));
    if (record != quiz.records.end()) {
      const bool right = record->second.last_right;
      const Color ink = platform::readable(right ? colors.ok : colors.error, colors.panel_raised);
      draw_icon(list, right ? Icon::check : Icon::cross, center, px(9), ink);
    }
    if (quiz.at == i) platform::compat::rect(list, min, max, colors.accent_text, px(3), px(1.5f));
  }
}

std::string head_of(const QuizState& quiz, const QuizItem& item) {
  const std::string place = tr("quiz.head", fmt::arg("number", *quiz.at + 1), fmt::arg("of", session::quiz_items().size()));
  const auto record = quiz.records.find(item.key);
  const bool again = quiz.phase == Phase::asking && record != quiz.records.end() && !record->second.last_right;
  return again ? place + tr("quiz.again") : place;
}

// At the right end of the line, as many as fit.
void buttons(Context& context, bool next, bool show) {
  UiState& ui = context.ui;
  ImGui::Dummy({1, px(4)});
  if (next) {
    if (dialog_button(ui, "next", tr("quiz.button.next"), ButtonStyle::run)) ui.push("quiz.next");
    ImGui::SameLine();
  }
  if (show) {
    if (dialog_button(ui, "show", tr("quiz.button.show"), ButtonStyle::plain)) ui.push("quiz.show");
    ImGui::SameLine();
  }
  const float close = text_width(Font::strong, tr("quiz.button.close")) + px(32);
  if (ImGui::GetContentRegionAvail().x < close) ImGui::NewLine();
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0f, ImGui::GetContentRegionAvail().x - close));
  if (dialog_button(ui, "close", tr("quiz.button.close"), ButtonStyle::plain)) ui.push("quiz");
}

void draw_verdict(Context& context, const QuizItem& item, const session::QuestionWords& words) {
  const QuizState& quiz = context.ui.quiz;
  const platform::Palette& colors = palette();
  ImGui::Dummy({1, px(2)});
  if (!quiz.was) {
    signed_line(Icon::dots, colors.text_dim, Font::strong, colors.text, tr("predict.unknown"));
    return;
  }
  const auto truth = scenario::place_of(*item.question, quiz.was->choice);
  const bool right = truth == quiz.said;
  const Color ink = platform::readable(right ? colors.ok : colors.error, colors.panel);
  signed_line(right ? Icon::check : Icon::cross, ink, Font::strong, ink, tr(right ? "quiz.right" : "quiz.wrong", fmt::arg("title", tr(fmt::format("scenario.{}.title", item.scenario->id)))));
  if (truth) paragraph_with_facts(context.ui, Font::body, colors.text, words.why(*item.question, *truth), session::FactAtHand::Where::nowhere);
}

void draw_item(Context& context, const QuizItem& item) {
  UiState& ui = context.ui;
  const QuizState& quiz = ui.quiz;
  const scenario::Settings settings(item.scenario->parameters);
  const session::QuestionWords words{*item.scenario, settings};
  label(Font::small, platform::readable(palette().accent_text, palette().panel), head_of(quiz, item));
  paragraph(Font::title, palette().text, words.question(*item.question));
  ImGui::Dummy({1, px(2)});
  const auto truth = quiz.phase == Phase::told && quiz.was ? scenario::place_of(*item.question, quiz.was->choice) : std::nullopt;
  const float width = ImGui::GetContentRegionAvail().x;
  for (std::size_t i = 0; i < item.question->choices.size(); ++i) {
    ChoiceLook look;
    look.open = quiz.phase == Phase::asking;
    look.chosen = !look.open && i == quiz.said;
    if (truth) look.mark = i == *truth ? ChoiceLook::Mark::right : look.chosen ? ChoiceLook::Mark::wrong : ChoiceLook::Mark::none;
    if (choice_row(ui, i, words.choice(*item.question, i), width, look).clicked) ui.push("quiz.answer", std::to_string(i + 1));
  }
  switch (quiz.phase) {
    case Phase::asking:
      paragraph(Font::small, palette().text_dim, tr("quiz.hint"));
      if (!context.session.notice().empty()) paragraph(Font::body, platform::readable(palette().warning, palette().panel), context.session.notice());
      buttons(context, false, false);
      break;
    case Phase::seeing:
      paragraph(Font::small, palette().text_dim, tr("quiz.seeing"));
      buttons(context, false, false);
      break;
    case Phase::told:
      draw_verdict(context, item, words);
      buttons(context, true, quiz.was.has_value() && quiz.was->task != 0 && context.session.run_number() == quiz.run);
      break;
  }
}

}  // namespace

void draw_quiz(Context& context) {
  UiState& ui = context.ui;
  const auto items = session::quiz_items();
  label(Font::title, palette().text, tr("quiz.title"));
  const session::QuizScore score = session::score_of(ui.quiz.records);
  paragraph(Font::small, palette().text_dim, tr("quiz.score", fmt::arg("right", score.right), fmt::arg("wrong", score.wrong), fmt::arg("open", score.open)));
  draw_board(context);
  ImGui::Dummy({1, px(4)});
  if (ui.quiz.at && *ui.quiz.at < items.size()) {
    draw_item(context, items[*ui.quiz.at]);
    return;
  }
  paragraph(Font::body, palette().text, tr("quiz.all_right"));
  ImGui::Dummy({1, px(4)});
  if (dialog_button(ui, "anew", tr("quiz.button.anew"), ButtonStyle::plain)) ui.push("quiz.anew");
  ImGui::SameLine();
  buttons(context, false, false);
}

}  // namespace forklight::app::panels
