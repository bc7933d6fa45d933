// A number that changes at points in time: a step curve with a min/max pyramid over it, so that a pixel that covers a
// million changes costs as much as one that covers ten. For channels here; for counters (memory, load) as well.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/chunked.h"

namespace forklight::timeline {

// What a Steps holds must be able to do these (element by element, if it has several): numbers can.
template <typename Value>
struct StepMath {
  static Value least(const Value& left, const Value& right) { return std::min(left, right); }
  static Value most(const Value& left, const Value& right) { return std::max(left, right); }
  static Value sum(const Value& left, const Value& right) { return left + right; }
};

template <typename Value>
class Steps {
 public:
  struct Point {
    std::int64_t time_ns;
    Value value;  // from this time on
  };
  struct Range {
    Value least, most;
  };

  // The value is this from that time on, until the next point; a late one changes what follows it only to there.
  void set(std::int64_t time_ns, const Value& value);
  // From that time on all is more by this; before the first point the value is Value{}.
  void add(std::int64_t time_ns, const Value& by);

  [[nodiscard]] bool empty() const noexcept { return points_.empty(); }
  [[nodiscard]] const base::Chunked<Point>& points() const noexcept { return points_; }  // sorted by time
  // The index of the first point later than a time: what is drawn in a view starts at the one before.
  [[nodiscard]] std::size_t after(std::int64_t time_ns) const noexcept;
  // The same, known to be `from` at least: near ones are found in a few steps.
  [[nodiscard]] std::size_t after(std::int64_t time_ns, std::size_t from) const noexcept;
  [[nodiscard]] Value at(std::int64_t time_ns) const noexcept;  // Value{} before the first point
  // Least and most between two times, what holds at `begin_ns` included, `end_ns` excluded. O(log n).
  [[nodiscard]] Range range(std::int64_t begin_ns, std::int64_t end_ns) const;
  // Least and most of the points `first` … `last` − 1, of which there must be one. O(log n).
  [[nodiscard]] Range over(std::size_t first, std::size_t last) const { return between(first, last); }
  // Over everything; Value{} when empty.
  [[nodiscard]] Range whole() const;

 private:
  static constexpr std::size_t kFan = 16;  // points under a node, nodes under a node

  std::size_t place(std::int64_t time_ns);
  void build() const;
  Range between(std::size_t first, std::size_t last) const;  // indices, last excluded, not empty

