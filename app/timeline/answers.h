// Where the timeline shows what was asked about: a flag with what was said and what was true.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace forklight::app::session {
class Session;
}

namespace forklight::app::timeline_view {

struct Canvas;

struct AnswerFlag {
  std::uint32_t subject;  // a task or an object
  std::int64_t time_ns;
  bool right;
  std::string words;
};

// Of the run at hand: those that were asked and whose answer has been seen.
[[nodiscard]] std::vector<AnswerFlag> answer_flags(const session::Session& session);
void draw_answers(Canvas& canvas, std::span<const AnswerFlag> flags);

}  // namespace forklight::app::timeline_view
