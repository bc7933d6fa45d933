#include "app/session/interval.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace forklight::app::session {
namespace {

// Steps are numbered from 1, which is 0; 10 is 3, 0.5 is -1.
constexpr std::array kOfDecade = {1.0, 2.0, 5.0};

double step(int number) noexcept {
  const int decade = number >= 0 ? number / 3 : (number - 2) / 3;
  const double of_it = kOfDecade[static_cast<std::size_t>(number - 3 * decade)];
  return decade >= 0 ? of_it * std::pow(10.0, decade) : of_it / std::pow(10.0, -decade);  // powers of ten are exact that way
}

int step_not_above(double value) noexcept {
  int number = 3 * static_cast<int>(std::floor(std::log10(value))) - 1;
  while (step(number + 1) <= value) ++number;
  return number;
}

// What counts in a whole number's second digit.
double grain(double number) noexcept { return number < 100 ? 1 : std::pow(10.0, std::floor(std::log10(number)) - 1); }

double seconds(std::int64_t ns) noexcept { return static_cast<double>(ns) / 1e9; }

}  // namespace

double step_beside(double value, int by) noexcept {
  constexpr double kHair = 1e-3;  // what is a step but for rounding is that step
  return by > 0 ? step(step_not_above(value * (1 + kHair)) + 1) : step(step_not_above(value * (1 - kHair)));
}

double share_of(double value, double least, double most) noexcept { return std::log(std::clamp(value, least, most) / least) / std::log(most / least); }

double step_at(double share, double least, double most) noexcept {
  const double wanted = least * std::pow(most / least, std::clamp(share, 0.0, 1.0));
  const int number = step_not_above(wanted);
  const double below = step(number), above = step(number + 1);
  return std::clamp(wanted / below < above / wanted ? below : above, least, most);
}

double two_digits(double number) noexcept { return std::round(number / grain(number)) * grain(number); }
double number_beside(double number, int by) noexcept { return by > 0 ? number + grain(number) : number - grain(number - 1); }

double interval_beside(std::int64_t interval_ns, int by) noexcept { return std::clamp(step_beside(seconds(interval_ns), by), kLeastInterval, kMostInterval); }
double interval_share(std::int64_t interval_ns) noexcept { return share_of(seconds(interval_ns), kLeastInterval, kMostInterval); }
double interval_at(double share) noexcept { return step_at(share, kLeastInterval, kMostInterval); }

}  // namespace forklight::app::session
