// What those who watch see, on a real window: the lens, how others see the colours, keys and pointer; and what is kept and opened there.
#include <doctest/doctest.h>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "app/app.h"
#include "app/platform/theme.h"
#include "app/platform/vision.h"
#include "tests/app/display.h"
#include "tests/support/processes.h"

using namespace forklight;
using app::session::Vision;
namespace fs = std::filesystem;

namespace {

app::Options options() {
  app::Options wanted;
  wanted.engine = FORKLIGHT_ENGINE;
  wanted.width = 1280;
  wanted.height = 720;
  wanted.language = app::i18n::Language::english;
  wanted.scenario = "exit-codes";
  wanted.wait_when_idle = false;
  return wanted;
}

void frames(app::App& app, int count) {
  for (int i = 0; i < count; ++i) CHECK(app.frame());
}

bool frames_until(app::App& app, const std::function<bool()>& condition) {
  return tests::wait_until([&] { return app.frame(), condition(); }, std::chrono::seconds(30));
}

tests::Picture picture_of(app::App& app, const std::string& name) {
  const fs::path directory = fs::path(BINARY_DIR) / "artifacts";
  fs::create_directories(directory);
  const std::string file = (directory / name).string();
  REQUIRE(app.screenshot(file));
  return tests::read_png(file);
}

unsigned rgb(app::platform::Color color) { return (color & 0xff) << 16 | (color & 0xff00) | (color >> 16 & 0xff); }
app::platform::Color color_of(unsigned rgb) { return 0xff000000U | (rgb & 0xff) << 16 | (rgb & 0xff00) | (rgb >> 16 & 0xff); }

int difference(unsigned x, unsigned y) {
  int most = 0;
  for (int shift = 0; shift < 24; shift += 8) most = std::max(most, std::abs(static_cast<int>(x >> shift & 0xff) - static_cast<int>(y >> shift & 0xff)));
  return most;
}

}  // namespace

TEST_CASE("window: the preview shows each pixel as somebody sees it who lacks one kind of cones") {
  tests::Display display(1280, 720);
  app::App app(options());
  frames(app, 5);
  const tests::Picture plain = picture_of(app, "audience-plain.png");
  for (const Vision vision : {Vision::protanopia, Vision::deuteranopia, Vision::tritanopia}) {
    app.ui().push("vision");
    frames(app, 3);
    REQUIRE(app.ui().audience.vision == vision);
    const tests::Picture seen = picture_of(app, "audience-vision-" + std::to_string(static_cast<int>(vision)) + ".png");
    int compared = 0, colourful = 0;
    // The status bar says that it is on: there, more than the colour differs.
    for (int y = 0; y < 660; y += 3)
      for (int x = 0; x < 1280; x += 3) {
        const unsigned before = plain.at(x, y), after = seen.at(x, y);
        if (difference(rgb(app::platform::as_seen(color_of(before), vision)), after) > 2) FAIL("at " << x << ", " << y << ": " << before << " became " << after);
        ++compared;
        colourful += difference(before, after) > 30 ? 1 : 0;
      }
    CHECK(compared > 50'000);
    CHECK(colourful > 20);  // the Run button, the lesson's mark
  }
  app.ui().push("vision");
  frames(app, 3);
  CHECK(app.ui().audience.vision == Vision::normal);
}

TEST_CASE("window: the lens enlarges what is under the pointer, in a ring") {
  tests::Display display(1280, 720);
  app::App app(options());
  frames(app, 5);
  // The Run button is the most colourful thing of the toolbar; beneath the pointer it becomes larger than it is.
  display.type({"mousemove", "640", "330"});
  REQUIRE(frames_until(app, [&] { return display.typed(); }));
  frames(app, 3);
  const tests::Picture plain = picture_of(app, "audience-no-lens.png");
  display.type({"key", "z"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.ui().audience.lens; }));
  frames(app, 3);
  const tests::Picture lens = picture_of(app, "audience-lens.png");
  const float zoom = app.ui().audience.lens_zoom;
  const unsigned ring = rgb(app::platform::palette().signal);
  int ringed = 0;
  for (int x = 640; x < 1280; ++x) ringed += difference(lens.at(x, 330), ring) < 8 && difference(plain.at(x, 330), ring) >= 8 ? 1 : 0;
  CHECK(ringed >= 2);  // what is enlarged may have its colour as well
  // Flat places have the colour of where they are enlarged from.
  int same = 0, all = 0;
  for (int dy = -90; dy <= 90; dy += 6)
    for (int dx = -90; dx <= 90; dx += 6) {
      const auto from = [&](int d) { return static_cast<int>(std::lround(static_cast<float>(d) / zoom)); };
      ++all;
      same += difference(lens.at(640 + dx, 330 + dy), plain.at(640 + from(dx), 330 + from(dy))) < 40 ? 1 : 0;
    }
  CHECK(same > all * 8 / 10);
  CHECK(lens.at(20, 700) == plain.at(20, 700));
  display.type({"key", "Escape"});
  REQUIRE(frames_until(app, [&] { return display.typed() && !app.ui().audience.lens; }));
}

