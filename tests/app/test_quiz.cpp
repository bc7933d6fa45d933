// "What do I think I know?", without a window: what is asked next, real runs that answer, the score on this machine, and the page drawn.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "app/panels/keyboard.h"
#include "app/panels/layout.h"
#include "app/panels/panels.h"
#include "app/session/quiz.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;
using app::i18n::Language;
using app::session::Dialog;
using app::session::Key;
using app::session::QuizKeeper;
using app::session::QuizRecords;
using app::session::QuizState;
using desk_test::Desk;
using Phase = QuizState::Phase;

namespace {

std::size_t place_of(const std::string& key) {
  const auto items = app::session::quiz_items();
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.key == key; });
  REQUIRE(found != items.end());
  return static_cast<std::size_t>(found - items.begin());
}

struct Quizzed : Desk {
  void press(Key key, bool shift = false) {
    app::panels::route_key(context, {key, false, shift}, false);
    app::session::carry_out(context);
    app::session::follow_quiz(context);
  }
  void follow_until_told() {
    wait_until([&] { return app::session::follow_quiz(context), ui.quiz.phase == Phase::told; });
  }
};

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("forklight-quiz-" + std::to_string(::getpid()));
  Folder() { std::filesystem::remove_all(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("quiz: every surprise asks, each by a key of its own") {
  std::set<std::string> keys, lessons;
  for (const auto& item : app::session::quiz_items()) {
    CHECK(keys.insert(item.key).second);
    lessons.insert(std::string(item.scenario->id));
  }
  std::size_t surprises = 0;
  for (const auto* one : scenario::all()) surprises += one->group == "surprises" ? 1 : 0;
  CHECK(lessons.size() == surprises);
  CHECK(surprises >= 14);
}

TEST_CASE("quiz: first what was never answered, then what was wrong, and nothing when all are right") {
  QuizRecords records;
  const auto items = app::session::quiz_items();
  CHECK(app::session::next_in_quiz(records, std::nullopt) == 0);
  CHECK(app::session::next_in_quiz(records, 0) == 1);
  for (const auto& item : items) records[item.key] = {1, 0, true};
  CHECK_FALSE(app::session::next_in_quiz(records, std::nullopt));
  records[items[2].key] = {1, 1, false};
  records[items[4].key] = {0, 1, false};
  CHECK(app::session::next_in_quiz(records, 2) == 4);
  CHECK(app::session::next_in_quiz(records, 4) == 2);
  records.erase(items[1].key);
  CHECK(app::session::next_in_quiz(records, 2) == 1);
  const auto score = app::session::score_of(records);
  CHECK(score.open == 1);
  CHECK(score.wrong == 2);
  CHECK(score.right == items.size() - 3);
}

TEST_CASE("quiz: by keys from the question to a real run's answer, to the timeline and to the next one") {  // E-12
  Quizzed desk;
  desk.press(Key::w, true);
  CHECK(desk.ui.dialog == Dialog::quiz);
  CHECK(desk.ui.quiz.at == 0);
  desk.ui.quiz.at = place_of("surprise-15/free");
  desk.press(Key::n1);  // all of them: wrong
  CHECK(desk.ui.quiz.phase == Phase::seeing);
  CHECK(std::string(desk.session.scenario().id) == "surprise-15");
  desk.follow_until_told();
  REQUIRE(desk.ui.quiz.was);
  CHECK(std::string(desk.ui.quiz.was->choice) == "with");
  CHECK(desk.ui.quiz.records["surprise-15/free"] == app::session::QuizRecord{0, 1, false});
  desk.press(Key::n3);  // it has been answered
  CHECK(desk.ui.quiz.records["surprise-15/free"].right == 0);
  desk.press(Key::t);
  CHECK(desk.ui.dialog == Dialog::none);
  CHECK(desk.ui.selection.task == desk.ui.quiz.was->task);
  desk.press(Key::w, true);  // as it was left
  CHECK(desk.ui.quiz.phase == Phase::told);
  desk.press(Key::enter);
  CHECK(desk.ui.quiz.phase == Phase::asking);
  desk.ui.quiz.at = place_of("surprise-15/free");
  desk.press(Key::n3);
  desk.follow_until_told();
  CHECK(desk.ui.quiz.records["surprise-15/free"] == app::session::QuizRecord{1, 1, true});
  desk.carry_out("quiz.anew");
  CHECK(desk.ui.quiz.records.empty());
  CHECK(desk.ui.quiz.at == 0);
}

TEST_CASE("quiz: another run that comes to hand leaves the question open, and one that was stopped counts for nothing") {
  Quizzed desk;
  desk.carry_out("quiz");
  desk.ui.quiz.at = place_of("surprise-20/result");
  desk.carry_out("quiz.answer", "1");
  REQUIRE(desk.ui.quiz.phase == Phase::seeing);
  desk.session.stop();
  desk.follow_until_told();
  CHECK_FALSE(desk.ui.quiz.was);
  CHECK(desk.ui.quiz.records.empty());
  desk.carry_out("quiz.next");
  desk.ui.quiz.at = place_of("surprise-20/result");
  desk.carry_out("quiz.answer", "1");
  desk.carry_out("scenario", "hello");
  desk.carry_out("run");
  app::session::follow_quiz(desk.context);
  CHECK(desk.ui.quiz.phase == Phase::asking);
  CHECK(desk.ui.quiz.records.empty());
  desk.carry_out("quiz.answer", "9");
  CHECK(desk.session.notice().find("9") != std::string::npos);
  CHECK(desk.ui.quiz.phase == Phase::asking);
  desk.session.stop();
  desk.wait_for_end();
}

TEST_CASE("quiz: the score is on this machine, and back at the next start; what is damaged is left out") {
  const Folder folder;
  QuizState quiz;
  QuizKeeper keeper(folder.path, quiz);
  CHECK(keeper.update(quiz) == "");
  CHECK_FALSE(std::filesystem::exists(folder.path / "quiz.json"));
  quiz.records["surprise-15/free"] = {1, 2, true};
  quiz.records["surprise-16/counted"] = {0, 1, false};
  CHECK(keeper.update(quiz) == "");
  QuizState again;
  const QuizKeeper next(folder.path, again);
  CHECK(again.records == quiz.records);
  CHECK(app::session::quiz_records_in("{\"answers\": {\"a\": 1, \"b\": {\"right\": \"x\"}, \"c\": {\"wrong\": 1, \"last\": 3}}}") == QuizRecords{{"c", {0, 1, false}}});
  for (const char* text : {"", "[]", "{}", "{\"answers\": []}", "{\"answers\""}) CHECK(app::session::quiz_records_in(text).empty());
  // Where nothing can be written it is told of once, and nothing is lost but that.
  QuizState third;
  QuizKeeper refused(std::filesystem::path("/dev/null/forklight"), third);
  third.records["a"] = {1, 0, true};
  CHECK(refused.update(third) != "");
  CHECK(refused.update(third) == "");
  QuizKeeper nowhere(std::nullopt, third);
  CHECK(nowhere.update(third) == "");
}

TEST_CASE("quiz: the page is drawn, in both languages, themes and sizes") {
  Screen screen;  // for its context
  Quizzed desk;
  app::timeline_view::TimelineView timeline;
  app::panels::PanelState state;
  const auto draw_all = [&] {
    for (const ImVec2 size : {ImVec2(200, 100), ImVec2(640, 360), ImVec2(1280, 720)})
      for (const auto theme : {app::session::ThemeName::stage, app::session::ThemeName::paper})
        for (const auto language : {Language::chinese, Language::english}) {
          app::i18n::set_language(language);
          app::platform::set_theme(theme);
          ImGui::GetIO().DisplaySize = size;
          ImGui::NewFrame();
          app::panels::draw_frame(desk.context, timeline, state);
          ImGui::Render();
          CHECK(desk.ui.dialog == Dialog::quiz);
          CHECK(ImGui::GetDrawData()->TotalVtxCount > 0);
        }
  };
  desk.press(Key::w, true);
  const std::size_t count = app::session::quiz_items().size();
  for (std::size_t i = 0; i < count; ++i) {
    desk.ui.quiz.at = i;
    draw_all();
  }
  CHECK(desk.ui.focus.order.size() >= 3);
  desk.ui.quiz.at = place_of("surprise-15/free");
  desk.press(Key::n1);
  draw_all();
  desk.follow_until_told();
  draw_all();
  for (const auto& item : app::session::quiz_items()) desk.ui.quiz.records[item.key] = {1, 0, true};
  desk.press(Key::enter);
  CHECK_FALSE(desk.ui.quiz.at);
  draw_all();
  app::i18n::set_language(Language::english);
  app::platform::set_theme(app::session::ThemeName::stage);
}
