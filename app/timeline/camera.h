// What part of the run is looked at: fitting, following a live run, bringing a moment into sight, and staying near the
// run.
#pragma once

#include <cstdint>

#include "app/session/ui_state.h"
#include "app/timeline/glide.h"
#include "core/timeline/axis.h"

namespace forklight::app::timeline_view {

// What the mouse button holds since it went down.
enum class Drag : std::uint8_t { none, pressed, plot, overview, lanes, measure };

class Camera {
 public:
  // Once a frame, before anything is placed. `width` is the plot's, in pixels.
  //
  // Until somebody zooms or pans, the view holds the whole run, however it grows. After that a live run that is
  // followed keeps the width and has "now" at 85 %.
  void update(session::UiState& ui, const timeline::Model& model, std::int64_t now_ns, bool live, float width);

  // The person has moved the view; it is kept near the run, and no longer fitted.
  void moved(session::UiState& ui, const timeline::Axis& axis, std::int64_t now_ns);

  // Pans just far enough for a moment to be seen.
  void reveal(session::UiState& ui, const timeline::Axis& axis, std::int64_t time_ns, std::int64_t now_ns);

  [[nodiscard]] bool fitting() const noexcept { return fitting_; }
  [[nodiscard]] Glide& glide() noexcept { return glide_; }  // stops when a command moves the view

 private:
  bool fitting_ = true;
  bool known_ = false;  // whether the following are those of a frame before
  timeline::AxisKind axis_ = timeline::AxisKind::time;
  timeline::View last_;
  Glide glide_;
  std::int64_t run_begin_ns_ = 0;
};

// The view that shows all of a run, with room at the right for the last badge.
[[nodiscard]] timeline::View whole_run(const timeline::Axis& axis, std::int64_t now_ns, float width);

}  // namespace forklight::app::timeline_view
