// The table of scenarios: one function a file. To add one, see README.md.
#pragma once

#include "core/scenario/scenario.h"

namespace forklight::scenario {

[[nodiscard]] const Scenario& hello();
[[nodiscard]] const Scenario& exit_codes();

}  // namespace forklight::scenario
