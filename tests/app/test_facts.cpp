// The facts that the window cites: whatever number it shows has a text, and a click or a key opens it.
#include <doctest/doctest.h>

#include <set>

#include "app/i18n/facts.h"
#include "app/panels/keyboard.h"
#include "app/panels/layout.h"
#include "app/panels/panels.h"
#include "app/timeline/words.h"
#include "core/scenario/registry.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;
using app::i18n::Language;
using app::session::Dialog;
using app::session::FactAtHand;
using app::session::Key;
using desk_test::Desk;

namespace {

std::string in(Language language, const std::string& key) {
  app::i18n::set_language(language);
  std::string text = app::i18n::tr(key);
  app::i18n::set_language(Language::english);
  return text;
}

// Two threads that share a lock.
Model shared_lock() {
  constexpr std::uint32_t kGil = trace::kFirstObject;
  Run run;
  run.at(0).begin(1, "MainProcess").object(1, kGil, trace::ObjectKind::gil, 0, "GIL-1").thread(2, 1, "Thread-1");
  run.at(1).write(2, Kind::gil_want, kGil, 1).write(2, Kind::gil_wait, kGil, 5'000'000).at(6).write(2, Kind::gil_request, kGil, 1);
  run.at(7).write(1, Kind::gil_drop, kGil).write(2, Kind::gil_take, kGil, 1, 2);
  return run.at(20).write(1, Kind::output, 0, 1, 0, "on\n").model();
}

}  // namespace

TEST_CASE("facts: what looks like a number, and what does not") {
  using app::i18n::cited;
  CHECK(cited("as G.2, G.3 and (G-01) say").size() == 3);
  CHECK(cited("(L-21)") == std::vector<std::string_view>{"L-21"});
  CHECK(cited("P-1 XG.2 G.22 L-211 G-0 SIG.3 e.g. 3.2").empty());
  CHECK(cited("").empty());
}

TEST_CASE("facts: each number that a text cites is a fact, in both languages") {
  std::set<std::string> seen;
  for (const Language language : {Language::english, Language::chinese})
    for (const std::string_view key : app::i18n::keys(language)) {
      const std::string text = in(language, std::string(key));
      for (const std::string_view number : app::i18n::cited(text)) {
        CAPTURE(std::string(key));
        CAPTURE(std::string(number));
        if (key != "error.fact") CHECK(app::i18n::find_fact(number) != nullptr);
        seen.emplace(number);
      }
    }
  for (const auto mode : {trace::GilMode::gil, trace::GilMode::before_3_2, trace::GilMode::free_threaded}) {
    const std::string words = app::timeline_view::gil_model_words(mode);
    const auto numbers = app::i18n::cited(words);
    CHECK_FALSE(numbers.empty());
    for (const std::string_view number : numbers) CHECK(app::i18n::find_fact(number) != nullptr);
    CHECK_FALSE(app::i18n::cited(app::timeline_view::gil_model_short(mode)).empty());
  }
  CHECK(seen.contains("G.2"));
  CHECK(seen.contains("L-21"));
}

TEST_CASE("facts: each has a title and a text in both languages, versions, a proof, and lessons that there are") {
  REQUIRE(app::i18n::facts().size() > 20);
  std::set<std::string> numbers;
  for (const app::i18n::Fact& fact : app::i18n::facts()) {
    CAPTURE(fact.number);
    CHECK(numbers.insert(fact.number).second);
    CHECK(app::i18n::cited(fact.number).size() == 1);
    for (const Language language : {Language::english, Language::chinese})
      for (const char* part : {".title", ".text"}) {
        const std::string key = "fact." + fact.number + part;
        CHECK(in(language, key) != key);
      }
    CHECK_FALSE(app::i18n::fact_versions(fact).empty());
    CHECK_FALSE(app::i18n::fact_proof(fact).empty());
    for (const std::string& lesson : fact.lessons) CHECK_NOTHROW((void)scenario::find(lesson));
  }
}

