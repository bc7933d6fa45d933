// Where a moment of the run is on the screen. Doubles all the way, counted from the view's begin; a float only when a pixel is asked for.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/timeline/axis.h"

namespace forklight::app::timeline_view {

struct Rect {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  [[nodiscard]] float width() const noexcept { return x1 - x0; }
  [[nodiscard]] float height() const noexcept { return y1 - y0; }
  [[nodiscard]] bool contains(float x, float y) const noexcept { return x >= x0 && x < x1 && y >= y0 && y < y1; }
  [[nodiscard]] bool overlaps(const Rect& other) const noexcept {
    return x0 < other.x1 && other.x0 < x1 && y0 < other.y1 && other.y0 < y1;
  }
};

class Plot {
 public:
  Plot(Rect area, const timeline::Axis& axis, timeline::View view, std::int64_t now_ns) noexcept
      : area_(area),
        axis_(&axis),
        view_(view),
        now_ns_(now_ns),
        pixels_per_unit_(static_cast<double>(std::max(area.width(), 1.0f)) / std::max(view.width(), 1e-9)) {}

  [[nodiscard]] const Rect& area() const noexcept { return area_; }
  [[nodiscard]] const timeline::View& view() const noexcept { return view_; }
  [[nodiscard]] const timeline::Axis& axis() const noexcept { return *axis_; }
  [[nodiscard]] std::int64_t now_ns() const noexcept { return now_ns_; }
  [[nodiscard]] double pixels_per_unit() const noexcept { return pixels_per_unit_; }

  [[nodiscard]] float x_of(double coordinate) const noexcept {
    // Far outside is cut off: a float has no room for a second at 1,000 pixels a nanosecond, and no line needs to start
    // there.
    constexpr double kFar = 4096;
    const double x = static_cast<double>(area_.x0) + view_.from_begin(coordinate) * pixels_per_unit_;
    return static_cast<float>(
        std::clamp(x, static_cast<double>(area_.x0) - kFar, static_cast<double>(area_.x1) + kFar));
  }
  // On the order axis a moment's place is searched for among all events: millions, and none in the cache. This notes
  // the moments of the events in view, or of its pixels where there are fewer of those; then x() and time_ns() look there.
  // Places stay exact, or within the pixel.
  void index_moments();

  // What has not ended yet ends now.
  [[nodiscard]] float x(std::int64_t time_ns) const noexcept {
    const std::int64_t at_ns = std::min(time_ns, now_ns_);
    const bool indexed = !moments_.empty() && at_ns >= moments_.front() && at_ns < moments_.back();
    return x_of(indexed ? indexed_coordinate(at_ns) : axis_->coordinate(at_ns));
  }
  [[nodiscard]] double coordinate(float x) const noexcept {
    return view_.at(static_cast<double>(x - area_.x0) / pixels_per_unit_);
  }
  [[nodiscard]] std::int64_t time_ns(float x) const noexcept {
    const double at = coordinate(x), place = (at - first_) / step_;
    const bool indexed = place >= 0 && place + 1 < static_cast<double>(moments_.size());
    return indexed ? indexed_time_ns(place) : axis_->time_ns(at);
  }
  [[nodiscard]] bool sees(float x) const noexcept { return x >= area_.x0 && x <= area_.x1; }

 private:
  [[nodiscard]] double indexed_coordinate(std::int64_t time_ns) const noexcept;
  [[nodiscard]] std::int64_t indexed_time_ns(double place) const noexcept;

  Rect area_;
  const timeline::Axis* axis_;
  timeline::View view_;
  std::int64_t now_ns_;
  double pixels_per_unit_;
  std::vector<std::int64_t> moments_;  // at first_, first_ + step_, …; empty if not used
  double first_ = 0, step_ = 1;
  mutable std::size_t hint_ = 0;  // where the last moment was found
};

}  // namespace forklight::app::timeline_view
