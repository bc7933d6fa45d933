// What is kept of the person between two starts: settings, the last runs, files that were opened. All of it in directories of the test's own.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "app/i18n/i18n.h"
#include "app/session/drop.h"
#include "app/session/preferences.h"
#include "app/session/run_keeper.h"
#include "tests/app/desk.h"

using namespace forklight;
using namespace forklight::desk_test;
namespace fs = std::filesystem;
using app::i18n::Language;

namespace {

// A directory that is empty at first and gone afterwards.
struct Folder {
  fs::path path = fs::path(BINARY_DIR) / ("test-person-" + std::to_string(::getpid()));
  Folder() { fs::remove_all(path); }
  ~Folder() {
    fs::remove_all(path);
    app::i18n::set_language(Language::english);
  }
  [[nodiscard]] fs::path settings() const { return path / "settings.json"; }
  void write(const std::string& text) const {
    fs::create_directories(path);
    std::ofstream(settings()) << text;
  }
  [[nodiscard]] std::string read() const {
    std::ifstream in(settings());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] int count(const std::string& part) const {
    int found = 0;
    for (const auto& entry : fs::directory_iterator(path)) found += entry.path().filename().string().find(part) != std::string::npos ? 1 : 0;
    return found;
  }
};

constexpr WindowPlace kPlace{1280, 720, false};

// The environment as a test wants it, and as it was.
struct Variable {
  std::string name, before;
  bool was;
  Variable(const char* called, const char* value) : name(called), before(std::getenv(called) != nullptr ? std::getenv(called) : ""), was(std::getenv(called) != nullptr) {
    if (value != nullptr)
      ::setenv(called, value, 1);
    else
      ::unsetenv(called);
  }
  ~Variable() {
    if (was)
      ::setenv(name.c_str(), before.c_str(), 1);
    else
      ::unsetenv(name.c_str());
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
};

}  // namespace

TEST_CASE("person: the folders are where XDG says, and a relative path is none") {
  const Variable home("HOME", "/home/ada"), config("XDG_CONFIG_HOME", nullptr), state("XDG_STATE_HOME", nullptr);
  auto folders = app::session::person_folders();
  REQUIRE(folders);
  CHECK(folders->config == "/home/ada/.config/forklight");
  CHECK(folders->state == "/home/ada/.local/state/forklight");
  const Variable named("XDG_CONFIG_HOME", "/etc/ada"), relative("XDG_STATE_HOME", "state");
  folders = app::session::person_folders();
  REQUIRE(folders);
  CHECK(folders->config == "/etc/ada/forklight");
  CHECK(folders->state == "/home/ada/.local/state/forklight");
  const Variable homeless("HOME", nullptr);
  CHECK_FALSE(app::session::person_folders());
}

TEST_CASE("person: what was set is there again at the next start") {
  const Folder folder;
  {
    Desk desk;
    Preferences first(folder.path);
    CHECK_FALSE(first.kept());
    CHECK(first.take_problem().empty());
    for (const char* command : {"theme", "text.larger", "axis.order", "panel.left", "tab.waits", "code.cpp", "cores", "pace.slow"}) desk.carry_out(command);
    desk.carry_out("pace.rate", "17");
    desk.carry_out("language", "zh-CN");
    desk.carry_out("scenario", "exit-codes");
    desk.carry_out("set", "order=join-first");
    desk.ui.right_width = 411.5f;
    desk.ui.audience.vision = Vision::tritanopia;
    desk.ui.audience.reduced_motion = true;
    CHECK(first.keep(desk.session, desk.ui, {1280, 720, true}));
    CHECK(folder.count("") == 1);  // no temporary name stays
  }
  app::i18n::set_language(Language::english);
  const Preferences second(folder.path);
  CHECK(second.kept());
  CHECK(second.language() == Language::chinese);
  CHECK(second.window() == WindowPlace{1280, 720, true});
  Desk desk;
  second.restore(desk.ui);
  second.restore(desk.session);
  CHECK(desk.ui.theme == ThemeName::paper);
  CHECK(desk.ui.text_scale == doctest::Approx(1.1));
  CHECK(desk.ui.axis == timeline::AxisKind::order);
  CHECK_FALSE(desk.ui.left_open);
  CHECK(desk.ui.bottom_tab == BottomTab::waits);
  CHECK(desk.ui.code_tab == CodeTab::cpp);
  CHECK_FALSE(desk.ui.cores);
  CHECK(desk.ui.right_width == 411.5f);
  CHECK(desk.ui.audience.vision == Vision::tritanopia);
  CHECK(desk.ui.audience.reduced_motion);
  CHECK(desk.session.pace() == supervisor::Pace::slow);
  CHECK(desk.session.rate() == 17);
  CHECK(desk.session.scenario().id == "exit-codes");
  CHECK(desk.session.settings().text("order") == "join-first");
}

TEST_CASE("person: a file that is not as we write it is put aside and told of once, and everything has its default") {
  for (const char* text : {"", "{", "[]", "null", "{\"version\": 99}", "{\"theme\": \"paper\"}", "{\"version\": 1, \"theme\": \"mauve\"}", "{\"version\": 1, \"theme\": 3}",
                           "{\"version\": 1, \"left_open\": \"yes\"}", "{\"version\": 1, \"text_scale\": \"large\"}", "{\"version\": 1, \"window\": {\"width\": 5}}",
                           "{\"version\": 1, \"theme\": \"paper\", \"language\": \"fr\"}", "\xff\xfe"}) {
    CAPTURE(std::string(text));
    const Folder folder;
    folder.write(text);
    Preferences preferences(folder.path);
    CHECK_FALSE(preferences.kept());
    const std::string problem = preferences.take_problem();
    CHECK(problem.find("settings.json.broken-") != std::string::npos);
    CHECK(preferences.take_problem().empty());
    CHECK(folder.count("settings.json.broken-") == 1);
    Desk desk;
    preferences.restore(desk.ui);
    CHECK(desk.ui.theme == ThemeName::stage);
    CHECK_FALSE(preferences.language());
    // The next start finds a good one.
    CHECK(preferences.keep(desk.session, desk.ui, kPlace));
    Preferences next(folder.path);
    CHECK(next.kept());
    CHECK(next.take_problem().empty());
  }
}

TEST_CASE("person: another version is named as such") {
  const Folder folder;
  folder.write("{\"version\": 99}");
  Preferences preferences(folder.path);
  CHECK(preferences.take_problem().find("99") != std::string::npos);
}

TEST_CASE("person: a lesson or a value that this version does not know is left out, and the rest is believed") {
  const Folder folder;
  folder.write("{\"version\": 1, \"theme\": \"paper\", \"from_the_future\": 7, \"left_width\": 1e9, \"lesson\": {\"id\": \"exit-codes\", \"settings\": {\"order\": \"sideways\", \"seconds\": \"2\", \"x\": \"y\"}}}");
  Preferences preferences(folder.path);
  CHECK(preferences.take_problem().empty());
  Desk desk;
  preferences.restore(desk.ui);
  preferences.restore(desk.session);
  CHECK(desk.ui.theme == ThemeName::paper);
  CHECK(desk.ui.left_width == 4000);
  CHECK(desk.session.scenario().id == "exit-codes");
  CHECK(desk.session.settings().text("seconds") == "2");
  const Folder other;
  other.write("{\"version\": 1, \"lesson\": {\"id\": \"no-such-lesson\", \"settings\": {}}}");
  Preferences(other.path).restore(desk.session);
  CHECK(desk.session.scenario().id == "exit-codes");
}

TEST_CASE("person: what the command line says wins, and is not kept unless the person says so as well") {
  const Folder folder;
  Desk desk;
  {
    Preferences first(folder.path);
    desk.ui.text_scale = 1.5f;
    REQUIRE(first.keep(desk.session, desk.ui, kPlace));
  }
  {
    Preferences second(folder.path);
    desk.ui.text_scale = 2.5f;  // --scale 2.5
    desk.ui.theme = ThemeName::paper;  // --theme paper
    second.overrule("text_scale", desk.session, desk.ui, kPlace);
    second.overrule("theme", desk.session, desk.ui, kPlace);
    desk.ui.left_open = false;
    REQUIRE(second.keep(desk.session, desk.ui, kPlace));
  }
  app::session::UiState restored;
  Preferences(folder.path).restore(restored);
  CHECK(restored.text_scale == 1.5f);
  CHECK(restored.theme == ThemeName::stage);
  CHECK_FALSE(restored.left_open);
  {
    Preferences third(folder.path);
    third.overrule("text_scale", desk.session, desk.ui, kPlace);
    desk.carry_out("text.smaller");
    REQUIRE(third.keep(desk.session, desk.ui, kPlace));
  }
  Preferences(folder.path).restore(restored);
  CHECK(restored.text_scale == doctest::Approx(2.4));
}

TEST_CASE("person: a place that cannot be written to is told of once") {
  Desk desk;
  Preferences preferences("/dev/null/forklight");
  CHECK(preferences.take_problem().empty());  // nothing there to be read
  CHECK_FALSE(preferences.keep(desk.session, desk.ui, kPlace));
  CHECK(preferences.take_problem().find("/dev/null/forklight") != std::string::npos);
  CHECK_FALSE(preferences.keep(desk.session, desk.ui, kPlace));
  CHECK(preferences.take_problem().empty());
}

TEST_CASE("person: without a directory nothing is read and nothing written") {
  Desk desk;
  Preferences preferences(std::nullopt);
  CHECK_FALSE(preferences.kept());
  CHECK(preferences.keep(desk.session, desk.ui, kPlace));
  RunKeeper keeper(std::nullopt, desk.ui.past);
  desk.run_hello();
  keeper.update(desk.session, desk.ui.past);
  keeper.keep_now(desk.session, desk.ui.past);
  CHECK(desk.ui.past.runs.empty());
}

TEST_CASE("person: a run is kept when it ends, and the one before can be opened again") {
  const Folder folder;
  Desk desk;
  {
    RunKeeper keeper(folder.path, desk.ui.past);
    desk.carry_out("reopen");  // nothing yet: not allowed, and nothing happens
    CHECK(desk.session.state() == RunState::ready);
    desk.run_hello();
    for (int i = 0; i < 3; ++i) keeper.update(desk.session, desk.ui.past);
    REQUIRE(desk.ui.past.runs.size() == 1);
    CHECK(desk.ui.past.runs[0].scenario == "hello");
    CHECK(desk.ui.past.at_hand == desk.ui.past.runs[0].path);
    CHECK_FALSE(find_command("reopen")->enabled(desk.context));  // that one is at hand
    const auto events = desk.session.model().event_count();
    desk.carry_out("scenario", "exit-codes");
    desk.carry_out("set", "seconds=1.5");
    desk.carry_out("run");
    keeper.update(desk.session, desk.ui.past);
    desk.wait_for_end();
    keeper.update(desk.session, desk.ui.past);
    REQUIRE(desk.ui.past.runs.size() == 2);
    desk.carry_out("reopen");
    keeper.update(desk.session, desk.ui.past);
    CHECK(desk.session.notice() == "");
    CHECK(desk.session.state() == RunState::opened);
    CHECK(desk.session.scenario().id == "hello");
    CHECK(desk.session.model().event_count() == events);
    CHECK(desk.ui.past.files.empty());  // it was kept by itself: no file of the person's
  }
  // At the next start both are there, the newest first.
  Desk next;
  const RunKeeper keeper(folder.path, next.ui.past);
  REQUIRE(next.ui.past.runs.size() == 2);
  CHECK(next.ui.past.runs[0].scenario == "exit-codes");
  CHECK(next.ui.past.runs[0].ended >= next.ui.past.runs[1].ended);
  next.carry_out("reopen");
  CHECK(next.session.scenario().id == "exit-codes");
  CHECK(next.session.settings().text("seconds") == "1.5");
}

TEST_CASE("person: a run that goes on when the window closes is kept as far as it came") {
  const Folder folder;
  Desk desk;
  {
    RunKeeper keeper(folder.path, desk.ui.past);
    desk.carry_out("scenario", "exit-codes");
    desk.carry_out("set", "seconds=60");
    desk.carry_out("run");
    desk.wait_until([&] { return desk.session.model().tasks().size() == 4; });
    keeper.keep_now(desk.session, desk.ui.past);
  }
  Desk next;
  const RunKeeper keeper(folder.path, next.ui.past);
  next.carry_out("reopen");
  CHECK(next.session.notice() == "");
  CHECK(next.session.model().tasks().size() == 4);
}

TEST_CASE("person: only the last runs are kept") {
  const Folder folder;
  fs::create_directories(folder.path / "runs");
  for (int i = 10; i < 30; ++i) std::ofstream(folder.path / "runs" / ("202601" + std::to_string(i) + "-120000.000-hello.flt")) << "x";
  std::ofstream(folder.path / "runs" / "mine.flt") << "not ours to remove";
  Desk desk;
  {
    RunKeeper keeper(folder.path, desk.ui.past);
    CHECK(desk.ui.past.runs.size() == 20);
    CHECK(desk.ui.past.runs[0].path.find("20260129") != std::string::npos);
    desk.run_hello();
    keeper.update(desk.session, desk.ui.past);
    CHECK(desk.ui.past.runs.size() == app::session::kMostKeptRuns);
  }
  CHECK(fs::exists(folder.path / "runs" / "mine.flt"));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.path / "runs")) ++files;
  CHECK(files == app::session::kMostKeptRuns + 1);
}

