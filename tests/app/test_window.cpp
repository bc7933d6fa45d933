// The whole path, from a key to a pixel: the real window on a real (virtual) display, real processes, and what is seen at the end.
#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <cstdio>

#include "app/app.h"
#include "app/platform/theme.h"
#include "core/base/error.h"
#include "tests/app/display.h"
#include "tests/support/processes.h"

using namespace forklight;
using app::session::RunState;
using app::timeline_view::Drawn;

namespace {

app::Options options() {
  app::Options wanted;
  wanted.engine = FORKLIGHT_ENGINE;
  wanted.width = 1440;
  wanted.height = 900;
  wanted.language = app::i18n::Language::english;
  wanted.scenario = "exit-codes";
  wanted.wait_when_idle = false;
  return wanted;
}

// Frames until the condition holds.
bool frames_until(app::App& app, const std::function<bool()>& condition) {
  return tests::wait_until([&] { return app.frame(), condition(); }, std::chrono::seconds(30));
}

std::string artifact(const std::string& name) {
  const std::filesystem::path directory = std::filesystem::path(BINARY_DIR) / "artifacts";
  std::filesystem::create_directories(directory);
  return (directory / name).string();
}

// 0xRRGGBB of ImGui's packed ABGR.
unsigned rgb(app::platform::Color color) { return (color & 0xff) << 16 | (color & 0xff00) | (color >> 16 & 0xff); }

void press_and_see(const std::vector<std::string>& words, app::session::ThemeName theme, const std::string& picture_name) {
  tests::Display display(1440, 900);
  auto wanted = options();
  wanted.theme = theme;
  app::App app(wanted);
  CHECK(frames_until(app, [&, n = 0]() mutable { return ++n > 5; }));
  CHECK(app.session().state() == RunState::ready);

  display.type(words);
  REQUIRE(frames_until(app, [&] { return display.typed() && app.session().state() == RunState::finished; }));
  CHECK(app.session().notice() == "");

  // In the session …
  std::map<std::string, int> codes;
  for (const auto& task : app.session().model().tasks()) codes[task.name] = task.exit_code().value_or(-1000);
  CHECK(codes == std::map<std::string, int>{{"MainProcess", 0}, {"Process-1", 0}, {"Process-2", 1}, {"Process-3", -15}});
  for (const auto& claim : app.session().claims()) {
    CAPTURE(claim.id);
    CHECK(claim.verdict == scenario::Verdict::held);
  }

  // … and on the screen: a badge for each, in its colour.
  CHECK(frames_until(app, [&, n = 0]() mutable { return ++n > 5; }));
  const std::string file = artifact(picture_name);
  REQUIRE(app.screenshot(file));
  const tests::Picture picture = tests::read_png(file);
  CHECK(picture.width == 1440);
  CHECK(picture.height == 900);
  const app::platform::Palette& palette = app::platform::palette();
  const std::map<std::string, unsigned> colors = {{"0", rgb(palette.ok)}, {"1", rgb(palette.error)}, {"−15 SIGTERM", rgb(palette.signal)}};
  int badges = 0;
  for (const Drawn& drawn : app.timeline().drawn()) {
    if (drawn.what != Drawn::What::badge) continue;
    ++badges;
    CAPTURE(drawn.label);
    REQUIRE(colors.contains(drawn.label));
    const int x = static_cast<int>(drawn.x0 + drawn.x1) / 2, y = static_cast<int>(drawn.y0) + 3;  // above the text
    CHECK(picture.at(x, y) == colors.at(drawn.label));
  }
  CHECK(badges == 4);
}

}  // namespace

TEST_CASE("window: Space runs, and the exit codes stand on the screen") {
  press_and_see({"mousemove", "700", "500", "key", "space"}, app::session::ThemeName::stage, "window-stage-key.png");
}

TEST_CASE("window: a click on Run does the same, on paper") {
  tests::Display display(1440, 900);
  app::App app(options());
  CHECK(frames_until(app, [&, n = 0]() mutable { return ++n > 5; }));
  display.type({"mousemove", "400", "26", "click", "1"});  // the Run button's place in the toolbar
  REQUIRE(frames_until(app, [&] { return display.typed() && app.session().state() == RunState::finished; }));
  CHECK(app.session().model().tasks().size() == 4);
}

TEST_CASE("window: the paper theme shows the same badges") {
  press_and_see({"mousemove", "700", "500", "key", "space"}, app::session::ThemeName::paper, "window-paper-key.png");
}

TEST_CASE("window: S stops a run, Ctrl+Q leaves") {
  tests::Display display(1440, 900);
  app::App app(options());
  app.session().set("seconds", "60");
  app.session().set("order", "join-first");
  display.type({"mousemove", "700", "500", "key", "space"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.session().model().tasks().size() == 4; }));
  display.type({"key", "s"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.session().state() == RunState::finished; }));
  for (const auto& task : app.session().model().tasks()) CHECK(task.exit_code().has_value());
  display.type({"key", "ctrl+q"});
  CHECK(tests::wait_until([&] { return !app.frame(); }));
}

TEST_CASE("window: closed in the middle of a run it leaves nothing") {
  tests::Display display(1440, 900);
  {
    app::App app(options());
    app.session().set("seconds", "60");
    app.session().run();
    REQUIRE(frames_until(app, [&] { return app.session().model().tasks().size() == 4; }));
  }
  CHECK(tests::children_of(::getpid()).size() == 1);  // the display
}

TEST_CASE("window: without a display it says so in one sentence") {
  ::unsetenv("DISPLAY");
  ::unsetenv("WAYLAND_DISPLAY");
  CHECK_THROWS_AS(app::App{options()}, base::Failure);
}

TEST_CASE("window: without OpenGL 3.3 it says what was found and what to do") {
  tests::Display display(640, 480);
  ::setenv("MESA_GL_VERSION_OVERRIDE", "2.1", 1);
  try {
    app::App app(options());
    FAIL("a window was opened on OpenGL 2.1");
  } catch (const base::Failure& failure) {
    CHECK(std::string(failure.what()).find("3.3") != std::string::npos);
  }
  ::unsetenv("MESA_GL_VERSION_OVERRIDE");
}

TEST_CASE("window: without any font it still opens, and says so") {
  tests::Display display(1440, 900);
  const std::string empty = artifact("no-fonts.conf");
  std::FILE* file = std::fopen(empty.c_str(), "w");
  std::fputs("<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig></fontconfig>", file);
  std::fclose(file);
  ::setenv("FONTCONFIG_FILE", empty.c_str(), 1);
  app::App app(options());
  CHECK(frames_until(app, [&, n = 0]() mutable { return ++n > 3; }));
  CHECK(app.session().notice() != "");
  ::unsetenv("FONTCONFIG_FILE");
}
