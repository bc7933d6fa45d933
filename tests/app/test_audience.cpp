// What helps those who watch, without a window: what a press is shown as, where keys go, how colours are seen, the groups of the list of keys.
#include <doctest/doctest.h>

#include <set>

#include "app/i18n/i18n.h"
#include "app/panels/keyboard.h"
#include "app/platform/vision.h"
#include "tests/app/desk.h"

using namespace forklight;
using namespace forklight::desk_test;
using app::i18n::Language;
using app::platform::as_seen;
using app::platform::Color;

namespace {

constexpr Color color(unsigned r, unsigned g, unsigned b) { return 0xff000000U | b << 16 | g << 8 | r; }
int channel(Color color, int index) { return static_cast<int>(color >> (8 * index) & 0xff); }

}  // namespace

TEST_CASE("audience: every command is in one group, and each group has a title in both languages") {
  std::set<std::string_view> seen;
  std::size_t count = 0;
  for (const CommandGroup& group : command_groups()) {
    for (const Command& command : group.commands) {
      CHECK(seen.insert(command.id).second);
      ++count;
    }
    const std::string key = "keys.group." + std::string(group.name);
    CAPTURE(key);
    for (const Language language : {Language::chinese, Language::english}) {
      app::i18n::set_language(language);
      CHECK(app::i18n::tr(key) != key);
    }
  }
  CHECK(count == commands().size());
}

TEST_CASE("audience: a key that does something is shown, with how often; one that does nothing is not") {
  Desk desk;
  const auto press = [&](Shortcut shortcut, bool typing = false) {
    app::panels::route_key(desk.context, shortcut, typing);
    app::session::carry_out(desk.context);
  };
  const auto& shown = desk.ui.audience.press;
  press({Key::s});  // nothing runs: Stop does nothing
  CHECK(shown.key.empty());
  press({Key::d});
  CHECK(shown.key == "D");
  CHECK(shown.title == app::i18n::tr("command.theme"));
  CHECK(shown.times == 1);
  press({Key::d});
  press({Key::d});
  CHECK(shown.times == 3);
  press({Key::x}, /*typing=*/true);  // a letter of a text
  CHECK(shown.key == "D");
  press({Key::tab});
  CHECK(shown.key == "Tab");
  CHECK(shown.title.empty());
}

TEST_CASE("audience: Tab leaves a text field; in the palette it goes down the list") {
  Desk desk;
  app::panels::route_key(desk.context, {Key::tab}, /*typing=*/true);
  CHECK(desk.ui.focus.move == 1);
  app::panels::route_key(desk.context, {Key::tab, false, true}, /*typing=*/true);
  CHECK(desk.ui.focus.move == -1);
  desk.ui.focus.move = 0;
  desk.ui.dialog = Dialog::palette;
  app::panels::route_key(desk.context, {Key::tab}, /*typing=*/true);
  CHECK(desk.ui.palette_at == 1);
  CHECK(desk.ui.focus.move == 0);
  desk.ui.dialog = Dialog::keys;
  app::panels::route_key(desk.context, {Key::page_down}, /*typing=*/true);
  CHECK(desk.ui.audience.keys_scroll > 1);
}

TEST_CASE("audience: presenting has captions of its own accord, the workplace when it is told to") {
  Desk desk;
  const Command& captions = *find_command("captions");
  CHECK_FALSE(captions.checked(desk.context));
  desk.carry_out("present");
  CHECK(captions.checked(desk.context));
  desk.carry_out("captions");
  CHECK_FALSE(captions.checked(desk.context));
  desk.carry_out("present");
  desk.carry_out("captions");
  CHECK(captions.checked(desk.context));
}

TEST_CASE("audience: the preview goes through three kinds and back; the lens' zoom comes round") {
  Desk desk;
  for (const Vision expected : {Vision::protanopia, Vision::deuteranopia, Vision::tritanopia, Vision::normal}) {
    desk.carry_out("vision");
    CHECK(desk.ui.audience.vision == expected);
  }
  std::set<float> zooms;
  for (int i = 0; i < 10; ++i) {
    desk.carry_out("lens.zoom");
    zooms.insert(desk.ui.audience.lens_zoom);
    CHECK(desk.ui.audience.lens_zoom >= app::session::kLensLeast);
    CHECK(desk.ui.audience.lens_zoom <= app::session::kLensMost);
  }
  CHECK(zooms.size() == 5);
  CHECK(desk.ui.audience.lens);
  desk.carry_out("clear");
  CHECK_FALSE(desk.ui.audience.lens);
}

TEST_CASE("audience: greys stay as they are; red and green come near each other without red or green cones, blue and green without blue ones") {
  for (const Vision vision : {Vision::normal, Vision::protanopia, Vision::deuteranopia, Vision::tritanopia}) {
    for (const unsigned grey : {0U, 60U, 128U, 255U}) {
      const Color seen = as_seen(color(grey, grey, grey), vision);
      for (int i = 0; i < 3; ++i) CHECK(std::abs(channel(seen, i) - static_cast<int>(grey)) <= 1);
    }
    CHECK((as_seen(0x80123456U, vision) >> 24) == 0x80);
  }
  CHECK(as_seen(color(12, 200, 99), Vision::normal) == color(12, 200, 99));
  // What differs in hue alone for one who lacks the cones for it is hardly told apart.
  const auto apart = [](Color x, Color y) {
    int sum = 0;
    for (int i = 0; i < 3; ++i) sum += std::abs(channel(x, i) - channel(y, i));
    return sum;
  };
  const Color red = color(200, 80, 60), green = color(110, 140, 60);
  CHECK(apart(as_seen(red, Vision::deuteranopia), as_seen(green, Vision::deuteranopia)) < apart(red, green) / 2);
  const Color blue = color(60, 130, 170), teal = color(60, 140, 110);
  CHECK(apart(as_seen(blue, Vision::tritanopia), as_seen(teal, Vision::tritanopia)) < apart(blue, teal));
}
