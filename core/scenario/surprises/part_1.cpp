// Surprises about processes and queues: 01 to 14.
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {

std::span<const Scenario* const> surprises_1() {
  static const Scenario* const listed[] = {
      &surprise_numbers(), &surprise_globals(), &surprise_own_copy(),                                     // names and memory
      &surprise_no_finally(), &surprise_inherited_handler(), &surprise_who_asks(), &surprise_end_of_parent(), &surprise_left_daemon(),  // ends
      &surprise_empty_queue(), &surprise_vanished_item(), &surprise_early_join(), &surprise_lost_item(), &surprise_dead_reader(), &surprise_half_item()};  // queues
  return listed;
}

}  // namespace forklight::scenario
