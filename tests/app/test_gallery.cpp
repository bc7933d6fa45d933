// The gallery: a picture of every lesson, small, and of that lesson as it is; what a search finds; cards walked through by keys.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "app/i18n/i18n.h"
#include "app/panels/keyboard.h"
#include "app/session/gallery.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::desk_test;
using app::session::lesson_picture;
using app::session::LessonPicture;
using app::session::lessons_that_fit;
using timeline_test::kBegin;
using timeline_test::kMs;
using timeline_test::Run;

namespace {

// The names of a picture's processes, with what each ended by.
std::multimap<std::string, std::optional<int>> processes(const LessonPicture& picture) {
  std::multimap<std::string, std::optional<int>> found;
  for (const LessonPicture::Lane& lane : picture.lanes)
    if (lane.kind == LessonPicture::Lane::Kind::process) found.emplace(lane.name, lane.exit);
  return found;
}

}  // namespace

TEST_CASE("gallery: every lesson has a picture, made from its program as it is now") {
  for (const scenario::Scenario* lesson : scenario::all()) {
    CAPTURE(std::string(lesson->id));
    const LessonPicture* picture = lesson_picture(lesson->id);
    REQUIRE_MESSAGE(picture != nullptr, "forklight gallery assets/gallery makes it");
    CHECK_MESSAGE(picture->program == app::session::program_mark(*lesson), "the lesson has changed: forklight gallery assets/gallery makes its picture anew");
    CHECK(app::session::to_text(*picture).size() <= app::session::kMostPictureBytes);
    REQUIRE_FALSE(picture->lanes.empty());
    CHECK(picture->lanes.front().name == "MainProcess");
    CHECK(picture->took_ns > 0);
    for (const LessonPicture::Lane& lane : picture->lanes) CHECK(lane.columns.size() == static_cast<std::size_t>(picture->width));
  }
}

TEST_CASE("gallery: what never ends by itself says so") {
  CHECK(lesson_picture("deadlock-join")->end == LessonPicture::End::stands_still);
  CHECK(lesson_picture("queue")->end == LessonPicture::End::goes_on);
  CHECK(lesson_picture("exit-codes")->end == LessonPicture::End::by_itself);
}

TEST_CASE("gallery: a picture shows who lived in a real run, and how each one ended") {
  Desk desk;
  desk.carry_out("scenario", "exit-codes");
  desk.carry_out("run");
  desk.wait_for_end();
  const auto& model = desk.session.model();
  const LessonPicture now = app::session::picture_of("exit-codes", model, model.end_ns(), 240);
  const LessonPicture* kept = lesson_picture("exit-codes");
  REQUIRE(kept != nullptr);
  CHECK(processes(now) == processes(*kept));
  CHECK(processes(*kept) == std::multimap<std::string, std::optional<int>>{{"MainProcess", 0}, {"Process-1", 0}, {"Process-2", 1}, {"Process-3", -15}});
}

TEST_CASE("gallery: columns tell the states in their places, and a text brings the picture back") {
  Run run;
  run.at(0).begin(1, "MainProcess").at(10).begin(2, "Process-1", 1).at(20).block(1, trace::BlockReason::join, 2).at(50).die(2, 256);
  run.at(80).reap(2, 1, 256).at(80).unblock(1, trace::BlockReason::join, 2).at(100).write(1, trace::Kind::exit).at(100).die(1, 0);
  const timeline::Model model = run.model();
  const LessonPicture picture = app::session::picture_of("x", model, kBegin + 100 * kMs, 100);
  REQUIRE(picture.lanes.size() == 2);
  const std::string& first = picture.lanes[0].columns;
  const std::string& second = picture.lanes[1].columns;
  CHECK(first[10] == app::session::kRuns);
  CHECK(first[40] == app::session::kBlocked);
  CHECK(second[5] == app::session::kNotThere);
  CHECK(second[30] == app::session::kRuns);
  CHECK(second[60] == app::session::kZombie);
  CHECK(second[90] == app::session::kNotThere);
  CHECK(picture.lanes[1].exit == 1);

  const auto again = app::session::picture_from(app::session::to_text(picture));
  REQUIRE(again);
  CHECK(app::session::to_text(*again) == app::session::to_text(picture));
  for (const char* broken : {"", "{}", "[1]", "not json", R"({"scenario":"x","program":"","took_ns":1,"axis":"time","width":0,"lanes":[],"arrows":[]})",
                             R"({"scenario":"x","program":"","took_ns":1,"axis":"time","width":9,"lanes":[],"arrows":["s 0 1 7 2"]})"})
    CHECK_FALSE(app::session::picture_from(broken));
}

TEST_CASE("gallery: a search looks at titles, promises, groups and ids, in either language") {
  CHECK(lessons_that_fit("").size() == scenario::all().size());
  const auto zombie = lessons_that_fit("ZOMBIE");
  CHECK(std::find(zombie.begin(), zombie.end(), "zombie") != zombie.end());
  CHECK(zombie.size() < scenario::all().size());
  CHECK(lessons_that_fit("exit codes").front() == "exit-codes");
  CHECK(lessons_that_fit("no lesson has this").empty());
  app::i18n::set_language(app::i18n::Language::chinese);
  CHECK_FALSE(lessons_that_fit("僵尸").empty());
  app::i18n::set_language(app::i18n::Language::english);
}

TEST_CASE("gallery: its keys walk through the cards, letters are typed, Esc leaves it") {
  Desk desk;
  const auto press = [&](Shortcut shortcut) {
    app::panels::route_key(desk.context, shortcut, true);
    app::session::carry_out(desk.context);
  };
  press({Key::g, true});
  CHECK(desk.ui.dialog == Dialog::gallery);
  const int before = desk.ui.gallery.at;
  CHECK(lessons_that_fit("")[static_cast<std::size_t>(before)] == desk.session.scenario().id);
  press({Key::right});
  press({Key::down});
  CHECK(desk.ui.gallery.move_x == 1);
  CHECK(desk.ui.gallery.move_y == 1);
  press({Key::s});
  CHECK(desk.ui.dialog == Dialog::gallery);
  press({Key::enter});
  CHECK(desk.ui.gallery.go);
  press({Key::escape});
  CHECK(desk.ui.dialog == Dialog::none);
}
