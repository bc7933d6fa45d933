// Why a task is in its state: what the state is, what put it there, what ends it. The inspector says it below what happens.
#pragma once

#include <string>

#include "core/timeline/model.h"

namespace forklight::app::panels {

// Empty before its birth. `when` is a moment of the run.
[[nodiscard]] std::string why_words(const timeline::Model& model, const timeline::Task& task, std::int64_t when);

}  // namespace forklight::app::panels
