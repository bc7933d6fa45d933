// Every panel in both themes, both languages and three sizes, as pictures to look at; in each of them no text is cut or lies on other text.
#include <doctest/doctest.h>

#include <imgui.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>

#include "app/app.h"
#include "app/platform/imgui_compat.h"
#include "tests/app/display.h"
#include "tests/app/glyphs.h"
#include "tests/support/processes.h"

using namespace forklight;
using app::session::RunState;

namespace {

bool frames_until(app::App& app, const std::function<bool()>& condition) {
  return tests::wait_until([&] { return app.frame(), condition(); }, std::chrono::seconds(60));
}

void frames(app::App& app, int count) {
  for (int i = 0; i < count; ++i) app.frame();
}

// What is done before a picture is taken; its name is the picture's.
struct View {
  const char* name;
  std::vector<app::session::Action> actions;
};

const View kViews[] = {
    {"console", {{"tab.console", ""}, {"code.python", ""}}},
    {"events", {{"tab.events", ""}, {"code.cpp", ""}}},
    {"processes", {{"tab.processes", ""}}},
    {"waits", {{"tab.waits", ""}}},
    {"gil", {{"tab.gil", ""}}},
    {"measured", {{"tab.measured", ""}}},
    {"selected-order", {{"axis.order", ""}, {"select", "2"}, {"tab.console", ""}}},
};
// What lies over the panels, or takes the timeline's place.
const View kOver[] = {
    {"keys", {{"keys", ""}}},
    {"palette", {{"palette", ""}}},
    {"fact", {{"fact", "P-14"}}},
    {"open", {{"open", ""}}},
    {"save", {{"save", ""}}},
    {"figure", {{"figure", ""}}},
    {"export", {{"export", ""}}},
    {"gallery", {{"gallery", ""}}},
    {"glossary", {{"glossary", ""}}},
    {"glossary-term", {{"glossary", "zombie"}}},
    {"lesson", {{"lesson", ""}}},
    {"quiz", {{"quiz", ""}}},
    {"predict", {{"predict", ""}, {"run", ""}}},
    {"predict-class", {{"predict", ""}, {"predict.class", ""}, {"run", ""}}},
    {"menu", {{"select", "2"}, {"menu", ""}}},
    {"compare", {{"compare.runs", ""}}},
    {"note", {{"select", "2@1ms"}, {"note.add", ""}}},
    {"notes", {{"note.add", "Here it begins to wait, and nobody knows for how long"}, {"notes", ""}}},
    {"find", {{"find", "process"}}},
    {"measure", {{"select", "2@1ms"}, {"measure", ""}, {"select", "2@40ms"}}},
    {"tour-lessons", {{"tour", ""}}},
    {"tour-timeline", {{"tour", ""}, {"tour.next", ""}, {"tour.next", ""}}},
    {"tour-pace", {{"tour", ""}, {"tour.next", ""}, {"tour.next", ""}, {"tour.next", ""}, {"tour.next", ""}, {"tour.next", ""}, {"tour.next", ""}}},
    {"presenting", {{"present", ""}}},
    {"audience", {{"present", ""}, {"keys.shown", ""}, {"pointer", ""}}},
};

// Of those the ones that have the most to say, and what a question looks like.
const View kLargeText[] = {
    {"palette", {{"palette", ""}}},
    {"keys", {{"keys", ""}}},
    {"fact", {{"fact", "P-14"}}},
    {"glossary", {{"glossary", "zombie"}}},
    {"lesson", {{"lesson", ""}}},
    {"gallery", {{"gallery", ""}}},
    {"quiz", {{"quiz", ""}}},
    {"save", {{"save", ""}}},
    {"note", {{"select", "2@1ms"}, {"note.add", ""}}},
    {"find", {{"find", "process"}}},
    {"tour-timeline", {{"tour", ""}, {"tour.next", ""}, {"tour.next", ""}}},
    {"presenting", {{"present", ""}}},
    {"question", {{"predict", ""}, {"run", ""}}},
};

class Album {
 public:
  Album(app::App& app, std::string size) : app_(app), size_(std::move(size)) {}
  void take(const std::string& lesson, const View& view) {
    for (const app::session::Action& action : view.actions) app_.ui().push(action.command, action.argument);
    app_.ui().push("dismiss");
    frames(app_, 4);  // sizes that were measured in one frame are used in the next
    const std::filesystem::path directory = std::filesystem::path(BINARY_DIR) / "artifacts" / "screens" / size_;
    std::filesystem::create_directories(directory);
    const bool paper = app_.ui().theme == app::session::ThemeName::paper, english = app::i18n::language() == app::i18n::Language::english;
    const std::string name = lesson + "-" + view.name + (paper ? "-paper" : "-stage") + (english ? "-en" : "-zh");
    REQUIRE(app_.screenshot((directory / (name + ".png")).string()));
    const auto faults = tests::text_faults(*ImGui::GetDrawData());
    std::string words;
    for (std::size_t i = 0; i < std::min<std::size_t>(faults.size(), 6); ++i) words += "\n  " + faults[i].words();
    INFO(size_, "/", name, ".png: ", faults.size(), words);
    CHECK(faults.empty());
  }

