// Zoom from one hour to one nanosecond: places are exact, labels tell neighbours apart, the point under the pointer stays where it is, and
// the way back leads to where one was.
#include <doctest/doctest.h>
#include <imgui.h>

#include <cmath>
#include <set>
#include <vector>

#include "app/timeline/capture.h"
#include "app/timeline/glide.h"
#include "app/timeline/plot.h"
#include "test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;
using app::timeline_view::Capture;
using app::timeline_view::Glide;
using app::timeline_view::Plot;
using app::timeline_view::TextRun;
using timeline::View;

namespace {

constexpr std::int64_t kHour = 3'600'000'000'000;

// One hour, of which the last ten nanoseconds are events, one after the other.
Model hour() {
  Run run;
  run.at(0).begin(1, "MainProcess");
  for (std::int64_t i = 0; i < 10; ++i) run.at_ns(kHour - 10 + i).write(1, i % 2 == 0 ? Kind::sleep_begin : Kind::sleep_end, 0, 1);
  return run.at_ns(kHour).die(1, 0).model();
}

}  // namespace

TEST_CASE("zoom: from one hour to one nanosecond a moment's place leads back to the moment, and neighbours are as far apart as they should be") {
  const Model model = hour();
  const timeline::Axis axis(AxisKind::time, model);
  const app::timeline_view::Rect area{200, 40, 2120, 600};
  const double pixels = static_cast<double>(area.width());
  for (const std::int64_t middle : {std::int64_t{5}, kHour / 3 + 1, kHour - 4}) {
    View view{0, static_cast<double>(kHour)};
    view.pan(static_cast<double>(middle) - static_cast<double>(kHour) / 2);
    int steps = 0;
    for (; view.width() > 1; ++steps) {
      view.zoom_at(0.82, 0.5);
      const Plot plot(area, axis, view, model.end_ns());
      const double per_ns = pixels / view.width();
      CAPTURE(middle);
      CAPTURE(view.width());
      // The middle stays, at every step.
      CHECK(std::abs(static_cast<double>(plot.x_of(static_cast<double>(middle))) - (200 + pixels / 2)) < 0.5);
      const auto reach = static_cast<std::int64_t>(view.width() / 2);
      for (const std::int64_t away : {-reach, -reach / 3, std::int64_t{0}, reach / 5, reach}) {
        const std::int64_t moment = model.begin_ns() + middle + away;
        const float x = plot.x_of(axis.coordinate(moment));
        CHECK(std::abs(static_cast<double>(x) - (200 + pixels / 2 + static_cast<double>(away) * per_ns)) < 0.5);
        // Back: exact where a nanosecond has a pixel, else within the pixel.
        CHECK(std::abs(static_cast<double>(plot.time_ns(x) - moment)) <= (per_ns >= 1 ? 0 : 0.5 / per_ns + 1));
      }
    }
    CHECK(steps > 140);
    CHECK(view.width() == 1);
  }
}

TEST_CASE("zoom: at a nanosecond it goes with the hand, and in and out again leads back") {
  View view{0, static_cast<double>(kHour)};
  view.zoom(1 / static_cast<double>(kHour), static_cast<double>(kHour) - 7.25);
  REQUIRE(view.width() == 1);
  const double before = view.from_begin(static_cast<double>(kHour) - 7);
  // A thousand pixels of a window of two thousand, one by one: half a nanosecond, which two neighbouring doubles of an hour have no room for.
  for (int i = 0; i < 1000; ++i) view.pan(-1.0 / 2000);
  CHECK(view.from_begin(static_cast<double>(kHour) - 7) == doctest::Approx(before + 0.5).epsilon(1e-9));
  for (int i = 0; i < 1000; ++i) view.pan(1.0 / 2000);
  CHECK(view.from_begin(static_cast<double>(kHour) - 7) == doctest::Approx(before).epsilon(1e-9));
  CHECK(view.width() == 1);

  View there{static_cast<double>(kHour) / 2, static_cast<double>(kHour)};
  for (const double share : {0.1, 0.5, 0.93}) {
    const View from = there;
    for (int i = 0; i < 130; ++i) there.zoom_at(0.82, share);
    for (int i = 0; i < 130; ++i) there.zoom_at(1 / 0.82, share);
    const double pixel = from.width() / 2000;
    CHECK(std::abs(there.begin - from.begin) < pixel / 2);
    CHECK(std::abs(there.end - from.end) < pixel / 2);
  }
  // What somebody writes counts from then on.
  there.begin = 10;
  there.end = 30;
  CHECK(there.width() == 20);
  CHECK(there.from_begin(12) == 2);
}

