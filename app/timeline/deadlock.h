// The call-out over the timeline when nobody can go on any more: who waits for whom, in words, and the cure.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "app/session/ui_state.h"
#include "app/timeline/plot.h"
#include "core/timeline/waits.h"

namespace forklight::app::timeline_view {

struct Source;

// Asks the model for a deadlock, four times a second at most.
class DeadlockWatch {
 public:
  // `moment_ns`: of the run. `seconds`: of the clock on the wall, from anywhere.
  void update(const timeline::Model& model, std::int64_t moment_ns, double seconds);

  [[nodiscard]] const timeline::Deadlock& found() const noexcept { return found_; }
  [[nodiscard]] std::int64_t moment_ns() const noexcept { return moment_ns_; }
  // Since when the last of them has been waiting; 0 if there is none.
  [[nodiscard]] std::int64_t since_ns() const noexcept;
  // "MainProcess waits for Process-1 to end → …"; empty if there is none.
  [[nodiscard]] std::string text(const timeline::Model& model) const;

 private:
  timeline::Deadlock found_;
  std::uint64_t revision_ = 0;
  std::int64_t moment_ns_ = -1, run_begin_ns_ = 0;
  double asked_at_ = -1;
};

// Which moment to look at: now while it runs; of a run that is over the selected one, or the last before it was stopped.
[[nodiscard]] std::int64_t deadlock_moment(const timeline::Model& model, const session::UiState& ui, std::int64_t now_ns,
                                           bool live);

// The part of the window that it takes, empty if there is nothing to say; and in it the button of the cure, if there is one.
struct CallOut {
  Rect strip, button{};
};
// Draws it along the top of the window. `mouse`: where the button would be lit.
CallOut draw_deadlock(ImDrawList* list, const Rect& window, const timeline::Model& model, const DeadlockWatch& watch,
                      const Source& source, ImVec2 mouse);

}  // namespace forklight::app::timeline_view
