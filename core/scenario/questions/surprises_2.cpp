// Surprises, part 2.
#include "core/scenario/questions/questions.h"

namespace forklight::scenario {

Questions questions_of_surprises_2() { return {}; }

}  // namespace forklight::scenario
