// What helps those who watch, without a window: what a press is shown as, where keys go, how colours are seen, the groups of the list of keys.
#include <doctest/doctest.h>
#include <imgui.h>

#include <array>
#include <set>

#include "app/i18n/i18n.h"
#include "app/panels/keyboard.h"
#include "app/panels/layout.h"
#include "app/platform/imgui_compat.h"
#include "app/platform/vision.h"
#include "tests/app/desk.h"

using namespace forklight;
using namespace forklight::desk_test;
using app::i18n::Language;
using app::platform::as_seen;
using app::session::Happening;
using app::platform::Color;

namespace {

constexpr Color color(unsigned r, unsigned g, unsigned b) { return 0xff000000U | b << 16 | g << 8 | r; }

// The window's content on a Dear ImGui without window and renderer.
struct Screen {
  ImGuiContext* const imgui = ImGui::CreateContext();
  Desk desk;
  app::timeline_view::TimelineView timeline;
  app::panels::PanelState state;

  Screen() {
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().Fonts->AddFontDefault();
    app::platform::compat::headless_atlas(ImGui::GetIO());
    app::platform::set_scale(1);
    app::platform::set_theme(ThemeName::stage);
  }
  ~Screen() { ImGui::DestroyContext(imgui); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void draw(int frames) {
    for (int i = 0; i < frames; ++i) {
      ImGui::GetIO().DisplaySize = {1280, 720};
      ImGui::GetIO().DeltaTime = 1.0f / 60;
      app::session::carry_out(desk.context);
      ImGui::NewFrame();
      app::panels::draw_frame(desk.context, timeline, state);
      ImGui::Render();
    }
  }
  void press(Shortcut shortcut) {
    app::panels::route_key(desk.context, shortcut, ImGui::GetIO().WantTextInput);
    draw(2);
  }
};

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

TEST_CASE("audience: the lines between panels are reached by Tab, and moved by arrows") {
  Screen screen;
  UiState& ui = screen.desk.ui;
  screen.draw(3);
  int upright = 0, sizes_changed = 0;
  std::set<std::uint32_t> reached;
  for (int i = 0; i < 300; ++i) {
    screen.press({Key::tab});
    REQUIRE(ui.focus.id != 0);
    if (!reached.insert(ui.focus.id).second) break;  // all round
    const auto sizes = [&] { return std::array{ui.left_width, ui.right_width, ui.bottom_height, ui.inspector_height}; };
    const auto before = sizes();
    if (!ui.focus.upright) continue;
    ++upright;
    screen.press({Key::up});
    sizes_changed += sizes() != before ? 1 : 0;
  }
  CHECK(reached.size() > 20);
  CHECK(upright == 2);         // above the console, above the inspector
  CHECK(sizes_changed == 2);
}

TEST_CASE("audience: Tab goes out of the field of a dialog, to its buttons, and back into it") {
  Screen screen;
  UiState& ui = screen.desk.ui;
  for (const Dialog dialog : {Dialog::keys, Dialog::open}) {
    ui.path_entry = "/";
    ui.dialog = dialog;
    screen.draw(4);
    REQUIRE(ImGui::GetIO().WantTextInput);
    const std::uint32_t field = ui.focus.id;
    REQUIRE(field != 0);
    screen.press({Key::tab});
    CHECK_FALSE(ImGui::GetIO().WantTextInput);
    CHECK(ui.focus.id != field);
    screen.press({Key::tab, false, true});
    screen.draw(2);
    CHECK(ImGui::GetIO().WantTextInput);
    CHECK(ui.focus.id == field);
    ui.dialog = Dialog::none;
    screen.draw(3);
  }
}

TEST_CASE("audience: what is shown to the audience can be drawn, whatever is on") {
  Screen screen;
  UiState& ui = screen.desk.ui;
  screen.desk.run_hello();
  ui.audience.captions = ui.audience.keys = ui.audience.pointer = ui.audience.lens = true;
  for (const bool calm : {false, true}) {
    ui.audience.reduced_motion = calm;
    for (const bool presenting : {false, true}) {
      ui.presenting = presenting;
      ImGui::GetIO().MousePos = {600, 300};
      ImGui::GetIO().MouseDown[0] = !ImGui::GetIO().MouseDown[0];
      screen.press({Key::d});
      CHECK(app::panels::audience_moves(ui, screen.state.captions));
    }
  }
  // What was still untold when the run ended is told as time goes on.
  ui.selection = {};
  screen.desk.wait_until([&] {
    screen.draw(1);
    return !screen.state.captions.captions().empty() && screen.state.captions.captions().back().what == Happening::all_ended;
  });
  ui.selection = {1, screen.desk.session.model().begin_ns()};
  screen.draw(2);
}
