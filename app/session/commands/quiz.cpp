// "What do I think I know?": the page, answering, going on.
#include <array>

#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;
using Phase = QuizState::Phase;

void quiz(Context& c, std::string_view) {
  UiState& ui = c.ui;
  ui.dialog = ui.dialog == Dialog::quiz ? Dialog::none : Dialog::quiz;
  if (ui.dialog == Dialog::quiz && !ui.quiz.at) next_question(c);
}
bool quiz_shown(const Context& c) { return c.ui.dialog == Dialog::quiz; }

bool is_asking(const Context& c) { return c.ui.quiz.at.has_value() && c.ui.quiz.phase == Phase::asking; }
bool is_told(const Context& c) { return c.ui.quiz.at.has_value() && c.ui.quiz.phase == Phase::told; }
bool was_seen(const Context& c) { return is_told(c) && c.ui.quiz.was.has_value() && c.session.run_number() == c.ui.quiz.run; }
bool has_answers(const Context& c) { return !c.ui.quiz.records.empty(); }

// "2": the second choice.
void answer(Context& c, std::string_view argument) {
  const auto number = number_in(argument);
  const auto count = quiz_items()[*c.ui.quiz.at].question->choices.size();
  if (!number || *number < 1 || static_cast<std::size_t>(*number) > count) throw base::UsageError(tr("error.choice", fmt::arg("text", argument), fmt::arg("count", count)));
  answer_quiz(c, static_cast<std::size_t>(*number - 1));
}

// Also past a question that nobody wants to answer now.
void next(Context& c, std::string_view) { next_question(c); }

// On the timeline, at the moment at which it was seen. The page comes back as it was left.
void show(Context& c, std::string_view) {
  UiState& ui = c.ui;
  ui.dialog = Dialog::none;
  ui.compare = Compare::nothing;
  ui.follow = false;
  ui.selection = {ui.quiz.was->task, ui.quiz.was->time_ns};
  ui.predict.results = true;
}

// All answers are forgotten.
void anew(Context& c, std::string_view) {
  c.ui.quiz.records.clear();
  c.ui.quiz.at.reset();
  next_question(c);
}

bool can_go_on(const Context& c) { return is_told(c) || is_asking(c); }

constexpr std::array kQuiz = {
    Command{"quiz", shift(Key::w), always, quiz, quiz_shown},
    Command{"quiz.answer", kNone, is_asking, answer},
    Command{"quiz.next", kNone, can_go_on, next},
    Command{"quiz.show", kNone, was_seen, show},
    Command{"quiz.anew", kNone, has_answers, anew},
};

}  // namespace

std::span<const Command> quiz_commands() noexcept { return kQuiz; }

}  // namespace forklight::app::session
