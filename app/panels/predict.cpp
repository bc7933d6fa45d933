// Predict, then see: the card that asks, over the timeline, and the one that tells what was said and what was.
#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/choices.h"
#include "app/panels/panels.h"
#include "app/session/asking.h"
#include "app/session/question_words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::PredictState;
using session::Prediction;
using session::QuestionWords;

constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoNav;
constexpr float kPadding = 20, kGap = 8, kEdge = 3;  // points

// Of what is asked: the settings of the run that is on, or of the one that is to begin.
QuestionWords words_for(const Context& context) {
  const bool during = context.ui.predict.open == PredictState::When::during;
  return {context.session.scenario(), during ? context.session.run_settings() : context.session.settings()};
}

// The surface of the window that is drawn into. ImGui gives a child's own to its parent, below whatever else lies there.
void surface(Color fill, float rounding) {
  const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize(), end(at.x + size.x, at.y + size.y);
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->PushClipRect(at, end);
  list->AddRectFilled(at, end, fill, rounding);
  if (rounding > 0) platform::compat::rect(list, {at.x + 0.5f, at.y + 0.5f}, {end.x - 0.5f, end.y - 0.5f}, palette().accent_text, rounding, 1);
  list->PopClipRect();
}

// A window of its own over the others, with a rounded surface and an edge; what has no room in it scrolls, in a window within: a scrollbar lies on
// its window's own ground, below whatever is drawn there.
template <typename Draw>
void card(const char* id, ImVec2 at, ImVec2 size, Draw draw) {
  ImGui::SetCursorScreenPos(at);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  const bool visible = platform::compat::begin_child(id, size, false, kFlags | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar();
  if (visible) {
    surface(palette().panel, px(10));
    const float edge = px(kEdge);
    ImGui::SetCursorScreenPos({at.x + edge, at.y + edge});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(kPadding - kEdge), px(kPadding - 4 - kEdge)));
    const bool inner = platform::compat::begin_child("content", {size.x - 2 * edge, size.y - 2 * edge}, true, kFlags | ImGuiWindowFlags_NoBackground);
    ImGui::PopStyleVar();
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(kGap), px(kGap)));
    if (inner) draw();
    ImGui::PopStyleVar();
    ImGui::EndChild();
  }
  ImGui::EndChild();
}

// --- asking ----------------------------------------------------------------------------------------------------------

// A choice: its key, its words, and how many have said so.
void draw_choice(Context& context, std::size_t index, const std::string& text, float width) {
  const PredictState& predict = context.ui.predict;
  const int most = *std::max_element(predict.votes.begin(), predict.votes.end());
  ChoiceLook look;
  if (predict.class_votes && most > 0) {
    look.share = static_cast<float>(predict.votes[index]) / static_cast<float>(most);
    look.count = std::to_string(predict.votes[index]);
  }
  if (choice_row(context.ui, index, text, width, look).clicked) context.ui.push("predict.answer", std::to_string(index + 1));
}

std::string head_words(const Context& context) {
  if (context.ui.predict.open == PredictState::When::during) return tr("predict.head.during");
  const auto [number, of] = session::place_of_question(context);
  return of > 1 ? tr("predict.head.before", fmt::arg("number", number), fmt::arg("of", of)) : tr("predict.head.only");
}

struct Footer {
  const char *id, *text, *command;
  ButtonStyle style;
};

