// The table of commands, on a session that makes real runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/panels/keyboard.h"
#include "core/base/clock.h"
#include "tests/app/desk.h"

using namespace forklight;
using namespace forklight::desk_test;

TEST_CASE("commands: ids and shortcuts are unique") {
  std::set<std::string_view> ids;
  std::set<std::string> shortcuts;
  for (const Command& command : commands()) {
    CAPTURE(std::string(command.id));
    CHECK(ids.insert(command.id).second);
    if (command.shortcut != Shortcut{}) CHECK(shortcuts.insert(to_string(command.shortcut)).second);
    CHECK(find_command(command.id) == &command);
    if (command.shortcut != Shortcut{}) CHECK(find_command(command.shortcut) == &command);
  }
  CHECK(find_command("no such") == nullptr);
  CHECK(find_command(Shortcut{}) == nullptr);
}

TEST_CASE("commands: shortcuts are written as on the keyboard") {
  CHECK(to_string(Shortcut{Key::space}) == "Space");
  CHECK(to_string(Shortcut{Key::o, true}) == "Ctrl+O");
  CHECK(to_string(Shortcut{Key::left, false, true}) == "Shift+←");
  CHECK(to_string(Shortcut{Key::f11}) == "F11");
  CHECK(to_string(Shortcut{Key::n3, true}) == "Ctrl+3");
  CHECK(to_string(Shortcut{}).empty());
}

TEST_CASE("commands: an unknown command is a notice") {
  Desk desk;
  desk.carry_out("fly");
  CHECK(desk.session.notice().find("fly") != std::string::npos);
}

TEST_CASE("commands: a wrong setting is a notice, and changes nothing") {
  Desk desk;
  desk.carry_out("scenario", "exit-codes");
  const auto before = desk.session.settings().values();
  desk.carry_out("set", "order=sideways");
  CHECK_FALSE(desk.session.notice().empty());
  desk.carry_out("set", "order");
  CHECK_FALSE(desk.session.notice().empty());
  CHECK(desk.session.settings().values() == before);
  desk.carry_out("set", "order=join-first");
  CHECK(desk.session.settings().text("order") == "join-first");
}

TEST_CASE("commands: an unknown scenario is a notice, and the one at hand stays") {
  Desk desk;
  desk.carry_out("scenario", "hello");
  desk.carry_out("scenario", "no-such");
  CHECK_FALSE(desk.session.notice().empty());
  CHECK(desk.session.scenario().id == "hello");
}

TEST_CASE("commands: run runs, run again while it is live holds it and lets it go on, stop stops it") {
  Desk desk;
  desk.carry_out("scenario", "exit-codes");
  desk.carry_out("set", "order=join-first");
  desk.carry_out("run");
  REQUIRE(desk.session.live());
  desk.carry_out("run");
  CHECK(desk.session.standing());
  desk.carry_out("run");
  CHECK_FALSE(desk.session.standing());
  desk.carry_out("stop");
  desk.wait_for_end();
  CHECK(desk.session.state() == RunState::finished);
  CHECK(desk.session.run_count() == 1);
}

TEST_CASE("commands: stepping through a run, and replaying the choices") {
  Desk desk;
  desk.carry_out("scenario", "hello");
  desk.carry_out("pace.step");
  CHECK_FALSE(desk.session.can_replay());
  desk.carry_out("run");
  REQUIRE(desk.session.live());
  const auto step_to_end = [&] {
    const auto patience = std::chrono::steady_clock::now() + 40s;
    while (desk.session.live()) {
      desk.session.update();
      if (!desk.session.at_gate().empty()) desk.carry_out("step");
      REQUIRE(std::chrono::steady_clock::now() < patience);
      std::this_thread::sleep_for(1ms);
    }
  };
  step_to_end();
  CHECK(desk.session.can_replay());
  const auto choices = [&] {
    std::size_t count = 0;
    for (const auto& event : desk.session.model().events()) count += event.event.kind == trace::Kind::let_go ? 1 : 0;
    return count;
  };
  const std::size_t made = choices();
  CHECK(made > 4);
  desk.carry_out("replay");
  CHECK(desk.session.pace() == supervisor::Pace::replay);
  desk.wait_for_end();
  CHECK(choices() == made);
  CHECK(desk.session.notice().empty());
  CHECK(desk.session.pace() == supervisor::Pace::step);  // what the next run begins with
}

TEST_CASE("commands: step while everything runs holds it first") {
  Desk desk;
  desk.carry_out("scenario", "exit-codes");
  desk.carry_out("set", "order=join-first");
  desk.carry_out("step");  // nothing runs
  CHECK_FALSE(desk.session.standing());
  desk.carry_out("run");
  desk.carry_out("step");
  CHECK(desk.session.standing());
  desk.carry_out("pace.real");
  CHECK_FALSE(desk.session.standing());
}

