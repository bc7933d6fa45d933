// "What do I think I know?": the surprises as a quiz of the learner's own. The answer to each is what a real run shows, made when the learner
// has said something; what was right and what was wrong is kept on this machine, and goes nowhere else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/scenario/question.h"

namespace forklight::app::session {

struct Context;

// One question of one surprise.
struct QuizItem {
  const scenario::Scenario* scenario;
  const scenario::Question* question;
  std::string key;  // "surprise-15/free": what its record is kept by
};
// All that make sense with the surprises' default settings, in the order of the list.
[[nodiscard]] std::span<const QuizItem> quiz_items();

struct QuizRecord {
  int right = 0, wrong = 0;
  bool last_right = false;
  bool operator==(const QuizRecord&) const = default;
};
using QuizRecords = std::map<std::string, QuizRecord, std::less<>>;

// By what was said last to each.
struct QuizScore {
  std::size_t right = 0, wrong = 0, open = 0;
};
[[nodiscard]] QuizScore score_of(const QuizRecords& records);

// What is asked after that place: first those never answered, then those whose last answer was wrong; nothing when all are right.
[[nodiscard]] std::optional<std::size_t> next_in_quiz(const QuizRecords& records, std::optional<std::size_t> after);

// As JSON, and back: what is damaged, or no record of a number of answers, is left out.
[[nodiscard]] std::string text_of(const QuizRecords& records);
[[nodiscard]] QuizRecords quiz_records_in(std::string_view text);

// The person's side of it.
struct QuizState {
  QuizRecords records;
  enum class Phase : std::uint8_t { asking, seeing, told } phase = Phase::asking;
  std::optional<std::size_t> at;        // in quiz_items(); nothing: all are right, or none was asked yet
  std::size_t said = 0;                 // the choice, once there is one
  std::optional<scenario::Answer> was;  // what the run has shown; nothing if it was stopped before
  int run = 0;                          // the run that shows it
};

// Makes the run that shows it, at the surprise's default settings. Throws base::Failure where it cannot be made; the question stays open then.
void answer_quiz(Context& context, std::size_t choice);
void next_question(Context& context);
// Between two frames: looks whether the run has shown the answer, and ends what stands still by design.
void follow_quiz(Context& context);

// The records in quiz.json of the state directory. Without one nothing is read or written.
class QuizKeeper {
 public:
  QuizKeeper(std::optional<std::filesystem::path> state, QuizState& quiz);
  // Writes what has changed; call once a frame. What cannot be written is told of once: one sentence, else "".
  [[nodiscard]] std::string update(const QuizState& quiz);

 private:
  std::filesystem::path file_;  // "" = nothing is kept
  QuizRecords written_;
  bool refused_ = false;
};

}  // namespace forklight::app::session
