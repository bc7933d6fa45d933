#include "app/timeline/layout.h"

#include <algorithm>

#include "app/platform/theme.h"

namespace forklight::app::timeline_view {
namespace {

using platform::px;

constexpr float kRuler = 28, kGutter = 172;
constexpr float kOverview = 54, kLowOverview = 36, kNoOverviewBelow = 240;
constexpr float kTallLane = 104, kLowLane = 40;
constexpr float kTopMargin = 4;

}  // namespace

Layout::Layout(Rect window, const timeline::Model& model, double scroll) : window_(window) {
  const float width = window.width(), height = window.height();
  const float gutter = std::min(px(kGutter), width * 0.34f);
  const float ruler = std::min(px(kRuler), height * 0.25f);
  const std::size_t count = model.tasks().size();
  const float least = px(kTopMargin) + static_cast<float>(count) * px(kLowLane);
  const bool roomy = height - ruler - px(kOverview) >= least;
  const float overview = height < px(kNoOverviewBelow) ? 0.0f : px(roomy ? kOverview : kLowOverview);

  ruler_ = {window.x0 + gutter, window.y0, window.x1, window.y0 + ruler};
  plot_ = {window.x0 + gutter, window.y0 + ruler, window.x1, window.y1 - overview};
  gutter_ = {window.x0, plot_.y0, plot_.x0, plot_.y1};
  overview_ = {window.x0, plot_.y1, window.x1, window.y1};

  const float room = plot_.height() - px(kTopMargin);
  const float lane =
      std::clamp(room / static_cast<float>(std::max<std::size_t>(count, 1)), px(kLowLane), px(kTallLane));
  lanes_.reserve(count);
  lane_of_.reserve(count);
  float y = px(kTopMargin);
  for (std::size_t task = 0; task < count; ++task) {
    lane_of_.push_back(lanes_.size());
    lanes_.push_back({LaneKind::process, task, y, lane});
    y += lane;
  }
  content_height_ = y;
  // Rounding must not make a run that just fits scroll by a hair.
  scroll_limit_ = std::max(0.0, static_cast<double>(content_height_ - plot_.height()) - 0.5);
  scroll_ = std::clamp(scroll, 0.0, scroll_limit_);

  const auto above = [this](const Lane& l) {
    return plot_.y0 + l.y + l.height - static_cast<float>(scroll_) <= plot_.y0;
  };
  const auto begins_inside = [this](const Lane& l) { return plot_.y0 + l.y - static_cast<float>(scroll_) < plot_.y1; };
  first_ = static_cast<std::size_t>(std::partition_point(lanes_.begin(), lanes_.end(), above) - lanes_.begin());
  end_ = static_cast<std::size_t>(std::partition_point(lanes_.begin(), lanes_.end(), begins_inside) - lanes_.begin());
}

Rect Layout::lane(std::size_t index) const noexcept {
  const Lane& l = lanes_[index];
  const float y = plot_.y0 + l.y - static_cast<float>(scroll_);
  return {plot_.x0, y, plot_.x1, y + l.height};
}

Rect Layout::bar(std::size_t index) const noexcept {
  const Rect rect = lane(index);
  const float height = std::clamp(rect.height() * 0.31f, px(18), px(30));
  // Below the middle: marks and their words stand above the bar.
  const float y = std::floor(rect.y0 + (rect.height() - height) * 0.58f);
  return {rect.x0, y, rect.x1, y + std::floor(height)};
}

std::size_t Layout::lane_at(float y) const noexcept {
  for (std::size_t i = first_; i < end_; ++i) {
    const Rect rect = lane(i);
    if (y >= rect.y0 && y < rect.y1) return i;
  }
  return lanes_.size();
}

std::size_t Layout::lane_of(std::size_t task) const noexcept {
  return task < lane_of_.size() ? lane_of_[task] : lanes_.size();
}

}  // namespace forklight::app::timeline_view
