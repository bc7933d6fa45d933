#include "app/timeline/camera.h"

#include <algorithm>

#include "app/platform/theme.h"

namespace forklight::app::timeline_view {
namespace {

constexpr double kNowAt = 0.85;     // of the width, while a zoomed run is followed
constexpr double kRevealAt = 0.15;  // how far inside the view a moment comes to lie that was out of sight

void keep_near(timeline::View& view, double end) {
  const double most = std::max(end * 4, 4.0);
  if (view.width() > most) view.zoom_at(most / view.width(), 0.5);
  const double width = view.width();
  if (view.begin > end - 0.1 * width) view.pan(end - 0.1 * width - view.begin);
  if (view.end < 0.1 * width) view.pan(0.1 * width - view.end);
}

}  // namespace

timeline::View whole_run(const timeline::Axis& axis, std::int64_t now_ns, float width) {
  const double pixels = std::max(static_cast<double>(width), 1.0);
  const double left = std::min(static_cast<double>(platform::px(26)), pixels * 0.06);
  const double right = std::min(static_cast<double>(platform::px(140)), pixels * 0.3);
  const double end = std::max(axis.end(now_ns), 1.0);
  const double unit = end / std::max(pixels - left - right, 1.0);
  return {-left * unit, (pixels - left) * unit};
}

void Camera::update(session::UiState& ui, const timeline::Model& model, std::int64_t now_ns, bool live, float width) {
  const timeline::Axis axis(ui.axis, model);
  const double end = axis.end(now_ns);
  if (!known_ || model.begin_ns() != run_begin_ns_) fitting_ = true;  // another run
  if (known_ && (ui.view.begin != last_.begin || ui.view.end != last_.end)) {
    fitting_ = false;  // a command moved the view
    glide_.stop();
  }
  if (ui.view_wanted) {
    fitting_ = false;
    glide_.stop();
  } else if (known_ && ui.axis != axis_ && !fitting_) {
    // The same stretch of the run on the other axis.
    const timeline::Axis before(axis_, model);
    const std::int64_t from_ns = before.time_ns(ui.view.begin), to_ns = before.time_ns(ui.view.end);
    ui.view = {axis.coordinate(from_ns), axis.coordinate(to_ns)};
    ui.view.zoom(1.0, ui.view.begin);
    keep_near(ui.view, end);
  }
  if (live && !ui.follow && !ui.fit_wanted) fitting_ = false;
  if (ui.fit_wanted) {
    fitting_ = true;
    glide_.stop();
  }
  ui.fit_wanted = ui.view_wanted = false;

  if (fitting_) {
    ui.view = whole_run(axis, now_ns, width);
  } else if (live && ui.follow) {
    ui.view.pan(end - (ui.view.begin + kNowAt * (ui.view.end - ui.view.begin)));
  }
  known_ = true;
  axis_ = ui.axis;
  last_ = ui.view;
  run_begin_ns_ = model.begin_ns();
}

void Camera::moved(session::UiState& ui, const timeline::Axis& axis, std::int64_t now_ns) {
  keep_near(ui.view, axis.end(now_ns));
  fitting_ = false;
  last_ = ui.view;
}

void Camera::reveal(session::UiState& ui, const timeline::Axis& axis, std::int64_t time_ns, std::int64_t now_ns) {
  const double at = axis.coordinate(time_ns), width = ui.view.end - ui.view.begin;
  if (at >= ui.view.begin && at <= ui.view.end) return;
  ui.view.pan(at < ui.view.begin ? at - kRevealAt * width - ui.view.begin : at + kRevealAt * width - ui.view.end);
  moved(ui, axis, now_ns);
}

}  // namespace forklight::app::timeline_view
