// Coordinates on both axes, and the view onto them.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/timeline/axis.h"

namespace {

using namespace forklight;
using timeline::Axis;
using timeline::AxisKind;
using timeline::kOpen;
using timeline::Model;
using timeline::View;

Model model_at(const std::vector<std::int64_t>& times) {
  std::vector<trace::Record> records;
  for (const std::int64_t time : times) records.push_back({{time, trace::Kind::line, 1, 0, 0, 0}, 1, {}});
  Model model;
  model.append(records);
  return model;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void check_drawable(const View& view) {
  CHECK(std::isfinite(view.begin));
  CHECK(std::isfinite(view.end));
  CHECK(view.end - view.begin >= 1);
}

}  // namespace

TEST_CASE("axis: time counts nanoseconds from the run's begin, and back") {
  const Model model = model_at({1000, 1500, 90'000'000'000});
  const Axis axis(AxisKind::time, model);
  CHECK(axis.coordinate(1000) == 0);
  CHECK(axis.coordinate(1500) == 500);
  CHECK(axis.coordinate(400) == -600);
  CHECK(axis.time_ns(500) == 1500);
  CHECK(axis.time_ns(-600) == 400);
  CHECK(axis.end(0) == 89'999'999'000.0);
  CHECK(axis.end(90'000'000'100) == 89'999'999'100.0);
}

TEST_CASE("axis: time stays exact to the nanosecond on a machine that has been up for years") {
  const std::int64_t begin = 400'000'000'000'000'003;  // beyond what a double holds exactly
  const Model model = model_at({begin, begin + 7});
  const Axis axis(AxisKind::time, model);
  CHECK(axis.coordinate(begin + 7) == 7);
  CHECK(axis.time_ns(7) == begin + 7);
}

TEST_CASE("axis: order puts every event one step apart, and what lies between in proportion") {
  const Model model = model_at({100, 200, 1'000'200});
  const Axis axis(AxisKind::order, model);
  CHECK(axis.coordinate(100) == 0);
  CHECK(axis.coordinate(200) == 1);
  CHECK(axis.coordinate(150) == doctest::Approx(0.5));
  CHECK(axis.coordinate(500'200) == doctest::Approx(1.5));
  CHECK(axis.coordinate(1'000'200) == 2);
  CHECK(axis.time_ns(0.5) == 150);
  CHECK(axis.time_ns(1.5) == 500'200);
  CHECK(axis.time_ns(2) == 1'000'200);
}

TEST_CASE("axis: order ends at most one step past the last event") {
  const Model model = model_at({100, 200});
  const Axis axis(AxisKind::order, model);
  CHECK(axis.coordinate(99) == 0);
  CHECK(axis.coordinate(kOpen) == 2);
  CHECK(axis.coordinate(201) > 1);
  CHECK(axis.coordinate(201) < 2);
  CHECK(axis.end(0) == 1);
  CHECK(axis.end(kOpen) == 2);
  CHECK(axis.time_ns(50) == axis.time_ns(2));
  CHECK(axis.time_ns(-3) == 100);
}

TEST_CASE("axis: both axes never go back, with equal times as well, and the inverse follows") {
  const Model model = model_at({10, 10, 10, 20, 20, 21, 1000, 1000});
  for (const AxisKind kind : {AxisKind::time, AxisKind::order}) {
    const Axis axis(kind, model);
    double last = -kInfinity;
    for (std::int64_t time = 10; time < 1100; ++time) {
      const double coordinate = axis.coordinate(time);
      CHECK(coordinate >= last);
      CHECK(std::abs(axis.time_ns(coordinate) - time) <= 1);
      last = coordinate;
    }
    std::int64_t before = INT64_MIN;
    for (double coordinate = -2; coordinate < 12; coordinate += 0.01) {
      const std::int64_t time = axis.time_ns(coordinate);
      CHECK(time >= before);
      before = time;
    }
  }
}

TEST_CASE("axis: an empty model and absurd coordinates give finite answers") {
  const Model empty;
  const Model model = model_at({5, 6});
  for (const AxisKind kind : {AxisKind::time, AxisKind::order}) {
    CHECK(std::isfinite(Axis(kind, empty).coordinate(12)));
    CHECK(Axis(kind, empty).time_ns(0) == 0);
    CHECK(Axis(kind, empty).end(0) == 0);
    const Axis axis(kind, model);
    CHECK(axis.time_ns(kNan) == 5);
    CHECK(axis.time_ns(kInfinity) > 5);
    CHECK(axis.time_ns(-kInfinity) <= 5);
    CHECK(std::isfinite(axis.coordinate(INT64_MIN)));
    CHECK(std::isfinite(axis.coordinate(INT64_MAX)));
  }
}

TEST_CASE("view: zoom keeps the point under the cursor still") {
  View view{100, 200};
  view.zoom(0.5, 125);
  CHECK(view.begin == doctest::Approx(112.5));
  CHECK(view.end == doctest::Approx(162.5));
  view.zoom(2, 125);
  CHECK(view.begin == doctest::Approx(100));
  CHECK(view.end == doctest::Approx(200));
}

TEST_CASE("view: zoom stops at one unit and at the widest, with the point still") {
  View view{100, 200};
  for (int i = 0; i < 200; ++i) view.zoom(0.5, 150);
  CHECK(view.end - view.begin == doctest::Approx(1));
  CHECK((view.begin + view.end) / 2 == doctest::Approx(150));
  for (int i = 0; i < 400; ++i) view.zoom(1.7, 150);
  check_drawable(view);
  CHECK(view.end - view.begin <= 1.0001e15);
}

TEST_CASE("view: pan moves both ends alike") {
  View view{10, 20};
  view.pan(-15);
  CHECK(view.begin == -5);
  CHECK(view.end == 5);
  for (int i = 0; i < 100; ++i) view.pan(1e300);
  check_drawable(view);
}

TEST_CASE("view: fit shows all with the margin, and the shortest run too") {
  View view;
  view.fit(0, 1000, 0.05);
  CHECK(view.begin == doctest::Approx(-50));
  CHECK(view.end == doctest::Approx(1050));
  view.fit(1000, 0, 0);
  CHECK(view.begin == doctest::Approx(0));
  view.fit(7, 7, 0.1);
  check_drawable(view);
  CHECK((view.begin + view.end) / 2 == doctest::Approx(7));
}

TEST_CASE("view: no number makes it infinite, inverted or empty") {
  const double values[] = {0, -1, 1, 1e-320, 1e308, -1e308, 5e14, kInfinity, -kInfinity, kNan};
  for (const double a : values) {
    for (const double b : values) {
      View zoomed{3, 9};
      zoomed.zoom(a, b);
      check_drawable(zoomed);
      View panned{a, b};
      panned.pan(b);
      check_drawable(panned);
      for (const double margin : values) {
        View fitted{b, a};
        fitted.fit(a, b, margin);
        check_drawable(fitted);
      }
    }
  }
}
