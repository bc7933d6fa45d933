// The two axes: time (nanoseconds) and order (every event one step apart). Both map a moment of the run to a
// coordinate, monotonically.
#pragma once

#include <cstdint>
#include <optional>

#include "core/timeline/model.h"

namespace forklight::timeline {

enum class AxisKind : std::uint8_t { time, order };

// Coordinates are doubles: nanoseconds since the run's begin (time), or the event's rank, with the part of the way to
// the next event (order). On the order axis what lies before the first event is at 0, what lies behind the last at most
// one step on.
class Axis {
 public:
  Axis(AxisKind kind, const Model& model) noexcept : kind_(kind), model_(&model) {}
  // Time counted from another moment than the run's begin, to lay parts of runs beside one another.
  Axis(const Model& model, std::int64_t origin_ns) noexcept : kind_(AxisKind::time), model_(&model), origin_ns_(origin_ns) {}

  [[nodiscard]] AxisKind kind() const noexcept { return kind_; }
  [[nodiscard]] double coordinate(std::int64_t time_ns) const noexcept;
  [[nodiscard]] std::int64_t time_ns(double coordinate) const noexcept;  // the inverse
  [[nodiscard]] double end(
      std::int64_t now_ns) const noexcept;  // coordinate of "now" in a live run, else of the last event

 private:
  AxisKind kind_;
  const Model* model_;
  std::optional<std::int64_t> origin_ns_;  // none: the run's begin
};

// What is visible: coordinates begin…end. Zoom keeps the point under the cursor still; both ends stay finite and at least 1 unit apart in time.
//
// An hour into a run neighbouring doubles are half a thousandth of a nanosecond apart: a pixel, where a nanosecond fills the window. So a view
// remembers of its begin and its width what the two numbers have no room for, as long as nobody else writes them.
class View {
 public:
  double begin = 0, end = 1;

  View() = default;
  View(double from, double to) noexcept : begin(from), end(to) {}

  void zoom(double factor, double around) noexcept;   // factor < 1 zooms in
  void zoom_at(double factor, double share) noexcept;  // the same around a part of the width: 0 = begin, 1 = end
  void pan(double by) noexcept;
  void fit(double from, double to, double margin) noexcept;  // margin: part of the width to leave free on either side

  [[nodiscard]] double width() const noexcept;                    // end − begin, exactly
  [[nodiscard]] double from_begin(double coordinate) const noexcept;  // coordinate − begin, exactly
  [[nodiscard]] double at(double from_begin) const noexcept;       // the inverse: what stands so far from the begin

 private:
  struct Exact {
    double begin, rest, width;
  };
  [[nodiscard]] Exact exact() const noexcept;
  void set(double begin, double rest, double width) noexcept;
  void repair() noexcept;

  double rest_ = 0, width_ = 1, seen_begin_ = 0, seen_end_ = 1;  // the first two count while the others are what begin and end are
};

}  // namespace forklight::timeline
