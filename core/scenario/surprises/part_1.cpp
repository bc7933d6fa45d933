// Surprises about processes and queues: 01 to 14.
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {

std::span<const Scenario* const> surprises_1() { return {}; }

}  // namespace forklight::scenario
