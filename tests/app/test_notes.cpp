// Notes and lengths: commands on a real run, what is saved with it, and the mouse on the timeline.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "app/panels/keyboard.h"
#include "app/session/notes_state.h"
#include "app/session/run_keeper.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::desk_test;
using timeline_test::kBegin;
using timeline_test::kMs;
using timeline_test::Run;
using timeline_test::TimelineView;

namespace {

Run two_processes() {
  Run run;
  run.at(0).begin(1, "MainProcess").at(2).begin(2, "Process-1", 1).at(10).die(2, 0).at(12).reap(2, 1, 0).at(20).write(1, trace::Kind::exit);
  return run;
}

}  // namespace

TEST_CASE("notes: one is written at the selected moment, changed, walked to and deleted") {
  Desk desk;
  desk.run_hello();
  const std::int64_t begin = desk.session.model().begin_ns(), end = desk.session.model().end_ns();
  desk.ui.selection = {1, begin + (end - begin) / 2};
  desk.carry_out("note.add", "half");
  desk.ui.selection = {2, end};
  desk.carry_out("note.add");
  CHECK(desk.ui.dialog == Dialog::note);
  desk.ui.notes.entry = "the end  ";
  app::panels::route_key(desk.context, {Key::enter}, true);
  app::session::carry_out(desk.context);
  CHECK(desk.ui.dialog == Dialog::none);
  REQUIRE(desk.session.notes().size() == 2);
  CHECK(desk.session.notes()[1] == store::Note{end, end, 2, "the end"});
  CHECK(desk.session.notes_unsaved());

  desk.carry_out("note.next");
  CHECK(desk.ui.selection == Selection{1, begin + (end - begin) / 2});  // on at the other end
  desk.carry_out("note.previous");
  CHECK(desk.ui.selection == Selection{2, end});
  desk.carry_out("note.edit", "0");
  CHECK(desk.ui.notes.entry == "half");
  desk.ui.notes.entry = "the middle";
  desk.carry_out("note.keep");
  CHECK(desk.session.notes()[0].text == "the middle");
  desk.carry_out("note.remove", "0");
  CHECK(desk.session.notes().size() == 1);
  desk.carry_out("note.remove", "7");
  CHECK_FALSE(desk.session.notice().empty());
  // Esc keeps nothing.
  desk.carry_out("note.add");
  app::panels::route_key(desk.context, {Key::escape}, true);
  app::session::carry_out(desk.context);
  CHECK(desk.session.notes().size() == 1);
}

TEST_CASE("notes: where nothing is selected it stands where the mouse is, else now") {
  Desk desk;
  desk.run_hello();
  const std::int64_t begin = desk.session.model().begin_ns();
  desk.ui.notes.pointer = {1, begin + 10};
  desk.carry_out("note.add", "here");
  CHECK(desk.session.notes().at(0) == store::Note{begin + 10, begin + 10, 1, "here"});
  desk.ui.notes.pointer = {};
  desk.carry_out("note.add", "now");
  CHECK(desk.session.notes().at(1).time_ns == desk.session.model().end_ns());
}

TEST_CASE("notes: they are saved with the run, come back with it, and stay with it when another one comes") {
  Desk desk;
  desk.run_hello();
  desk.ui.selection = {1, desk.session.model().begin_ns() + 1000};
  desk.carry_out("note.add", "kept");
  const auto notes = desk.session.notes();
  const std::filesystem::path file = std::filesystem::temp_directory_path() / ("forklight-notes-" + std::to_string(::getpid()) + ".flt");
  desk.session.save(file);
  CHECK_FALSE(desk.session.notes_unsaved());
  desk.run_hello();
  CHECK(desk.session.notes().empty());
  REQUIRE_FALSE(desk.session.earlier().empty());
  CHECK(desk.session.earlier().back().notes == notes);
  desk.session.open(file);
  CHECK(desk.session.notes() == notes);
  CHECK_FALSE(desk.session.notes_unsaved());
  std::filesystem::remove(file);
}

TEST_CASE("notes: those that are written after a run was kept by itself are kept with it") {
  const std::filesystem::path state = std::filesystem::temp_directory_path() / ("forklight-notes-state-" + std::to_string(::getpid()));
  Past past;
  {
    Desk desk;
    RunKeeper keeper(state, past);
    desk.run_hello();
    keeper.update(desk.session, past);
    REQUIRE_FALSE(past.at_hand.empty());
    desk.carry_out("note.add", "said afterwards");
    keeper.keep_now(desk.session, past);
  }
  const store::Run kept = store::open(past.at_hand);
  REQUIRE(kept.notes.size() == 1);
  CHECK(kept.notes[0].text == "said afterwards");
  std::filesystem::remove_all(state);
}