TEST_CASE("facts: the key opens what is told of where the person looks, and closes it; a number opens that one") {
  Desk desk;
  const auto press = [&] {
    app::panels::route_key(desk.context, {Key::f, false, true}, false);
    app::session::carry_out(desk.context);
  };
  desk.ui.note_fact(FactAtHand::Where::tab, "G.2");
  desk.ui.note_fact(FactAtHand::Where::mouse, "L-21");
  desk.ui.note_fact(FactAtHand::Where::inspector, "G.3");
  press();
  CHECK(desk.ui.dialog == Dialog::fact);
  CHECK(desk.ui.fact == "L-21");
  press();
  CHECK(desk.ui.dialog == Dialog::none);
  desk.carry_out("fact", "G-07");
  CHECK(desk.ui.fact == "G-07");
  desk.carry_out("clear");
  CHECK(desk.ui.dialog == Dialog::none);
  desk.carry_out("fact", "G-99");
  CHECK(desk.ui.dialog == Dialog::none);
  CHECK(desk.session.notice() == "There is no fact “G-99”: write a number as the window shows it, G.2 or L-21.");
  desk.ui.fact_at_hand = {};
  desk.carry_out("fact");
  CHECK(desk.ui.fact == app::i18n::facts().front().number);
}

TEST_CASE("facts: a number in a text is a link, by Tab and Enter and by a click") {
  Screen screen(600, 300);  // for its context
  Desk desk;
  const auto frame = [&] {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(600, 300));
    ImGui::Begin("texts", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
    desk.ui.fact_at_hand = {};
    app::panels::begin_focus(desk.ui);
    app::panels::paragraph_with_facts(desk.ui, app::platform::Font::body, 0xffffffffu, "Why: (G.4), and X-99.", FactAtHand::Where::inspector);
    app::panels::end_focus(desk.ui);
    ImGui::End();
    ImGui::Render();
  };
  frame();
  CHECK(desk.ui.fact_at_hand.number == "G.4");
  CHECK(desk.ui.focus.order.size() == 1);
  app::panels::route_key(desk.context, {Key::tab}, false);
  frame();
  app::panels::route_key(desk.context, {Key::enter}, false);
  frame();
  REQUIRE(desk.ui.pushed.size() == 1);
  CHECK(desk.ui.pushed[0].command == "fact");
  CHECK(desk.ui.pushed[0].argument == "G.4");
  desk.ui.pushed.clear();
  // By the mouse, wherever on the line it stands.
  ImGuiIO& io = ImGui::GetIO();
  for (float y = 2; y < 60 && desk.ui.pushed.empty(); y += 4)
    for (float x = 4; x < 300 && desk.ui.pushed.empty(); x += 4) {
      io.MousePos = ImVec2(x, y);
      frame();
      io.MouseDown[0] = true;
      frame();
      io.MouseDown[0] = false;
      frame();
    }
  REQUIRE(desk.ui.pushed.size() == 1);
  CHECK(desk.ui.pushed[0].argument == "G.4");
}

TEST_CASE("facts: the GIL's lane cites its fact under the mouse") {
  Screen screen(960, 600);
  const Model model = shared_lock();
  screen.frame(model);
  const Drawn* header = screen.find(Drawn::What::header, trace::kFirstObject);
  REQUIRE(header != nullptr);
  screen.move((header->x0 + header->x1) / 2, (header->y0 + header->y1) / 2);
  screen.ui.fact_at_hand = {};
  screen.frame(model);
  CHECK(screen.ui.fact_at_hand.where == FactAtHand::Where::mouse);
  CHECK(screen.ui.fact_at_hand.number == "G.2");
}

TEST_CASE("facts: the dialog is drawn for each of them, in both languages, themes and sizes") {
  Screen screen;  // for its context
  Desk desk;
  app::timeline_view::TimelineView timeline;
  app::panels::PanelState state;
  for (const ImVec2 size : {ImVec2(640, 360), ImVec2(1280, 720)})
    for (const auto theme : {app::session::ThemeName::stage, app::session::ThemeName::paper})
      for (const auto language : {Language::chinese, Language::english})
        for (const app::i18n::Fact& fact : app::i18n::facts()) {
          app::i18n::set_language(language);
          app::platform::set_theme(theme);
          desk.carry_out("fact", fact.number);
          ImGui::GetIO().DisplaySize = size;
          ImGui::NewFrame();
          app::panels::draw_frame(desk.context, timeline, state);
          ImGui::Render();
          CHECK(desk.ui.dialog == Dialog::fact);
          CHECK(ImGui::GetDrawData()->TotalVtxCount > 0);
        }
  app::i18n::set_language(Language::english);
  app::platform::set_theme(app::session::ThemeName::stage);
}
