// Surprises about sharing, pools, the GIL and the rest: 15 to 28.
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {

std::span<const Scenario* const> surprises_2() { return {}; }

}  // namespace forklight::scenario
