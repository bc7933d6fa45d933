// The switch interval as a person turns it: in steps of 1, 2, 5 over four decades.
#pragma once

#include <cstdint>

namespace forklight::app::session {

inline constexpr double kLeastInterval = 50e-6, kMostInterval = 0.5;  // seconds

// The step beside an interval (ns), shorter (−1) or longer (+1); seconds.
[[nodiscard]] double interval_beside(std::int64_t interval_ns, int by) noexcept;
// Where an interval lies between the least and the most, 0 to 1 by its logarithm; and back, as the nearest step.
[[nodiscard]] double interval_share(std::int64_t interval_ns) noexcept;
[[nodiscard]] double interval_at(double share) noexcept;

}  // namespace forklight::app::session
