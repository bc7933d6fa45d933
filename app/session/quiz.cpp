#include "app/session/quiz.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "core/base/error.h"
#include "core/base/json.h"

namespace forklight::app::session {

using nlohmann::json;
using Phase = QuizState::Phase;

std::span<const QuizItem> quiz_items() {
  static const std::vector<QuizItem> items = [] {
    std::vector<QuizItem> all;
    for (const scenario::Scenario* one : scenario::all()) {
      if (one->group != "surprises") continue;
      const scenario::Settings settings(one->parameters);
      for (const scenario::Question& question : scenario::questions(*one)) {
        if (question.sensible == nullptr || question.sensible(settings)) all.push_back({one, &question, fmt::format("{}/{}", one->id, question.id)});
      }
    }
    return all;
  }();
  return items;
}

QuizScore score_of(const QuizRecords& records) {
  QuizScore score;
  for (const QuizItem& item : quiz_items()) {
    const auto record = records.find(item.key);
    ++(record == records.end() ? score.open : record->second.last_right ? score.right : score.wrong);
  }
  return score;
}

std::optional<std::size_t> next_in_quiz(const QuizRecords& records, std::optional<std::size_t> after) {
  const auto items = quiz_items();
  const std::size_t from = after ? *after + 1 : 0;
  for (const bool answered : {false, true}) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::size_t place = (from + i) % items.size();
      const auto record = records.find(items[place].key);
      if (answered ? record != records.end() && !record->second.last_right : record == records.end()) return place;
    }
  }
  return std::nullopt;
}

std::string text_of(const QuizRecords& records) {
  json all = json::object();
  for (const auto& [key, record] : records) all[key] = {{"right", record.right}, {"wrong", record.wrong}, {"last", record.last_right ? "right" : "wrong"}};
  return json{{"version", 1}, {"answers", std::move(all)}}.dump(2) + "\n";
}

QuizRecords quiz_records_in(std::string_view text) {
  QuizRecords records;
  const json whole = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto answers = whole.is_object() ? whole.find("answers") : whole.end();
  if (!whole.is_object() || answers == whole.end() || !answers->is_object()) return records;
  const auto count = [](const json& entry, const char* name) {
    constexpr std::int64_t kMost = 1'000'000;
    const auto found = entry.find(name);
    return found != entry.end() && found->is_number_integer() ? static_cast<int>(std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, kMost)) : 0;
  };
  for (const auto& [key, entry] : answers->items()) {
    if (!entry.is_object()) continue;
    const QuizRecord record{count(entry, "right"), count(entry, "wrong"), entry.contains("last") && entry["last"] == "right"};
    if (record.right + record.wrong > 0) records.emplace(key, record);
  }
  return records;
}

void answer_quiz(Context& c, std::size_t choice) {
  QuizState& quiz = c.ui.quiz;
  if (!quiz.at || quiz.phase != Phase::asking) return;
  const QuizItem& item = quiz_items()[*quiz.at];
  if (choice >= item.question->choices.size()) return;
  c.session.choose(item.scenario->id);
  for (const scenario::Parameter& parameter : item.scenario->parameters) c.session.set(parameter.id, parameter.fallback);
  c.session.set_pace(supervisor::Pace::real);
  Prediction said{item.question, true};
  said.votes[choice] = 1;
  c.ui.predict.open = PredictState::When::nothing;
  c.ui.predict.results = false;
  c.session.notify("");
  look_afresh(c.ui);
  c.session.run({said});
  c.ui.predict.told_run = c.session.run_number();  // it is told here
  quiz.run = c.session.run_number();
  quiz.said = choice;
  quiz.was.reset();
  quiz.phase = Phase::seeing;
}

void next_question(Context& c) {
  QuizState& quiz = c.ui.quiz;
  quiz.phase = Phase::asking;
  quiz.was.reset();
  quiz.at = next_in_quiz(quiz.records, quiz.at);
}

void follow_quiz(Context& c) {
  QuizState& quiz = c.ui.quiz;
  if (quiz.phase != Phase::seeing || !quiz.at) return;
  const QuizItem& item = quiz_items()[*quiz.at];
  const auto& predictions = c.session.predictions();
  // Another run has come to hand: what was said is forgotten.
  if (c.session.run_number() != quiz.run || predictions.empty() || predictions.front().question != item.question) {
    quiz.phase = Phase::asking;
    return;
  }
  if (const auto& was = predictions.front().was) {
    quiz.was = was;
    quiz.phase = Phase::told;
    QuizRecord& record = quiz.records[item.key];
    record.last_right = scenario::place_of(*item.question, was->choice) == quiz.said;
    ++(record.last_right ? record.right : record.wrong);
  } else if (!c.session.live()) {
    quiz.phase = Phase::told;
  } else if (const auto limit = scenario::hang_limit_of(c.session.run_settings()); limit && c.session.state() == RunState::running && !c.session.model().tasks().empty()) {
    if (static_cast<double>(c.session.now_ns() - c.session.model().begin_ns()) > *limit * 1e9) c.session.stop();
  }
}

QuizKeeper::QuizKeeper(std::optional<std::filesystem::path> state, QuizState& quiz) : file_(state ? *state / "quiz.json" : std::filesystem::path()) {
  if (file_.empty()) return;
  std::ifstream in(file_);
  quiz.records = written_ = quiz_records_in(std::string(std::istreambuf_iterator<char>(in), {}));
}

std::string QuizKeeper::update(const QuizState& quiz) {
  if (file_.empty() || refused_ || quiz.records == written_) return {};
  try {
    write_whole(file_, text_of(quiz.records));
    written_ = quiz.records;
  } catch (const base::Failure& error) {
    refused_ = true;
    return i18n::tr("error.quiz", fmt::arg("file", file_.string()), fmt::arg("why", error.what()));
  }
  return {};
}

}  // namespace forklight::app::session
