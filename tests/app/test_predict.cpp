// Predict, then see, without a window: who is asked when, by which keys, what stays with the run and its file, and what is drawn.
#include <doctest/doctest.h>

#include <filesystem>

#include "app/i18n/facts.h"
#include "app/panels/keyboard.h"
#include "app/panels/layout.h"
#include "app/panels/panels.h"
#include "app/session/asking.h"
#include "app/session/question_words.h"
#include "core/scenario/registry.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;
using app::i18n::Language;
using app::session::Key;
using app::session::Prediction;
using app::session::PredictState;
using app::session::QuestionWords;
using desk_test::Desk;
using namespace std::chrono_literals;

namespace {

using When = PredictState::When;

struct Asked : Desk {
  Asked() { ui.predict.ask = true; }
  void press(Key key, bool shift = false) {
    app::panels::route_key(context, {key, false, shift}, false);
    app::session::carry_out(context);
    app::session::follow_questions(context);
  }
  void follow_until(const std::function<bool()>& condition) {
    wait_until([&] { return app::session::follow_questions(context), condition(); });
  }
};

std::filesystem::path file_for(const char* name) { return std::filesystem::temp_directory_path() / (std::string("forklight-predict-") + name + "-" + std::to_string(::getpid()) + ".flt"); }

}  // namespace

TEST_CASE("predict: keys answer one question after the other, then the run begins; what was said and what was stay with it") {
  Asked desk;
  desk.carry_out("scenario", "exit-codes");
  desk.press(Key::space);
  CHECK(desk.ui.predict.open == When::before);
  CHECK_FALSE(desk.session.live());
  CHECK(app::session::place_of_question(desk.context).of == 2);
  const auto pace = desk.session.pace();
  desk.press(Key::n2);  // the exception: 1
  CHECK(desk.session.pace() == pace);
  CHECK(app::session::place_of_question(desk.context).number == 2);
  desk.press(Key::n1);  // the terminated one: 0
  CHECK(desk.ui.predict.open == When::nothing);
  CHECK(desk.session.live());
  desk.follow_until([&] { return !desk.session.live(); });
  app::session::follow_questions(desk.context);
  REQUIRE(desk.session.predictions().size() == 2);
  const Prediction &second = desk.session.predictions()[0], &third = desk.session.predictions()[1];
  CHECK(second.is_right());
  CHECK_FALSE(third.is_right());
  CHECK(third.was->choice == "-15");
  CHECK(third.was->task == 4);
  CHECK(desk.ui.predict.results);
  // The moment it is seen at is a click away, and Esc puts the card away.
  desk.carry_out("predict.show", "1");
  CHECK(desk.ui.selection == app::session::Selection{4, third.was->time_ns});
  desk.press(Key::escape);
  CHECK_FALSE(desk.ui.predict.results);
  desk.press(Key::a);
  CHECK(desk.ui.predict.results);
}

TEST_CASE("predict: Esc skips a question, Space all of them, and nobody who is not to be asked is") {
  Asked desk;
  desk.carry_out("scenario", "exit-codes");
  desk.press(Key::space);
  desk.press(Key::escape);
  CHECK(app::session::place_of_question(desk.context).number == 2);
  desk.press(Key::space);
  CHECK(desk.session.live());
  CHECK(desk.session.predictions().empty());
  desk.carry_out("stop");
  desk.wait_for_end();
  desk.press(Key::q);
  CHECK_FALSE(desk.ui.predict.ask);
  desk.press(Key::space);
  CHECK(desk.session.live());
  desk.carry_out("stop");
  desk.wait_for_end();
  desk.press(Key::q);
  desk.carry_out("run", "now");
  CHECK(desk.session.live());
}

TEST_CASE("predict: another lesson closes what was asked about the one before") {
  Asked desk;
  desk.press(Key::space);
  CHECK(desk.ui.predict.open == When::before);
  desk.carry_out("scenario", "hello");
  app::session::follow_questions(desk.context);
  CHECK(desk.ui.predict.open == When::nothing);
  CHECK_FALSE(desk.session.live());
}

