// What the claims of the surprises have in common.
#pragma once

#include "core/scenario/claims.h"

namespace forklight::scenario {

// What a learner's hand or a hold at the gate changes is not Python's doing.
[[nodiscard]] inline bool disturbed(const timeline::Model& model) { return hand_of_learner(model) || held_at_gate(model); }

// Somebody has written that line; in a run that was disturbed nothing is promised.
[[nodiscard]] inline Verdict said(const timeline::Model& model, std::string_view line, bool finished) {
  return so_far(lines_that_say(model, line) > 0 || (finished && disturbed(model)), model, finished);
}

}  // namespace forklight::scenario
