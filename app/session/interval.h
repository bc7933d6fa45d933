// Values as a person turns them: in steps of 1, 2, 5 over decades. The switch interval is one, and so is what a lesson takes from a
// thousandth to a whole.
#pragma once

#include <cstdint>

namespace forklight::app::session {

// The step beside a positive value, smaller (−1) or larger (+1).
[[nodiscard]] double step_beside(double value, int by) noexcept;
// Where a value lies between two positive ends, 0 to 1 by its logarithm; and back, as the nearest step that is not beyond them.
[[nodiscard]] double share_of(double value, double least, double most) noexcept;
[[nodiscard]] double step_at(double share, double least, double most) noexcept;

// A whole number to its first two digits; and the one beside it at that grain: 7 → 8, 24 → 25, 240 → 250.
[[nodiscard]] double two_digits(double number) noexcept;
[[nodiscard]] double number_beside(double number, int by) noexcept;

inline constexpr double kLeastInterval = 50e-6, kMostInterval = 0.5;  // seconds

// The same of a switch interval (ns): the step beside it; its place, and back; seconds.
[[nodiscard]] double interval_beside(std::int64_t interval_ns, int by) noexcept;
[[nodiscard]] double interval_share(std::int64_t interval_ns) noexcept;
[[nodiscard]] double interval_at(double share) noexcept;

}  // namespace forklight::app::session
