// The window's content on a headless Dear ImGui, and the parts of panels that need no window at all.
#include <doctest/doctest.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <chrono>
#include <string>
#include <thread>

#include "app/i18n/i18n.h"
#include "app/panels/console_rows.h"
#include "app/panels/highlight.h"
#include "app/panels/layout.h"
#include "app/platform/theme.h"

namespace {

using namespace forklight;
using namespace app;
using namespace std::chrono_literals;
using platform::Color;
using session::ThemeName;

// A context of ImGui without window and renderer.
struct Headless {
  Headless() {
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().Fonts->AddFontDefault();
    platform::compat::headless_atlas(ImGui::GetIO());
    platform::set_scale(1);
    platform::set_theme(ThemeName::stage);
  }
  ~Headless() {
    ImGui::DestroyContext();
    i18n::set_language(i18n::Language::english);
  }
  Headless(const Headless&) = delete;
  Headless& operator=(const Headless&) = delete;
};

struct Screen {
  session::Session session{FORKLIGHT_ENGINE};
  session::UiState ui;
  session::Context context{session, ui};
  timeline_view::TimelineView timeline;
  panels::PanelState state;

  // A few frames, as hover and scrolling need more than one. Vertices of the last.
  int draw(float width, float height, int frames = 3) {
    for (int i = 0; i < frames; ++i) {
      ImGuiIO& io = ImGui::GetIO();
      io.DisplaySize = {width, height};
      io.DeltaTime = 1.0f / 60;
      platform::set_theme(ui.theme);
      session::carry_out(context);
      session.update();
      ImGui::NewFrame();
      panels::draw_frame(context, timeline, state);
      ImGui::Render();
    }
    return ImGui::GetDrawData()->TotalVtxCount;
  }
  void click(float x, float y) {
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = {x, y};
    draw(1280, 720, 2);
    io.MouseDown[0] = true;
    draw(1280, 720, 1);
    io.MouseDown[0] = false;
    draw(1280, 720, 2);
  }
  void wait_for_end() {
    const auto patience = std::chrono::steady_clock::now() + 30s;
    while (session.live()) {
      session.update();
      REQUIRE(std::chrono::steady_clock::now() < patience);
      std::this_thread::sleep_for(1ms);
    }
  }
};

struct Size {
  float width, height;
};

// Every size, theme, language and tab: nothing asserts, and there is something to see.
void draw_everywhere(Screen& screen) {
  for (const Size size : {Size{200, 100}, Size{640, 360}, Size{1280, 720}, Size{3840, 2160}})
    for (const ThemeName theme : {ThemeName::stage, ThemeName::paper})
      for (const auto language : {i18n::Language::english, i18n::Language::chinese})
        for (const auto tab :
             {session::BottomTab::console, session::BottomTab::events, session::BottomTab::processes}) {
          screen.ui.theme = theme;
          i18n::set_language(language);
          screen.ui.bottom_tab = tab;
          CHECK(screen.draw(size.width, size.height, 2) > 0);
        }
  for (const bool presenting : {true, false}) {
    screen.ui.presenting = presenting;
    CHECK(screen.draw(1280, 720) > 0);
  }
  for (const auto dialog :
       {session::Dialog::open, session::Dialog::save, session::Dialog::keys, session::Dialog::none}) {
    screen.ui.dialog = dialog;
    screen.ui.path_entry = "/";
    CHECK(screen.draw(1280, 720) > 0);
  }
  screen.session.notify("One sentence to the person.");
  screen.ui.left_open = screen.ui.right_open = screen.ui.bottom_open = false;
  CHECK(screen.draw(1280, 720) > 0);
}

// Every text role on every surface that it stands on.
void check_contrast(const platform::Palette& colors) {
  for (const Color surface : {colors.window, colors.panel, colors.panel_raised, colors.lane, colors.lane_header,
                              colors.tab_strip, colors.status_bar, colors.selected}) {
    CHECK(platform::contrast(colors.text, surface) >= 4.5);
    CHECK(platform::contrast(colors.text_dim, surface) >= 4.5);
  }
  for (const Color surface : {colors.window, colors.panel}) {
    CHECK(platform::contrast(colors.text_faint, surface) >= 4.5);
    CHECK(platform::contrast(colors.accent_text, surface) >= 4.5);
    CHECK(platform::contrast(colors.traceback, surface) >= 4.5);
    CHECK(platform::contrast(colors.warning, surface) >= 4.5);
    for (const Color ink :
         {colors.code_text, colors.code_keyword, colors.code_string, colors.code_number, colors.code_comment})
      CHECK(platform::contrast(ink, surface) >= 4.5);
  }
  CHECK(platform::contrast(colors.text, colors.accent) >= 4.5);
  CHECK(platform::contrast(colors.text, colors.hover) >= 4.5);
  CHECK(platform::contrast(colors.run_button_text, colors.run_button) >= 4.5);
  CHECK(platform::contrast(platform::text_on(colors.stop_button), colors.stop_button) >= 4.5);
  for (const Color badge : {colors.ok, colors.error, colors.signal})
    CHECK(platform::contrast(platform::text_on(badge), badge) >= 4.5);
  CHECK(platform::contrast(colors.focus, colors.panel) >= 3.0);
  for (std::size_t order = 0; order < 8; ++order) {
    CAPTURE(order);
    CHECK(platform::contrast(platform::task_text_color(order), platform::task_color(order)) >= 4.5);
    CHECK(platform::contrast(platform::task_ink(order), colors.panel) >= 4.5);
    CHECK(platform::contrast(platform::task_color(order), colors.lane) >= 1.5);  // a bar stands off its lane
  }
}

std::string kinds_of(std::string_view program, panels::CodeLanguage language) {
  std::string text;
  for (const panels::CodeLine& line : panels::highlight(program, language)) {
    for (const panels::Token& token : line.tokens)
      text += std::string(token.end - token.begin, "tksnc"[static_cast<std::size_t>(token.kind)]);
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("panels: the first screen draws at every size, theme and language") {
  const Headless headless;
  Screen screen;
  draw_everywhere(screen);
}

TEST_CASE("panels: a live run draws") {
  const Headless headless;
  Screen screen;
  screen.ui.push("scenario", "exit-codes");
  screen.ui.push("set", "order=join-first");
  screen.ui.push("run");
  CHECK(screen.draw(1280, 720) > 0);
  REQUIRE_MESSAGE(screen.session.live(), screen.session.notice());
  const auto patience = std::chrono::steady_clock::now() + 20s;
  while (screen.session.model().tasks().size() < 3 && std::chrono::steady_clock::now() < patience)
    screen.draw(1280, 720, 1);
  draw_everywhere(screen);
}

TEST_CASE("panels: a finished run draws, whatever is selected") {
  const Headless headless;
  Screen screen;
  screen.ui.push("scenario", "exit-codes");
  screen.ui.push("run");
  screen.draw(1280, 720);
  screen.wait_for_end();
  draw_everywhere(screen);
  screen.ui.left_open = screen.ui.right_open = screen.ui.bottom_open = true;
  for (const timeline::Task& task : screen.session.model().tasks()) {
    for (const std::int64_t time :
         {task.born_ns - 1, task.born_ns, task.death_ns - 1, task.death_ns, task.death_ns + 1}) {
      screen.ui.selection = {task.id, time};
      CHECK(screen.draw(1280, 720, 2) > 0);
    }
  }
  screen.ui.selection = {9999, 0};  // of a run that is gone
  CHECK(screen.draw(1280, 720, 2) > 0);
}

TEST_CASE("panels: text at 250 % draws") {
  const Headless headless;
  platform::set_scale(2.5f);
  Screen screen;
  CHECK(screen.draw(1280, 720) > 0);
  platform::set_scale(1);
}

TEST_CASE("panels: Tab reaches every control, Enter presses it, Esc lets go") {
  const Headless headless;
  Screen screen;
  screen.draw(1280, 720);
  const std::size_t controls = screen.ui.focus.order.size();
  CHECK(controls > 10);
  std::vector<std::uint32_t> reached;
  for (std::size_t i = 0; i < controls; ++i) {
    screen.ui.focus.move = 1;
    screen.draw(1280, 720, 1);
    reached.push_back(screen.ui.focus.id);
  }
  CHECK(reached == screen.ui.focus.order);
  screen.ui.focus.move = 1;  // round to the first: the list of scenarios
  screen.draw(1280, 720, 1);
  CHECK(screen.ui.focus.id == reached.front());
  const auto before = screen.session.scenario().id;
  screen.ui.focus.adjust = 1;
  screen.draw(1280, 720, 2);
  CHECK(screen.session.scenario().id != before);
  screen.ui.push("clear");
  screen.draw(1280, 720, 1);
  CHECK(screen.ui.focus.id == 0);
}

TEST_CASE("panels: a click on a scenario chooses it") {
  const Headless headless;
  Screen screen;
  screen.ui.push("scenario", "exit-codes");
  screen.draw(1280, 720);
  screen.click(60, 142);  // the first of the list
  CHECK(screen.session.scenario().id == "hello");
}

TEST_CASE("panels: the lesson at hand is brought into sight once, and after that the list is the hand's") {
  const Headless headless;
  Screen screen;
  screen.draw(1280, 720, 3);
  ImGuiWindow* list = nullptr;
  for (ImGuiWindow* window : ImGui::GetCurrentContext()->Windows)
    if (std::string_view(window->Name).find("/list_") != std::string_view::npos) list = window;
  REQUIRE(list != nullptr);
  CHECK(list->Scroll.y == 0);
  screen.ui.push("scenario", "surprise-28");
  screen.draw(1280, 720, 4);
  CHECK(list->Scroll.y > list->ScrollMax.y / 2);
  list->Scroll.y = 0;  // the wheel
  screen.draw(1280, 720, 4);
  CHECK(list->Scroll.y == 0);
}

TEST_CASE("panels: a drag of a splitter resizes, a double click folds") {
  const Headless headless;
  Screen screen;
  screen.draw(1280, 720);
  ImGuiIO& io = ImGui::GetIO();
  const float edge = screen.ui.left_width;
  io.MousePos = {edge, 400};
  screen.draw(1280, 720, 2);
  io.MouseDown[0] = true;
  screen.draw(1280, 720, 1);
  io.MousePos = {edge + 40, 400};
  screen.draw(1280, 720, 2);
  io.MouseDown[0] = false;
  screen.draw(1280, 720, 1);
  CHECK(screen.ui.left_width == doctest::Approx(edge + 40));
  for (int i = 0; i < 2; ++i) {
    io.MousePos = {screen.ui.left_width, 400};
    io.MouseDown[0] = true;
    screen.draw(1280, 720, 1);
    io.MouseDown[0] = false;
    screen.draw(1280, 720, 1);
  }
  CHECK_FALSE(screen.ui.left_open);
}

TEST_CASE("theme: text can be read on its surface, dark and light") {
  for (const ThemeName theme : {ThemeName::stage, ThemeName::paper}) {
    CAPTURE(static_cast<int>(theme));
    platform::set_theme(theme);
    check_contrast(platform::palette());
  }
  platform::set_theme(ThemeName::stage);
}

TEST_CASE("theme: contrast is WCAG's") {
  CHECK(platform::contrast(0xff000000u, 0xffffffffu) == doctest::Approx(21));
  CHECK(platform::contrast(0xff808080u, 0xff808080u) == doctest::Approx(1));
  CHECK(platform::contrast(0xff767676u, 0xffffffffu) == doctest::Approx(4.54).epsilon(0.01));
}

TEST_CASE("console: writes are cut into lines, parts of a line are joined") {
  timeline::Model model;
  const auto write = [](std::int64_t time, timeline::TaskId task, std::string text) {
    return trace::Record{{time, trace::Kind::output, 0, 0, 1, text.size()}, task, text};
  };
  const std::vector<trace::Record> records = {write(1, 1, "one\ntwo\n"), write(2, 1, "half "), write(3, 1, "whole\n"),
                                              write(4, 2, "open"), write(5, 1, "other\n")};
  model.append(records);
  panels::ConsoleRows rows;
  rows.update(model);
  REQUIRE(rows.rows().size() == 5);
  CHECK(rows.rows()[0].text == "one");
  CHECK(rows.rows()[0].first);
  CHECK_FALSE(rows.rows()[1].first);
  CHECK(rows.rows()[2].text == "half whole");
  CHECK(rows.rows()[3].text == "open");
  CHECK(rows.rows()[4].text == "other");
  model.append(std::vector<trace::Record>{write(6, 1, "later\n")});
  rows.update(model);
  CHECK(rows.grew());
  CHECK(rows.rows().size() == 6);
  timeline::Model another;
  another.append(std::vector<trace::Record>{write(9, 1, "anew\n")});
  rows.update(another);
  REQUIRE(rows.rows().size() == 1);
  CHECK(rows.rows()[0].text == "anew");
}

TEST_CASE("console: bytes that are no text are spelt out") {
  CHECK(panels::printable("plain") == "plain");
  CHECK(panels::printable("中文 ✓") == "中文 ✓");
  CHECK(panels::printable("a\tb") == "a    b");
  CHECK(panels::printable("\x1b[31mred") == "\\x1b[31mred");
  CHECK(panels::printable("\xff\xfe") == "\\xff\\xfe");
  CHECK(panels::printable("\xe4\xb8") == "\\xe4\\xb8");           // cut off in mid-character
  CHECK(panels::printable("\xc0\xaf") == "\\xc0\\xaf");           // overlong
  CHECK(panels::printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // a surrogate
  CHECK(panels::printable(std::string_view("\0x", 2)) == "\\x00x");
}

TEST_CASE("code: Python is coloured") {
  CHECK(kinds_of("def f(x):\n  return 12 # no", panels::CodeLanguage::python) == "kkktttttt\nttkkkkkktnntcccc\n");
  CHECK(kinds_of("print(\"a # b\", 'c')", panels::CodeLanguage::python) == "ttttttsssssssttssst\n");
  CHECK(kinds_of("\"\"\"two\nlines\"\"\" x", panels::CodeLanguage::python) == "ssssss\nsssssssstt\n");
  CHECK(kinds_of("f\"{x}\"", panels::CodeLanguage::python) == "ssssss\n");
  CHECK(kinds_of("\"never closed", panels::CodeLanguage::python) == "sssssssssssss\n");
}

TEST_CASE("code: C++ is coloured") {
  CHECK(kinds_of("int x = 3; // c", panels::CodeLanguage::cpp) == "kkktttttnttcccc\n");
  CHECK(kinds_of("/* a\nb */ if", panels::CodeLanguage::cpp) == "cccc\ncccctkk\n");
  CHECK(kinds_of("R\"(a\nb)\" 1", panels::CodeLanguage::cpp) == "ssss\nssstn\n");
}

TEST_CASE("panels: running text is cut between words, and between Chinese characters") {
  const Headless headless;
  ImGui::GetIO().DisplaySize = {100, 100};
  ImGui::GetIO().DeltaTime = 1.0f / 60;
  ImGui::NewFrame();
  const float wide = panels::text_width(panels::Font::body, "three four ");
  const auto lines = panels::wrap(panels::Font::body, "one two three four", wide);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "one two");
  CHECK(lines[1] == "three four");
  const auto long_word =
      panels::wrap(panels::Font::body, "/a/very/long/path", panels::text_width(panels::Font::body, "/a/very"));
  CHECK(long_word.size() == 3);
  // A closing mark stays with what it closes.
  for (const std::string_view line :
       panels::wrap(panels::Font::body, "一二三，四五六。", panels::text_width(panels::Font::body, "一二三")))
    CHECK_FALSE((line.starts_with("，") || line.starts_with("。")));
  CHECK(panels::wrap(panels::Font::body, "", 100).empty());
  CHECK(panels::wrap(panels::Font::body, "word", 0).size() == 4);
  ImGui::EndFrame();
}
