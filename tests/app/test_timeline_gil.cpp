// The GIL on the timeline: its lane, the hatch of those who wait, hand-overs and drop requests; and strips above one another.
#include <chrono>

#include "app/i18n/i18n.h"
#include "app/timeline/compare_view.h"
#include "app/timeline/layout.h"
#include "app/timeline/words.h"
#include "app/timeline/bands.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;
using trace::DropReason;
using trace::ObjectKind;

namespace {

constexpr std::uint32_t kGil = trace::kFirstObject;

// One turn of a thread that the other ends by a request: `from` drops at `ms`, `to` takes a little later.
void hand_over(Run& run, double ms, TaskId from, TaskId to) {
  run.at(ms - 0.2).write(to, Kind::gil_request, kGil, from, 1);
  run.at(ms - 0.01).write(from, Kind::eval_check, kGil, 0, 190'000);
  run.at(ms).write(from, Kind::gil_drop, kGil, static_cast<std::uint64_t>(DropReason::request)).write(from, Kind::switch_wait, kGil);
  run.at(ms + 0.02).write(to, Kind::gil_take, kGil, from, 2);
  run.at(ms + 0.03).write(from, Kind::switch_done, kGil, to, 30'000).write(from, Kind::gil_want, kGil, to).write(from, Kind::gil_wait, kGil, 5'000'000, 2);
}

// Two threads that take turns of 5 ms while MainProcess joins them.
Run turns(int count) {
  Run run;
  run.at(0).begin(1, "MainProcess").object(1, kGil, ObjectKind::gil, 0, "GIL-1");
  run.at(1).thread(2, 1, "Thread-1").write(2, Kind::gil_want, kGil, 1).write(2, Kind::gil_wait, kGil, 5'000'000, 1);
  run.at(1.1).block(1, trace::BlockReason::thread_join, 2).write(1, Kind::gil_drop, kGil, static_cast<std::uint64_t>(DropReason::blocking));
  run.at(1.2).write(2, Kind::gil_take, kGil, 1, 2);
  run.at(2).thread(3, 1, "Thread-2").write(3, Kind::gil_want, kGil, 2).write(3, Kind::gil_wait, kGil, 5'000'000, 2);
  double ms = 6.2;
  for (int i = 0; i < count; ++i, ms += 5.2) hand_over(run, ms, i % 2 == 0 ? 2 : 3, i % 2 == 0 ? 3 : 2);
  const TaskId last = count % 2 == 0 ? 2 : 3, other = count % 2 == 0 ? 3 : 2;
  run.at(ms).write(last, Kind::gil_drop, kGil, static_cast<std::uint64_t>(DropReason::thread_end)).write(last, Kind::exit);
  run.at(ms + 0.1).write(other, Kind::gil_take, kGil, last, 9);
  run.at(ms + 2).write(other, Kind::exit).unblock(1, trace::BlockReason::thread_join, 2);
  run.at(ms + 3).die(1, 0).reap(1, 0, 0);
  return run;
}

std::vector<const Drawn*> all(const std::vector<Drawn>& drawn, Drawn::What what) {
  std::vector<const Drawn*> found;
  for (const Drawn& d : drawn)
    if (d.what == what) found.push_back(&d);
  return found;
}

}  // namespace

TEST_CASE("timeline gil: a lane under the threads of the process that share it, none where one thread has it alone") {
  const Model model = turns(6).model();
  Screen screen;
  screen.frame(model);
  const Drawn* lane = screen.find(Drawn::What::gil, kGil);
  REQUIRE(lane != nullptr);
  const Drawn* thread = screen.find(Drawn::What::header, 3);
  REQUIRE(thread != nullptr);
  CHECK(lane->y0 >= thread->y1 - 3);
  check_inside(screen, 960, 600);

  screen.ui.gil = false;
  screen.frame(model);
  CHECK(screen.find(Drawn::What::gil, kGil) == nullptr);

  Run alone;
  alone.at(0).begin(1, "MainProcess").object(1, kGil, ObjectKind::gil, 0, "GIL-1").at(9).die(1, 0).reap(1, 0, 0);
  const Model lonely = alone.model();
  Screen other;
  other.frame(lonely);
  CHECK(other.find(Drawn::What::gil, kGil) == nullptr);
  other.ui.gil_other.push_back(kGil);  // on demand
  other.frame(lonely);
  CHECK(other.find(Drawn::What::gil, kGil) != nullptr);
}

TEST_CASE("timeline gil: who waits says who has it; hand-overs and requests can be pointed at") {
  const Model model = turns(6).model();
  Screen screen(1600, 600);
  screen.frame(model);
  bool holder_named = false;
  for (const Drawn& span : screen.spans(3)) holder_named = holder_named || span.label.find("Thread-1") != std::string::npos;
  CHECK(holder_named);
  const auto arrows = all(screen.view.drawn(), Drawn::What::hand_over), requests = all(screen.view.drawn(), Drawn::What::request);
  CHECK(arrows.size() >= 6);
  CHECK(requests.size() == 6);
  // A click on an arrow selects who took it, at that moment.
  screen.click(model, arrows[0]->x0, (arrows[0]->y0 + arrows[0]->y1) / 2);
  CHECK((screen.ui.selection.task == 2 || screen.ui.selection.task == 3));
  CHECK(screen.ui.selection.time_ns.has_value());
  // On the lane: the lock at that moment.
  const Drawn* lane = screen.find(Drawn::What::gil, kGil);
  screen.click(model, (lane->x0 + lane->x1) / 2, lane->y1 - 6);
  CHECK(screen.ui.selection.task == kGil);
}

TEST_CASE("timeline gil: every step has words in both languages") {
  const Model model = turns(3).model();
  for (const auto language : {app::i18n::Language::chinese, app::i18n::Language::english}) {
    app::i18n::set_language(language);
    for (const timeline::EventRef& ref : model.events()) {
      if (ref.event.kind < Kind::gil_want || ref.event.kind > Kind::work_end) continue;
      const std::string words = app::timeline_view::gil_event_words(model, ref.event);
      CAPTURE(words);
      CHECK(words.find("event.") == std::string::npos);
      CHECK(words.find('{') == std::string::npos);
      CHECK(words.find('_') == std::string::npos);
    }
    for (const auto mode : {trace::GilMode::gil, trace::GilMode::before_3_2, trace::GilMode::free_threaded})
      CHECK(app::timeline_view::gil_mode_words(mode).find("gil.") == std::string::npos);
  }
}

TEST_CASE("timeline gil: a frame of a hundred thousand hand-overs costs what one of a hundred does") {
  const Model few = turns(100).model(), many = turns(100'000).model();
  Screen screen;
  const auto vertices = [&](const Model& model) {
    screen.ui.fit_wanted = true;
    screen.frame(model);
    screen.frame(model);
    return screen.vertices();
  };
  const int little = vertices(few), much = vertices(many);
  CHECK(much < 3 * little + 20'000);
  CHECK(all(screen.view.drawn(), Drawn::What::hand_over).size() < 100);
}

namespace {

void draw(app::timeline_view::CompareView& view, std::span<const app::timeline_view::Strip> strips, app::session::UiState& ui) {
  ImGui::NewFrame();
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(ImVec2(960, 600));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::Begin("compare", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
  ImGui::PopStyleVar();
  view.draw(strips, ui);
  ImGui::End();
  ImGui::Render();
  ImGui::GetIO().MouseWheel = 0;
}

}  // namespace

TEST_CASE("compare: two runs stand above one another, each from its begin, on one axis") {
  const Model first = turns(4).model(), second = turns(12).model();
  Screen screen;  // for its context
  app::timeline_view::CompareView view;
  app::session::UiState ui;
  const std::vector<app::timeline_view::Strip> strips = {{&first, "Run 1", "", first.begin_ns(), first.end_ns(), false, false},
                                                         {&second, "Run 2", "", second.begin_ns(), second.end_ns(), false, true}};
  draw(view, strips, ui);
  draw(view, strips, ui);
  const auto titles = all(view.drawn(), Drawn::What::title);
  REQUIRE(titles.size() == 2);
  CHECK(std::min(titles[0]->y0, titles[1]->y0) < std::max(titles[0]->y0, titles[1]->y0));
  // MainProcess begins at the same place in both, and ends where its run does.
  float left[2] = {1e9f, 1e9f};
  for (const Drawn& d : view.drawn())
    if (d.what == Drawn::What::span && d.task == 1) {
      float& x = left[d.y0 > std::max(titles[0]->y0, titles[1]->y0) ? 1 : 0];
      x = std::min(x, d.x0);
    }
  CHECK(left[0] == doctest::Approx(left[1]).epsilon(0.01));
  // One zoom for both.
  const double before = ui.view.end - ui.view.begin;
  ImGui::GetIO().MousePos = ImVec2(500, 300);
  draw(view, strips, ui);
  ImGui::GetIO().MouseWheel = 1;
  draw(view, strips, ui);
  CHECK(ui.view.end - ui.view.begin < before);
}

TEST_CASE("compare: a part of a run shows who lived in it, from its own begin to its own end") {
  const Model model = turns(12).model();
  Screen screen;
  app::timeline_view::CompareView view;
  app::session::UiState ui;
  const std::int64_t begin = kBegin + 10 * kMs;
  const std::vector<app::timeline_view::Strip> strips = {{&model, "whole", "", model.begin_ns(), model.end_ns(), false, true},
                                                         {&model, "part", "", begin, begin + 20 * kMs, true, true}};
  draw(view, strips, ui);
  draw(view, strips, ui);
  const auto titles = all(view.drawn(), Drawn::What::title);
  REQUIRE(titles.size() == 2);
  const float lower = std::max(titles[0]->y0, titles[1]->y0);
  float right_of_part = 0, right_of_whole = 0;
  for (const Drawn& d : view.drawn())
    if (d.what == Drawn::What::span) (d.y0 > lower ? right_of_part : right_of_whole) = std::max(d.y0 > lower ? right_of_part : right_of_whole, d.x1);
  CHECK(right_of_part < right_of_whole);
  CHECK(right_of_part > 0);
}

TEST_CASE("timeline gil: the layout of a part lists those who lived then, and nothing of the others") {
  Run run = turns(2);
  const Model model = run.model();
  app::session::UiState ui;
  const app::timeline_view::Rect window{0, 0, 960, 600};
  const app::timeline_view::Layout whole(window, model, 0, {{}, &ui});
  CHECK(whole.lanes().size() == 4);  // MainProcess, two threads, the lock
  const app::timeline_view::Layout before(window, model, 0, {{}, &ui, timeline::TimeRange{kBegin, kBegin + kMs / 2}, true});
  CHECK(before.lanes().size() == 2);  // MainProcess, which had the lock then
  CHECK(before.ruler().height() == 0);
}

TEST_CASE("timeline gil: of two that take turns, samples see both, however many there are") {
  for (const std::size_t count : {2u, 31u, 33u, 64u, 160u, 1600u, 100'000u})
    for (const std::size_t first : {0u, 1u, 17u, 4096u}) {
      std::size_t even = 0, all = 0;
      app::timeline_view::for_each_sample(first, first + count, [&](std::size_t i) {
        CHECK(i >= first);
        CHECK(i < first + count);
        even += i % 2 == 0 ? 1 : 0;
        ++all;
      });
      CAPTURE(count);
      CHECK(all <= 32);
      CHECK(even * 2 >= all - 1);
      CHECK(even * 2 <= all + 1);
    }
}
