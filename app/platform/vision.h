// How a colour looks to somebody who lacks one kind of cones.
#pragma once

#include <array>

#include "app/platform/theme.h"
#include "app/session/audience.h"

namespace forklight::app::platform {

// Row by row, for linear RGB (Machado, Oliveira, Fernandes 2009, severity 1).
[[nodiscard]] const std::array<float, 9>& vision_matrix(session::Vision vision) noexcept;
// The same for one colour, as the screen's shader does it. Its alpha stays.
[[nodiscard]] Color as_seen(Color color, session::Vision vision) noexcept;

}  // namespace forklight::app::platform
