// What nobody wants to see and somebody has: a window of a few words' size, ten thousand tasks, names of four thousand letters, of Hebrew,
// Arabic and emoji. Nothing crashes, and what is there can be read.
#include <doctest/doctest.h>

#include <imgui.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>

#include "app/app.h"
#include "core/store/store.h"
#include "tests/app/display.h"
#include "tests/app/glyphs.h"
#include "tests/support/processes.h"

using namespace forklight;
using app::session::RunState;
using trace::Kind;

namespace {

app::Options options(int width, int height) {
  app::Options wanted;
  wanted.engine = FORKLIGHT_ENGINE;
  wanted.width = width;
  wanted.height = height;
  wanted.language = app::i18n::Language::english;
  wanted.scenario = "exit-codes";
  wanted.wait_when_idle = false;
  wanted.draw = false;
  return wanted;
}

bool frames_until(app::App& app, const std::function<bool()>& condition) {
  return tests::wait_until([&] { return app.frame(), condition(); }, std::chrono::seconds(60));
}

std::filesystem::path artifact(const std::string& name) {
  const std::filesystem::path directory = std::filesystem::path(BINARY_DIR) / "artifacts" / "extremes";
  std::filesystem::create_directories(directory);
  return directory / name;
}

void check_text(app::App& app, const std::string& picture) {
  for (int i = 0; i < 4; ++i) app.frame();
  REQUIRE(app.screenshot(artifact(picture).string()));
  const auto faults = tests::text_faults(*ImGui::GetDrawData());
  std::string words;
  for (std::size_t i = 0; i < std::min<std::size_t>(faults.size(), 6); ++i) words += "\n  " + faults[i].words();
  INFO(picture, ": ", faults.size(), words);
  CHECK(faults.empty());
}

// A run of processes that are named, print, raise and put something so named as well.
std::filesystem::path run_of(const std::string& file, const std::vector<std::string>& names) {
  store::Run run;
  run.meta.scenario = "exit-codes";
  std::int64_t now = 1'000'000'000;
  const auto write = [&](trace::TaskId task, Kind kind, std::uint32_t object, std::uint64_t a, std::uint64_t b, std::string text = {}) {
    run.records.push_back({{now += 20'000, kind, 7, object, a, b}, task, std::move(text)});
  };
  constexpr std::uint32_t kQueue = trace::kFirstObject;
  write(1, Kind::task_begin, 0, 4201ULL << 32 | 4201, 0, "MainProcess");
  write(1, Kind::object_new, kQueue, static_cast<std::uint64_t>(trace::ObjectKind::queue), 0, names.front());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto task = static_cast<trace::TaskId>(i + 2);
    const std::uint64_t pid = 4200 + task;
    write(task, Kind::task_begin, 0, pid << 32 | pid, 1, names[i]);
    if (i < 50) {
      write(task, Kind::output, 0, 1, names[i].size(), names[i] + "\n");
      write(task, Kind::put_begin, kQueue, task, 0, "'" + names[i] + "'");
      write(task, Kind::put_end, kQueue, task, 1);
      write(task, Kind::raise, 0, 0, 0, "ValueError: " + names[i]);
    }
    write(0, Kind::death, task, 1 << 8, pid);
    write(1, Kind::reap, task, 1 << 8, pid);
  }
  const std::filesystem::path path = artifact(file);
  store::save(run, path);
  return path;
}

const char* const kTabs[] = {"tab.console", "tab.events", "tab.processes", "tab.waits", "tab.gil", "tab.measured"};

}  // namespace

TEST_CASE("extremes: a window of 200x100 has a lesson, Run, Stop and the state, and they work") {
  tests::Display display(800, 600);
  app::App app(options(200, 100));
  check_text(app, "200x100-ready.png");
  app.ui().push("run");
  REQUIRE(frames_until(app, [&] { return app.session().state() == RunState::finished; }));
  display.type({"mousemove", "790", "590"});
  REQUIRE(frames_until(app, [&] { return display.typed(); }));
  check_text(app, "200x100-finished.png");
  for (const char* dialog : {"keys", "palette", "fact", "open"}) {
    app.ui().push(dialog);
    for (int i = 0; i < 4; ++i) app.frame();
    app.ui().push("clear");
    app.frame();
  }
}

TEST_CASE("extremes: ten thousand processes") {
  std::vector<std::string> names;
  for (int i = 1; i <= 10'000; ++i) names.push_back("Process-" + std::to_string(i));
  const auto file = run_of("many.flt", names);
  const tests::Display display(1280, 720);
  auto wanted = options(1280, 720);
  wanted.open = file;
  app::App app(wanted);
  REQUIRE(frames_until(app, [&] { return app.session().state() == RunState::opened; }));
  CHECK(app.session().model().tasks().size() == 10'001);
  for (const char* tab : kTabs) {
    app.ui().push(tab);
    check_text(app, std::string("many-") + tab + ".png");
  }
  app.ui().push("select", "Process-9999");
  app.ui().push("axis.order");
  check_text(app, "many-selected.png");
}

TEST_CASE("extremes: names of four thousand letters, from right to left, and of emoji") {
  std::string lengthy, hebrew = "תהליך שמדפיס", arabic = "عملية تطبع", emoji = "🐍🔥👩‍👩‍👧 e\u0301", broken = "\xff\xfe\x80 not UTF-8", lines = "two\nlines\tand a tab";
  while (lengthy.size() < 4000) lengthy += "a name without an end ";
  const auto file = run_of("names.flt", {lengthy, hebrew, arabic, emoji, broken, lines, std::string(4000, 'W')});
  tests::Display display(1280, 720);
  auto wanted = options(1280, 720);
  wanted.open = file;
  app::App app(wanted);
  REQUIRE(frames_until(app, [&] { return app.session().state() == RunState::opened; }));
  for (const char* tab : kTabs) {
    app.ui().push(tab);
    check_text(app, std::string("names-") + tab + ".png");
  }
  for (const char* select : {"2", "3", "4", "5"}) {
    app.ui().push("select", select);
    check_text(app, std::string("names-selected-") + select + ".png");
  }
  display.type({"mousemove", "560", "200"});
  REQUIRE(frames_until(app, [&] { return display.typed(); }));
  for (int i = 0; i < 30; ++i) app.frame();
  check_text(app, "names-tooltip.png");
}
