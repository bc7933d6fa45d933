// Questions before and in a run: answering, skipping, and what came of it.
#include <algorithm>
#include <array>

#include "app/i18n/i18n.h"
#include "app/session/asking.h"
#include "app/session/commands/parts.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

bool is_open(const Context& c) { return open_prediction(c) != nullptr; }
bool can_close(const Context& c) { return is_open(c) && c.ui.predict.class_votes; }
bool has_results(const Context& c) {
  const auto& all = c.session.predictions();
  return std::any_of(all.begin(), all.end(), [](const Prediction& one) { return one.asked; });
}

// Asked no more: what is open goes with it.
void toggle_asking(Context& c, std::string_view) {
  c.ui.predict.ask = !c.ui.predict.ask;
  if (!c.ui.predict.ask) ask_no_more(c);
}
bool asks(const Context& c) { return c.ui.predict.ask; }

void toggle_class(Context& c, std::string_view) {
  c.ui.predict.class_votes = !c.ui.predict.class_votes;
  c.ui.predict.votes = {};
}
bool class_votes(const Context& c) { return c.ui.predict.class_votes; }

// "2": the second choice.
void answer(Context& c, std::string_view argument) {
  const auto number = number_in(argument);
  const Prediction* open = open_prediction(c);
  if (open == nullptr) return;
  if (!number || *number < 1 || static_cast<std::size_t>(*number) > open->question->choices.size()) throw base::UsageError(tr("error.choice", fmt::arg("text", argument), fmt::arg("count", open->question->choices.size())));
  vote(c, static_cast<std::size_t>(*number - 1));
}

void close(Context& c, std::string_view) { close_question(c); }
void skip(Context& c, std::string_view) { skip_question(c); }
void without(Context& c, std::string_view) { ask_no_more(c); }

void results(Context& c, std::string_view) { c.ui.predict.results = !c.ui.predict.results; }
bool results_shown(const Context& c) { return c.ui.predict.results; }

// The moment at which an answer was seen, by its place among the run's questions.
void show(Context& c, std::string_view argument) {
  const auto number = number_in(argument);
  const auto& all = c.session.predictions();
  if (!number || *number < 0 || static_cast<std::size_t>(*number) >= all.size() || !all[static_cast<std::size_t>(*number)].was) return;
  const scenario::Answer& was = *all[static_cast<std::size_t>(*number)].was;
  c.ui.compare = Compare::nothing;
  c.ui.follow = false;
  c.ui.selection = {was.task, was.time_ns};
}

constexpr std::array kPredict = {
    Command{"predict", key(Key::q), always, toggle_asking, asks},
    Command{"predict.class", shift(Key::q), always, toggle_class, class_votes},
    Command{"predict.results", key(Key::a), has_results, results, results_shown},
    Command{"predict.show", kNone, has_results, show},
    Command{"predict.answer", kNone, is_open, answer},
    Command{"predict.close", kNone, can_close, close},
    Command{"predict.skip", kNone, is_open, skip},
    Command{"predict.without", kNone, is_open, without},
};

}  // namespace

std::span<const Command> predict_commands() noexcept { return kPredict; }

}  // namespace forklight::app::session