 private:
  app::App& app_;
  std::string size_;
};

// Lessons are run once, and looked at in both themes. What is drawn are the pictures alone: software GL needs longer for a frame than all else
// takes, and at the largest size one lesson has to do for its panels.
void take_all(int width, int height, float scale, const std::string& size, const char* language) {
  tests::Display display(width, height);
  app::Options options;
  options.engine = FORKLIGHT_ENGINE;
  options.width = width;
  options.height = height;
  options.text_scale = scale;
  options.language = app::i18n::language_for(language);
  options.scenario = "exit-codes";
  options.wait_when_idle = false;
  options.draw = false;
  app::App app(options);
  display.type({"mousemove", std::to_string(width - 1), std::to_string(height - 1)});  // where it points at nothing
  REQUIRE(frames_until(app, [&] { return display.typed(); }));
  frames(app, 3);
  Album album(app, size);
  const auto in_both = [&](const auto& body) {
    for (const char* theme : {"stage", "paper"}) {
      app.ui().push("theme", theme);
      frames(app, 2);
      body();
    }
  };
  in_both([&] { album.take("ready", {"start", {}}); });
  for (const char* lesson : {"exit-codes", "pool-map", "gil-io"}) {
    const bool many_pixels = width > 2000, pictured = !many_pixels || std::string(lesson) == "gil-io";
    if (!pictured && std::string(lesson) != "exit-codes") continue;  // one before it, to compare with
    app.ui().push("scenario", lesson);
    app.ui().push("run");
    REQUIRE(frames_until(app, [&] { return app.session().state() == RunState::finished; }));
    if (!pictured) continue;
    in_both([&] {
      app.ui().push("axis.time");
      app.ui().push("clear");
      for (const View& view : kViews) album.take(lesson, view);
      app.ui().push("clear");
    });
  }
  app.ui().push("axis.time");
  frames(app, 2);
  const app::session::UiState as_it_was = app.ui();
  in_both([&] {
    const auto theme = app.ui().theme;
    for (const View& view : kOver) {
      album.take("over", view);
      app.ui() = as_it_was;
      app.ui().theme = theme;
      while (!app.session().notes().empty()) app.session().remove_note(0);
      frames(app, 2);
    }
  });
  CHECK(app.session().state() == RunState::finished);  // nothing of this has started another
}

// The largest text that there is, in a window that is small for it.
void take_large_text(int width, int height, const char* language, const char* theme) {
  tests::Display display(width, height);
  app::Options options;
  options.engine = FORKLIGHT_ENGINE;
  options.width = width;
  options.height = height;
  options.text_scale = 2.5f;
  options.language = app::i18n::language_for(language);
  options.theme = std::string(theme) == "paper" ? app::session::ThemeName::paper : app::session::ThemeName::stage;
  options.scenario = "exit-codes";
  options.wait_when_idle = false;
  options.draw = false;
  app::App app(options);
  display.type({"mousemove", std::to_string(width - 1), std::to_string(height - 1)});  // where it points at nothing
  REQUIRE(frames_until(app, [&] { return display.typed(); }));
  app.ui().push("run");
  REQUIRE(frames_until(app, [&] { return app.session().state() == RunState::finished; }));
  Album album(app, std::to_string(width) + "x" + std::to_string(height) + "-large-text");
  for (const View& view : kViews) album.take("exit-codes", view);
  app.ui().push("axis.time");
  app.ui().push("clear");
  frames(app, 2);
  const app::session::UiState as_it_was = app.ui();
  for (const View& view : kLargeText) {
    album.take("over", view);
    app.ui() = as_it_was;
    while (!app.session().notes().empty()) app.session().remove_note(0);
    frames(app, 2);
  }
}

}  // namespace

