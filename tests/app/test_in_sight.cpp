// A run handed over: what was in sight of it, and all else that is in its file, is there again where nothing of ours is.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/i18n/i18n.h"
#include "app/session/in_sight.h"
#include "app/session/lecture.h"
#include "app/timeline/camera.h"
#include "core/base/clock.h"
#include "tests/app/desk.h"
#include "tests/core/store_files.h"

using namespace forklight;
using namespace forklight::app::session;
using desk_test::Desk;
using tests::Folder;

namespace {

void look_closely(Desk& desk) {
  desk.carry_out("axis.order");
  desk.carry_out("zoom", "Process-1");
  desk.carry_out("select", "Process-1");
  desk.ui.selection.time_ns = desk.session.model().begin_ns() + 5;
  desk.carry_out("memory", "");
  desk.carry_out("cores");
  desk.ui.code_tab = CodeTab::cpp;
  desk.ui.bottom_tab = BottomTab::processes;
  desk.ui.vertical_scroll = 12;
}

}  // namespace

TEST_CASE("handed over: code, console, notes, settings, versions and the view of a run are those that were saved") {
  const Folder folder;
  Desk here;
  here.carry_out("scenario", "hello");
  here.carry_out("set", "seconds=0.2");
  here.carry_out("run");
  here.wait_for_end();
  look_closely(here);
  here.session.add_note({.time_ns = here.session.model().begin_ns() + 7, .task = 2, .text = "看这里: here"});
  here.carry_out("save", (folder.path() / "run.flt").string());
  std::filesystem::create_directory(folder.path() / "elsewhere");
  std::filesystem::rename(folder.path() / "run.flt", folder.path() / "elsewhere" / "run.flt");

  Desk there;
  there.carry_out("open", (folder.path() / "elsewhere" / "run.flt").string());
  REQUIRE(there.session.notice() == "");
  CHECK(there.session.python() == here.session.python());
  CHECK(there.session.cpp() == here.session.cpp());
  CHECK(there.session.settings().values() == here.session.settings().values());
  REQUIRE(there.session.model().console().size() == here.session.model().console().size());
  CHECK(there.session.model().console().front().text == here.session.model().console().front().text);
  CHECK(there.session.notes() == here.session.notes());
  const store::Meta was = here.session.meta(), is = there.session.meta();
  CHECK(is.python_version == was.python_version);
  CHECK(is.program_version == was.program_version);
  CHECK(is.machine == was.machine);
  CHECK(is.recorded_at == was.recorded_at);
  CHECK(there.ui.axis == timeline::AxisKind::order);
  CHECK(there.ui.view.begin == here.ui.view.begin);
  CHECK(there.ui.view.end == here.ui.view.end);
  CHECK(there.ui.view_wanted);
  CHECK_FALSE(there.ui.fit_wanted);
  CHECK(there.ui.selection == here.ui.selection);
  CHECK(there.ui.memory == here.ui.memory);
  CHECK(there.ui.memory_other == here.ui.memory_other);
  CHECK(there.ui.cores == here.ui.cores);
  CHECK(there.ui.code_tab == CodeTab::cpp);
  CHECK(there.ui.bottom_tab == BottomTab::processes);
  CHECK(there.ui.vertical_scroll == 12);

  // The first frame of a window takes it as it is, though it has seen no other run.
  app::timeline_view::Camera camera;
  camera.update(there.ui, there.session.model(), there.session.now_ns(), false, 900);
  CHECK(there.ui.view.begin == here.ui.view.begin);
  CHECK(there.ui.view.end == here.ui.view.end);
  CHECK_FALSE(there.ui.view_wanted);
}

