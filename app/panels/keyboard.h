// Where a key goes: to the text being typed, to the control that has the keyboard, or to the command that it stands
// for.
#pragma once

#include "app/session/command.h"

namespace forklight::app::panels {

// `typing`: a text field has the keyboard (ImGui's WantTextInput).
void route_key(session::Context& context, session::Shortcut shortcut, bool typing);

}  // namespace forklight::app::panels
