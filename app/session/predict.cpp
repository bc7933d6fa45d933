#include "app/session/predict.h"

#include <algorithm>
#include <numeric>

#include "core/base/json.h"

namespace forklight::app::session {

using nlohmann::json;

std::optional<std::size_t> Prediction::said() const noexcept {
  const auto most = std::max_element(votes.begin(), votes.end());
  if (*most <= 0) return std::nullopt;
  return static_cast<std::size_t>(most - votes.begin());
}

std::optional<std::size_t> Prediction::truth() const noexcept { return was ? scenario::place_of(*question, was->choice) : std::nullopt; }

int Prediction::count() const noexcept { return std::accumulate(votes.begin(), votes.end(), 0); }

std::vector<Prediction> predictions_for(const scenario::Scenario& scenario, const scenario::Settings& settings) {
  std::vector<Prediction> all;
  for (const scenario::Question& question : scenario::questions(scenario)) {
    if (question.sensible == nullptr || question.sensible(settings)) all.push_back({.question = &question});
  }
  return all;
}

void find_answers(std::span<Prediction> predictions, const scenario::Seen& seen) {
  for (Prediction& one : predictions) {
    if (one.was && !seen.finished) continue;
    if (const auto answer = one.question->answer(seen); answer && scenario::place_of(*one.question, answer->choice)) one.was = answer;
  }
}

std::string text_of(std::span<const Prediction> predictions) {
  json list = json::array();
  for (const Prediction& one : predictions) {
    if (!one.asked) continue;
    json votes = json::object();
    for (std::size_t i = 0; i < one.question->choices.size(); ++i) votes[std::string(one.question->choices[i])] = one.votes[i];
    json entry = {{"question", one.question->id}, {"votes", std::move(votes)}};
    if (one.was) entry["was"] = {{"choice", one.was->choice}, {"task", one.was->task}, {"time_ns", one.was->time_ns}};
    list.push_back(std::move(entry));
  }
  return list.empty() ? std::string() : list.dump();
}

namespace {

int count_in(const json& votes, std::string_view choice) {
  const auto found = votes.find(std::string(choice));
  constexpr std::int64_t kMost = 1'000'000;
  return found != votes.end() && found->is_number_integer() ? static_cast<int>(std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, kMost)) : 0;
}

std::optional<scenario::Answer> answer_in(const json& was, const scenario::Question& question) {
  if (!was.is_object()) return std::nullopt;
  const auto choice = was.find("choice"), task = was.find("task"), time = was.find("time_ns");
  if (choice == was.end() || !choice->is_string() || task == was.end() || !task->is_number_unsigned() || time == was.end() || !time->is_number_integer()) return std::nullopt;
  const auto place = scenario::place_of(question, choice->get<std::string>());
  if (!place) return std::nullopt;
  return scenario::Answer{question.choices[*place], task->get<timeline::TaskId>(), time->get<std::int64_t>()};
}

}  // namespace

std::vector<Prediction> predictions_in(std::string_view text, const scenario::Scenario& scenario) {
  std::vector<Prediction> all;
  const json list = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) return all;
  for (const json& entry : list) {
    if (!entry.is_object()) continue;
    const auto id = entry.find("question"), votes = entry.find("votes");
    if (id == entry.end() || !id->is_string() || votes == entry.end() || !votes->is_object()) continue;
    const auto known = scenario::questions(scenario);
    const auto question = std::find_if(known.begin(), known.end(), [&](const scenario::Question& one) { return one.id == id->get_ref<const std::string&>(); });
    const auto is_same = [&](const Prediction& one) { return one.question == &*question; };
    if (question == known.end() || std::any_of(all.begin(), all.end(), is_same)) continue;
    Prediction one{.question = &*question, .asked = true};
    for (std::size_t i = 0; i < question->choices.size(); ++i) one.votes[i] = count_in(*votes, question->choices[i]);
    if (const auto was = entry.find("was"); was != entry.end()) one.was = answer_in(*was, *question);
    all.push_back(one);
  }
  return all;
}

}  // namespace forklight::app::session
