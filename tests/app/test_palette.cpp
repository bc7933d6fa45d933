// The command palette: what a few letters find, and what Enter does with it.
#include <doctest/doctest.h>

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/keyboard.h"
#include "app/session/palette.h"
#include "tests/app/desk.h"

using namespace forklight;
using namespace forklight::desk_test;
using app::session::fuzzy_score;
using app::session::palette_entries;
using app::session::PaletteEntry;

TEST_CASE("palette: letters fit in their order, whatever lies between; case does not matter") {
  CHECK(fuzzy_score("svr", "Save run"));
  CHECK(fuzzy_score("SAVE", "save run"));
  CHECK(fuzzy_score("run save", "Save run"));  // words in any order
  CHECK_FALSE(fuzzy_score("rus", "Save run"));
  CHECK_FALSE(fuzzy_score("x", ""));
  CHECK(fuzzy_score("", "anything"));
  CHECK(fuzzy_score("死锁", "课程：死锁"));
  CHECK_FALSE(fuzzy_score("锁死", "课程：死锁"));
}

TEST_CASE("palette: begins of words and letters side by side fit better, and so do short texts") {
  CHECK(*fuzzy_score("th", "Theme") > *fuzzy_score("th", "Watch"));
  CHECK(*fuzzy_score("zi", "Zoom in") > *fuzzy_score("zi", "Resizing"));
  CHECK(*fuzzy_score("run", "Run") > *fuzzy_score("run", "Run a lesson that takes very long to be told about"));
  CHECK(*fuzzy_score("stop", "A step, then Stop") > *fuzzy_score("stop", "Set to pace"));  // not the first place, the best one
}

TEST_CASE("palette: offers what can be done now, and all lessons") {
  Desk desk;
  const auto has = [](const std::vector<PaletteEntry>& entries, std::string_view command) {
    return std::any_of(entries.begin(), entries.end(), [&](const PaletteEntry& entry) { return entry.command == command; });
  };
  const auto all = palette_entries(desk.context, "");
  CHECK(has(all, "run"));
  CHECK(has(all, "theme"));
  CHECK_FALSE(has(all, "stop"));  // nothing runs
  CHECK_FALSE(has(all, "set"));   // it needs to be told what
  CHECK_FALSE(has(all, "palette"));
  for (const PaletteEntry& entry : all) {
    CAPTURE(entry.title);
    CHECK_FALSE(entry.title.empty());
    CHECK(find_command(entry.command) != nullptr);
  }
  const auto lesson = palette_entries(desk.context, "exit codes");
  REQUIRE_FALSE(lesson.empty());
  CHECK(lesson.front().command == "scenario");
  CHECK(lesson.front().argument == "exit-codes");
  CHECK(palette_entries(desk.context, "no command has these letters qqq").empty());
}

TEST_CASE("palette: its keys are the list's while letters are typed; Esc and Ctrl+K leave it") {
  Desk desk;
  const auto press = [&](Shortcut shortcut) {
    app::panels::route_key(desk.context, shortcut, true);
    app::session::carry_out(desk.context);
  };
  press({Key::k, true});
  CHECK(desk.ui.dialog == Dialog::palette);
  press({Key::down});
  press({Key::down});
  press({Key::up});
  CHECK(desk.ui.palette_at == 1);
  press({Key::s});  // a letter: not Stop
  CHECK(desk.ui.dialog == Dialog::palette);
  press({Key::enter});
  CHECK(desk.ui.palette_go);
  press({Key::k, true});
  CHECK(desk.ui.dialog == Dialog::none);
  press({Key::k, true});
  CHECK_FALSE(desk.ui.palette_go);  // begun anew
  press({Key::escape});
  CHECK(desk.ui.dialog == Dialog::none);
}