TEST_CASE("predict: a class votes by keys, Enter closes the vote, and most of them have said it") {
  Asked desk;
  desk.carry_out("scenario", "exit-codes");
  desk.press(Key::q, true);
  CHECK(desk.ui.predict.class_votes);
  desk.press(Key::space);
  for (const Key key : {Key::n1, Key::n4, Key::n4, Key::n2, Key::n4}) desk.press(key);
  CHECK(desk.ui.predict.votes == app::session::Votes{1, 1, 0, 3});
  desk.press(Key::enter);
  CHECK(app::session::place_of_question(desk.context).number == 2);
  CHECK(desk.ui.predict.votes == app::session::Votes{});
  desk.press(Key::n4);
  desk.press(Key::enter);
  CHECK(desk.session.live());
  REQUIRE(desk.session.predictions().size() == 2);
  CHECK(desk.session.predictions()[0].said() == 3u);
  CHECK(desk.session.predictions()[0].count() == 5);
}

TEST_CASE("predict: in the midst of a run the processes are held until the answer is given, and then go on") {  // Q-16
  Asked desk;
  desk.carry_out("scenario", "deadlock-join");
  desk.press(Key::space);
  desk.press(Key::n1);  // put returns
  CHECK(desk.session.live());
  desk.follow_until([&] { return desk.ui.predict.open == When::during; });
  CHECK(desk.session.standing());
  CHECK_FALSE(desk.session.predictions()[1].was);  // it is not on screen
  CHECK(desk.session.predictions()[0].is_right());
  desk.press(Key::n2);  // it hangs
  CHECK_FALSE(desk.session.standing());
  desk.follow_until([&] { return desk.session.predictions()[1].was.has_value(); });
  app::session::follow_questions(desk.context);
  CHECK(desk.ui.predict.results);  // although the run goes on
  CHECK(desk.session.predictions()[1].is_right());
  desk.carry_out("stop");
  desk.wait_for_end();
  CHECK(desk.session.predictions()[1].is_right());  // that it was stopped does not change what was seen

  const auto file = file_for("hang");
  desk.session.save(file);
  Asked other;
  other.session.open(file);
  std::filesystem::remove(file);
  app::session::follow_questions(other.context);
  CHECK(other.ui.predict.results);
  REQUIRE(other.session.predictions().size() == 2);
  CHECK(other.session.predictions()[0].is_right());
  CHECK(other.session.predictions()[1].is_right());
}

TEST_CASE("predict: what a run was stopped before is said to be unknown") {
  Asked desk;
  desk.carry_out("scenario", "exit-codes");
  desk.press(Key::space);
  desk.press(Key::n1);
  desk.press(Key::n1);
  desk.session.stop();
  desk.wait_for_end();
  desk.session.choose("hello");
  CHECK(desk.session.predictions().empty());  // they belong to the run
  REQUIRE(desk.session.earlier().size() <= 1);
  if (!desk.session.earlier().empty()) CHECK(desk.session.earlier()[0].predictions.size() == 2);
}

