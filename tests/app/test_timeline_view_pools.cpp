// A pool on the timeline: its lane, its workers' tasks, its queues, what is lost with a worker, and who waits for what.
#include <csignal>

#include "app/i18n/i18n.h"
#include "app/timeline/pool_words.h"
#include "app/timeline/words.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;

namespace {

constexpr std::uint32_t kPool = trace::kFirstObject, kIn = kPool + 1, kOut = kPool + 2;

constexpr std::uint64_t both(std::uint64_t high, std::uint64_t low) { return high << 32 | low; }

Run& made(Run& run, trace::ObjectKind kind) {
  run.at(0).begin(1, "MainProcess").at(1).object(1, kPool, kind, 2, "pool");
  for (const auto& [id, name] : {std::pair(kIn, "inqueue"), std::pair(kOut, "outqueue")})
    run.write(1, Kind::object_new, id, static_cast<std::uint64_t>(trace::ObjectKind::simple_queue), both(kPool, 0), name);
  run.at(2).begin(2, "ForkPoolWorker-1", 1).begin(3, "ForkPoolWorker-2", 1);
  run.thread(4, 1, "Thread-1 (_handle_workers)");
  return run.at(3).write(1, Kind::worker_started, kPool, 2).write(1, Kind::worker_started, kPool, 3);
}

Run& call(Run& run, TaskId worker, std::uint32_t job, std::uint32_t item, double from_ms, double to_ms, const std::string& argument, const std::string& result) {
  run.at(from_ms).write(worker, Kind::item_begin, kPool, both(job, item), 0, argument);
  return run.at(to_ms).write(worker, Kind::item_end, kPool, both(job, item), 1, result);
}

// Four items in two chunks of two; the second worker is done at 50 ms, the first one at 90.
Run mapped() {
  Run run;
  made(run, trace::ObjectKind::pool);
  run.at(10).write(1, Kind::job_new, kPool, both(0, 4), both(1, 2), "square");
  run.write(1, Kind::result_wait, kPool, both(0, timeline::kAllItems), UINT64_MAX).block(1, trace::BlockReason::result, kPool);
  run.at(11).write(1, Kind::chunk_put, kPool, both(0, 0), both(0, 2)).write(1, Kind::chunk_put, kPool, both(0, 1), both(2, 2));
  run.at(20).write(2, Kind::chunk_begin, kPool, both(0, 0), both(0, 2)).write(3, Kind::chunk_begin, kPool, both(0, 1), both(2, 2));
  call(call(run, 2, 0, 0, 20, 50, "0", "0"), 2, 0, 1, 50, 90, "1", "1");
  run.at(90).write(2, Kind::chunk_end, kPool, both(0, 0), 1);
  call(call(run, 3, 0, 2, 20, 35, "2", "4"), 3, 0, 3, 35, 50, "3", "9");
  run.at(50).write(3, Kind::chunk_end, kPool, both(0, 1), 1);
  run.at(51).write(1, Kind::chunk_result, kPool, both(0, 1), 1).at(91).write(1, Kind::chunk_result, kPool, both(0, 0), 1);
  run.at(92).write(1, Kind::job_done, kPool, both(0, 0), 0);
  run.unblock(1, trace::BlockReason::result, kPool).write(1, Kind::result_got, kPool, both(0, timeline::kAllItems), 1);
  run.at(100).die(2, 0).reap(2, 1, 0).die(3, 0).reap(3, 1, 0).die(1, 0).reap(1, 0, 0);
  return run;
}

// The worker 2 is killed in its task (L-21); nobody tells MainProcess.
Run lost(trace::ObjectKind kind) {
  Run run;
  made(run, kind);
  run.at(10).write(1, Kind::job_new, kPool, both(7, 1), both(0, 1), "die");
  run.write(1, Kind::result_wait, kPool, both(7, timeline::kAllItems), UINT64_MAX).block(1, trace::BlockReason::result, kPool);
  run.at(11).write(1, Kind::chunk_put, kPool, both(7, 0), both(0, 1));
  run.at(20).write(2, Kind::chunk_begin, kPool, both(7, 0), both(0, 1)).write(2, Kind::item_begin, kPool, both(7, 0), 0, "1");
  run.at(60).die(2, SIGKILL).reap(2, 1, SIGKILL);
  return run.at(2000).write(3, Kind::output, 0, 1, 0, "still here\n");
}

std::vector<Drawn> all(const Screen& screen, Drawn::What what, TaskId task) {
  std::vector<Drawn> result;
  for (const Drawn& d : screen.view.drawn())
    if (d.what == what && d.task == task) result.push_back(d);
  std::sort(result.begin(), result.end(), [](const Drawn& x, const Drawn& y) { return x.x0 < y.x0; });
  return result;
}

}  // namespace

