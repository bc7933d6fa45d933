#include "app/session/tour.h"

#include "app/session/command.h"

namespace forklight::app::session {
namespace {

bool has_run(const Context& c) { return c.session.run_count() > c.ui.tour.runs_before; }
bool has_selected(const Context& c) { return c.ui.selection.task != 0; }
bool has_looked_at_tab(const Context& c) { return c.ui.bottom_tab != BottomTab::console; }
bool has_slowed(const Context& c) { return c.session.pace() != supervisor::Pace::real; }

}  // namespace

const std::array<TourStep, kTourSteps>& tour_steps() noexcept {
  static constexpr std::array<TourStep, kTourSteps> kSteps = {{
      {"lessons", Anchor::lessons, {"gallery"}},
      {"run", Anchor::run, {"run", "stop"}, has_run},
      {"timeline", Anchor::timeline, {"select.next", "axis.order", "fit"}, has_selected},
      {"inspector", Anchor::inspector, {}},
      {"code", Anchor::code, {}},
      {"console", Anchor::console, {"tab.events", "find"}, has_looked_at_tab},
      {"pace", Anchor::pace, {"pace.slow", "pace.step", "step"}, has_slowed},
      {"help", Anchor::help, {"palette", "keys", "tour"}},
  }};
  return kSteps;
}

void go_to_step(Context& context, int step) {
  TourState& tour = context.ui.tour;
  if (step < 0 || step >= static_cast<int>(kTourSteps)) {
    tour.step = -1;
    context.ui.tour_seen = true;
    return;
  }
  tour.step = step;
  tour.runs_before = context.session.run_count();
  const TourStep& now = tour_steps()[static_cast<std::size_t>(step)];
  tour.armed = now.done != nullptr && !now.done(context);
}

void update_tour(Context& context) {
  const TourState& tour = context.ui.tour;
  if (!tour.on()) return;
  const TourStep& now = tour_steps()[static_cast<std::size_t>(tour.step)];
  if (tour.armed && now.done(context)) go_to_step(context, tour.step + 1);
}

}  // namespace forklight::app::session
