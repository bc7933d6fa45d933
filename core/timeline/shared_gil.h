// Whether a lock is worth a lane.
#pragma once

#include "core/timeline/model.h"

namespace forklight::timeline {

// Its process has a second thread that computes: a queue's feeder alone does not count.
[[nodiscard]] bool is_shared(const Model& model, const Gil& gil);

}  // namespace forklight::timeline
