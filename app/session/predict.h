// Predict, then see: what a learner or a class said to a lesson's questions before the answer was on screen, and what was true then.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/question.h"

namespace forklight::app::session {

using Votes = std::array<int, scenario::kMostChoices>;  // by choice

// One question of one run. It stays with the run, in its file too, and goes nowhere else.
struct Prediction {
  const scenario::Question* question = nullptr;
  bool asked = false;
  Votes votes{};                        // a learner alone has one
  std::optional<scenario::Answer> was{};  // as soon as the run has shown it

  [[nodiscard]] std::optional<std::size_t> said() const noexcept;  // by most; the first of them if several have as many
  [[nodiscard]] std::optional<std::size_t> truth() const noexcept;  // the choice that was true
  [[nodiscard]] int count() const noexcept;                         // of votes
  [[nodiscard]] bool is_right() const noexcept { return said() && said() == truth(); }
};

// The questions that make sense with these settings, none of them asked yet.
[[nodiscard]] std::vector<Prediction> predictions_for(const scenario::Scenario& scenario, const scenario::Settings& settings);

// Looks for the answers in the run: those not known yet; all of them once it has finished. What was seen once is kept.
void find_answers(std::span<Prediction> predictions, const scenario::Seen& seen);

// Those that were asked, as JSON for the run's file; "" if none was. And back: what is damaged or of another version is left out.
[[nodiscard]] std::string text_of(std::span<const Prediction> predictions);
[[nodiscard]] std::vector<Prediction> predictions_in(std::string_view text, const scenario::Scenario& scenario);

// The person's side of it: what is being asked, and how.
struct PredictState {
  bool ask = false;          // whether runs are asked about at all; the window begins with true
  bool class_votes = false;  // many answer: keys count votes, Enter closes
  enum class When : std::uint8_t { nothing, before, during } open = When::nothing;
  std::vector<Prediction> next;  // before: of the run that is about to begin
  std::size_t at = 0;            // the question that is open, in `next` or in the run's own
  Votes votes{};                 // so far
  bool results = false;          // what was said and what was, on screen
  int told_run = 0;              // the run whose results have come on screen by themselves
};

}  // namespace forklight::app::session