TEST_CASE("timeline pools: each task is a block with its argument and result, above what its worker does") {
  const Model model = mapped().model();
  Screen screen(1280, 700);
  screen.frame(model);
  const std::vector<Drawn> work = all(screen, Drawn::What::work, 2);
  REQUIRE(work.size() == 2);
  CHECK(work[0].label == "square(0) → 0");
  CHECK(work[1].label == "square(1) → 1");
  CHECK(work[0].x1 <= work[1].x0 + 1);
  const std::vector<Drawn> spans = screen.spans(2);
  REQUIRE(!spans.empty());
  CHECK(work[0].y1 <= spans[0].y0);
  check_inside(screen, 1280, 700);
}

TEST_CASE("timeline pools: the tasks of a chunk stand under one bracket (L-04)") {
  const Model model = mapped().model();
  Screen screen(1280, 700);
  screen.frame(model);
  for (const timeline::TaskId worker : {2, 3}) {
    const std::vector<Drawn> chunks = all(screen, Drawn::What::chunk, worker), work = all(screen, Drawn::What::work, worker);
    REQUIRE(chunks.size() == 1);
    REQUIRE(work.size() == 2);
    CHECK(chunks[0].x0 == doctest::Approx(work[0].x0).epsilon(0.01));
    CHECK(chunks[0].x1 == doctest::Approx(work[1].x1).epsilon(0.01));
    CHECK(chunks[0].y1 <= work[0].y0);
  }
}

TEST_CASE("timeline pools: a lane for the pool with its job and its results, and one for each of its queues") {
  const Model model = mapped().model();
  Screen screen(1280, 800);
  screen.frame(model);
  CHECK(screen.find(Drawn::What::pool, kPool) != nullptr);
  const std::vector<Drawn> jobs = all(screen, Drawn::What::job, kPool);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].label == "map(square) × 4, chunk size 2");
  const std::vector<Drawn> results = all(screen, Drawn::What::result, kPool);
  REQUIRE(results.size() == 2);
  CHECK(results[0].label == "2–3");  // as they came
  CHECK(results[1].label == "0–1");
  REQUIRE(screen.find(Drawn::What::channel, kIn) != nullptr);
  CHECK(screen.find(Drawn::What::channel, kIn)->label == "pool's task queue");
  CHECK(screen.find(Drawn::What::channel, kOut)->label == "pool's result queue");
}

TEST_CASE("timeline pools: utilisation stands in a worker's header, and its idle tail is marked (L-04)") {
  const Model model = mapped().model();
  Screen screen(1280, 800);
  screen.frame(model);
  // From 10 to 92 ms there was work: 70 of these 82 ms, and 30.
  CHECK(screen.find(Drawn::What::header, 2)->label.find("85 % busy") != std::string::npos);
  CHECK(screen.find(Drawn::What::header, 3)->label.find("37 % busy") != std::string::npos);
  CHECK(all(screen, Drawn::What::tail, 2).size() <= 1);
  const std::vector<Drawn> tail = all(screen, Drawn::What::tail, 3);
  REQUIRE(tail.size() == 1);
  CHECK(tail[0].label == "nothing left: idle 42 ms");
}

TEST_CASE("timeline pools: handler threads are called what they are") {
  const Model model = mapped().model();
  Screen screen(1280, 800);
  screen.frame(model);
  REQUIRE(screen.find(Drawn::What::header, 4) != nullptr);
  CHECK(screen.find(Drawn::What::header, 4)->label.starts_with("worker handler, Thread-1 (_handle_workers)"));
}

