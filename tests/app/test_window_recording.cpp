// The window recorded while it is used: from the key to the film that is read back.
#include <doctest/doctest.h>

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "app/app.h"
#include "app/platform/theme.h"
#include "tests/app/film_files.h"
#include "tests/support/processes.h"

using namespace forklight;
using namespace forklight::tests::film;
using app::session::RunState;

namespace {

app::Options options() {
  app::Options wanted;
  wanted.engine = FORKLIGHT_ENGINE;
  wanted.width = 1280;
  wanted.height = 721;  // a film's height is even
  wanted.language = app::i18n::Language::english;
  wanted.scenario = "exit-codes";
  wanted.wait_when_idle = false;
  return wanted;
}

bool frames_until(app::App& app, const std::function<bool()>& condition) {
  return tests::wait_until([&] { return app.frame(), condition(); }, std::chrono::seconds(60));
}
bool frames_for(app::App& app, std::chrono::milliseconds length) {
  const auto end = std::chrono::steady_clock::now() + length;
  return frames_until(app, [&] { return std::chrono::steady_clock::now() > end; });
}

// A directory to work in, and the one before again.
class Here {
 public:
  explicit Here(const fs::path& directory) : before_(fs::current_path()) { fs::current_path(directory); }
  ~Here() { fs::current_path(before_); }
  Here(const Here&) = delete;
  Here& operator=(const Here&) = delete;

 private:
  fs::path before_;
};

// The mean difference of a colour's channel, 0 … 255.
double difference(const tests::Picture& a, const tests::Picture& b, int rows) {
  double sum = 0;
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < a.width; ++x)
      for (const int shift : {0, 8, 16}) sum += std::abs(static_cast<int>(a.at(x, y) >> shift & 0xff) - static_cast<int>(b.at(x, y) >> shift & 0xff));
  return sum / (3.0 * rows * a.width);
}

// Whether the foot's right end has the red dot.
bool has_dot(const tests::Picture& picture) {
  const app::platform::Color red = app::platform::readable(app::platform::palette().error, app::platform::palette().status_bar);
  const auto near = [](unsigned a, unsigned b) { return a > b ? a - b < 40 : b - a < 40; };
  int found = 0;
  for (int y = picture.height - 26; y < picture.height; ++y)
    for (int x = picture.width - 120; x < picture.width; ++x) {
      const unsigned seen = picture.at(x, y);
      found += near(seen >> 16 & 0xff, red & 0xff) && near(seen >> 8 & 0xff, red >> 8 & 0xff) && near(seen & 0xff, red >> 16 & 0xff) ? 1 : 0;
    }
  return found > 20;
}

}  // namespace

