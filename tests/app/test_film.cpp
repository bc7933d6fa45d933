// Films of a saved run, read back by ffprobe and ffmpeg: what they say they are, the picture in them, and what stays when one fails.
#include <doctest/doctest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/film/film.h"
#include "app/i18n/i18n.h"
#include "app/platform/theme.h"
#include "app/session/session.h"
#include "core/base/error.h"
#include "tests/app/display.h"
#include "tests/app/film_files.h"
#include "tests/support/processes.h"

using namespace forklight;
using app::film::FilmOptions;
using app::film::make_film;
using tests::Folder;
using namespace forklight::tests::film;
namespace fs = std::filesystem;

namespace {

// One run of exit-codes for all tests.
const fs::path& saved_run() {
  static const fs::path path = [] {
    app::i18n::set_language(app::i18n::Language::english);
    const fs::path file = fs::path(BINARY_DIR) / ("test-film-" + std::to_string(::getpid()) + ".flt");
    app::session::Session session(FORKLIGHT_ENGINE, {.stdout_fd = tests::capture_file(), .stderr_fd = tests::capture_file()});
    session.choose("exit-codes");
    session.run();
    REQUIRE(tests::wait_until([&] { return session.update(), session.state() == app::session::RunState::finished; }));
    session.save(file);
    return file;
  }();
  return path;
}

FilmOptions small(const fs::path& file) {
  FilmOptions options;
  options.run = saved_run();
  options.file = file;
  options.width = 640;
  options.height = 360;
  options.fps = 10;
  options.captions = true;
  return options;
}

bool make(const FilmOptions& options) {
  return make_film(options, FORKLIGHT_ENGINE, [](const app::film::Progress&) { return true; });
}

template <typename Error>
std::string refusal(const FilmOptions& options) {
  try {
    make(options);
  } catch (const Error& error) {
    return error.what();
  }
  FAIL("it was made");
  return {};
}

}  // namespace

TEST_CASE("film: an MP4 has the size, the pictures and the length that were asked for, and the exit badges in its last picture") {
  const Folder folder;
  const fs::path film = folder / "lesson.mp4";
  FilmOptions options = small(film);
  options.speed = 0.25;
  options.subtitles = folder / "lesson.vtt";
  REQUIRE(make(options));
  app::session::Session session(FORKLIGHT_ENGINE);
  session.open(saved_run());
  const double run_s = static_cast<double>(session.model().end_ns() - session.model().begin_ns()) / 1e9;
  const int frames = static_cast<int>(std::ceil((run_s / 0.25 + 3) * 10));  // half a second before, two and a half after
  CHECK(probed(film, "codec_name,width,height,nb_read_frames") == "h264\n640\n360\n" + std::to_string(frames) + "\n");
  CHECK(std::abs(std::stod(probed(film, "duration")) - frames / 10.0) < 0.2);
  CHECK(output_of("ffprobe -v error -show_chapters -of csv '" + film.string() + "'").find("chapter,") != std::string::npos);
  const std::string last = (folder / "last.png").string();
  output_of("ffmpeg -v error -y -i '" + film.string() + "' -vf \"select=eq(n\\," + std::to_string(frames - 1) + ")\" -frames:v 1 '" + last + "'");
  const tests::Picture picture = tests::read_png(last);
  const auto& palette = app::platform::palette();
  for (const app::platform::Color badge : {palette.ok, palette.error, palette.signal}) CHECK(shows(picture, badge));
  const std::string vtt = bytes_of(folder / "lesson.vtt");
  CHECK(vtt.starts_with("WEBVTT\n"));
  CHECK(vtt.find(" --> ") != std::string::npos);
  CHECK(vtt.find("All 4 processes have ended") != std::string::npos);
  CHECK(folder.files() == 3);
}

TEST_CASE("film: made twice it is the same") {
  const Folder folder;
  REQUIRE(make(small(folder / "one.mp4")));
  REQUIRE(make(small(folder / "two.mp4")));
  CHECK(bytes_of(folder / "one.mp4") == bytes_of(folder / "two.mp4"));
}

