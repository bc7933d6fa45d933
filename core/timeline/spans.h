// How the spans of a task follow one another. Private to core/timeline.
#pragma once

#include "core/timeline/model.h"

namespace forklight::timeline {

// Ends the open span at a time and begins another there. Never makes a span of negative length.
void enter(Task& task, Span span);
// The same with a running one, if it does not run already.
void run(Task& task, std::int64_t time_ns, std::uint16_t line);

}  // namespace forklight::timeline
