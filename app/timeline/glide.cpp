#include "app/timeline/glide.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace forklight::app::timeline_view {
namespace {

constexpr double kTime = 0.045;   // seconds in which two thirds of what is left are done
constexpr double kLittle = 0.02;  // notches: less than that is not seen

}  // namespace

void Glide::by(double notches, double share) noexcept {
  left_ += notches;
  share_ = share;
}

double Glide::step(double seconds, bool at_once) noexcept {
  const double now = left_ * (1 - std::exp(-std::max(seconds, 0.0) / kTime));
  if (at_once || std::abs(left_ - now) < kLittle) return std::exchange(left_, 0);
  left_ -= now;
  return now;
}

}  // namespace forklight::app::timeline_view
