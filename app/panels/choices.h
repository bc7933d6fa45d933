// A question's choices as rows, with their keys; and lines that begin with a sign. For the cards that ask, over the timeline and in the quiz.
#pragma once

#include <string>
#include <string_view>

#include "app/panels/widgets.h"

namespace forklight::app::panels {

inline constexpr float kChoiceKey = 28;  // points: the box of a choice's key

[[nodiscard]] float text_height(Font font, std::string_view text, float width);

struct ChoiceLook {
  float share = 0;     // of the width that is filled: votes
  std::string count;   // at its right end
  enum class Mark : std::uint8_t { none, right, wrong } mark = Mark::none;
  bool chosen = false;
  bool open = true;    // can be chosen
};
[[nodiscard]] float choice_height(std::string_view text, float width);
// One row at the cursor; its key is index + 1.
[[nodiscard]] Hit choice_row(UiState& ui, std::size_t index, std::string_view text, float width, const ChoiceLook& look);

void signed_line(Icon icon, Color ink, Font font, Color text_ink, std::string_view text);

}  // namespace forklight::app::panels