TEST_CASE("window recording: Ctrl+R records a run, Ctrl+R again makes the film of it, and a notice says where it is") {
  const Folder folder, pictures;
  const Here here(folder / "");
  tests::Display display(1280, 721);
  app::App app(options());
  REQUIRE(frames_for(app, std::chrono::milliseconds(200)));
  CHECK_FALSE(app.ui().recording.on);
  display.type({"mousemove", "700", "300", "key", "ctrl+r"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.ui().recording.on; }));
  display.type({"key", "space"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.session().state() == RunState::finished && app.ui().recording.length_ns > 1'200'000'000; }));
  display.type({"mousemove", "640", "650"});
  REQUIRE(frames_until(app, [&] { return display.typed(); }));
  REQUIRE(frames_for(app, std::chrono::milliseconds(900)));  // tooltips have come and stand still
  const std::string shot = (pictures / "window.png").string();
  REQUIRE(app.screenshot(shot));
  const tests::Picture window = tests::read_png(shot);
  CHECK(has_dot(window));
  REQUIRE(frames_for(app, std::chrono::milliseconds(100)));

  const std::int64_t length_ns = app.ui().recording.length_ns;
  display.type({"key", "ctrl+r"});
  REQUIRE(frames_until(app, [&] { return display.typed() && app.ui().recording.making; }));
  CHECK_FALSE(app.ui().recording.on);
  REQUIRE(frames_until(app, [&] { return !app.ui().recording.making; }));
  const fs::path film = app.ui().recording.made;
  CAPTURE(app.session().notice());
  REQUIRE(fs::exists(film));
  CHECK(film.parent_path() == fs::canonical(folder / ""));
  CHECK(film.filename().string().starts_with("exit-codes-20"));
  CHECK(film.extension() == ".mp4");
  CHECK(folder.files() == 1);
  CHECK(app.session().notice().find(film.string()) != std::string::npos);

  CHECK(probed(film, "codec_name,width,height") == "h264\n1280\n720\n");
  const int frames = std::stoi(probed(film, "nb_read_frames"));
  CHECK(frames >= length_ns * 30 / 1'000'000'000);
  CHECK(frames < length_ns * 30 / 1'000'000'000 + 60);
  CHECK(std::abs(std::stod(probed(film, "duration")) - frames / 30.0) < 0.05);
  const tests::Picture last = picture_of(film, frames - 1, pictures / "last.png");
  const auto& palette = app::platform::palette();
  for (const app::platform::Color badge : {palette.ok, palette.error, palette.signal}) CHECK(shows(last, badge));
  CHECK(difference(last, window, 690) < 3);
  CHECK_FALSE(has_dot(last));
  // The pointer with its white edge, where the mouse was; the window's own picture has none.
  const auto edge = [](const tests::Picture& one) {
    int white = 0;
    for (int y = 650; y < 670; ++y)
      for (int x = 638; x < 655; ++x) white += (one.at(x, y) >> 16 & 0xff) > 220 && (one.at(x, y) & 0xff) > 220 ? 1 : 0;
    return white;
  };
  CHECK(edge(last) > edge(window) + 15);
  // The way to it.
  app.ui().push("film.copy");
  REQUIRE(frames_for(app, std::chrono::milliseconds(60)));
  CHECK(app.session().notice().find("clipboard") != std::string::npos);
}

TEST_CASE("window recording: a film that is given up leaves nothing, and the window goes on") {
  const Folder folder;
  tests::Display display(1280, 721);
  app::App app(options());
  app.ui().push("film.record", (folder / "lesson.mp4").string());
  REQUIRE(frames_until(app, [&] { return app.ui().recording.on && app.ui().recording.length_ns > 500'000'000; }));
  app.ui().push("film.record");
  REQUIRE(frames_until(app, [&] { return app.ui().recording.making; }));
  app.ui().push("film.give_up");
  REQUIRE(frames_until(app, [&] { return !app.ui().recording.making; }));
  CHECK(app.session().notice() == app::i18n::tr("notice.film.given_up"));
  CHECK(folder.files() == 0);
  app.ui().push("film.record", (folder / "lesson.avi").string());
  REQUIRE(frames_for(app, std::chrono::milliseconds(60)));
  CHECK_FALSE(app.ui().recording.on);
  CHECK(app.session().notice().find(".mp4") != std::string::npos);
}

TEST_CASE("window recording: closed in the midst of it the window stays until the film is there; closed twice it leaves nothing") {
  const Folder folder;
  for (const bool twice : {false, true}) {
    tests::Display display(1280, 721);
    app::App app(options());
    app.ui().push("film.record", (folder / "lesson.mp4").string());
    REQUIRE(frames_until(app, [&] { return app.ui().recording.on && app.ui().recording.length_ns > 500'000'000; }));
    app.ui().push("quit");
    REQUIRE(app.frame());
    CHECK(app.session().notice() == app::i18n::tr("recording.closing"));
    if (twice) app.ui().push("quit");
    CHECK(tests::wait_until([&] { return !app.frame(); }, std::chrono::seconds(60)));
    CHECK(fs::exists(folder / "lesson.mp4") == !twice);
    if (!twice) CHECK(probed(folder / "lesson.mp4", "width,height") == "1280\n720\n");
    fs::remove(folder / "lesson.mp4");
    CHECK(folder.files() == 0);
  }
}

TEST_CASE("window recording: without ffmpeg it says what to install, and makes pictures") {
  const Folder folder;
  tests::Display display(1280, 721);
  app::App app(options());
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/no/such/directory", 1);
  app.ui().push("film.record", (folder / "lesson.mp4").string());
  REQUIRE(frames_until(app, [&] { return app.ui().recording.on; }));
  CHECK(app.session().notice().find("package ffmpeg") != std::string::npos);
  REQUIRE(frames_for(app, std::chrono::milliseconds(200)));
  app.ui().push("film.record");
  REQUIRE(frames_until(app, [&] { return !app.ui().recording.made.empty(); }));
  ::setenv("PATH", path.c_str(), 1);
  CHECK(app.ui().recording.made == (folder / "lesson").string());
  CHECK(tests::read_png((folder / "lesson/000001.png").string()).width == 1280);
}
