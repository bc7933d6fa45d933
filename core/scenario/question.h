// Predict, then see: what a lesson asks before the answer is on screen. The right answer is found in the run, whatever its settings and its
// Python did to it; none is written down anywhere.
//
// Texts in assets/i18n: scenario.ID.ask.QUESTION; .CHOICE for each choice (answer.CHOICE where several questions share it); .why.CHOICE, or
// .why for all of them: why it was that.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/scenario/scenario.h"

namespace forklight::scenario {

inline constexpr std::size_t kMostChoices = 4;

// A run as far as it is known.
struct Seen {
  const timeline::Model& model;
  const Settings& settings;
  std::int64_t now_ns;  // how far its clock has come
  bool finished;
};

// Which choice was true, and where the timeline shows it.
struct Answer {
  std::string_view choice;
  timeline::TaskId task = 0;  // or an object; 0: nowhere in particular
  std::int64_t time_ns = 0;
};

struct Question {
  std::string_view id;
  std::vector<std::string_view> choices;  // 2 to kMostChoices
  // Nothing as long as it is not known; at the end: if the run was stopped or changed before it came to that.
  std::optional<Answer> (*answer)(const Seen& seen);
  std::string_view fact = {};                      // the number of the CPython fact behind it, "" = none
  bool (*sensible)(const Settings&) = nullptr;     // with these settings; nullptr: with all
  // Asked while the run is held there: the first record that this is true of. nullptr: before the run begins.
  bool (*moment)(const trace::Record&) = nullptr;
};

// Those of a scenario, in the order in which they are asked; one at most is asked in the middle of the run.
[[nodiscard]] std::span<const Question> questions(const Scenario& scenario);

// Where an answer stands among a question's choices; nothing if it is none of them.
[[nodiscard]] std::optional<std::size_t> place_of(const Question& question, std::string_view choice) noexcept;

}  // namespace forklight::scenario
