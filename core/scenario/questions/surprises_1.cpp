// Surprises, part 1.
#include "core/scenario/questions/questions.h"

namespace forklight::scenario {

Questions questions_of_surprises_1() { return {}; }

}  // namespace forklight::scenario