TEST_CASE("zoom: the labels of the ruler tell each other apart, and none lies on another, at every zoom") {
  Screen screen(1280, 400);
  const Model model = hour();
  screen.frame(model);
  std::size_t most = 0;
  for (double width = static_cast<double>(kHour); width >= 1; width *= 0.61) {
    screen.ui.view = View{static_cast<double>(kHour) - 4 - width / 2, static_cast<double>(kHour) - 4 + width / 2};
    screen.ui.follow = false;
    screen.frame(model);
    const Capture capture;
    screen.frame(model);
    // Those of the ruler: all on one line, and they end in a unit.
    std::vector<const TextRun*> labels;
    for (const TextRun& run : capture.runs())
      if (run.font == app::platform::Font::small && run.at.y < 30 && (run.text.ends_with(" ns") || run.text.ends_with("s") || run.text.ends_with(" min") || run.text == "0")) labels.push_back(&run);
    most = std::max(most, labels.size());
    CAPTURE(width);
    std::set<std::string> texts;
    for (const TextRun* one : labels) {
      CHECK_MESSAGE(texts.insert(one->text).second, one->text);
      for (const TextRun* other : labels)
        if (other != one) CHECK_FALSE((one->at.x < other->at.x + other->width && other->at.x < one->at.x + one->width));
    }
    if (width > 3) CHECK(labels.size() >= 1);
  }
  CHECK(most > 3);
}

TEST_CASE("zoom: a glide does all of what the wheel asked for, at any rate of frames; at once where nothing moves") {
  for (const double frame : {1.0 / 144, 1.0 / 60, 1.0 / 24, 0.5}) {
    Glide glide;
    glide.by(3, 0.25);
    glide.by(-1, 0.75);
    double done = 0, last = 1e9;
    int frames = 0;
    for (double now = glide.step(frame, false); now != 0 && frames < 200; now = glide.step(frame, false), ++frames) {
      CHECK(now > 0);
      done += now;
      if (frames > 0 && now > 0.03) CHECK(now <= last);
      last = now;
    }
    CHECK(done == doctest::Approx(2));
    CHECK(frames * frame <= 0.5 + frame);
    CHECK(glide.share() == 0.75);
  }
  Glide calm;
  calm.by(4, 0);
  CHECK(calm.step(1.0 / 60, true) == 4);
  CHECK(calm.step(1.0 / 60, true) == 0);
}

TEST_CASE("zoom: turning the wheel back brings back the view, and what is under the mouse never moves") {
  Screen screen(1280, 400);
  const Model model = hour();
  screen.frame(model);
  screen.move(800, 200);
  screen.frame(model);
  const auto turn = [&](float notches, int frames) {
    ImGui::GetIO().MouseWheel = notches;
    for (int i = 0; i < frames; ++i) screen.frame(model);
  };
  turn(1, 30);  // until then the whole run is fitted
  const View before = screen.ui.view;
  for (int i = 0; i < 160; ++i) turn(1, 3);
  turn(1, 30);
  CHECK(screen.ui.view.width() == 1);
  const View fine = screen.ui.view;
  turn(-2, 30);
  turn(2, 30);
  CHECK(std::abs(screen.ui.view.from_begin(fine.at(0.5)) - 0.5) < 0.5 / 1000);  // half a pixel
  for (int i = 0; i < 100; ++i) turn(-1, 3);
  turn(-1, 30);
  CHECK(screen.ui.view.width() > before.width() * 1e-9);
}
