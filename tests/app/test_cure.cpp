// The cure of a run that stands still for ever: a setting, offered where the deadlock is called out.
#include "app/i18n/i18n.h"
#include "core/timeline/waits.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::desk_test;

TEST_CASE("cure: the run that stands still is made again with the setting that lets it through") {  // Q-16 Q-17
  Desk desk;
  desk.carry_out("scenario", "deadlock-join");
  desk.carry_out("cure");  // of nothing
  CHECK_FALSE(desk.session.live());
  desk.carry_out("run");
  desk.wait_until([&] { return static_cast<bool>(timeline::find_deadlock(desk.session.model(), desk.session.now_ns())); });
  REQUIRE(desk.session.cure());
  desk.carry_out("cure");
  CHECK(desk.session.settings().text("order") == "drain-first");
  desk.wait_for_end();
  std::string said;
  for (const auto& line : desk.session.model().console()) said += line.text;
  CHECK(said.find("got 70000 characters, exit code 0") != std::string::npos);
  CHECK(desk.session.run_count() == 2);
  CHECK_FALSE(desk.session.cure());  // it has been taken
}

TEST_CASE("cure: every scenario that has one has a setting for it, and words") {
  for (const scenario::Scenario* one : scenario::all()) {
    CAPTURE(std::string(one->id));
    CHECK(one->cure.has_value() == app::i18n::has("scenario." + std::string(one->id) + ".cure"));
    if (!one->cure) continue;
    scenario::Settings settings(one->parameters);
    CHECK(settings.text(one->cure->parameter) != one->cure->value);
    CHECK_NOTHROW(settings.set(one->cure->parameter, one->cure->value));
  }
}

TEST_CASE("cure: the call-out has its button") {
  using namespace timeline_test;
  Desk desk;
  desk.carry_out("scenario", "deadlock-join");
  desk.carry_out("run");
  desk.wait_until([&] { return static_cast<bool>(timeline::find_deadlock(desk.session.model(), desk.session.now_ns())); });
  Screen screen;
  const auto draw = [&] {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(960, 600));
    ImGui::Begin("screen", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
    screen.view.draw(desk.context);
    ImGui::End();
    ImGui::Render();
  };
  const auto button = [&]() -> const Drawn* {
    for (const Drawn& drawn : screen.view.drawn())
      if (drawn.what == Drawn::What::button) return &drawn;
    return nullptr;
  };
  for (int i = 0; i < 60 && button() == nullptr; ++i) draw();
  REQUIRE(button() != nullptr);
  screen.move((button()->x0 + button()->x1) / 2, (button()->y0 + button()->y1) / 2);
  draw();
  screen.button(true);
  draw();
  screen.button(false);
  draw();
  REQUIRE_FALSE(desk.ui.pushed.empty());
  CHECK(desk.ui.pushed.front().command == "cure");
}
