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

// What is visible: coordinates begin…end. Zoom keeps the point under the cursor still; both ends stay finite and at
// least 1 unit apart in time.
struct View {
  double begin = 0, end = 1;

  void zoom(double factor, double around) noexcept;  // factor < 1 zooms in
  void pan(double by) noexcept;
  void fit(double from, double to, double margin) noexcept;  // margin: part of the width to leave free on either side
};

}  // namespace forklight::timeline
