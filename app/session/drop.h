// Files that were dragged onto the window.
#pragma once

#include <span>
#include <string>

#include "app/session/command.h"

namespace forklight::app::session {

// One trace file is opened. What cannot be opened, and several at once, is one sentence to the person, and changes nothing.
void drop_files(Context& context, std::span<const std::string> paths);

}  // namespace forklight::app::session