TEST_CASE("window: a key that does something is shown with what it does; letters that are typed are not") {
  tests::Display display(1280, 720);
  app::App app(options());
  frames(app, 5);
  app.ui().audience.keys = app.ui().audience.pointer = true;
  display.type({"mousemove", "640", "330", "key", "d"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.ui().audience.press.key == "D"; }));
  CHECK(app.ui().audience.press.title == "Dark or light");
  picture_of(app, "audience-keys.png");
  display.type({"key", "ctrl+k"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.ui().dialog == app::session::Dialog::palette; }));
  frames(app, 3);
  display.type({"key", "q"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.ui().palette_entry == "q"; }));
  CHECK(app.ui().audience.press.key == "Ctrl+K");
}

TEST_CASE("window: what is set is there again in the next window, and the last run can be opened") {
  tests::Display display(1280, 720);
  const fs::path folder = fs::path(BINARY_DIR) / "test-window-person";
  fs::remove_all(folder);
  auto wanted = options();
  wanted.person = app::session::PersonFolders{folder / "config", folder / "state"};
  wanted.scenario.clear();
  wanted.width = wanted.height = std::nullopt;
  {
    app::App app(wanted);
    frames(app, 3);
    CHECK(app.session().notice() == "");
    display.type({"mousemove", "640", "330", "key", "d"});
    REQUIRE(frames_until(app, [&] { return display.typed() && app.ui().theme == app::session::ThemeName::paper; }));
    app.ui().push("scenario", "hello");
    app.ui().push("run");
    REQUIRE(frames_until(app, [&] { return app.session().state() == app::session::RunState::finished; }));
  }
  CHECK(fs::exists(folder / "config" / "settings.json"));
  {
    app::App app(wanted);
    frames(app, 3);
    CHECK(app.ui().theme == app::session::ThemeName::paper);
    CHECK(app.session().scenario().id == "hello");
    display.type({"key", "ctrl+shift+o"});
    REQUIRE(frames_until(app, [&] { return display.typed() && app.session().state() == app::session::RunState::opened; }));
    CHECK(app.session().model().tasks().size() > 1);
  }
  fs::remove_all(folder);
}

TEST_CASE("window: a trace file that is dropped on it is opened") {
  tests::Display display(1280, 720);
  app::App app(options());
  app.ui().push("scenario", "hello");
  app.ui().push("run");
  REQUIRE(frames_until(app, [&] { return app.session().state() == app::session::RunState::finished; }));
  const std::string file = (fs::path(BINARY_DIR) / "test-window-dropped.flt").string();
  app.session().save(file);
  // As GLFW calls it when the desktop drops something.
  const auto drop = [&](std::vector<const char*> paths) {
    const GLFWdropfun callback = glfwSetDropCallback(app.window().handle(), nullptr);
    REQUIRE(static_cast<bool>(callback));
    glfwSetDropCallback(app.window().handle(), callback);
    callback(app.window().handle(), static_cast<int>(paths.size()), paths.data());
    frames(app, 2);
  };
  drop({file.c_str(), file.c_str()});
  CHECK(app.session().notice() != "");
  CHECK(app.session().state() == app::session::RunState::finished);
  drop({file.c_str()});
  CHECK(app.session().notice() == "");
  CHECK(app.session().state() == app::session::RunState::opened);
  fs::remove(file);
}
