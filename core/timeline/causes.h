// Why a task could go on: who ended its last wait, why that one could, and so on back to a birth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/timeline/model.h"

namespace forklight::timeline {

// The chain behind a moment of a task: places in Model::flows(), the latest first, `most` at the most. In the midst of a wait that has come to
// its end it begins with what ended it. Looks at some ten thousand flows for each link, however many there are.
[[nodiscard]] std::vector<std::size_t> causes(const Model& model, TaskId task, std::int64_t time_ns, std::size_t most = 8);

}  // namespace forklight::timeline
