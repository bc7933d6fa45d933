// The timeline on a headless Dear ImGui: what is drawn, where, and what the mouse does there.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "app/platform/theme.h"
#include "app/timeline/words.h"
#include "test_timeline_view.h"

namespace {

using namespace forklight;
using namespace forklight::timeline_test;

// One returns, one raises, one is terminated: statuses as waitpid(2) has them.
Model exit_codes() {
  Run run;
  run.at(0).begin(1, "MainProcess");
  for (TaskId child = 2; child <= 4; ++child) {
    run.at(0.3 * child).write(1, Kind::start_begin, child, 0);
    run.at(0.3 * child + 0.2).begin(child, fmt::format("Process-{}", child - 1), 1);
  }
  run.at(1.6).write(4, Kind::sleep_begin, 0, 3'000 * kMs);
  run.at(2.0).write(2, Kind::output, 0, 1, 4, "nothing wrong here\n");
  run.at(2.2).write(3, Kind::raise, 0, 0, 0, "RuntimeError: why");
  run.at(3.0).die(2, 0).at(4.0).die(3, 1 << 8);
  run.at(5.0).write(1, Kind::signal_sent, 4, 15).at(5.1).die(4, 15);
  for (TaskId child = 2; child <= 4; ++child) {
    run.at(4.0 + child).write(1, Kind::block_begin, child, 0).reap(child, 1, 0);
    run.write(1, Kind::block_end, child, 0).write(1, Kind::join_end, child, 1);
  }
  return run.at(9).die(1, 0).at(9.1).reap(1, 0, 0).model();
}

// A task that never rests: spans of 1 µs, running and asleep by turns.
Model busy(std::size_t spans) {
  std::vector<trace::Record> records;
  records.reserve(spans + 2);
  records.push_back({{kBegin, Kind::task_begin, 1, 0, 4201ULL << 32 | 4201, 0}, 1, "MainProcess"});
  for (std::size_t i = 1; i < spans; ++i) {
    const Kind kind = i % 2 == 1 ? Kind::sleep_begin : Kind::sleep_end;
    records.push_back({{kBegin + static_cast<std::int64_t>(i) * 1000, kind, 1, 0, 1000, 0}, 1, {}});
  }
  Model model;
  model.append(records);
  return model;
}

}  // namespace

TEST_CASE("timeline view: each death has a badge with sign and word") {
  Screen screen;
  const Model model = exit_codes();
  screen.frame(model);
  const auto label = [&](TaskId task) {
    const Drawn* badge = screen.find(Drawn::What::badge, task);
    REQUIRE(badge != nullptr);
    return badge->label;
  };
  CHECK(label(2) == "0");
  CHECK(label(3) == "1");
  CHECK(label(4) == "−15 SIGTERM");
}

TEST_CASE("timeline view: a badge stands right after the death, before later things of its lane") {
  Screen screen;
  const Model model = exit_codes();
  screen.frame(model);
  const Drawn* badge = screen.find(Drawn::What::badge, 2);
  REQUIRE(badge != nullptr);
  const std::vector<Drawn> spans = screen.spans(2);
  const auto run =
      std::max_element(spans.begin(), spans.end(), [](const Drawn& a, const Drawn& b) { return a.x0 > b.x0; });
  REQUIRE(run != spans.end());
  CHECK(badge->x0 >= run->x1);
  CHECK(badge->x0 <= run->x1 + 12);
}

TEST_CASE("timeline view: a badge at the very end is pushed back into the plot") {
  Screen screen(420, 300);
  const Model model = Run().at(0).begin(1, "MainProcess").at(10).die(1, 9).at(10.1).reap(1, 0, 9).model();
  screen.frame(model);
  const Drawn* badge = screen.find(Drawn::What::badge, 1);
  REQUIRE(badge != nullptr);
  CHECK(badge->label == "−9 SIGKILL");
  CHECK(badge->x1 <= 420);
}

TEST_CASE("timeline view: starts, joins and signals are arrows between lanes") {
  Screen screen;
  screen.frame(exit_codes());
  int arrows = 0, terminates = 0;
  for (const Drawn& d : screen.view.drawn()) {
    if (d.what != Drawn::What::arrow) continue;
    ++arrows;
    CHECK(d.y1 - d.y0 > 20);  // from one lane to another
    if (!d.label.empty()) ++terminates;
  }
  CHECK(arrows == 3 + 3 + 1);
  CHECK(terminates == 1);
}

TEST_CASE("timeline view: what is short is drawn a few pixels wide and not left out") {
  Screen screen;
  const Model model = Run()
                          .at(0)
                          .begin(1, "MainProcess")
                          .at(500)
                          .write(1, Kind::sleep_begin, 0, 10)
                          .at(500.001)
                          .write(1, Kind::sleep_end, 0, 10)
                          .at(1000)
                          .die(1, 0)
                          .at(1001)
                          .reap(1, 0, 0)
                          .model();
  screen.frame(model);
  const std::vector<Drawn> spans = screen.spans(1);
  const auto narrow = std::find_if(spans.begin(), spans.end(), [](const Drawn& d) { return d.x1 - d.x0 < 8; });
  REQUIRE(narrow != spans.end());
  CHECK(narrow->x1 - narrow->x0 >= 2);
}

TEST_CASE("timeline view: a million spans cost what the pixels cost") {
  Screen screen;
  const Model few = busy(10'000), many = busy(1'000'000);
  screen.frame(few);
  const int vertices_few = screen.vertices();
  screen.frame(many);
  CHECK(screen.vertices() <= vertices_few * 2);
  const std::vector<Drawn> spans = screen.spans(1);
  REQUIRE(!spans.empty());
  CHECK(spans.size() < 20);
  // The block says how many it stands for.
  CHECK(std::any_of(spans.begin(), spans.end(), [](const Drawn& d) {
    return d.label.find("000,000") != std::string::npos || d.label.find("999,") != std::string::npos;
  }));
}

TEST_CASE("timeline view: zoomed in, the same million spans are drawn one by one") {
  Screen screen;
  const Model many = busy(1'000'000);
  screen.frame(many);
  screen.ui.view = {500'000'000.0, 500'020'000.0};
  screen.frame(many);
  const std::vector<Drawn> spans = screen.spans(1);
  CHECK(spans.size() >= 20);
  CHECK(spans.size() <= 22);
}

TEST_CASE("timeline view: the wheel keeps the moment under the mouse where it is") {
  for (const AxisKind kind : {AxisKind::time, AxisKind::order}) {
    Screen screen;
    screen.ui.axis = kind;
    const Model model = exit_codes();
    screen.frame(model);
    const Drawn* before = screen.find(Drawn::What::badge, 3);
    REQUIRE(before != nullptr);
    const double width = screen.ui.view.end - screen.ui.view.begin;
    const float x = before->x0 - 4, y = before->y0 - 20;  // the moment of that death
    screen.move(x, y);
    screen.frame(model);
    ImGui::GetIO().MouseWheel = 2;
    double last = width;
    for (int i = 0; i < 20; ++i) {  // it glides there, and nothing else moves the point under the mouse
      screen.frame(model);
      const Drawn* after = screen.find(Drawn::What::badge, 3);
      REQUIRE(after != nullptr);
      CHECK(std::abs(after->x0 - 4 - x) < 1.0f);
      CHECK(screen.ui.view.width() <= last);
      last = screen.ui.view.width();
    }
    CHECK(last == doctest::Approx(0.82 * 0.82 * width));
  }
}

TEST_CASE("timeline view: later is further right, on both axes") {
  for (const AxisKind kind : {AxisKind::time, AxisKind::order}) {
    Screen screen;
    screen.ui.axis = kind;
    screen.frame(exit_codes());
    for (TaskId task = 1; task <= 4; ++task) {
      std::vector<Drawn> spans = screen.spans(task);
      std::sort(spans.begin(), spans.end(), [](const Drawn& a, const Drawn& b) { return a.x0 < b.x0; });
      for (std::size_t i = 0; i + 1 < spans.size(); ++i) CHECK(spans[i].x1 <= spans[i + 1].x0 + 4);
    }
    const auto head = [&](TaskId task) {
      return screen.spans(task).back().x0;
    };  // front to back: the last is the first drawn
    CHECK(head(2) < head(3));
    CHECK(head(3) < head(4));
  }
}

TEST_CASE("timeline view: a click selects the task and the moment; on empty ground it lets go") {
  Screen screen;
  const Model model = exit_codes();
  screen.frame(model);
  const std::vector<Drawn> spans = screen.spans(3);
  const Drawn run = spans.back();
  screen.click(model, run.x0 + (run.x1 - run.x0) * 0.9f, run.y1 - 2);
  CHECK(screen.ui.selection.task == 3);
  REQUIRE(screen.ui.selection.time_ns.has_value());
  CHECK(*screen.ui.selection.time_ns > kBegin);
  CHECK(*screen.ui.selection.time_ns < kBegin + 4 * kMs);

  const Drawn badge = *screen.find(Drawn::What::badge, 4);
  screen.click(model, (badge.x0 + badge.x1) / 2, (badge.y0 + badge.y1) / 2);
  CHECK(screen.ui.selection == app::session::Selection{4, kBegin + 5'100'000});

  screen.click(model, 940, badge.y1 + 16);
  CHECK(screen.ui.selection.task == 0);
}

TEST_CASE("timeline view: hovering tells the other panels, and takes it back") {
  Screen screen;
  const Model model = exit_codes();
  screen.frame(model);
  const Drawn run = screen.spans(3).back();
  screen.move(run.x1 - 5, run.y1 - 2);
  screen.frame(model);
  screen.frame(model);
  CHECK(screen.ui.hover.task == 3);
  screen.move(-1, -1);
  screen.frame(model);
  CHECK(screen.ui.hover.task == 0);
  screen.ui.hover.task = 2;  // another panel's doing
  screen.frame(model);
  CHECK(screen.ui.hover.task == 2);
}

TEST_CASE("timeline view: dragging pans and stops following") {
  Screen screen;
  const Model model = exit_codes();
  screen.frame(model);
  const double begin = screen.ui.view.begin, width = screen.ui.view.end - begin;
  screen.move(600, 560 / 2);
  screen.frame(model);
  screen.button(true);
  screen.frame(model);
  screen.move(560, 280);
  screen.frame(model);
  screen.move(520, 280);
  screen.frame(model);
  screen.button(false);
  screen.frame(model);
  CHECK(screen.ui.view.begin > begin);
  CHECK(screen.ui.view.end - screen.ui.view.begin == doctest::Approx(width));
  CHECK_FALSE(screen.ui.follow);
  CHECK(screen.ui.selection.task == 0);  // a drag is not a click
}

TEST_CASE("timeline view: double click asks for fit") {
  Screen screen;
  const Model model = exit_codes();
  screen.click(model, 600, 200);
  screen.button(true);
  screen.frame(model);
  screen.button(false);
  screen.frame(model);
  CHECK(std::any_of(screen.ui.pushed.begin(), screen.ui.pushed.end(),
                    [](const app::session::Action& action) { return action.command == "fit"; }));
}

TEST_CASE("timeline view: a live run is fitted while it grows, until somebody zooms; then now stays at 85 %") {
  Screen screen;
  const Model model = Run().at(0).begin(1, "MainProcess").at(1).write(1, Kind::sleep_begin, 0, 3'000 * kMs).model();
  screen.frame(model, true, kBegin + 10 * kMs);
  CHECK(screen.ui.view.begin <= 0);
  CHECK(screen.ui.view.end >= 10e6);
  screen.frame(model, true, kBegin + 100 * kMs);
  CHECK(screen.ui.view.begin <= 0);
  CHECK(screen.ui.view.end >= 100e6);
  const std::vector<Drawn> spans = screen.spans(1);
  CHECK(spans.size() == 2);  // the open span ends now

  screen.ui.view.zoom(0.1, 50e6);
  const double width = screen.ui.view.end - screen.ui.view.begin;
  screen.frame(model, true, kBegin + 200 * kMs);
  CHECK(screen.ui.view.end - screen.ui.view.begin == doctest::Approx(width));
  CHECK(screen.ui.view.begin + 0.85 * width == doctest::Approx(200e6));

  screen.ui.fit_wanted = true;
  screen.frame(model, true, kBegin + 300 * kMs);
  CHECK_FALSE(screen.ui.fit_wanted);
  CHECK(screen.ui.view.end >= 300e6);
}

TEST_CASE("timeline view: what the keyboard selects out of sight is brought into sight") {
  Screen screen;
  const Model model = exit_codes();
  screen.frame(model);
  screen.ui.view = {0, 1e6};
  screen.frame(model);
  screen.ui.selection = {4, kBegin + 5 * kMs};
  screen.frame(model);
  CHECK(screen.ui.view.begin <= 5e6);
  CHECK(screen.ui.view.end >= 5e6);
}

TEST_CASE("timeline view: nothing is drawn outside, at any size, scale and theme") {
  const Model model = exit_codes();
  for (const auto& [width, height] :
       {std::pair{200.0f, 100.0f}, {330.0f, 240.0f}, {640.0f, 480.0f}, {1920.0f, 1080.0f}, {3840.0f, 2160.0f}}) {
    for (const float scale : {1.0f, 2.5f}) {
      Screen screen(width, height);
      app::platform::set_scale(scale);
      app::platform::set_theme(app::session::ThemeName::paper);
      screen.ui.selection = {4, kBegin + 5 * kMs};
      for (const AxisKind kind : {AxisKind::time, AxisKind::order}) {
        screen.ui.axis = kind;
        screen.frame(model);
        check_inside(screen, width, height);
        screen.ui.view.zoom(0.001, 3.0e6);
        screen.frame(model);
        check_inside(screen, width, height);
        screen.ui.fit_wanted = true;
      }
    }
  }
}

TEST_CASE("timeline view: five hundred processes scroll, and only the visible lanes are drawn") {
  Run run;
  run.at(0).begin(1, "MainProcess");
  for (TaskId child = 2; child <= 500; ++child) {
    run.at(child).write(1, Kind::start_begin, child, 0);
    run.at(child + 0.5).begin(child, fmt::format("Process-{}", child - 1), 1);
    run.at(child + 0.7).die(child, child % 3 == 0 ? 1 << 8 : 0);
    run.at(child + 0.8).reap(child, 1, 0);
  }
  const Model model = run.model();
  Screen screen;
  screen.frame(model);
  const auto headers = [&] {
    return std::count_if(screen.view.drawn().begin(), screen.view.drawn().end(),
                         [](const Drawn& d) { return d.what == Drawn::What::header; });
  };
  CHECK(headers() > 5);
  CHECK(headers() < 20);
  CHECK(screen.vertices() < 60'000);
  CHECK(screen.find(Drawn::What::header, 500) == nullptr);
  screen.ui.vertical_scroll = 1e9;
  screen.frame(model);
  CHECK(screen.find(Drawn::What::header, 500) != nullptr);
  CHECK(screen.ui.vertical_scroll < 1e6);  // put back within bounds
  screen.move(50, 300);
  screen.frame(model);
  ImGui::GetIO().MouseWheel = 3;  // over the headers: up
  const double before = screen.ui.vertical_scroll;
  screen.frame(model);
  CHECK(screen.ui.vertical_scroll < before);
}

TEST_CASE("timeline view: a hundred thousand arrows become a few hundred") {
  std::vector<trace::Record> records;
  for (TaskId task = 1; task <= 3; ++task) {
    records.push_back({{kBegin, Kind::task_begin, 1, 0, (4200ULL + task) << 32, 1}, task, fmt::format("P{}", task)});
  }
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    records.push_back({{kBegin + 1000 * (i + 1), Kind::signal_sent, 1, 2 + i % 2, 10, 0}, 1, {}});
  }
  Model model;
  model.append(records);
  Screen screen;
  screen.ui.selection = {2, std::nullopt};
  screen.frame(model);
  const auto arrows = std::count_if(screen.view.drawn().begin(), screen.view.drawn().end(),
                                    [](const Drawn& d) { return d.what == Drawn::What::arrow; });
  CHECK(arrows > 0);
  CHECK(arrows < 1500);
}

TEST_CASE("timeline words: states, ends and short durations") {
  using namespace app::timeline_view;
  CHECK(exit_words(0) == "0");
  CHECK(exit_words(3) == "3");
  CHECK(exit_words(-15) == "−15 SIGTERM");
  CHECK(short_duration(3'000 * kMs) == "3 s");
  CHECK(short_duration(1'620'000) == "1.62 ms");
  CHECK(short_duration(999'999'999) == "1 s");
  CHECK(short_duration(12) == "12 ns");
  CHECK(first_line("one\ntwo", 10) == "one…");
  CHECK(first_line("一二三四", 2) == "一二…");
  const Model model = exit_codes();
  const timeline::Task& third = *model.find(4);
  CHECK(state_words(model, third, kBegin + 2 * kMs).find("timeline.") == std::string::npos);  // every word has its text
  CHECK(state_words(model, third, kBegin + 6 * kMs) != state_words(model, third, kBegin + 2 * kMs));
  CHECK(state_words(model, third, kBegin + 9 * kMs) == ended_words(third));
  CHECK(ended_words(third).find("SIGTERM") != std::string::npos);
}
