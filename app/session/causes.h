// What is lit on the timeline and told by the inspector: the chain of causes behind the selected moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/timeline/model.h"

namespace forklight::app::session {

struct Context;

struct CausesState {
  std::vector<std::size_t> chain;  // places in Model::flows(), the latest first
  // Of which moment, in which state of the run.
  std::uint64_t revision = UINT64_MAX;
  timeline::TaskId task = 0;
  std::optional<std::int64_t> time_ns;
  std::chrono::steady_clock::time_point found_at{};
  bool line_wanted = false;  // the program's line of what is selected has to come into sight
};

// Before a frame: looks again if something else is selected, and now and then while the run goes on.
void follow_causes(Context& context);

}  // namespace forklight::app::session
