// What is in sight of a run, as its file keeps it: who opens it elsewhere sees what was seen here.
#pragma once

#include <string>
#include <string_view>

#include "app/session/ui_state.h"

namespace forklight::app::session {

// The axis, the stretch (where it is not all of the run), what is selected, which lanes there are and what is folded, the tabs beside them: JSON.
[[nodiscard]] std::string text_of_view(const UiState& ui, const timeline::Model& model);

// Makes it so again. What is not there, or names what the run does not have, stays as it is.
void show_view(UiState& ui, std::string_view text, const timeline::Model& model);

}  // namespace forklight::app::session
