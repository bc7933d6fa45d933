// Step curves and their pyramid.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/timeline/steps.h"

using forklight::timeline::Steps;

TEST_CASE("steps: before its first point a curve is at zero, and it holds its last") {
  Steps<std::int64_t> steps;
  CHECK(steps.at(5) == 0);
  CHECK(steps.whole().most == 0);
  CHECK(steps.range(0, 10).least == 0);
  steps.set(10, 4);
  CHECK(steps.at(9) == 0);
  CHECK(steps.at(10) == 4);
  CHECK(steps.at(1000) == 4);
  CHECK(steps.range(20, 30).least == 4);
  CHECK(steps.range(0, 10).most == 0);
  CHECK(steps.range(0, 11).most == 4);
}

TEST_CASE("steps: what comes late changes what comes after it: a sum to the end, a value to the next") {
  Steps<std::int64_t> sums, values;
  sums.add(10, 1);
  sums.add(30, 1);
  sums.add(20, 5);
  CHECK(sums.at(10) == 1);
  CHECK(sums.at(20) == 6);
  CHECK(sums.at(30) == 7);
  values.set(10, 1);
  values.set(30, 3);
  values.set(20, 2);
  CHECK(values.at(29) == 2);
  CHECK(values.at(30) == 3);
}

TEST_CASE("steps: the pyramid gives what looking at every point gives") {
  std::mt19937_64 random(5);
  Steps<std::int64_t> steps;
  std::int64_t time = 0;
  for (int round = 0; round < 400; ++round) {
    for (int i = 0; i < 20; ++i) {
      time += static_cast<std::int64_t>(random() % 3);
      const std::int64_t late = random() % 8 == 0 ? static_cast<std::int64_t>(random() % 50) : 0;
      steps.add(std::max<std::int64_t>(time - late, 0), static_cast<std::int64_t>(random() % 11) - 5);
    }
    const auto begin = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(time + 2));
    const auto end = begin + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(time + 2));
    std::int64_t least = steps.at(begin), most = least;
    for (const auto& point : steps.points()) {
      if (point.time_ns <= begin || point.time_ns >= end) continue;
      least = std::min(least, point.value);
      most = std::max(most, point.value);
    }
    CHECK(steps.range(begin, end).least == least);
    CHECK(steps.range(begin, end).most == most);
  }
}