TEST_CASE("screens: text that is cut or lies on other text is found; what is covered, or written again in its place, is none") {
  ImGuiContext* const context = ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DisplaySize = ImVec2(400, 300);
  io.DeltaTime = 1.0f / 60;
  app::platform::compat::headless_atlas(io);
  const auto faults_of = [](const std::function<void(ImDrawList&)>& draw) {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(200, 100));
    ImGui::Begin("text", nullptr, ImGuiWindowFlags_NoDecoration);
    draw(*ImGui::GetWindowDrawList());
    ImGui::End();
    ImGui::Render();
    return tests::text_faults(*ImGui::GetDrawData()).size();
  };
  constexpr ImU32 kInk = IM_COL32_WHITE, kPaper = IM_COL32(20, 20, 20, 255);
  const auto word = [](ImDrawList& list, float x, float y) { list.AddText(ImVec2(x, y), kInk, "wwww"); };
  CHECK(faults_of([&](ImDrawList& list) { word(list, 20, 20); }) == 0);
  CHECK(faults_of([&](ImDrawList& list) { word(list, 20, 20), word(list, 22, 21); }) > 0);
  const auto box_between = [&](ImU32 color, float rounding) {
    return faults_of([&](ImDrawList& list) { word(list, 20, 20), list.AddRectFilled(ImVec2(10, 10), ImVec2(120, 50), color, rounding), word(list, 22, 21); });
  };
  CHECK(box_between(kPaper, 6) == 0);
  CHECK(box_between(IM_COL32(20, 20, 20, 90), 6) > 0);
  CHECK(faults_of([&](ImDrawList& list) { word(list, 20, 20), word(list, 20, 20); }) == 0);
  CHECK(faults_of([&](ImDrawList& list) { word(list, 20, 20), word(list, 20, 40); }) == 0);
  CHECK(faults_of([&](ImDrawList& list) { word(list, 20, 20), list.AddRectFilled(ImVec2(10, 10), ImVec2(80, 50), kPaper), word(list, 22, 21); }) == 0);
  CHECK(faults_of([&](ImDrawList& list) { word(list, 184, 20); }) > 0);
  ImGui::DestroyContext(context);
}

TEST_CASE("screens: every panel at 1280x720, English") { take_all(1280, 720, 1, "1280x720", "en"); }
TEST_CASE("screens: every panel at 1280x720, Chinese") { take_all(1280, 720, 1, "1280x720", "zh-CN"); }
TEST_CASE("screens: every panel at 1920x1080, English") { take_all(1920, 1080, 1, "1920x1080", "en"); }
TEST_CASE("screens: every panel at 1920x1080, Chinese") { take_all(1920, 1080, 1, "1920x1080", "zh-CN"); }
TEST_CASE("screens: every panel at 3840x2160, scale 2, English") { take_all(3840, 2160, 2, "3840x2160", "en"); }
TEST_CASE("screens: every panel at 3840x2160, scale 2, Chinese") { take_all(3840, 2160, 2, "3840x2160", "zh-CN"); }
TEST_CASE("screens: text at 250 % at 1280x720, English, stage") { take_large_text(1280, 720, "en", "stage"); }
TEST_CASE("screens: text at 250 % at 1920x1080, Chinese, paper") { take_large_text(1920, 1080, "zh-CN", "paper"); }
