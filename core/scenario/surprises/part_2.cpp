// Sharing, pipes, pools, the GIL, memory, start methods.
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {

std::span<const Scenario* const> surprises_2() {
  static const Scenario* const listed[] = {
      &surprise_dead_holder(), &surprise_value_race(), &surprise_pipe_sizes(), &surprise_lost_task(), &surprise_idle_worker(),
      &surprise_with_pool(), &surprise_imap_ahead(), &surprise_threads_or_processes(), &surprise_late_reader(), &surprise_plus_equals(),
      &surprise_c_call(), &surprise_reading_copies(), &surprise_lambda_target(), &surprise_manager_list()};
  return listed;
}

}  // namespace forklight::scenario
