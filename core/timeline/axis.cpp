#include "core/timeline/axis.h"

#include <algorithm>
#include <cmath>

namespace forklight::timeline {

namespace {

// How long a live run may be silent until the order axis has gone its one step past the last event.
constexpr double kLastStepNs = 1e8;
constexpr double kMinWidth = 1;
constexpr double kMaxWidth = 1e15;       // eleven days in nanoseconds
constexpr double kMaxCoordinate = 1e15;  // where a double still tells quarters apart

// later − earlier, for any two times: the difference of two int64 need not be one.
double distance(std::int64_t earlier, std::int64_t later) noexcept {
  if (later < earlier) return -distance(later, earlier);
  return static_cast<double>(static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier));
}

std::int64_t advance(std::int64_t time_ns, double by_ns) noexcept {
  constexpr double kLimit = 9e18;
  const double step = std::clamp(std::isnan(by_ns) ? 0.0 : by_ns, -kLimit, kLimit);
  const std::int64_t whole = std::llround(step);
  if (whole > 0 && time_ns > kOpen - whole) return kOpen;
  if (whole < 0 && time_ns < INT64_MIN - whole) return INT64_MIN;
  return time_ns + whole;
}

double width_within_limits(double width) noexcept {
  return std::clamp(width, kMinWidth, kMaxWidth);
}

void set(View& view, double begin, double width) noexcept {
  view.begin = std::clamp(begin, -kMaxCoordinate, kMaxCoordinate);
  view.end = view.begin + width;
  if (view.end - view.begin < kMinWidth) view.end = std::nextafter(view.end, 2 * kMaxCoordinate);  // rounding took it
}

// Whatever was written into the public members, go on from something drawable.
void repair(View& view) noexcept {
  if (!std::isfinite(view.begin)) view.begin = 0;
  if (!std::isfinite(view.end) || view.end < view.begin) view.end = view.begin;
  set(view, view.begin, width_within_limits(view.end - view.begin));
}

}  // namespace

double Axis::coordinate(std::int64_t time_ns) const noexcept {
  if (kind_ == AxisKind::time) return distance(origin_ns_.value_or(model_->begin_ns()), time_ns);
  const auto& events = model_->events();
  const auto next = std::upper_bound(events.begin(), events.end(), time_ns,
                                     [](std::int64_t time, const EventRef& event) { return time < event.time_ns; });
  if (next == events.begin()) return 0;
  const auto before = next - 1;  // of events at one time the last: the steps of the others lie just before
  const auto rank = static_cast<double>(before - events.begin());
  const double way = distance(before->time_ns, time_ns);
  if (next == events.end()) return rank + std::min(1.0, way / kLastStepNs);
  return rank + way / distance(before->time_ns, next->time_ns);
}

std::int64_t Axis::time_ns(double coordinate) const noexcept {
  if (std::isnan(coordinate)) coordinate = 0;
  if (kind_ == AxisKind::time) return advance(origin_ns_.value_or(model_->begin_ns()), coordinate);
  const auto& events = model_->events();
  if (events.empty()) return 0;
  const auto last = static_cast<double>(events.size() - 1);
  const double place = std::clamp(coordinate, 0.0, last + 1);
  if (place >= last) return advance(events.back().time_ns, (place - last) * kLastStepNs);
  const double rank = std::floor(place);
  const EventRef& before = events[static_cast<std::size_t>(rank)];
  const EventRef& next = events[static_cast<std::size_t>(rank) + 1];
  return std::min(next.time_ns, advance(before.time_ns, (place - rank) * distance(before.time_ns, next.time_ns)));
}

double Axis::end(std::int64_t now_ns) const noexcept {
  return coordinate(std::max(now_ns, model_->end_ns()));
}

void View::zoom(double factor, double around) noexcept {
  repair(*this);
  if (!std::isfinite(factor) || factor <= 0) return;
  if (!std::isfinite(around)) around = (begin + end) / 2;
  const double width = end - begin;
  const double wanted = width_within_limits(width * factor);
  set(*this, around - (around - begin) * (wanted / width), wanted);
}

void View::pan(double by) noexcept {
  repair(*this);
  if (std::isfinite(by)) set(*this, begin + by, end - begin);
}

void View::fit(double from, double to, double margin) noexcept {
  if (!std::isfinite(from) || !std::isfinite(to)) return repair(*this);
  if (to < from) std::swap(from, to);
  margin = std::isfinite(margin) ? std::clamp(margin, 0.0, 10.0) : 0;
  const double width = to - from;
  const double wanted = width_within_limits(width * (1 + 2 * margin));
  set(*this, (from + to) / 2 - wanted / 2, wanted);  // what is too short to fill the view stands in its middle
}

}  // namespace forklight::timeline
