// The tour: its steps, what moves it on, and that it is never in the way.
#include <doctest/doctest.h>

#include "app/i18n/i18n.h"
#include "app/panels/keyboard.h"
#include "app/session/tour.h"
#include "tests/app/desk.h"

using namespace forklight;
using namespace forklight::desk_test;

TEST_CASE("tour: next and back walk through it; past the last callout it is over, and does not come by itself again") {
  Desk desk;
  CHECK_FALSE(desk.ui.tour_seen);
  desk.carry_out("tour");
  CHECK(desk.ui.tour.step == 0);
  desk.carry_out("tour.back");
  CHECK(desk.ui.tour.step == 0);
  for (int i = 1; i < static_cast<int>(kTourSteps); ++i) {
    desk.carry_out("tour.next");
    CHECK(desk.ui.tour.step == i);
  }
  desk.carry_out("tour.back");
  CHECK(desk.ui.tour.step == static_cast<int>(kTourSteps) - 2);
  desk.carry_out("tour.next");
  CHECK_FALSE(desk.ui.tour_seen);
  desk.carry_out("tour.next");
  CHECK_FALSE(desk.ui.tour.on());
  CHECK(desk.ui.tour_seen);
}

TEST_CASE("tour: doing the thing moves it on; a thing that was done before does not") {
  Desk desk;
  desk.carry_out("scenario", "hello");
  desk.ui.selection = {1, std::nullopt};
  desk.carry_out("tour");
  desk.carry_out("tour.next");
  update_tour(desk.context);
  CHECK(desk.ui.tour.step == 1);
  desk.carry_out("run");
  update_tour(desk.context);
  CHECK(desk.ui.tour.step == 2);
  desk.wait_for_end();
  desk.ui.selection = {1, std::nullopt};
  update_tour(desk.context);
  CHECK(desk.ui.tour.step == 3);
  desk.carry_out("tour.next");
  desk.carry_out("tour.back");
  desk.carry_out("tour.back");  // to the timeline, where something is selected already
  update_tour(desk.context);
  CHECK(desk.ui.tour.step == 2);
}

TEST_CASE("tour: Esc ends it, keys do what they do, Enter goes on") {
  Desk desk;
  const auto press = [&](Shortcut shortcut) {
    app::panels::route_key(desk.context, shortcut, false);
    app::session::carry_out(desk.context);
  };
  press({Key::f1, false, true});
  CHECK(desk.ui.tour.on());
  press({Key::enter});
  CHECK(desk.ui.tour.step == 1);
  press({Key::page_down});
  press({Key::page_up});
  CHECK(desk.ui.tour.step == 1);
  press({Key::d});
  CHECK(desk.ui.theme == ThemeName::paper);
  press({Key::escape});
  CHECK_FALSE(desk.ui.tour.on());
  CHECK(desk.ui.tour_seen);
}

TEST_CASE("tour: each callout has its texts, and the keys that they name are those of commands") {
  for (const TourStep& step : tour_steps()) {
    CAPTURE(std::string(step.id));
    for (const char* what : {"title", "text"}) CHECK(app::i18n::has("tour." + std::string(step.id) + "." + what));
    const std::string text = app::i18n::tr("tour." + std::string(step.id) + ".text");
    for (std::size_t i = 0; i < step.commands.size(); ++i) {
      const bool named = text.find("{key" + std::to_string(i) + "}") != std::string::npos;
      CHECK(named == !step.commands[i].empty());
      if (!named) continue;
      REQUIRE(find_command(step.commands[i]) != nullptr);
      CHECK(find_command(step.commands[i])->shortcut != Shortcut{});
    }
  }
}