TEST_CASE("timeline pools: what died with its worker is marked as lost, and who waits is told so (L-21)") {
  const Model model = lost(trace::ObjectKind::pool).model();
  Screen screen(1280, 800);
  screen.frame(model);
  const std::vector<Drawn> work = all(screen, Drawn::What::work, 2);
  REQUIRE(work.size() == 1);
  CHECK(work[0].label == "die(1): lost");
  const timeline::Span* span = model.span_at(*model.find(1), kBegin + 1000 * kMs);
  REQUIRE(span != nullptr);
  CHECK(app::timeline_view::wait_words(model, *span) == "waits for die(1), lost with ForkPoolWorker-1: it will never come");
  const auto wait = timeline::wait_of(model, *model.find(1), kBegin + 1000 * kMs);
  REQUIRE(wait.has_value());
  const auto clause = app::timeline_view::wait_clause(model, *wait);
  CHECK(clause.waits == "MainProcess waits for the result of die(1)");
  CHECK(clause.only == "ForkPoolWorker-1 died with it: it will never come");
}

TEST_CASE("timeline pools: of an executor nobody says that it will never come (L-50)") {
  const Model model = lost(trace::ObjectKind::executor).model();
  const timeline::Span* span = model.span_at(*model.find(1), kBegin + 1000 * kMs);
  REQUIRE(span != nullptr);
  CHECK(app::timeline_view::wait_words(model, *span) == "waits for die(1) from ForkPoolWorker-1");
}

TEST_CASE("timeline pools: colours go by input order, from dark to light, in both themes") {
  for (const auto theme : {app::session::ThemeName::stage, app::session::ThemeName::paper}) {
    app::platform::set_theme(theme);
    double last = 0;
    for (int step = 0; step <= 16; ++step) {
      const double light = app::platform::contrast(app::platform::order_color(step / 16.0), 0xff000000u);
      CHECK(light > last);
      last = light;
    }
  }
  app::platform::set_theme(app::session::ThemeName::stage);
  const Model model = mapped().model();
  const timeline::Pool& pool = *model.pools().find(kPool);
  CHECK(app::timeline_view::order_share(pool, pool.jobs[0], 0) == 0);
  CHECK(app::timeline_view::order_share(pool, pool.jobs[0], 3) == 1);
}

TEST_CASE("timeline pools: a hundred thousand tasks are folded into counted blocks and cost what the pixels cost") {
  const auto many = [](std::uint32_t tasks) {
    Run run;
    made(run, trace::ObjectKind::pool);
    run.at(10).write(1, Kind::job_new, kPool, both(0, tasks), both(1, 1), "f");
    for (std::uint32_t i = 0; i < tasks; ++i) {
      run.at_ns(20 * kMs + i * 1000LL).write(2, Kind::chunk_begin, kPool, both(0, i), both(i, 1)).write(2, Kind::item_begin, kPool, both(0, i), 0, "1");
      run.at_ns(20 * kMs + i * 1000LL + 800).write(2, Kind::item_end, kPool, both(0, i), 1, "1").write(2, Kind::chunk_end, kPool, both(0, i), 1);
      run.write(1, Kind::chunk_result, kPool, both(0, i), 1);
    }
    return run.model();
  };
  Screen screen(1280, 800);
  screen.frame(many(1000));
  const int few = screen.vertices();
  screen.ui.fit_wanted = true;
  const Model model = many(100'000);
  screen.frame(model);
  CHECK(screen.vertices() < 2 * few + 20'000);
  const std::vector<Drawn> work = all(screen, Drawn::What::work, 2);
  CHECK(work.size() < 1280);
  CHECK(std::any_of(work.begin(), work.end(), [](const Drawn& d) { return d.label.ends_with("tasks"); }));
}

TEST_CASE("timeline pools: tooltips of all its parts come in both languages, on both axes") {
  Screen screen(1280, 800);
  for (const Model& model : {mapped().model(), lost(trace::ObjectKind::pool).model(), lost(trace::ObjectKind::executor).model()}) {
    for (const auto language : {app::i18n::Language::chinese, app::i18n::Language::english}) {
      app::i18n::set_language(language);
      for (const AxisKind axis : {AxisKind::time, AxisKind::order}) {
        screen.ui.axis = axis;
        screen.ui.fit_wanted = true;
        screen.frame(model);
        const std::vector<Drawn> drawn = screen.view.drawn();
        for (const Drawn& d : drawn) {
          screen.move((d.x0 + d.x1) / 2, (d.y0 + d.y1) / 2);
          screen.frame(model);
        }
        check_inside(screen, 1280, 800);
      }
    }
  }
}
