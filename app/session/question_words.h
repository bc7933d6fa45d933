// What a question, its choices and its answer say, in the window's language. A text may name the lesson's settings: {seconds}.
#pragma once

#include <string>

#include "core/scenario/question.h"

namespace forklight::app::session {

struct QuestionWords {
  const scenario::Scenario& scenario;
  const scenario::Settings& settings;  // of the run that is asked about

  [[nodiscard]] std::string question(const scenario::Question& question) const;
  [[nodiscard]] std::string choice(const scenario::Question& question, std::size_t choice) const;
  // Why that choice was true, with the number of the fact behind it.
  [[nodiscard]] std::string why(const scenario::Question& question, std::size_t choice) const;
};

}  // namespace forklight::app::session