TEST_CASE("commands: the rate is kept within its bounds") {
  Desk desk;
  desk.carry_out("pace.slow");
  CHECK(desk.session.pace() == supervisor::Pace::slow);
  desk.carry_out("pace.rate", "20");
  CHECK(desk.session.rate() == 20);
  desk.carry_out("pace.rate", "+1");
  desk.carry_out("pace.rate", "-5");
  CHECK(desk.session.rate() == 16);
  desk.carry_out("pace.rate", "1000");
  CHECK(desk.session.rate() == supervisor::kMaxRate);
  desk.carry_out("pace.rate", "fast");
  CHECK_FALSE(desk.session.notice().empty());
}

TEST_CASE("commands: terminate hits the selected task, or says why it cannot") {
  Desk desk;
  desk.carry_out("scenario", "exit-codes");
  desk.carry_out("pace.step");
  desk.carry_out("run");
  const auto patience = std::chrono::steady_clock::now() + 30s;
  while (desk.session.at_gate().empty() || desk.session.model().tasks().empty()) {
    desk.session.update();
    REQUIRE(std::chrono::steady_clock::now() < patience);
    std::this_thread::sleep_for(1ms);
  }
  desk.carry_out("task.terminate");
  CHECK_FALSE(desk.session.notice().empty());  // nothing is selected
  desk.carry_out("task.stop", "MainProcess");
  desk.carry_out("task.continue", "1");
  desk.ui.selection.task = 1;
  desk.carry_out("task.terminate");
  desk.wait_for_end();
  CHECK(desk.session.model().find(1)->exit_code() == -15);
}

TEST_CASE("commands: what is not allowed is not done") {
  Desk desk;
  desk.carry_out("save");  // nothing to save yet
  CHECK(desk.ui.dialog == Dialog::none);
  desk.carry_out("stop");
  CHECK_FALSE(desk.session.live());
}

TEST_CASE("commands: the next event walks through the whole run and stops at its end") {
  Desk desk;
  desk.run_hello();
  const auto& events = desk.session.model().events();
  std::set<std::int64_t> seen;
  std::int64_t last = 0;
  for (std::size_t i = 0; i < events.size() + 5; ++i) {
    desk.carry_out("select.next");
    REQUIRE(desk.ui.selection.time_ns);
    CHECK(*desk.ui.selection.time_ns >= last);
    last = *desk.ui.selection.time_ns;
    seen.insert(last);
  }
  CHECK(last == events.back().time_ns);
  for (const auto& event : events) CHECK(seen.contains(event.time_ns));
  desk.carry_out("select.previous");
  CHECK(*desk.ui.selection.time_ns <= last);
}

TEST_CASE("commands: arrows go from lane to lane and from span to span") {
  Desk desk;
  desk.run_hello();
  const auto& tasks = desk.session.model().tasks();
  desk.carry_out("select.down");
  CHECK(desk.ui.selection.task == tasks[0].id);
  desk.carry_out("select.down");
  CHECK(desk.ui.selection.task == tasks[1].id);
  desk.carry_out("select.up");
  desk.carry_out("select.up");
  CHECK(desk.ui.selection.task == tasks[0].id);
  desk.carry_out("select.right");
  REQUIRE(desk.ui.selection.time_ns);
  CHECK(*desk.ui.selection.time_ns == tasks[0].spans[0].begin_ns);
  desk.carry_out("select.right");
  CHECK(*desk.ui.selection.time_ns == tasks[0].spans[1].begin_ns);
  desk.carry_out("select.left");
  CHECK(*desk.ui.selection.time_ns == tasks[0].spans[0].begin_ns);
}

TEST_CASE("commands: select by name, number and moment") {
  Desk desk;
  desk.run_hello();
  desk.carry_out("select", "Process-2@1.5ms");
  const auto* task = desk.session.model().find(desk.ui.selection.task);
  REQUIRE(task != nullptr);
  CHECK(task->name == "Process-2");
  CHECK(*desk.ui.selection.time_ns == desk.session.model().begin_ns() + 1'500'000);
  desk.carry_out("select", "1");
  CHECK(desk.ui.selection == Selection{1, std::nullopt});
  for (const char* wrong : {"Process-99", "Process-2@soon", "Process-2@-3ms", "Process-2@1e300s", ""}) {
    CAPTURE(std::string(wrong));
    desk.session.notify("");
    desk.carry_out("select", wrong);
    CHECK_FALSE(desk.session.notice().empty());
    CHECK(desk.ui.selection.task == 1);
  }
}

TEST_CASE("commands: a run is saved and opened again") {
  const auto file = std::filesystem::path(BINARY_DIR) / "test-commands-saved.flt";
  std::filesystem::remove(file);
  Desk desk;
  desk.run_hello();
  const auto events = desk.session.model().event_count();
  desk.carry_out("save", (file.parent_path() / "test-commands-saved").string());  // the ending is added
  REQUIRE_MESSAGE(std::filesystem::exists(file), desk.session.notice());
  Desk other;
  other.carry_out("open", file.string());
  CHECK(other.session.state() == RunState::opened);
  CHECK(other.session.model().event_count() == events);
  std::filesystem::remove(file);
}

