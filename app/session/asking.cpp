#include "app/session/asking.h"

#include <algorithm>

#include "app/session/commands/parts.h"

namespace forklight::app::session {
namespace {

using When = PredictState::When;

bool is_before(const Prediction& one) { return one.question->moment == nullptr; }

void close_card(PredictState& predict) {
  predict.open = When::nothing;
  predict.votes = {};
}

// The run that the questions were about, with what was said.
void begin_run(Context& c) {
  PredictState& predict = c.ui.predict;
  close_card(predict);
  predict.results = false;
  c.session.notify("");
  look_afresh(c.ui);
  c.session.run(std::exchange(predict.next, {}));
}

// The next question before the run, from a place on; the run if there is none.
void ask_from(Context& c, std::size_t from) {
  PredictState& predict = c.ui.predict;
  predict.votes = {};
  for (predict.at = from; predict.at < predict.next.size(); ++predict.at) {
    if (is_before(predict.next[predict.at])) return;
  }
  begin_run(c);
}

void settle(Context& c, const Votes& votes) {
  PredictState& predict = c.ui.predict;
  if (predict.open == When::during) {
    close_card(predict);
    return c.session.answer_due(votes);
  }
  if (predict.open != When::before) return;
  Prediction& one = predict.next[predict.at];
  one.votes = votes;
  one.asked = one.count() > 0;
  ask_from(c, predict.at + 1);
}

}  // namespace

bool ask_before_run(Context& c) {
  PredictState& predict = c.ui.predict;
  if (!predict.ask || predict.open != When::nothing) return false;
  predict.next = predictions_for(c.session.scenario(), c.session.settings());
  if (predict.next.empty()) return false;
  predict.open = When::before;
  predict.results = false;
  if (std::none_of(predict.next.begin(), predict.next.end(), is_before)) {
    begin_run(c);
    return true;
  }
  ask_from(c, 0);
  return true;
}

const Prediction* open_prediction(const Context& c) {
  const PredictState& predict = c.ui.predict;
  if (predict.open == When::nothing) return nullptr;
  const auto& list = predict.open == When::before ? predict.next : c.session.predictions();
  return predict.at < list.size() ? &list[predict.at] : nullptr;
}

Place place_of_question(const Context& c) {
  const PredictState& predict = c.ui.predict;
  if (predict.open != When::before) return {1, 1};
  const auto begin = predict.next.begin();
  const auto count = [&](auto end) { return static_cast<std::size_t>(std::count_if(begin, end, is_before)); };
  return {count(begin + static_cast<std::ptrdiff_t>(predict.at)) + 1, count(predict.next.end())};
}

void vote(Context& c, std::size_t choice) {
  PredictState& predict = c.ui.predict;
  const Prediction* open = open_prediction(c);
  if (open == nullptr || choice >= open->question->choices.size()) return;
  ++predict.votes[choice];
  if (!predict.class_votes) settle(c, Votes(predict.votes));
}

void close_question(Context& c) { settle(c, Votes(c.ui.predict.votes)); }

void skip_question(Context& c) { settle(c, {}); }

void ask_no_more(Context& c) {
  PredictState& predict = c.ui.predict;
  if (predict.open == When::during) return settle(c, {});
  if (predict.open != When::before) return;
  // Nor in the midst of the run.
  std::erase_if(predict.next, [](const Prediction& one) { return !one.asked; });
  begin_run(c);
}

void follow_questions(Context& c) {
  PredictState& predict = c.ui.predict;
  const Session& session = c.session;
  if (predict.open == When::before) {
    const auto known = scenario::questions(session.scenario());
    const Prediction* open = open_prediction(c);
    const bool of_this = open != nullptr && std::any_of(known.begin(), known.end(), [&](const scenario::Question& one) { return &one == open->question; });
    if (session.live() || !of_this) close_card(predict);
  }
  if (predict.open == When::during && !session.question_due()) close_card(predict);
  if (const auto due = session.question_due(); due && predict.open == When::nothing) {
    predict.open = When::during;
    predict.at = *due;
    predict.votes = {};
  }
  const auto& all = session.predictions();
  const auto asked = [](const Prediction& one) { return one.asked; };
  const bool any = std::any_of(all.begin(), all.end(), asked);
  if (!any) predict.results = false;
  // Once a run: when each of them is known, or the run is over.
  const bool known = std::all_of(all.begin(), all.end(), [&](const Prediction& one) { return one.was.has_value() || (!one.asked && one.question->moment == nullptr); });
  if (any && predict.open == When::nothing && predict.told_run != session.run_number() && (known || !session.live())) {
    predict.told_run = session.run_number();
    predict.results = true;
  }
}

}  // namespace forklight::app::session
