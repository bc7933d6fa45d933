// Which Python a run behaves as, if nobody says otherwise.
#pragma once

namespace forklight::app::session {

// The 11 of the `python3` (3.11) that is found here, 14 if there is none. Looked for once, within a second.
[[nodiscard]] int installed_python_minor();

}  // namespace forklight::app::session