// What leads on: skipping, running at once, closing a vote. In as many rows as they take; without a list only measured.
float draw_footer(Context* context, const PredictState& predict, float width) {
  std::vector<Footer> buttons;
  if (predict.class_votes) buttons.push_back({"close", "predict.button.close", "predict.close", ButtonStyle::run});
  buttons.push_back({"skip", "predict.button.skip", "predict.skip", ButtonStyle::plain});
  if (predict.open == PredictState::When::before) buttons.push_back({"without", "predict.button.without", "predict.without", ButtonStyle::plain});
  buttons.push_back({"class", predict.class_votes ? "predict.button.alone" : "predict.button.class", "predict.class", ButtonStyle::plain});
  buttons.push_back({"never", "predict.button.never", "predict", ButtonStyle::plain});
  float x = 0;
  int rows = 1;
  for (const Footer& button : buttons) {
    const float needed = text_width(Font::strong, tr(button.text)) + px(32);
    if (x > 0 && x + needed > width) {
      x = 0;
      ++rows;
    }
    if (context != nullptr) {
      if (x > 0) ImGui::SameLine();
      if (dialog_button(context->ui, button.id, tr(button.text), button.style)) context->ui.push(button.command);
    }
    x += needed + px(kGap);
  }
  return static_cast<float>(rows) * px(32) + static_cast<float>(rows - 1) * px(kGap);
}

// Side by side where all of them are short.
std::size_t columns_for(const QuestionWords& words, const scenario::Question& question, float width) {
  const float half = (width - px(kGap)) / 2;
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    if (text_width(Font::body, words.choice(question, i)) + px(kChoiceKey + 64) > half) return 1;
  }
  return 2;
}

// How a question is laid out in a place.
struct QuestionLook {
  float width, inner, column, height;
  std::size_t columns;
  Font font;  // of what is asked
};

QuestionLook look_of(const Context& context, const QuestionWords& words, const scenario::Question& question, const char* hint, float room, Font font) {
  QuestionLook look{};
  look.font = font;
  look.width = std::min(px(640), room - px(24));
  look.inner = look.width - px(2 * kPadding) - px(2);
  look.columns = columns_for(words, question, look.inner);
  look.column = (look.inner - px(kGap) * static_cast<float>(look.columns - 1)) / static_cast<float>(look.columns);
  look.height = px(2 * (kPadding - 4)) + leading(Font::small) + text_height(font, words.question(question), look.inner) + text_height(Font::small, hint, look.inner) + px(5 * kGap) + draw_footer(nullptr, context.ui.predict, look.inner);
  for (std::size_t i = 0; i < question.choices.size(); i += look.columns) {
    float highest = 0;
    for (std::size_t j = i; j < std::min(i + look.columns, question.choices.size()); ++j) highest = std::max(highest, choice_height(words.choice(question, j), look.column));
    look.height += highest + px(kGap);
  }
  return look;
}

