// The glossary: terms are found in texts of both languages, whole words only; each has its meaning, and its facts; the dialog finds them.
#include <doctest/doctest.h>

#include <set>

#include "app/i18n/facts.h"
#include "app/i18n/glossary.h"
#include "app/panels/keyboard.h"
#include "app/panels/layout.h"
#include "app/panels/panels.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;
using app::i18n::Language;
using app::i18n::Term;
using app::session::Dialog;
using app::session::Key;
using desk_test::Desk;

namespace {

std::vector<std::string> ids_in(std::string_view text) {
  std::vector<std::string> ids;
  for (const app::i18n::FoundTerm& found : app::i18n::terms_in(text)) ids.push_back(found.term->id);
  return ids;
}
using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("glossary: whole words are terms, the longest form first, each once") {
  CHECK(ids_in("A zombie is no orphan; zombies vanish.") == Ids{"zombie", "orphan"});
  CHECK(ids_in("The feeder thread and another thread") == Ids{"feeder", "thread"});
  CHECK(ids_in("Zombies first") == Ids{"zombie"});
  CHECK(ids_in("gilded cores, but scored and Process-1, join() and queue.put") == Ids{"core"});
  CHECK(ids_in("").empty());
  const std::string text = "the GIL's drop request";
  const auto found = app::i18n::terms_in(text);
  REQUIRE(found.size() == 2);
  CHECK(found[1].words == "drop request");
  CHECK(found[1].words.data() == text.data() + 10);
}

TEST_CASE("glossary: in Chinese terms stand within the sentence") {
  app::i18n::set_language(Language::chinese);
  CHECK(ids_in("子进程成为僵尸，直到被回收。") == Ids{"child", "zombie", "reap"});
  CHECK(ids_in("馈送线程用 fork 启动") == Ids{"feeder", "fork"});
  app::i18n::set_language(Language::english);
}

TEST_CASE("glossary: each term has a name, forms and a meaning in both languages, and facts that there are") {
  REQUIRE(app::i18n::terms().size() > 60);
  std::set<std::string> ids;
  for (const Term& term : app::i18n::terms()) {
    CAPTURE(term.id);
    CHECK(ids.insert(term.id).second);
    for (const Language language : {Language::english, Language::chinese}) {
      app::i18n::set_language(language);
      for (const char* part : {".name", ".words", ".text"}) {
        const std::string key = "glossary." + term.id + part;
        CHECK(app::i18n::tr(key) != key);
      }
      CHECK(app::i18n::term_text(term).find("glossary.") == std::string::npos);
      // Its own forms are found.
      const std::string words = app::i18n::tr("glossary." + term.id + ".words"), first = words.substr(0, words.find('|'));
      CHECK_MESSAGE(ids_in(first) == Ids{term.id}, first);
    }
    app::i18n::set_language(Language::english);
    for (const std::string& number : term.facts) CHECK(app::i18n::find_fact(number) != nullptr);
  }
  for (const char* id : {"zombie", "feeder", "drop-request", "gil", "fork", "spawn", "forkserver", "daemon", "pidfd", "reap", "chunk"}) CHECK(app::i18n::find_term(id) != nullptr);
  CHECK(app::i18n::find_term("nothing") == nullptr);
}

TEST_CASE("glossary: its key opens it at the term of what is selected, letters find others, Enter tells the fact") {
  Desk desk;
  desk.run_hello();
  const timeline::Task& child = desk.session.model().tasks()[1];
  desk.ui.selection = {child.id, child.death_ns + 1};
  const auto press = [&](Key key, bool typing = false) {
    app::panels::route_key(desk.context, {key}, typing);
    app::session::carry_out(desk.context);
  };
  press(Key::l);
  CHECK(desk.ui.dialog == Dialog::glossary);
  CHECK((desk.ui.glossary.open_at == "zombie" || desk.ui.glossary.open_at == "exit-code"));
  press(Key::down, true);
  press(Key::down, true);
  press(Key::up, true);
  CHECK(desk.ui.glossary.at == 1);
  press(Key::l, true);  // a letter
  CHECK(desk.ui.dialog == Dialog::glossary);
  press(Key::enter, true);
  CHECK(desk.ui.glossary.go);
  press(Key::escape, true);
  CHECK(desk.ui.dialog == Dialog::none);
  desk.carry_out("glossary", "feeder");
  CHECK(desk.ui.glossary.open_at == "feeder");
  desk.carry_out("clear");
  desk.carry_out("glossary", "no such term");
  CHECK(desk.ui.dialog == Dialog::none);
  CHECK(desk.session.notice() == "There is no term “no such term” in the glossary: open it and search for what you mean.");
}

TEST_CASE("glossary: a term under the mouse is at hand, and a click opens the glossary there") {
  Screen screen(600, 300);  // for its context
  Desk desk;
  ImGuiIO& io = ImGui::GetIO();
  const auto frame = [&] {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(600, 300));
    ImGui::Begin("texts", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
    desk.ui.glossary.at_hand.clear();
    app::panels::begin_focus(desk.ui);
    app::panels::paragraph_with_terms(desk.ui, app::platform::Font::body, 0xffffffffu, "zombie");
    app::panels::end_focus(desk.ui);
    ImGui::End();
    ImGui::Render();
  };
  frame();
  CHECK(desk.ui.glossary.at_hand.empty());
  for (float y = 2; y < 60 && desk.ui.glossary.at_hand.empty(); y += 3) {
    io.MousePos = ImVec2(20, y);
    frame();
    frame();
  }
  CHECK(desk.ui.glossary.at_hand == "zombie");
  io.MouseDown[0] = true;
  frame();
  io.MouseDown[0] = false;
  frame();
  REQUIRE(desk.ui.pushed.size() == 1);
  CHECK(desk.ui.pushed[0].command == "glossary");
  CHECK(desk.ui.pushed[0].argument == "zombie");
}

TEST_CASE("glossary: terms in a tooltip of the timeline are at hand, and told to who stays with it") {
  Run run;
  run.at(0).begin(1, "MainProcess").at(1).write(1, Kind::start_begin, 2, 0).at(2).begin(2, "Process-1", 1);
  run.at(3).die(2, 0).at(9).block(1, trace::BlockReason::join, 2).reap(2, 1, 0).unblock(1, trace::BlockReason::join, 2).write(1, Kind::join_end, 2, 1);
  const Model model = run.at(10).die(1, 0).at(10.1).reap(1, 0, 0).model();
  for (const Language language : {Language::english, Language::chinese}) {
    app::i18n::set_language(language);
    Screen screen;
    screen.frame(model);
    // The bar of the child between its death and its end: it is a zombie.
    const std::vector<Drawn> spans = screen.spans(2);
    const auto zombie = std::max_element(spans.begin(), spans.end(), [](const Drawn& a, const Drawn& b) { return a.x1 < b.x1; });
    REQUIRE(zombie != spans.end());
    screen.move((zombie->x0 + zombie->x1) / 2 + 40, zombie->y1 - 3);
    const auto frames = [&](int count) {
      for (int i = 0; i < count; ++i) {
        screen.ui.glossary.at_hand.clear();
        screen.frame(model);
      }
    };
    const auto height = [] {
      const ImGuiWindow* window = ImGui::FindWindowByName("##Tooltip_00");
      return window == nullptr ? 0.0f : window->Size.y;
    };
    frames(10);
    CHECK(screen.ui.glossary.at_hand == "zombie");
    const float at_first = height();
    CHECK(at_first > 0);
    frames(40);
    CHECK(height() > at_first + 30);  // its meaning stands at the foot
    screen.move(zombie->x1 + 100, 590);
    frames(3);
    CHECK(screen.ui.glossary.at_hand.empty());
    screen.move((zombie->x0 + zombie->x1) / 2 + 40, zombie->y1 - 3);
    frames(10);
    CHECK(height() == at_first);
  }
  app::i18n::set_language(Language::english);
}

TEST_CASE("glossary: the dialog is drawn with all terms, with few and with none, in both languages, themes and sizes") {
  Screen screen;  // for its context
  Desk desk;
  app::timeline_view::TimelineView timeline;
  app::panels::PanelState state;
  for (const ImVec2 size : {ImVec2(320, 200), ImVec2(1280, 720)})
    for (const auto theme : {app::session::ThemeName::stage, app::session::ThemeName::paper})
      for (const auto language : {Language::chinese, Language::english})
        for (const char* typed : {"", "zo", "qqqq", "僵"}) {
          app::i18n::set_language(language);
          app::platform::set_theme(theme);
          desk.carry_out("clear");
          desk.carry_out("glossary", "zombie");
          for (int i = 0; i < 3; ++i) {
            desk.ui.glossary.entry = typed;
            ImGui::GetIO().DisplaySize = size;
            ImGui::NewFrame();
            app::panels::draw_frame(desk.context, timeline, state);
            ImGui::Render();
          }
          CHECK(desk.ui.dialog == Dialog::glossary);
          CHECK(ImGui::GetDrawData()->TotalVtxCount > 0);
        }
  app::i18n::set_language(Language::english);
  app::platform::set_theme(app::session::ThemeName::stage);
}

TEST_CASE("understanding: from what is selected back to its cause, to the program's line and to the lesson's page") {
  Screen screen;  // for its context
  Desk desk;
  desk.run_hello();
  const timeline::Model& model = desk.session.model();
  // One that had to be waited for: a child that is dead before it is joined lets nobody wait.
  const auto& spans = model.find(1)->spans;
  const auto wait = std::find_if(spans.begin(), spans.end(), [](const timeline::Span& span) { return span.state == timeline::State::blocked && span.reason == trace::BlockReason::join; });
  REQUIRE(wait != spans.end());
  const auto join = std::find_if(model.flows().begin(), model.flows().end(), [&](const timeline::Flow& flow) { return flow.kind == timeline::FlowKind::join && flow.to == 1 && flow.to_ns >= wait->end_ns; });
  REQUIRE(join != model.flows().end());
  desk.ui.selection = {1, join->to_ns};
  app::timeline_view::TimelineView timeline;
  app::panels::PanelState state;
  const auto frame = [&] {
    ImGui::GetIO().DisplaySize = ImVec2(1280, 720);
    ImGui::NewFrame();
    app::panels::draw_frame(desk.context, timeline, state);
    ImGui::Render();
  };
  for (const Language language : {Language::chinese, Language::english}) {
    app::i18n::set_language(language);
    frame();
    REQUIRE_FALSE(desk.ui.causes.chain.empty());
    for (const std::size_t link : desk.ui.causes.chain) {
      const std::string words = app::panels::cause_words(model, model.flows()[link]);
      CHECK(words.find("cause.") == std::string::npos);
      CHECK(words.find('{') == std::string::npos);
    }
  }
  CHECK(model.flows()[desk.ui.causes.chain.front()].from == join->from);
  app::panels::route_key(desk.context, {Key::i}, false);
  app::session::carry_out(desk.context);
  CHECK(desk.ui.selection == app::session::Selection{join->from, join->from_ns});
  frame();
  desk.carry_out("code.line");
  CHECK(desk.ui.causes.line_wanted);
  frame();
  CHECK_FALSE(desk.ui.causes.line_wanted);
  app::panels::route_key(desk.context, {Key::l, false, true}, false);
  app::session::carry_out(desk.context);
  CHECK(desk.ui.dialog == Dialog::lesson);
  frame();
  frame();
  desk.carry_out("clear");
  CHECK(desk.ui.dialog == Dialog::none);
}
