// GLFW's key events as the shortcuts that commands know.
#pragma once

#include "app/session/key.h"

namespace forklight::app::platform {

// The key a person sees on the keyboard: letters follow the layout (on AZERTY, A is where Q is elsewhere), the rest its
// place. Key::none for keys that no command can have. `mods` are GLFW's.
[[nodiscard]] session::Shortcut shortcut_for(int glfw_key, int scancode, int mods) noexcept;

}  // namespace forklight::app::platform
