// Charts of what was measured: speed-up against workers, and how often a wait lasted how long. Axes are named and have units.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/panels/widgets.h"
#include "core/timeline/rounds.h"

namespace forklight::app::panels {

struct ChartArea {
  float x0, y0, x1, y1;
};

struct SpeedUpCurve {
  std::string name;
  Color color;
  std::span<const timeline::SpeedUp> points;
  std::optional<double> parallel;  // Amdahl's part, where it could be fitted
};
// Points and lines, the ideal, and each curve's fit as a thin line. `cores`: up to which the fits go, 0 = all.
void draw_speed_up(const ChartArea& area, std::span<const SpeedUpCurve> curves, int cores);

// Waits by length, in columns of equal ratio; those that did not wait at all stand at the left.
class Histogram {
 public:
  static constexpr int kPerDecade = 8, kDecades = 5;           // 10 µs to 1 s
  static constexpr int kBins = kPerDecade * kDecades + 2;       // and those below and above
  explicit Histogram(std::vector<std::int64_t> values_ns);
  [[nodiscard]] const std::vector<std::uint32_t>& bins() const noexcept { return bins_; }
  [[nodiscard]] std::size_t count() const noexcept { return sorted_.size(); }
  [[nodiscard]] std::int64_t quantile(double share) const noexcept;  // ns; 0 of none
  [[nodiscard]] static int bin_of(std::int64_t ns) noexcept;
  // The place of a length along the columns, 0 to 1.
  [[nodiscard]] static double place(std::int64_t ns) noexcept;

 private:
  std::vector<std::int64_t> sorted_;
  std::vector<std::uint32_t> bins_;
};

struct HistogramRow {
  std::string name;
  Color color;
  const Histogram* histogram;
  std::int64_t interval_ns;  // marked; 0: none
};
// One below the other over one axis.
void draw_histograms(const ChartArea& area, std::span<const HistogramRow> rows);
[[nodiscard]] float histograms_height(std::size_t rows);

}  // namespace forklight::app::panels
