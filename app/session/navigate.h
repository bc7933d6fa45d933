// Walking through a run by keys: from event to event, from span to span, from task to task.
#pragma once

#include <string_view>

#include "app/session/command.h"

namespace forklight::app::session {

void step_event(Context& context, int by);  // −1 the one before, +1 the next
void step_span(Context& context, int by);   // along the lane
void step_task(Context& context, int by);   // from lane to lane, at the same moment

// "Process-1", "2", "Process-1@1.5ms" (from the run's begin; ns, us, ms, s). Throws base::UsageError.
void select_by_name(Context& context, std::string_view argument);

// Selects, and brings into sight; on the run's own timeline, whatever was compared.
void show_moment_of(Context& context, const Selection& selection);

void zoom(Context& context, double factor);
// "1.2s..1.5s", "..300ms", or "Process-1" for its life; "" for what is selected: the stretch that it is in at that moment, else its life, else all.
// Throws base::UsageError.
void zoom_to(Context& context, std::string_view argument);
void pan(Context& context, double share);  // of what is visible

}  // namespace forklight::app::session
