// The GIL in the panels, and what is kept for comparing: on runs that were written by hand and opened from a file.
#include <doctest/doctest.h>

#include "app/i18n/i18n.h"
#include "app/panels/chart.h"
#include "app/panels/layout.h"
#include "app/panels/why.h"
#include "app/session/acts.h"
#include "app/session/interval.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"
#include "tests/core/store_files.h"

using namespace forklight;
using namespace forklight::timeline_test;
using app::panels::Histogram;
using app::session::BottomTab;
using app::session::Compare;
using desk_test::Desk;
using trace::DropReason;
using trace::ObjectKind;

namespace {

constexpr std::uint32_t kGil = trace::kFirstObject;

// A reader that comes back from its pipe ten times, to a lock that a busy thread has; and two rounds of work.
Model busy_run() {
  Run run;
  run.at(0).begin(1, "MainProcess").object(1, kGil, ObjectKind::gil, 0, "GIL-1").write(1, Kind::output, 0, 1, 16, "stage threads 1\n");
  run.at(1).thread(2, 1, "reader").write(2, Kind::gil_want, kGil, 1).at(1.1).block(1, trace::BlockReason::thread_join, 2);
  run.at(1.2).write(2, Kind::gil_take, kGil, 1, 2).at(2).thread(3, 1, "busy").write(3, Kind::gil_want, kGil, 2).write(3, Kind::work_begin, 0, 40);
  double ms = 3;
  for (int i = 0; i < 10; ++i, ms += 10) {
    run.at(ms).block(2, trace::BlockReason::recv, kGil + 1).at(ms + 0.1).write(3, Kind::gil_take, kGil, 2, 3);
    run.at(ms + 2).unblock(2, trace::BlockReason::recv, kGil + 1).write(2, Kind::gil_want, kGil, 3).write(2, Kind::gil_wait, kGil, 5'000'000, 3);
    run.at(ms + 7).write(2, Kind::gil_request, kGil, 3, 3);
    run.at(ms + 7.1).write(3, Kind::eval_check, kGil, 0, 100'000).write(3, Kind::gil_drop, kGil, static_cast<std::uint64_t>(DropReason::request));
    run.write(3, Kind::switch_wait, kGil).at(ms + 7.2).write(2, Kind::gil_take, kGil, 3, 4).write(3, Kind::switch_done, kGil, 2, 100'000);
    run.write(3, Kind::gil_want, kGil, 2);
  }
  run.at(ms).write(3, Kind::work_end, 0, 40, 7).write(2, Kind::exit).write(3, Kind::exit);
  run.at(ms + 5).unblock(1, trace::BlockReason::thread_join, 2).write(1, Kind::output, 0, 1, 16, "stage threads 2\n");
  for (const TaskId task : {4, 5}) run.at(ms + 6).begin(task, "Process", 1).write(task, Kind::work_begin, 0, 20);
  for (const TaskId task : {4, 5}) run.at(ms + 60).write(task, Kind::work_end, 0, 20, 7).die(task, 0).reap(task, 1, 0);
  run.at(ms + 70).die(1, 0).reap(1, 0, 0);
  return run.model();
}

struct GilDesk : Desk {
  tests::Folder folder;
  void open(const std::string& name) {
    store::Run run{{}, busy_run().records()};
    run.meta.scenario = "hello";
    store::save(run, folder / name);
    carry_out("open", (folder / name).string());
    REQUIRE_MESSAGE(session.notice().empty(), session.notice());
  }
};

}  // namespace

TEST_CASE("gil panels: every tab draws in both languages and themes, at every size and text size") {
  Screen screen;  // for its context
  GilDesk desk;
  desk.open("one.flt");
  app::timeline_view::TimelineView timeline;
  app::panels::PanelState state;
  for (const ImVec2 size : {ImVec2(640, 360), ImVec2(1280, 720), ImVec2(1920, 1080)})
    for (const auto theme : {app::session::ThemeName::stage, app::session::ThemeName::paper})
      for (const auto language : {app::i18n::Language::chinese, app::i18n::Language::english})
        for (const auto tab : {BottomTab::gil, BottomTab::measured})
          for (const auto compare : {Compare::nothing, Compare::runs, Compare::rounds}) {
            app::i18n::set_language(language);
            app::platform::set_theme(theme);
            app::platform::set_scale(size.x > 1300 ? 2.0f : 1.0f);
            desk.ui.bottom_tab = tab;
            desk.ui.compare = compare;
            ImGui::GetIO().DisplaySize = size;
            ImGui::NewFrame();
            app::panels::draw_frame(desk.context, timeline, state);
            ImGui::Render();
            CHECK(ImGui::GetDrawData()->TotalVtxCount > 0);
          }
  app::platform::set_scale(1);
  CHECK(state.measured.rounds.size() == 2);
  CHECK(state.measured.lines.size() == 1);
  CHECK(state.measured.waits.size() >= 1);  // the reader's
  CHECK(state.gil.medians.size() == 1);
}

TEST_CASE("gil panels: the histogram puts a wait where its length is, and knows its middle") {
  const Histogram waits({0, 5'200'000, 5'300'000, 5'250'000, 70'000, 2'000'000'000});
  CHECK(waits.count() == 6);
  CHECK(waits.bins().front() == 1);  // at once
  CHECK(waits.bins().back() == 1);   // beyond a second
  CHECK(waits.bins()[static_cast<std::size_t>(Histogram::bin_of(5'250'000))] == 3);
  CHECK(waits.quantile(0.5) == 5'250'000);
  CHECK(waits.quantile(1) == 2'000'000'000);
  CHECK(Histogram::bin_of(10'000) == 1);
  CHECK(Histogram::place(5'250'000) > Histogram::place(5'000'000));
  CHECK(Histogram({}).quantile(0.5) == 0);
}

TEST_CASE("gil: the interval goes in steps of 1, 2, 5, and stays in its bounds") {
  using namespace app::session;
  CHECK(interval_beside(5'000'000, -1) == doctest::Approx(2e-3));
  CHECK(interval_beside(5'000'000, 1) == doctest::Approx(10e-3));
  CHECK(interval_beside(3'000'000, -1) == doctest::Approx(2e-3));
  CHECK(interval_beside(50'000, -1) == doctest::Approx(50e-6));
  CHECK(interval_beside(500'000'000, 1) == doctest::Approx(0.5));
  for (const double share : {0.0, 0.3, 0.5, 1.0}) {
    const double at = interval_at(share);
    CHECK(interval_at(interval_share(static_cast<std::int64_t>(at * 1e9))) == doctest::Approx(at));
  }
}

TEST_CASE("settings: what goes from a thousandth to a whole is turned in steps of 1, 2, 5 over all its decades") {
  using namespace app::session;
  double value = 1e-6;
  for (const double next : {2e-6, 5e-6, 10e-6, 20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0}) {
    CHECK(step_beside(value, 1) == doctest::Approx(next).epsilon(1e-9));
    CHECK(step_beside(next, -1) == doctest::Approx(value).epsilon(1e-9));
    value = next;
  }
  CHECK(step_at(0, 1e-6, 1) == doctest::Approx(1e-6));
  CHECK(step_at(1, 1e-6, 1) == doctest::Approx(1));
  CHECK(step_at(0.5, 1e-6, 1) == doctest::Approx(1e-3));
  CHECK(share_of(1e-3, 1e-6, 1) == doctest::Approx(0.5));
  CHECK(share_of(7, 1e-6, 1) == doctest::Approx(1));
  // Whole numbers at the grain of their second digit.
  for (const auto& [number, next] : {std::pair(0.0, 1.0), std::pair(1.0, 2.0), std::pair(24.0, 25.0), std::pair(99.0, 100.0), std::pair(100.0, 110.0), std::pair(240.0, 250.0), std::pair(9900.0, 10000.0)}) {
    CHECK(number_beside(number, 1) == doctest::Approx(next));
    CHECK(number_beside(next, -1) == doctest::Approx(number));
  }
  CHECK(two_digits(7.4) == doctest::Approx(7));
  CHECK(two_digits(1234) == doctest::Approx(1200));
}

TEST_CASE("gil commands: bad input gets one sentence; without a running lock there is nothing to set") {
  GilDesk desk;
  desk.open("one.flt");
  desk.open("two.flt");  // so that there is an earlier run
  const app::session::Command* interval = app::session::find_command("gil.interval");
  REQUIRE(interval != nullptr);
  CHECK_FALSE(interval->enabled(desk.context));  // a file does not run
  for (const char* text : {"", "0", "-1", "fast", "5ms", "nan"}) CHECK_THROWS_AS(interval->run(desk.context, text), base::UsageError);
  CHECK_NOTHROW(interval->run(desk.context, "0.005"));
  desk.carry_out("compare.run", "77");
  CHECK_FALSE(desk.session.notice().empty());
  desk.carry_out("measured.round", "9");
  CHECK_FALSE(desk.session.notice().empty());
}

TEST_CASE("gil commands: the interval of a run that goes on is set by the learner, on real threads") {
  Desk desk;
  desk.carry_out("scenario", "switch-interval");
  desk.carry_out("run");
  REQUIRE_MESSAGE(desk.session.live(), desk.session.notice());
  const auto shared = [&]() -> const timeline::Gil* {
    for (const timeline::Gil& gil : desk.session.model().gils())
      if (gil.hand_overs() > 3) return &gil;
    return nullptr;
  };
  desk.wait_until([&] { return shared() != nullptr; });
  const std::uint64_t before = shared()->hand_overs();
  desk.carry_out("gil.interval", "0.0005");
  desk.wait_until([&] { return shared()->interval_ns(desk.session.now_ns()) == 500'000 && shared()->hand_overs() > before; });
  desk.carry_out("gil.longer");
  desk.wait_until([&] { return shared()->interval_ns(desk.session.now_ns()) == 1'000'000; });
  CHECK(desk.session.notice().empty());
  desk.carry_out("stop");
  desk.wait_for_end();
}

TEST_CASE("gil commands: lanes of all, of one process' lock; a round is brought into view") {
  GilDesk desk;
  desk.open("one.flt");
  desk.carry_out("gil");
  CHECK_FALSE(desk.ui.gil);
  desk.carry_out("gil");
  CHECK(desk.ui.gil);
  desk.ui.selection = {2, std::nullopt};
  desk.carry_out("gil");
  CHECK(desk.ui.gil_other == std::vector<timeline::ObjectId>{kGil});
  CHECK_FALSE(desk.ui.shows_gil(kGil, true));
  desk.carry_out("gil");
  CHECK(desk.ui.shows_gil(kGil, true));
  desk.ui.view = {0, 10};
  desk.carry_out("measured.round", "2");
  CHECK(desk.ui.view.begin > 100.0 * static_cast<double>(kMs));
  const auto acts = app::session::acts_on(desk.session, kGil);
  REQUIRE(acts.size() == 1);
  CHECK(acts[0].acts.size() == 2);
  CHECK_FALSE(acts[0].acts[0].possible);
}

TEST_CASE("compare: what was at hand is kept, the newest few; runs and rounds are shown by a key and left by Esc") {
  GilDesk desk;
  CHECK_FALSE(app::session::find_command("compare.runs")->enabled(desk.context));
  for (int i = 0; i < 7; ++i) desk.open("run" + std::to_string(i) + ".flt");
  const auto& earlier = desk.session.earlier();
  REQUIRE(earlier.size() == app::session::kMostEarlier);
  CHECK(earlier.back().number + 1 == desk.session.run_number());
  CHECK(earlier.back().file.ends_with("run5.flt"));
  CHECK(earlier.back().model.tasks().size() == desk.session.model().tasks().size());

  desk.carry_out("compare.runs");
  CHECK(desk.ui.compare == Compare::runs);
  auto strips = app::timeline_view::strips_of(desk.session, desk.ui, {});
  REQUIRE(strips.size() == 2);
  CHECK(strips[1].at_hand);
  desk.carry_out("compare.run", std::to_string(earlier.front().number));
  CHECK(app::timeline_view::strips_of(desk.session, desk.ui, {}).size() == 3);
  desk.carry_out("compare.run", std::to_string(earlier.front().number));
  CHECK(app::timeline_view::strips_of(desk.session, desk.ui, {}).size() == 2);
  desk.carry_out("clear");
  CHECK(desk.ui.compare == Compare::nothing);

  desk.carry_out("compare.rounds");
  const auto rounds = timeline::rounds_of(desk.session.model());
  strips = app::timeline_view::strips_of(desk.session, desk.ui, rounds);
  REQUIRE(strips.size() == 2);
  CHECK(strips[0].part);
  CHECK(strips[1].begin_ns == rounds[1].begin_ns);
  desk.carry_out("compare.rounds");
  CHECK(desk.ui.compare == Compare::nothing);
}

TEST_CASE("evidence: the line that a claim names is what was measured for it, with the moment it comes from") {
  Run run;
  run.at(0).begin(1, "MainProcess").write(1, Kind::output, 0, 1, 0, "memory of each: 1.5 MB\nmemory: no\ncores used: 1.93\n");
  run.at(5).write(1, Kind::output, 0, 1, 0, "memory of each: 1.6 MB\n");
  const Model model = run.model();
  const std::vector<scenario::Claim> claims{{"memory", nullptr, "memory of each: "}, {"cores", nullptr, "cores used: "}, {"other", nullptr}};
  const auto evidence = app::panels::evidence_of(model, claims);
  REQUIRE(evidence.size() == 3);
  CHECK(evidence[0].claim == "memory");
  CHECK(evidence[0].text == "1.5 MB");
  CHECK(evidence[1].claim == "cores");
  CHECK(evidence[1].text == "1.93");
  CHECK(evidence[2].time_ns == kBegin + 5 * kMs);
}

TEST_CASE("why: who waits for the GIL reads who has it, when it may ask, and that it did") {
  const Model model = busy_run();
  const timeline::Task &reader = *model.find(2), &busy = *model.find(3);
  const auto at = [](double ms) { return kBegin + static_cast<std::int64_t>(ms * static_cast<double>(kMs)); };
  for (const auto language : {app::i18n::Language::chinese, app::i18n::Language::english}) {
    app::i18n::set_language(language);
    const std::string waits = app::panels::why_words(model, reader, at(7)), asked = app::panels::why_words(model, reader, at(10.05));
    CHECK(waits.find("busy") != std::string::npos);
    CHECK(waits.find("5 ms") != std::string::npos);
    CHECK(waits.find("G.2") != std::string::npos);
    CHECK(asked.size() > waits.size());
    CHECK(app::panels::why_words(model, busy, at(10.05)).find("reader") != std::string::npos);  // it was asked, and has not looked
    CHECK(app::panels::why_words(model, busy, at(6)) != app::panels::why_words(model, busy, at(10.05)));
    CHECK(app::panels::why_words(model, busy, at(10.15)).find("G.3") != std::string::npos);  // forced switch
    CHECK(app::panels::why_words(model, busy, at(11)).size() > 20);
  }
}

TEST_CASE("evidence, real run: each claim of trade-offs has a number measured here and now, and a click leads to its moment") {
  Desk desk;
  desk.carry_out("scenario", "trade-offs");
  for (const char* setting : {"rounds=1", "messages=200"}) desk.carry_out("set", setting);
  desk.carry_out("run");
  REQUIRE_MESSAGE(desk.session.live(), desk.session.notice());
  desk.wait_for_end();
  const Model& model = desk.session.model();
  const auto evidence = app::panels::evidence_of(model, desk.session.scenario().claims);
  for (const scenario::Claim& claim : desk.session.scenario().claims) {
    if (claim.id == "nothing-left") continue;
    CAPTURE(std::string(claim.id));
    CHECK(std::any_of(evidence.begin(), evidence.end(), [&](const auto& one) { return one.claim == claim.id && !one.text.empty(); }));
  }
  for (const app::panels::Evidence& one : evidence) {
    desk.ui.compare = Compare::rounds;
    desk.carry_out("measured.moment", fmt::format("{}@{}ns", one.task, one.time_ns - model.begin_ns()));
    CHECK(desk.session.notice() == "");
    CHECK(desk.ui.compare == Compare::nothing);
    CHECK(desk.ui.selection == app::session::Selection{one.task, one.time_ns});
  }
}