TEST_CASE("film: WebM and GIF, the order axis, Chinese on paper") {
  const Folder folder;
  app::i18n::set_language(app::i18n::Language::chinese);
  FilmOptions options = small(folder / "lesson.webm");
  options.axis = timeline::AxisKind::order;
  options.theme = app::session::ThemeName::paper;
  options.fps = 5;
  CHECK(make(options));
  CHECK(probed(folder / "lesson.webm", "codec_name,width,height") == "vp9\n640\n360\n");
  options.file = folder / "lesson.gif";
  options.window = true;
  CHECK(make(options));
  CHECK(probed(folder / "lesson.gif", "codec_name,width,height") == "gif\n640\n360\n");
  app::i18n::set_language(app::i18n::Language::english);
}

TEST_CASE("film: without ffmpeg it says what to install, and makes pictures") {
  const Folder folder;
  FilmOptions options = small(folder / "lesson.mp4");
  options.program = "forklight-has-no-such-program";
  CHECK(refusal<base::Failure>(options).find("package ffmpeg") != std::string::npos);
  CHECK(folder.files() == 0);
  options.file.reset();
  options.frames = folder / "pictures";
  options.to_s = 0.2;
  REQUIRE(make(options));
  CHECK(fs::exists(folder / "pictures/000001.png"));
  CHECK(tests::read_png((folder / "pictures/000030.png").string()).width == 640);
}

TEST_CASE("film: what cannot be is said in one sentence, and nothing is begun") {
  const Folder folder;
  CHECK(refusal<base::UsageError>(small(folder / "lesson.avi")).find(".mp4") != std::string::npos);
  CHECK(refusal<base::UsageError>(small(folder / "nowhere/lesson.mp4")).find("no directory") != std::string::npos);
  FilmOptions options = small(folder / "lesson.mp4");
  options.width = 641;
  CHECK(refusal<base::UsageError>(options).find("even") != std::string::npos);
  options = small(folder / "lesson.mp4");
  options.speed = 0.0001;
  options.fps = 120;
  CHECK(refusal<base::UsageError>(options).find("minutes") != std::string::npos);
  options = small(folder / "lesson.mp4");
  options.from_s = 1000;
  CHECK(refusal<base::UsageError>(options).find("--range") != std::string::npos);
  options = small(folder / "lesson.mp4");
  options.run = folder / "none.flt";
  CHECK_THROWS_AS(make(options), base::Failure);
  if (::geteuid() != 0) {
    fs::create_directory(folder / "shut");
    fs::permissions(folder / "shut", fs::perms::owner_read | fs::perms::owner_exec);
    CHECK(refusal<base::UsageError>(small(folder / "shut/lesson.mp4")).find("another directory") != std::string::npos);
    fs::remove(folder / "shut");
  }
  CHECK(folder.files() == 0);
}

TEST_CASE("film: an ffmpeg that is killed in the middle, a full disk, a change of mind: nothing half-written stays") {
  const Folder folder, tools;
  FilmOptions options = small(folder / "lesson.mp4");
  options.program = program(tools, "head -c 3000000 >/dev/null; kill -9 $$").string();
  CHECK(refusal<base::Failure>(options).find("nothing of it is left") != std::string::npos);
  CHECK(folder.files() == 0);

  // Files may not grow beyond a few bytes: as on a disk without room.
  options.program = program(tools, "trap '' XFSZ; ulimit -f 1; exec ffmpeg \"$@\"").string();
  CHECK(refusal<base::Failure>(options).find("could not be written") != std::string::npos);
  CHECK(folder.files() == 0);

  options.program = "ffmpeg";
  CHECK_FALSE(make_film(options, FORKLIGHT_ENGINE, [](const app::film::Progress&) { return false; }));
  CHECK(folder.files() == 0);
  options.file.reset();
  options.frames = folder / "pictures";
  CHECK_FALSE(make_film(options, FORKLIGHT_ENGINE, [](const app::film::Progress& progress) { return progress.frame < 3; }));
  CHECK(folder.files() == 0);
  CHECK(tests::children_of(::getpid()).empty());
}