TEST_CASE("commands: a file that cannot be opened is a notice, and what was there stays") {
  Desk desk;
  desk.run_hello();
  const auto tasks = desk.session.model().tasks().size();
  for (const char* path : {"/no/such/file.flt", "/", "/etc/hostname"}) {
    desk.session.notify("");
    desk.carry_out("open", path);
    CHECK_FALSE(desk.session.notice().empty());
    CHECK(desk.session.model().tasks().size() == tasks);
  }
  desk.session.notify("");
  desk.carry_out("save", "/no/such/directory/run.flt");
  CHECK_FALSE(desk.session.notice().empty());
}

TEST_CASE("commands: Esc takes away one thing at a time") {
  Desk desk;
  desk.session.notify("something");
  desk.ui.dialog = Dialog::keys;
  desk.ui.selection = {1, 5};
  desk.carry_out("clear");
  CHECK(desk.ui.dialog == Dialog::none);
  CHECK_FALSE(desk.session.notice().empty());
  desk.carry_out("clear");
  CHECK(desk.session.notice().empty());
  CHECK(desk.ui.selection.task == 1);
  desk.carry_out("clear");
  CHECK(desk.ui.selection == Selection{});
}

TEST_CASE("commands: theme, language, text size, panels") {
  Desk desk;
  desk.carry_out("theme");
  CHECK(desk.ui.theme == ThemeName::paper);
  desk.carry_out("theme", "stage");
  CHECK(desk.ui.theme == ThemeName::stage);
  desk.carry_out("language", "zh-CN");
  CHECK(app::i18n::language() == app::i18n::Language::chinese);
  desk.carry_out("language");
  CHECK(app::i18n::language() == app::i18n::Language::english);
  for (int i = 0; i < 50; ++i) desk.carry_out("text.larger");
  CHECK(desk.ui.text_scale == doctest::Approx(2.5));
  for (int i = 0; i < 50; ++i) desk.carry_out("text.smaller");
  CHECK(desk.ui.text_scale == doctest::Approx(0.8));
  desk.carry_out("text.normal");
  CHECK(desk.ui.text_scale == 1.0f);
  desk.carry_out("panel.left");
  CHECK_FALSE(desk.ui.left_open);
  desk.carry_out("panel.bottom");
  desk.carry_out("tab.events");  // opens what it shows
  CHECK(desk.ui.bottom_open);
  desk.carry_out("theme", "mauve");
  CHECK_FALSE(desk.session.notice().empty());
}

TEST_CASE("commands: keys reach their command, unless a text is being typed") {
  Desk desk;
  app::panels::route_key(desk.context, {Key::t}, /*typing=*/true);
  CHECK(desk.ui.pushed.empty());
  app::panels::route_key(desk.context, {Key::o, true}, /*typing=*/true);
  REQUIRE(desk.ui.pushed.size() == 1);
  CHECK(desk.ui.pushed.back().command == "open");
  desk.ui.pushed.clear();
  app::panels::route_key(desk.context, {Key::space}, /*typing=*/false);
  REQUIRE(desk.ui.pushed.size() == 1);
  CHECK(desk.ui.pushed.back().command == "run");
}

TEST_CASE("commands: behind a dialog no key does anything") {
  Desk desk;
  desk.ui.dialog = Dialog::keys;
  app::panels::route_key(desk.context, {Key::space}, /*typing=*/false);
  CHECK(desk.ui.pushed.empty());
  app::panels::route_key(desk.context, {Key::escape}, /*typing=*/false);
  REQUIRE(desk.ui.pushed.size() == 1);
  CHECK(desk.ui.pushed.back().command == "clear");
}

TEST_CASE("commands: a death is there to be drawn within two frames of it") {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::nanoseconds kFrame = std::chrono::nanoseconds(1s) / 60;
  Desk desk;
  desk.carry_out("scenario", "hello");
  desk.carry_out("run");
  std::map<timeline::TaskId, std::int64_t> late_ns;
  const auto patience = Clock::now() + 30s;
  while (desk.session.live()) {
    REQUIRE(Clock::now() < patience);
    const auto next = Clock::now() + kFrame;
    desk.session.update();
    for (const timeline::Task& task : desk.session.model().tasks())
      if (task.death_ns != timeline::kOpen) late_ns.try_emplace(task.id, base::now_ns() - task.death_ns);
    std::this_thread::sleep_until(next);
  }
  REQUIRE(late_ns.size() == 7);
  std::vector<std::int64_t> sorted;
  for (const auto& [task, late] : late_ns) sorted.push_back(late);
  std::sort(sorted.begin(), sorted.end());
  MESSAGE("seen after " << sorted.front() / 1000 << " … " << sorted[sorted.size() / 2] / 1000 << " … " << sorted.back() / 1000 << " µs");
  CHECK(sorted.front() <= 2 * kFrame.count());  // a busy machine may hold some of them up, and not all
}