TEST_CASE("measure: from the selected moment to the next one; kept as a note of that length") {
  Desk desk;
  desk.run_hello();
  const auto& model = desk.session.model();
  desk.carry_out("measure");
  CHECK_FALSE(desk.session.notice().empty());  // from where?
  desk.session.notify("");
  const std::int64_t from = model.events()[2].time_ns, to = model.events()[6].time_ns;
  desk.ui.selection = {1, from};
  desk.carry_out("measure");
  CHECK(desk.ui.notes.from_ns == from);
  desk.ui.selection = {1, to};
  CHECK(measured_to(desk.ui.notes, desk.ui.selection) == to);
  desk.carry_out("measure");
  CHECK(desk.ui.notes.to_ns == to);
  desk.carry_out("note.add", "that long");
  CHECK(desk.session.notes().at(0).time_ns == from);
  CHECK(desk.session.notes().at(0).end_ns == to);
  CHECK_FALSE(desk.ui.notes.from_ns);
  // Esc lets go of one.
  desk.carry_out("measure");
  CHECK(desk.ui.notes.from_ns);
  desk.carry_out("clear");
  CHECK_FALSE(desk.ui.notes.from_ns);
}

TEST_CASE("measure: lengths in words, and the events between") {
  CHECK(length_words(1'204'000) == "Δ 1.204 ms");
  CHECK(length_words(-1'204'000) == "Δ 1.204 ms");
  const timeline::Model model = two_processes().model();
  CHECK(events_between(model, kBegin, kBegin + 10 * kMs) == 1);
  CHECK(events_between(model, kBegin + 10 * kMs, kBegin) == 1);
  CHECK(events_between(model, kBegin + 2 * kMs, kBegin + 2 * kMs) == 0);
  CHECK(note_words(model, {kBegin + kMs, kBegin + kMs, 0, ""}) == "1.000 ms");
  CHECK(note_words(model, {kBegin + kMs, kBegin + 3 * kMs, 0, "x"}) == "x · Δ 2.000 ms");
}

TEST_CASE("measure: the mouse measures with Shift, and along the ruler; ends keep to edges that are near") {
  timeline_test::Screen screen;
  const timeline::Model model = two_processes().model();
  screen.frame(model);
  screen.frame(model);
  const auto spans = screen.spans(2);
  REQUIRE_FALSE(spans.empty());
  const auto bar = *std::min_element(spans.begin(), spans.end(), [](const auto& one, const auto& other) { return one.x0 < other.x0; });  // before its death
  const float y = (bar.y0 + bar.y1) / 2, x0 = bar.x0 + 3, x1 = bar.x1 - 3;
  const timeline::View view = screen.ui.view;
  ImGui::GetIO().KeyShift = true;
  screen.move(x0, y);
  screen.frame(model);
  screen.button(true);
  screen.frame(model);
  screen.move(x1, y);
  screen.frame(model);
  screen.button(false);
  screen.frame(model);
  ImGui::GetIO().KeyShift = false;
  CHECK(screen.ui.notes.from_ns == kBegin + 2 * kMs);
  CHECK(screen.ui.notes.to_ns == kBegin + 10 * kMs);
  CHECK(screen.ui.view.begin == view.begin);  // it was no pan
  screen.frame(model);
  const auto* label = screen.find(app::timeline_view::Drawn::What::measure, screen.ui.selection.task);
  REQUIRE(label != nullptr);
  CHECK(label->label == "Δ 8.000 ms");
  screen.ui.axis = timeline::AxisKind::order;
  screen.frame(model);
  screen.frame(model);
  label = screen.find(app::timeline_view::Drawn::What::measure, screen.ui.selection.task);
  REQUIRE(label != nullptr);
  CHECK(label->label.find('0') != std::string::npos);  // no event between
}

TEST_CASE("notes: flags stand on the ruler, a click goes to one and a double click opens it") {
  timeline_test::Screen screen;
  const timeline::Model model = two_processes().model();
  const std::vector<store::Note> notes = {{kBegin + 5 * kMs, kBegin + 5 * kMs, 2, "waits"}, {kBegin + 12 * kMs, kBegin + 16 * kMs, 1, "long"}};
  const auto frame = [&] {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(960, 600));
    ImGui::Begin("screen", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
    screen.view.draw(app::timeline_view::Source{.model = model, .now_ns = model.end_ns(), .live = false, .notes = notes}, screen.ui);
    ImGui::End();
    ImGui::Render();
  };
  frame();
  frame();
  const auto* flag = screen.find(app::timeline_view::Drawn::What::note, 2);
  REQUIRE(flag != nullptr);
  CHECK(flag->label == "waits");
  const auto* stretch = screen.find(app::timeline_view::Drawn::What::note, 1);
  REQUIRE(stretch != nullptr);
  CHECK(stretch->label.find("Δ 4.000 ms") != std::string::npos);
  screen.move((flag->x0 + flag->x1) / 2, (flag->y0 + flag->y1) / 2);
  frame();
  screen.button(true);
  frame();
  screen.button(false);
  frame();
  REQUIRE(screen.ui.pushed.size() == 1);
  CHECK(screen.ui.pushed[0].command == "note.go");
  CHECK(screen.ui.pushed[0].argument == "0");
}
