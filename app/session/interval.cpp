#include "app/session/interval.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace forklight::app::session {
namespace {

constexpr std::array kSteps = {50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 100e-3, 200e-3, 500e-3};
static_assert(kSteps.front() == kLeastInterval && kSteps.back() == kMostInterval);

}  // namespace

double interval_beside(std::int64_t interval_ns, int by) noexcept {
  const double now = static_cast<double>(interval_ns) / 1e9;
  constexpr double kHair = 1e-3;  // what is a step but for rounding is that step
  if (by < 0) {
    const auto above = std::lower_bound(kSteps.begin(), kSteps.end(), now * (1 - kHair));
    return above == kSteps.begin() ? kSteps.front() : *(above - 1);
  }
  const auto above = std::upper_bound(kSteps.begin(), kSteps.end(), now * (1 + kHair));
  return above == kSteps.end() ? kSteps.back() : *above;
}

double interval_share(std::int64_t interval_ns) noexcept {
  const double now = std::clamp(static_cast<double>(interval_ns) / 1e9, kLeastInterval, kMostInterval);
  return std::log(now / kLeastInterval) / std::log(kMostInterval / kLeastInterval);
}

double interval_at(double share) noexcept {
  const double wanted = kLeastInterval * std::pow(kMostInterval / kLeastInterval, std::clamp(share, 0.0, 1.0));
  return *std::min_element(kSteps.begin(), kSteps.end(), [&](double left, double right) {
    return std::abs(std::log(left / wanted)) < std::abs(std::log(right / wanted));
  });
}

}  // namespace forklight::app::session