TEST_CASE("person: files that were opened or saved are listed, the latest first, and again at the next start") {
  const Folder folder;
  fs::create_directories(folder.path);
  Desk desk;
  {
    RunKeeper keeper(folder.path / "state", desk.ui.past);
    desk.run_hello();
    for (const char* name : {"a.flt", "b.flt"}) desk.carry_out("save", (folder.path / name).string());
    REQUIRE(desk.ui.past.files.size() == 2);
    CHECK(desk.ui.past.files[0] == (folder.path / "b.flt").string());
    desk.carry_out("open", (folder.path / "a.flt").string());
    REQUIRE(desk.ui.past.files.size() == 2);
    CHECK(desk.ui.past.files[0] == (folder.path / "a.flt").string());
    desk.carry_out("open", "/no/such/file.flt");
    CHECK(desk.ui.past.files.size() == 2);
    keeper.update(desk.session, desk.ui.past);
  }
  app::session::Past past;
  const RunKeeper keeper(folder.path / "state", past);
  CHECK(past.files == desk.ui.past.files);
}

TEST_CASE("drop: one trace file is opened, several or a foreign one are one sentence") {
  const Folder folder;
  fs::create_directories(folder.path);
  Desk desk;
  desk.run_hello();
  const std::string file = (folder.path / "a.flt").string();
  desk.carry_out("save", file);
  const auto drop = [&](std::vector<std::string> paths) {
    desk.session.notify("");
    app::session::drop_files(desk.context, paths);
    app::session::carry_out(desk.context);
  };
  drop({});
  CHECK(desk.session.notice() == "");
  drop({file, file});
  CHECK(desk.session.notice().find("2 files") != std::string::npos);
  CHECK(desk.session.state() == RunState::finished);
  for (const char* foreign : {"/etc/hostname", "/", "/no/such/file.flt"}) {
    CAPTURE(std::string(foreign));
    drop({foreign});
    CHECK(desk.session.notice().find(foreign) != std::string::npos);
    CHECK(desk.session.state() == RunState::finished);
  }
  desk.ui.dialog = Dialog::keys;
  drop({file});
  CHECK(desk.session.notice() == "");
  CHECK(desk.session.state() == RunState::opened);
  CHECK(desk.ui.dialog == Dialog::none);
}
