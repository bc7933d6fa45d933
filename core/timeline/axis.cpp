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

View::Exact View::exact() const noexcept {
  if (begin == seen_begin_ && end == seen_end_) return {begin, rest_, width_};
  return {begin, 0, end - begin};
}

void View::set(double from, double rest, double width) noexcept {
  const double sum = from + rest, taken = sum - from;
  begin = std::clamp(sum, -kMaxCoordinate, kMaxCoordinate);
  rest_ = begin == sum ? (from - (sum - taken)) + (rest - taken) : 0;  // what the sum has left of the two
  width_ = width;
  end = begin + (rest_ + width);
  if (end - begin < kMinWidth) end = std::nextafter(end, 2 * kMaxCoordinate);  // rounding took it
  seen_begin_ = begin;
  seen_end_ = end;
}

// Whatever was written into the public members, go on from something drawable.
void View::repair() noexcept {
  if (!std::isfinite(begin)) begin = 0;
  if (!std::isfinite(end) || end < begin) end = begin;
  const Exact now = exact();
  set(now.begin, now.rest, width_within_limits(now.width));
}

double View::width() const noexcept { return exact().width; }

double View::from_begin(double coordinate) const noexcept {
  const Exact now = exact();
  return (coordinate - now.begin) - now.rest;
}

double View::at(double from_begin) const noexcept {
  const Exact now = exact();
  return now.begin + (now.rest + from_begin);
}

void View::zoom(double factor, double around) noexcept {
  repair();
  zoom_at(factor, std::isfinite(around) ? from_begin(around) / width() : 0.5);
}

void View::zoom_at(double factor, double share) noexcept {
  repair();
  if (!std::isfinite(factor) || factor <= 0 || !std::isfinite(share)) return;
  const Exact now = exact();
  const double wanted = width_within_limits(now.width * factor);
  set(now.begin, now.rest + share * (now.width - wanted), wanted);
}

void View::pan(double by) noexcept {
  repair();
  const Exact now = exact();
  if (std::isfinite(by)) set(now.begin, now.rest + by, now.width);
}

void View::fit(double from, double to, double margin) noexcept {
  if (!std::isfinite(from) || !std::isfinite(to)) return repair();
  if (to < from) std::swap(from, to);
  margin = std::isfinite(margin) ? std::clamp(margin, 0.0, 10.0) : 0;
  const double width = to - from;
  const double wanted = width_within_limits(width * (1 + 2 * margin));
  set((from + to) / 2, -wanted / 2, wanted);  // what is too short to fill the view stands in its middle
}

}  // namespace forklight::timeline
