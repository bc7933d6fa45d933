// Rows of console, events, processes and waits by the keyboard: one stop of Tab for each list, arrows and page keys within it, Enter selects; and what
// is told while presenting.
#include <doctest/doctest.h>
#include <imgui.h>

#include <algorithm>
#include <set>

#include "app/panels/keyboard.h"
#include "app/panels/layout.h"
#include "app/platform/imgui_compat.h"
#include "tests/app/desk.h"

using namespace forklight;
using namespace forklight::desk_test;

namespace {

// The window's content on a Dear ImGui without window and renderer.
struct Screen {
  ImGuiContext* const imgui = ImGui::CreateContext();
  Desk desk;
  UiState& ui = desk.ui;
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
  void press(Key key, bool shift = false) {
    app::panels::route_key(desk.context, {key, false, shift}, ImGui::GetIO().WantTextInput);
    draw(2);
  }
  // By Tab, from wherever the keyboard is: how many lists there are on the way round; stops at the first.
  int lists_all_round(bool stop) {
    std::set<std::uint32_t> reached;
    int lists = 0;
    for (int i = 0; i < 300; ++i) {
      press(Key::tab);
      if (ui.focus.id == 0 || !reached.insert(ui.focus.id).second) break;
      if (!ui.focus.in_list) continue;
      ++lists;
      if (stop) break;
    }
    return lists;
  }
};

}  // namespace

TEST_CASE("rows: console, events and processes are one stop each, walked by arrows, page and end keys; Enter selects, Esc lets go") {
  Screen screen;
  UiState& ui = screen.ui;
  screen.desk.run_hello();
  const timeline::Model& model = screen.desk.session.model();
  struct List {
    const char* tab;
    int rows;
  };
  for (const List& list : {List{"tab.events", static_cast<int>(model.events().size())}, List{"tab.processes", static_cast<int>(model.tasks().size())}, List{"tab.console", 0}}) {
    CAPTURE(list.tab);
    ui.selection = {};
    ui.push(list.tab);
    screen.draw(3);
    CHECK(screen.lists_all_round(false) == 1);
    ui.focus.id = 0;
    REQUIRE(screen.lists_all_round(true) == 1);
    CHECK(ui.selection == Selection{});  // to walk through is not to choose
    const int first = ui.focus.row;
    screen.press(Key::home);
    CHECK(ui.focus.row == 0);
    screen.press(Key::up);
    CHECK(ui.focus.row == 0);
    screen.press(Key::down);
    const int second = ui.focus.row;
    screen.press(Key::end);
    const int last = ui.focus.row;
    CHECK(last >= second);
    if (list.rows > 0) CHECK(last == list.rows - 1);
    CHECK(first <= last);
    screen.press(Key::page_up);
    CHECK(ui.focus.row == std::max(0, last - 8));
    screen.press(Key::end);
    CHECK(ui.selection == Selection{});
    screen.press(Key::enter);
    CHECK(ui.selection.task != 0);
    CHECK(ui.focus.row == last);  // the keyboard stays where it is
    const Selection chosen = ui.selection;
    // Away and back: it begins at what is selected.
    screen.press(Key::tab);
    CHECK_FALSE(ui.focus.in_list);
    screen.press(Key::tab, true);
    REQUIRE(ui.focus.in_list);
    screen.press(Key::home);
    screen.press(Key::end);
    screen.press(Key::enter);
    CHECK(ui.selection == chosen);
    screen.press(Key::escape);
    CHECK(ui.focus.id == 0);
  }
}

TEST_CASE("rows: who waits for whom is a list like the others") {
  Screen screen;
  UiState& ui = screen.ui;
  screen.desk.run_hello();
  const timeline::Model& model = screen.desk.session.model();
  // A moment at which the parent waits for its child.
  const auto& spans = model.find(1)->spans;
  const auto wait = std::find_if(spans.begin(), spans.end(), [](const timeline::Span& span) { return span.state == timeline::State::blocked && span.reason == trace::BlockReason::join; });
  REQUIRE(wait != spans.end());
  ui.selection = {2, wait->begin_ns + (wait->end_ns - wait->begin_ns) / 2};
  ui.push("tab.waits");
  screen.draw(3);
  REQUIRE_FALSE(screen.state.waits.waits.empty());
  REQUIRE(screen.lists_all_round(true) == 1);
  const auto first = screen.state.waits.waits.front().task;
  screen.press(Key::home);
  screen.press(Key::enter);
  CHECK(ui.selection.task == first);
}

TEST_CASE("rows: the row that has the ring is in sight") {
  Screen screen;
  UiState& ui = screen.ui;
  screen.desk.run_hello();
  ui.push("tab.events");
  ui.bottom_height = 140;
  screen.draw(3);
  ui.focus.id = 0;
  REQUIRE(screen.lists_all_round(true) == 1);
  const auto ring_in_sight = [&] {
    const ImU32 ink = app::platform::palette().focus;
    const ImDrawData* data = ImGui::GetDrawData();
    for (int i = 0; i < data->CmdListsCount; ++i)
      for (const ImDrawCmd& command : data->CmdLists[i]->CmdBuffer)
        for (unsigned at = 0; at < command.ElemCount; ++at) {
          const ImDrawVert& vertex = data->CmdLists[i]->VtxBuffer[static_cast<int>(command.VtxOffset + data->CmdLists[i]->IdxBuffer[static_cast<int>(command.IdxOffset + at)])];
          const bool inside = vertex.pos.x >= command.ClipRect.x && vertex.pos.x <= command.ClipRect.z && vertex.pos.y >= command.ClipRect.y && vertex.pos.y <= command.ClipRect.w;
          if (vertex.col == ink && inside) return true;
        }
    return false;
  };
  for (const Key key : {Key::home, Key::end, Key::page_up, Key::page_up, Key::home}) {
    screen.press(key);
    screen.draw(2);
    CHECK(ring_in_sight());
  }
  screen.press(Key::escape);
  screen.draw(1);
  CHECK_FALSE(ring_in_sight());
}

TEST_CASE("rows: what is to be told is told while presenting too, without moving the stage; in a film it is not") {
  Screen screen;
  UiState& ui = screen.ui;
  screen.desk.run_hello();
  ui.presenting = true;
  screen.draw(3);
  const auto lanes = [&] {
    std::vector<float> places;
    for (const auto& drawn : screen.timeline.drawn())
      if (drawn.what == app::timeline_view::Drawn::What::header) places.push_back(drawn.y0);
    return places;
  };
  const auto before = lanes();
  REQUIRE_FALSE(before.empty());
  const std::size_t stops = ui.focus.order.size();
  screen.desk.session.notify("Saved to somewhere.");
  screen.draw(3);
  CHECK(lanes() == before);
  CHECK(ui.focus.order.size() == stops + 1);  // the cross that takes it away
  ui.filmed = true;
  screen.draw(2);
  CHECK(ui.focus.order.size() == stops);
  ui.filmed = false;
  screen.press(Key::escape);
  CHECK(screen.desk.session.notice().empty());
  CHECK(ui.presenting);
  screen.draw(2);
  CHECK(ui.focus.order.size() == stops);
}
