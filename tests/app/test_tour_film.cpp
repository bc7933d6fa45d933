// A tour as a film: played on real processes, and then drawn as it went.
#include <doctest/doctest.h>

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/film/film.h"
#include "app/i18n/i18n.h"
#include "app/session/session.h"
#include "core/base/error.h"
#include "tests/app/display.h"
#include "tests/core/store_files.h"
#include "tests/support/processes.h"

using namespace forklight;
using app::film::FilmOptions;
namespace fs = std::filesystem;
using tests::Folder;

namespace {

FilmOptions small(const fs::path& frames) {
  FilmOptions options;
  options.frames = frames;
  options.width = 640;
  options.height = 360;
  options.fps = 5;
  return options;
}

bool make(const FilmOptions& options, const std::string& steps, bool go_on = true) {
  const app::session::Lecture lecture = app::session::lecture_from(R"({"forklight_tour": 1, "title": {"en": "A short one"}, "steps": [)" + steps + "]}");
  return app::film::make_tour_film(options, lecture, FORKLIGHT_ENGINE, [&](const app::film::Progress&) { return go_on; });
}

}  // namespace

TEST_CASE("tour's film: run, wait, zoom, select and words are in it, when they came") {
  app::i18n::set_language(app::i18n::Language::english);
  const Folder folder;
  FilmOptions options = small(folder / "pictures");
  options.subtitles = folder / "tour.vtt";
  REQUIRE(make(options, R"({"do": "scenario", "with": "hello"}, {"do": "set", "with": "seconds=0.2"},
    {"caption": {"en": "Six processes say hello."}, "seconds": 0.4}, {"do": "run"}, {"wait": "finished", "seconds": 60},
    {"caption": {"en": "Nearer."}, "seconds": 0.4}, {"wait": "time", "seconds": 0.6}, {"do": "zoom", "with": "Process-1"}, {"do": "select", "with": "Process-1"}, {"wait": "time", "seconds": 0.6})"));
  const long pictures = std::distance(fs::directory_iterator(folder / "pictures"), fs::directory_iterator());
  CHECK(pictures > 12);
  const auto picture = [&](long number) { return tests::read_png((folder.path() / "pictures" / fmt::format("{:06}.png", number)).string()); };
  const auto differ = [](const tests::Picture& a, const tests::Picture& b) {
    long count = 0;
    for (int y = 0; y < a.height; ++y)
      for (int x = 0; x < a.width; ++x) count += a.at(x, y) != b.at(x, y);
    return count;
  };
  CHECK(picture(1).width == 640);
  CHECK(differ(picture(1), picture(pictures - 8)) > 1000);         // the run is there
  CHECK(differ(picture(pictures - 8), picture(pictures - 2)) > 1000);  // and nearer
  std::ifstream in(folder / "tour.vtt");
  const std::string words{std::istreambuf_iterator<char>(in), {}};
  CHECK(words.find("Six processes say hello.") != std::string::npos);
  CHECK(words.find("Nearer.") != std::string::npos);
  CHECK(folder.files() == 2);
  CHECK(tests::children_of(::getpid()).empty());
}

TEST_CASE("tour's film: a saved run that the tour opens is in it") {
  app::i18n::set_language(app::i18n::Language::english);
  const Folder folder;
  app::session::Session session(FORKLIGHT_ENGINE, {.stdout_fd = tests::capture_file(), .stderr_fd = tests::capture_file()});
  session.choose("hello");
  session.run();
  REQUIRE(tests::wait_until([&] { return session.update(), session.state() == app::session::RunState::finished; }));
  const std::string file = (folder / "run.flt").string();
  session.save(file);
  REQUIRE(make(small(folder / "opened"), R"({"do": "open", "with": ")" + file + R"("}, {"wait": "time", "seconds": 0.4})"));
  REQUIRE(make(small(folder / "nothing"), R"({"do": "scenario", "with": "hello"}, {"wait": "time", "seconds": 0.4})"));
  CHECK_FALSE(fs::file_size(folder.path() / "opened" / "000003.png") == fs::file_size(folder.path() / "nothing" / "000003.png"));
}

TEST_CASE("tour's film: one that waits in vain is none, and says why; one that is given up leaves nothing") {
  app::i18n::set_language(app::i18n::Language::english);
  const Folder folder;
  try {
    make(small(folder / "pictures"), R"({"do": "scenario", "with": "hello"}, {"wait": "death", "of": "Process-9", "seconds": 0.2})");
    FAIL("it was made");
  } catch (const base::Failure& failure) {
    CHECK(std::string(failure.what()).find("Process-9") != std::string::npos);
  }
  CHECK_FALSE(make(small(folder / "pictures"), R"({"do": "scenario", "with": "hello"}, {"do": "run"}, {"wait": "time", "seconds": 60})", false));
  FilmOptions options = small(folder / "pictures");
  options.subtitles = folder / "nowhere/tour.vtt";
  CHECK_THROWS_AS(make(options, R"({"do": "run"}, {"wait": "finished"})"), base::UsageError);
  CHECK(folder.files() == 0);
  CHECK(tests::children_of(::getpid()).empty());
}