  base::Chunked<Point> points_;
  // Level 0 has a node for every kFan points, level 1 for every kFan of those. Built when asked for, from the first
  // point that changed since.
  mutable std::vector<std::vector<Range>> levels_;
  mutable std::size_t clean_ = 0;  // points before this one are in the levels as they are
};

template <typename Value>
std::size_t Steps<Value>::after(std::int64_t time_ns) const noexcept {
  if (points_.empty() || points_.back().time_ns <= time_ns) return points_.size();  // now: no need to search
  const auto found = std::upper_bound(points_.begin(), points_.end(), time_ns,
                                      [](std::int64_t time, const Point& point) { return time < point.time_ns; });
  return static_cast<std::size_t>(found - points_.begin());
}

template <typename Value>
std::size_t Steps<Value>::after(std::int64_t time_ns, std::size_t from) const noexcept {
  std::size_t low = from, step = 1;
  for (; low + step < points_.size() && points_[low + step].time_ns <= time_ns; step *= 2) low += step;
  const auto begin = points_.begin();
  const auto found = std::upper_bound(begin + static_cast<std::ptrdiff_t>(std::min(low, points_.size())),
                                      begin + static_cast<std::ptrdiff_t>(std::min(low + step + 1, points_.size())), time_ns,
                                      [](std::int64_t time, const Point& point) { return time < point.time_ns; });
  return static_cast<std::size_t>(found - begin);
}

// The index of the point at a time, made if there is none yet with what holds there.
template <typename Value>
std::size_t Steps<Value>::place(std::int64_t time_ns) {
  std::size_t index = after(time_ns);
  if (index > 0 && points_[index - 1].time_ns == time_ns) {
    --index;
  } else {
    const Value before = index == 0 ? Value{} : points_[index - 1].value;
    points_.insert(points_.begin() + static_cast<std::ptrdiff_t>(index), {time_ns, before});
  }
  clean_ = std::min(clean_, index);
  return index;
}

template <typename Value>
void Steps<Value>::set(std::int64_t time_ns, const Value& value) {
  points_[place(time_ns)].value = value;
}

template <typename Value>
void Steps<Value>::add(std::int64_t time_ns, const Value& by) {
  for (std::size_t i = place(time_ns); i < points_.size(); ++i) {
    points_[i].value = StepMath<Value>::sum(points_[i].value, by);
  }
}

template <typename Value>
Value Steps<Value>::at(std::int64_t time_ns) const noexcept {
  const std::size_t index = after(time_ns);
  return index == 0 ? Value{} : points_[index - 1].value;
}

template <typename Value>
typename Steps<Value>::Range Steps<Value>::range(std::int64_t begin_ns, std::int64_t end_ns) const {
  const std::size_t first = after(begin_ns);
  std::size_t last = first;
  if (end_ns > begin_ns) {
    const auto found = std::lower_bound(points_.begin() + static_cast<std::ptrdiff_t>(first), points_.end(), end_ns,
                                        [](const Point& point, std::int64_t time) { return point.time_ns < time; });
    last = static_cast<std::size_t>(found - points_.begin());
  }
  const Value before = first == 0 ? Value{} : points_[first - 1].value;
  if (first == last) return {before, before};
  const Range range = between(first, last);
  return {StepMath<Value>::least(before, range.least), StepMath<Value>::most(before, range.most)};
}

template <typename Value>
typename Steps<Value>::Range Steps<Value>::whole() const {
  return points_.empty() ? Range{Value{}, Value{}} : between(0, points_.size());
}

template <typename Value>
void Steps<Value>::build() const {
  if (clean_ >= points_.size()) return;
  const auto join = [](const Range& left, const Range& right) {
    return Range{StepMath<Value>::least(left.least, right.least), StepMath<Value>::most(left.most, right.most)};
  };
  std::size_t dirty = clean_, below = points_.size();
  for (std::size_t level = 0; below > 1; ++level) {
    if (levels_.size() == level) levels_.emplace_back();
    std::vector<Range>& nodes = levels_[level];
    dirty /= kFan;
    nodes.resize((below + kFan - 1) / kFan);
    for (std::size_t node = dirty; node < nodes.size(); ++node) {
      const std::size_t begin = node * kFan, end = std::min(begin + kFan, below);
      const auto range_of = [&](std::size_t i) {
        return level == 0 ? Range{points_[i].value, points_[i].value} : levels_[level - 1][i];
      };
      Range range = range_of(begin);
      for (std::size_t i = begin + 1; i < end; ++i) range = join(range, range_of(i));
      nodes[node] = range;
    }
    below = nodes.size();
  }
  clean_ = points_.size();
}

// Points up to a border of nodes, then nodes up to a border of theirs, and down again.
template <typename Value>
typename Steps<Value>::Range Steps<Value>::between(std::size_t first, std::size_t last) const {
  build();
  Range range{points_[first].value, points_[first].value};
  const auto take = [&](const Value& least, const Value& most) {
    range = {StepMath<Value>::least(range.least, least), StepMath<Value>::most(range.most, most)};
  };
  const auto take_one = [&](std::size_t level, std::size_t i) {
    if (level == 0) {
      take(points_[i].value, points_[i].value);
    } else {
      take(levels_[level - 1][i].least, levels_[level - 1][i].most);
    }
  };
  for (std::size_t level = 0; first < last; ++level) {
    if (level >= levels_.size()) {
      for (; first < last; ++first) take_one(level, first);
      break;
    }
    for (; first < last && first % kFan != 0; ++first) take_one(level, first);
    for (; first < last && last % kFan != 0; --last) take_one(level, last - 1);
    first /= kFan;
    last /= kFan;
  }
  return range;
}

}  // namespace forklight::timeline
