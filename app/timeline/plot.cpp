#include "app/timeline/plot.h"

namespace forklight::app::timeline_view {

void Plot::index_moments() {
  moments_.clear();
  hint_ = 0;
  if (axis_->kind() != timeline::AxisKind::order) return;
  step_ = std::max(1.0, 1 / pixels_per_unit_);
  first_ = std::floor(view_.begin);  // a whole rank: between two neighbours the order axis is straight
  const auto steps = static_cast<std::size_t>(std::max(std::ceil((view_.end - first_) / step_), 1.0));
  moments_.reserve(steps + 1);
  for (std::size_t i = 0; i <= steps; ++i) {
    moments_.push_back(axis_->time_ns(first_ + static_cast<double>(i) * step_));
  }
}

double Plot::indexed_coordinate(std::int64_t time_ns) const noexcept {
  // Lanes are drawn from left to right: the next moment asked for is a little after the last one.
  constexpr std::ptrdiff_t kNear = 32;
  const auto hint = moments_.begin() + static_cast<std::ptrdiff_t>(hint_);
  auto next = moments_.end();
  if (*hint <= time_ns) {
    const auto far = hint + std::min(kNear, moments_.end() - hint - 1);
    next = std::find_if(hint + 1, far + 1, [time_ns](std::int64_t moment) { return moment > time_ns; });
    if (next == far + 1) next = std::upper_bound(far, moments_.end(), time_ns);
  } else {
    next = std::upper_bound(moments_.begin(), hint, time_ns);
  }
  const auto before = next - 1;  // of several at one time the last, as the axis has it
  hint_ = static_cast<std::size_t>(before - moments_.begin());
  const double share = static_cast<double>(time_ns - *before) / static_cast<double>(*next - *before);
  return first_ + (static_cast<double>(before - moments_.begin()) + share) * step_;
}

std::int64_t Plot::indexed_time_ns(double place) const noexcept {
  const auto before = static_cast<std::size_t>(place);
  const double share = place - static_cast<double>(before), way = static_cast<double>(moments_[before + 1] - moments_[before]);
  return std::min(moments_[before + 1], moments_[before] + static_cast<std::int64_t>(share * way));
}

}  // namespace forklight::app::timeline_view