void draw_question(Context& context, ImVec2 min, ImVec2 max, const Prediction& open) {
  const QuestionWords words = words_for(context);
  const scenario::Question& question = *open.question;
  const PredictState& predict = context.ui.predict;
  const char* hint = tr(predict.class_votes ? "predict.hint.class" : "predict.hint.alone");
  const auto room_of = [&] { return max.y - min.y - px(16); };
  // Large text in a small window: smaller words before a choice is out of sight, and then the window's whole width.
  QuestionLook look = look_of(context, words, question, hint, max.x - min.x, Font::title);
  const bool during = predict.open == PredictState::When::during;
  if (look.height > room_of() * (during ? 0.5f : 1.0f)) look = look_of(context, words, question, hint, max.x - min.x, Font::strong);
  if (look.height > room_of()) {
    min.x = 0;
    max.x = ImGui::GetIO().DisplaySize.x;
    look = look_of(context, words, question, hint, max.x - min.x, Font::strong);
  }
  const float room = max.x - min.x, high = std::min(look.height, room_of());
  if (look.width < px(80) || high < px(60)) return;
  const auto draw = [&](ImVec2 at) {
    card("question", at, {look.width, high}, [&] {
      if (high == look.height) label(Font::small, platform::readable(palette().accent_text, palette().panel), head_words(context));
      const float scrollbar = high < look.height ? ImGui::GetStyle().ScrollbarSize : 0;
      const float column = look.column - scrollbar / static_cast<float>(look.columns);
      paragraph_with_terms(context.ui, look.font, palette().text, words.question(question));
      ImGui::Dummy({1, px(2)});
      for (std::size_t i = 0; i < question.choices.size(); ++i) {
        if (i % look.columns != 0) ImGui::SameLine();
        draw_choice(context, i, words.choice(question, i), column);
      }
      paragraph(Font::small, palette().text_dim, hint);
      draw_footer(&context, predict, look.inner - scrollbar);
    });
  };
  const float left = (min.x + max.x - look.width) / 2;
  // In the midst of a run it leaves the timeline in sight as far as it can.
  if (during) return draw({left, max.y - high - px(8)});
  // What is behind is dimmed, and out of reach.
  ImGui::SetCursorScreenPos(min);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  const bool visible = platform::compat::begin_child("asking", {room, max.y - min.y}, false, kFlags | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
  ImGui::PopStyleVar();
  if (visible) surface(platform::with_alpha(palette().window, 0.78f), 0);
  if (visible) draw({left, std::max(min.y + px(8), (min.y + max.y - high) / 2)});
  ImGui::EndChild();
}

// --- what came of it -------------------------------------------------------------------------------------------------

// "You said: …", "12 of 20 said: …".
std::string said_words(const QuestionWords& words, const Prediction& one) {
  const std::string choice = words.choice(*one.question, *one.said());
  if (one.count() == 1) return tr("predict.said", fmt::arg("choice", choice));
  return tr("predict.said.class", fmt::arg("choice", choice), fmt::arg("votes", one.votes[*one.said()]), fmt::arg("count", one.count()));
}

struct ResultText {
  std::string question, said, was, why;
};
ResultText text_of(const QuestionWords& words, const Prediction& one, bool live) {
  ResultText text{words.question(*one.question), said_words(words, one), {}, {}};
  const auto truth = one.truth();
  if (!truth) {
    text.why = tr(live ? "predict.not_yet" : "predict.unknown");
    return text;
  }
  if (!one.is_right()) text.was = tr("predict.was", fmt::arg("choice", words.choice(*one.question, *truth)));
  text.why = words.why(*one.question, *truth);
  return text;
}

float result_height(const ResultText& text, float width) {
  const auto indented = [&](Font font, const std::string& part) { return part.empty() ? 0 : text_height(font, part, width - px(22)) + px(4); };
  return text_height(Font::small, text.question, width) + px(4) + indented(Font::strong, text.said) + indented(Font::strong, text.was) + text_height(Font::body, text.why, width - px(22)) + px(18);
}

void draw_result(Context& context, std::size_t index, const Prediction& one, const ResultText& text) {
  const platform::Palette& colors = palette();
  const Color good = platform::readable(colors.ok, colors.panel), bad = platform::readable(colors.error, colors.panel);
  ImGui::PushID(static_cast<int>(index));
  const bool known = one.truth().has_value();
  const ImVec2 top = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  paragraph(Font::small, colors.text_dim, text.question);
  signed_line(!known ? Icon::dots : one.is_right() ? Icon::check : Icon::cross, !known ? colors.text_dim : one.is_right() ? good : bad, Font::strong, colors.text, text.said);
  if (!text.was.empty()) signed_line(Icon::check, good, Font::strong, good, text.was);
  // The words above lead to where it is seen.
  const ImVec2 below = ImGui::GetCursorScreenPos();
  if (known && one.was->task != 0) {
    ImGui::SetCursorScreenPos(top);
    const Hit area = hit(context.ui, "show", {width, std::max(1.0f, below.y - top.y - px(4))});
    if (area.clicked) context.ui.push("predict.show", std::to_string(index));
    tooltip(tr("predict.show"));
    if (area.hovered) platform::compat::rect(ImGui::GetWindowDrawList(), {area.min.x - px(6), area.min.y - px(2)}, {area.max.x + px(6), area.max.y}, colors.line, px(6), 1);
    draw_focus(area, px(6));
    ImGui::SetCursorScreenPos(below);
  }
  ImGui::Indent(px(22));
  paragraph_with_facts(context.ui, Font::body, colors.text_dim, text.why, session::FactAtHand::Where::nowhere);
  ImGui::Unindent(px(22));
  ImGui::Dummy({1, px(6)});
  ImGui::PopID();
}

// One beside the other where there is room for it; `top`: where what lies above that room begins.
void draw_results(Context& context, float top, ImVec2 min, ImVec2 max) {
  const QuestionWords words{context.session.scenario(), context.session.run_settings()};
  const auto& all = context.session.predictions();
  std::vector<std::pair<std::size_t, ResultText>> texts;
  int right = 0, known = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].asked || !all[i].said()) continue;
    texts.emplace_back(i, text_of(words, all[i], context.session.live()));
    right += all[i].is_right() ? 1 : 0;
    known += all[i].truth() ? 1 : 0;
  }
  const float room = max.x - min.x - px(12);
  if (texts.empty() || room < px(120)) return;
  const auto columns = std::clamp<std::size_t>(static_cast<std::size_t>(room / px(290)), 1, texts.size());
  const float width = std::min(room, px(60) + px(480) * static_cast<float>(columns));
  const float between = px(28), inner = width - px(2 * kPadding) - px(14);
  const float column = (inner - between * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  float height = px(2 * (kPadding - 4) + 34);
  for (std::size_t row = 0; row < texts.size(); row += columns) {
    float most = 0;
    for (std::size_t i = row; i < std::min(row + columns, texts.size()); ++i) most = std::max(most, result_height(texts[i].second, column));
    height += most;
  }
  // Where it has more to say than there is room below the timeline, it takes some of the timeline's, half of all at most.
  const float high = std::min(height, std::max(max.y - min.y, (max.y - top) * 0.5f) - px(12));
  if (high < px(60)) return;
  card("results", {max.x - width - px(6), max.y - high - px(6)}, {width, high}, [&] {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line = ImGui::GetContentRegionAvail().x;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const std::string score = tr("predict.score", fmt::arg("right", right), fmt::arg("count", known));
    draw_text_in(list, Font::strong, at.x, at.y, at.x + line - px(36), at.y + px(24), palette().text, tr("predict.results"));
    draw_text_in(list, Font::small, at.x + line - px(36) - text_width(Font::small, score), at.y, at.x + line - px(30), at.y + px(24), palette().text_dim, score);
    ImGui::SetCursorScreenPos({at.x + line - px(26), at.y - px(2)});
    const Hit close = hit(context.ui, "close", {px(26), px(26)});
    if (close.clicked) context.ui.push("predict.results");
    tooltip(title_of("predict.results") + "  [" + session::to_string(session::find_command("predict.results")->shortcut) + "]");
    if (close.hovered) list->AddRectFilled(close.min, close.max, palette().hover, px(6));
    draw_icon(list, Icon::close, {(close.min.x + close.max.x) / 2, close.center_y()}, px(11), palette().text_dim);
    draw_focus(close, px(6));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(kGap), px(4)));
    ImVec2 corner = ImGui::GetCursorScreenPos();
    float below = corner.y;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i > 0 && i % columns == 0) corner.y = below;
      ImGui::SetCursorScreenPos({corner.x + (column + between) * static_cast<float>(i % columns), corner.y});
      ImGui::PushID(static_cast<int>(i));
      ImGui::BeginChild("result", {column, result_height(texts[i].second, column)}, false, kFlags | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
      draw_result(context, texts[i].first, all[texts[i].first], texts[i].second);
      ImGui::EndChild();
      ImGui::PopID();
      below = std::max(below, ImGui::GetItemRectMax().y);
    }
    ImGui::PopStyleVar();
  });
}

}  // namespace

void draw_predictions(Context& context, ImVec2 min, ImVec2 max, ImVec2 results_min, ImVec2 results_max) {
  if (const Prediction* open = session::open_prediction(context))
    draw_question(context, min, max, *open);
  else if (context.ui.predict.results)
    draw_results(context, min.y, results_min, results_max);
}

}  // namespace forklight::app::panels