TEST_CASE("handed over: the program alone, elsewhere, without an environment, shows, draws and exports it") {
  const Folder folder;
  Desk here;
  here.run_hello();
  here.session.add_note({.time_ns = here.session.model().begin_ns() + 7, .text = "a note"});
  here.carry_out("save", (folder.path() / "run.flt").string());
  std::filesystem::copy_file(FORKLIGHT, folder.path() / "forklight");
  const auto in = [&](const std::string& command) { return std::system(("cd '" + folder.path().string() + "' && env -i ./forklight " + command + " >said 2>&1").c_str()); };
  const auto said = [&](const char* file) {
    std::ifstream in(folder.path() / file);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  CHECK(in("--lang en show run.flt") == 0);
  CHECK(said("said").find("Process-1") != std::string::npos);
  CHECK(said("said").find("a note") != std::string::npos);
  CHECK(in("--lang en figure run.flt -o run.svg") == 0);
  CHECK(said("run.svg").find("Process-1") != std::string::npos);
  CHECK(in("--lang en export run.flt -o run.json") == 0);
  CHECK(said("run.json").find("Process-1") != std::string::npos);
}

TEST_CASE("handed over: a file that says nothing of the view opens as a whole, and nonsense in it is passed over") {
  Desk desk;
  desk.run_hello();
  const timeline::Model& model = desk.session.model();
  UiState ui;
  for (const char* text : {"", "{}", "7", "[1,2]", "{\"from\":3}", "{\"from\":5,\"to\":1}", "{\"from\":1e300,\"to\":1e301}", "{\"axis\":\"sideways\",\"tab\":9,\"cores\":\"no\"}",
                           "{\"selected\":99999,\"unfolded\":[77777,-1,\"x\"]}", "{\"selected\":-1}", "{\"scroll\":\"far\"}", "\xff\xfe{"}) {
    CAPTURE(std::string(text));
    show_view(ui, text, model);
    CHECK(ui.fit_wanted);
    CHECK_FALSE(ui.view_wanted);
    CHECK(ui.axis == timeline::AxisKind::time);
    CHECK(ui.selection == Selection{});
    CHECK(ui.unfolded.empty());
    CHECK(ui.cores);
  }
  // All of it is no stretch: another window fits it in its own way.
  ui.view = app::timeline_view::whole_run(timeline::Axis(ui.axis, model), model.end_ns(), 600);
  CHECK(text_of_view(ui, model).find("from") == std::string::npos);
}

TEST_CASE("zoom: to a stretch, a life, what is selected") {
  app::i18n::set_language(app::i18n::Language::english);
  Desk desk;
  desk.run_hello();
  const timeline::Model& model = desk.session.model();
  desk.carry_out("zoom", "100ms..200ms");
  CHECK(desk.ui.view.begin == doctest::Approx(95e6));
  CHECK(desk.ui.view.end == doctest::Approx(205e6));
  CHECK_FALSE(desk.ui.follow);
  const timeline::Task& task = model.tasks()[1];
  const auto from = static_cast<double>(task.born_ns - model.begin_ns()), to = static_cast<double>(task.death_ns - model.begin_ns());
  desk.carry_out("zoom", task.name);
  CHECK(desk.ui.view.begin == doctest::Approx(from - 0.05 * (to - from)));
  CHECK(desk.ui.view.end == doctest::Approx(to + 0.05 * (to - from)));
  const timeline::View life = desk.ui.view;
  desk.carry_out("fit");
  desk.ui.selection = {task.id, std::nullopt};
  desk.carry_out("zoom");
  CHECK(desk.ui.view.begin == life.begin);
  CHECK(desk.ui.view.end == life.end);
  desk.ui.selection.time_ns = task.spans.front().begin_ns;
  desk.carry_out("zoom");
  CHECK(desk.ui.view.end < life.end);
  CHECK(desk.session.notice() == "");
  desk.carry_out("zoom", "Process-99");
  CHECK(desk.session.notice().find("Process-99") != std::string::npos);
  desk.carry_out("zoom", "9s..1s");
  CHECK(desk.session.notice().find("9s..1s") != std::string::npos);
}

TEST_CASE("tours: what the mouse brings into sight and selects is recorded as well, once it rests") {
  Desk desk;
  desk.run_hello();
  desk.ui.fit_wanted = false;
  desk.carry_out("lecture.record");
  std::int64_t now_ns = desk.ui.lecture.last_act_ns + base::kSecond;
  const auto frame = [&](std::int64_t later_ns) { note_sight(desk.context, now_ns += later_ns); };
  const std::size_t before = desk.ui.lecture.recorded.steps.size();
  frame(0);
  for (int turn = 0; turn < 5; ++turn) {
    desk.ui.view = {100e6 + turn, 200e6 - turn};
    frame(base::kSecond / 10);
  }
  CHECK(desk.ui.lecture.recorded.steps.size() == before);
  frame(base::kSecond);
  const auto& steps = desk.ui.lecture.recorded.steps;
  REQUIRE(steps.size() > before);
  CHECK(steps.back().command == "zoom");
  CHECK(steps.back().argument == "100.000ms..200.000ms");
  frame(base::kSecond);
  desk.ui.selection = {desk.session.model().tasks()[1].id, desk.session.model().begin_ns() + 1'500'000};
  frame(base::kSecond);
  CHECK(steps.back().command == "select");
  CHECK(steps.back().argument == desk.session.model().tasks()[1].name + "@1.500000ms");
  // What a command did is its own step alone; what the mouse did just before it comes first.
  desk.ui.view = {110e6, 120e6};
  frame(base::kSecond / 10);
  desk.carry_out("zoom.out");
  frame(base::kSecond);
  frame(base::kSecond);
  const std::size_t size = steps.size();
  CHECK(steps[size - 1].command == "zoom.out");
  std::size_t zoom = size - 2;
  if (steps[zoom].command.empty()) --zoom;
  CHECK(steps[zoom].command == "zoom");
  desk.carry_out("lecture.record", (std::filesystem::path(BINARY_DIR) / "test-recorded-zoom.json").string());
  const Lecture read = find_lecture((std::filesystem::path(BINARY_DIR) / "test-recorded-zoom.json").string());
  CHECK(read.steps.size() == size);
  std::filesystem::remove(std::filesystem::path(BINARY_DIR) / "test-recorded-zoom.json");
}