TEST_CASE("predict: a file's predictions come back; what is damaged or unknown in them is left out") {
  const scenario::Scenario& lesson = scenario::find("exit-codes");
  auto all = app::session::predictions_for(lesson, scenario::Settings(lesson.parameters));
  REQUIRE(all.size() == 2);
  CHECK(app::session::text_of(all).empty());  // nobody was asked
  all[1].asked = true;
  all[1].votes = {2, 0, 0, 5};
  all[1].was = scenario::Answer{"-15", 4, 77};
  const std::string text = app::session::text_of(all);
  const auto back = app::session::predictions_in(text, lesson);
  REQUIRE(back.size() == 1);
  CHECK(back[0].question == all[1].question);
  CHECK(back[0].votes == all[1].votes);
  CHECK(back[0].is_right());
  CHECK(back[0].was->time_ns == 77);
  CHECK(app::session::predictions_in(text, scenario::find("hello")).empty());
  for (const char* bad : {"", "{", "7", "[7]", "[{}]", R"([{"question":"third"}])", R"([{"question":7,"votes":{}}])", R"([{"question":"third","votes":7}])"}) CHECK(app::session::predictions_in(bad, lesson).empty());
  const auto odd = app::session::predictions_in(R"([{"question":"third","votes":{"0":"x","-15":-3,"1":99999999999},"was":{"choice":"nothing","task":1,"time_ns":1}},{"question":"third","votes":{}}])", lesson);
  REQUIRE(odd.size() == 1);
  CHECK(odd[0].votes == app::session::Votes{0, 1'000'000, 0, 0});
  CHECK_FALSE(odd[0].was);
}

TEST_CASE("predict: every question, choice and reason has its words in both languages, and a fact that there is") {
  for (const scenario::Scenario* one : scenario::all()) {
    const scenario::Settings settings(one->parameters);
    for (const Language language : {Language::english, Language::chinese}) {
      app::i18n::set_language(language);
      const QuestionWords words{*one, settings};
      for (const scenario::Question& question : scenario::questions(*one)) {
        CAPTURE(std::string(one->id));
        CAPTURE(std::string(question.id));
        const auto good = [](const std::string& text) { return !text.empty() && text.find(".ask.") == std::string::npos && text.find("answer.") == std::string::npos && text.find('{') == std::string::npos; };
        CHECK(good(words.question(question)));
        for (std::size_t choice = 0; choice < question.choices.size(); ++choice) {
          CAPTURE(choice);
          CHECK(good(words.choice(question, choice)));
          const std::string why = words.why(question, choice);
          CHECK(good(why));
          for (const std::string_view number : app::i18n::cited(why)) CHECK(app::i18n::find_fact(number) != nullptr);
        }
        if (!question.fact.empty()) CHECK(app::i18n::find_fact(question.fact) != nullptr);
      }
    }
  }
  app::i18n::set_language(Language::english);
}

TEST_CASE("predict: the cards and the flags are drawn, in both languages, themes and sizes") {
  Screen screen;  // for its context
  Asked desk;
  app::timeline_view::TimelineView timeline;
  app::panels::PanelState state;
  const auto draw_all = [&] {
    for (const ImVec2 size : {ImVec2(200, 100), ImVec2(640, 360), ImVec2(1280, 720)})
      for (const auto theme : {app::session::ThemeName::stage, app::session::ThemeName::paper})
        for (const auto language : {Language::chinese, Language::english})
          for (const bool presenting : {false, true}) {
            app::i18n::set_language(language);
            app::platform::set_theme(theme);
            desk.ui.presenting = presenting;
            ImGui::GetIO().DisplaySize = size;
            ImGui::NewFrame();
            app::panels::draw_frame(desk.context, timeline, state);
            ImGui::Render();
            CHECK(ImGui::GetDrawData()->TotalVtxCount > 0);
          }
  };
  desk.carry_out("scenario", "exit-codes");
  desk.press(Key::space);
  draw_all();
  CHECK(desk.ui.focus.order.size() > 6);
  desk.press(Key::q, true);
  desk.press(Key::n3);
  draw_all();
  desk.press(Key::enter);
  desk.press(Key::n4);
  desk.press(Key::enter);
  desk.follow_until([&] { return !desk.session.live(); });
  app::session::follow_questions(desk.context);
  CHECK(desk.ui.predict.results);
  draw_all();
  const auto& drawn = timeline.drawn();
  CHECK(std::count_if(drawn.begin(), drawn.end(), [](const Drawn& one) { return one.what == Drawn::What::answer; }) == 2);
  app::i18n::set_language(Language::english);
  app::platform::set_theme(app::session::ThemeName::stage);
}
