// Pools in the window, as real runs show them: blocks, queues, utilisation, who waits for what, and what is lost with a worker.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "app/panels/panels.h"
#include "app/timeline/words.h"
#include "core/timeline/waits.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;
using desk_test::Desk;

namespace {

std::vector<Drawn> all(const Screen& screen, Drawn::What what) {
  std::vector<Drawn> result;
  for (const Drawn& d : screen.view.drawn())
    if (d.what == what) result.push_back(d);
  return result;
}

const std::string* value_of(const app::panels::InspectorRows& rows, const char* key) {
  const std::string wanted = app::i18n::tr(key);
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.first == wanted; });
  return found == rows.end() ? nullptr : &found->second;
}

struct Mapped : Desk {
  Mapped() {
    carry_out("scenario", "pool-map");
    for (const char* setting : {"workers=3", "items=6", "chunksize=2", "cost=skewed", "seconds=0.05"}) carry_out("set", setting);
    carry_out("run");
    REQUIRE_MESSAGE(session.live(), session.notice());
    wait_for_end();
    REQUIRE(session.model().pools().all().size() == 1);
  }
};

}  // namespace

TEST_CASE("pool, real run: each task is a block with argument and result; the job, its results, its queues and its waiter are there") {
  Mapped desk;
  const Model& model = desk.session.model();
  const timeline::Pool& pool = model.pools().all().front();
  Screen screen(2400, 900);
  screen.frame(model);
  const auto jobs = all(screen, Drawn::What::job);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].label == "map(square) × 6, chunk size 2");
  CHECK(pool.arrivals.size() == 3);
  for (const timeline::PoolWorker& worker : pool.workers) {
    const Drawn* header = screen.find(Drawn::What::header, worker.task);
    REQUIRE(header != nullptr);
    CHECK(header->label.find("% busy") != std::string::npos);
  }
  std::set<std::string> queues;
  for (const Drawn& channel : all(screen, Drawn::What::channel)) queues.insert(channel.label);
  CHECK(queues.contains("pool's task queue"));
  CHECK(queues.contains("pool's result queue"));
  // Each task from near: how wide it is in the whole run is the machine's doing.
  const timeline::Axis axis(AxisKind::time, model);
  for (const timeline::PoolItem& call : pool.jobs.front().calls) {
    screen.ui.follow = screen.ui.fit_wanted = false;
    screen.ui.view.fit(axis.coordinate(call.begin_ns), axis.coordinate(call.end_ns), 0.3);
    screen.frame(model);
    const auto near = all(screen, Drawn::What::work);
    const std::string label = fmt::format("square({}) → {}", call.index, call.index * call.index);
    CAPTURE(label);
    CHECK(std::any_of(near.begin(), near.end(), [&](const Drawn& d) { return d.task == call.worker && d.label == label; }));
  }
  CHECK(pool.jobs.front().calls.size() == 6);
  // Who waits for which result.
  const timeline::Task& main = model.tasks().front();
  const auto waits = std::find_if(main.spans.begin(), main.spans.end(), [](const auto& span) { return span.reason == trace::BlockReason::result && span.state == timeline::State::blocked; });
  REQUIRE(waits != main.spans.end());
  CHECK(app::timeline_view::wait_words(model, *waits) == "waits for map(square)");
  // A tail is marked exactly where the model knows of one that can be seen.
  for (const timeline::PoolWorker& worker : pool.workers) {
    const auto tail = timeline::idle_tail(worker, pool.jobs.front());
    const bool long_enough = tail && tail->end_ns - tail->begin_ns > 20 * kMs;
    if (!long_enough) continue;
    screen.ui.view.fit(axis.coordinate(tail->begin_ns), axis.coordinate(tail->end_ns), 0.3);
    screen.frame(model);
    CHECK(screen.find(Drawn::What::tail, worker.task) != nullptr);
  }
}

TEST_CASE("pool, real run: the inspector tells of a worker and of the pool") {
  Mapped desk;
  const Model& model = desk.session.model();
  const timeline::Pool& pool = model.pools().all().front();
  std::size_t done = 0;
  for (const timeline::PoolWorker& worker : pool.workers) {
    const timeline::Task& task = *model.find(worker.task);
    const auto rows = app::panels::worker_rows(model, task, model.end_ns());
    REQUIRE(value_of(rows, "inspector.pool.tasks_done") != nullptr);
    done += static_cast<std::size_t>(std::stoul(*value_of(rows, "inspector.pool.tasks_done")));
    REQUIRE(value_of(rows, "inspector.pool.worker_of") != nullptr);
    CHECK(*value_of(rows, "inspector.pool.worker_of") == "pool");
    if (!worker.turns.empty()) CHECK(value_of(rows, "inspector.pool.utilisation") != nullptr);
  }
  CHECK(done == 3);  // chunks: each counts as one task
  const timeline::PoolItem& item = pool.jobs.front().calls.at(2);
  const auto during = app::panels::worker_rows(model, *model.find(item.worker), (item.begin_ns + item.end_ns) / 2);
  REQUIRE(value_of(during, "inspector.pool.call") != nullptr);
  CHECK(value_of(during, "inspector.pool.call")->starts_with("square(2)"));
  const auto rows = app::panels::pool_rows(model, pool, model.end_ns());
  CHECK(std::any_of(rows.begin(), rows.end(), [](const auto& row) { return row.first == "map(square)" && row.second == "done"; }));
}

TEST_CASE("pool, real run: all that belongs to a pool of three is seen at once in the smallest window") {
  Mapped desk;
  const Model& model = desk.session.model();
  Screen screen(650, 425);  // what 1280 × 720 leaves of it
  screen.frame(model);
  for (const timeline::PoolWorker& worker : model.pools().all().front().workers) {
    const Drawn* header = screen.find(Drawn::What::header, worker.task);
    REQUIRE(header != nullptr);
    CHECK(header->y1 - header->y0 > 36);
    CHECK(header->y1 <= 425 - 36);  // the overview's
    bool block = false;
    for (const Drawn& work : all(screen, Drawn::What::work)) block = block || (work.task == worker.task && work.y1 - work.y0 >= 12);
    if (!worker.turns.empty()) CHECK(block);
  }
  check_inside(screen, 650, 425);
}

TEST_CASE("pool, real run: a worker dies with its task: lost, on the timeline, in the inspector and in the waits (L-21)") {
  Desk desk;
  desk.carry_out("scenario", "pool-dead-worker");
  desk.carry_out("run");
  REQUIRE_MESSAGE(desk.session.live(), desk.session.notice());
  const Model& model = desk.session.model();
  const timeline::Wait* forever = nullptr;
  std::vector<timeline::Wait> waits;
  desk.wait_until([&] {
    waits = timeline::waits(model, desk.session.now_ns());
    const auto found = std::find_if(waits.begin(), waits.end(), [](const timeline::Wait& wait) { return wait.reason == trace::BlockReason::result && wait.whom_dead; });
    forever = found == waits.end() ? nullptr : &*found;
    return forever != nullptr;
  });
  CHECK(std::string(app::i18n::tr(app::panels::edge_key(*forever))) == "lost with");
  const timeline::Task& dead = *model.find(forever->whom);
  const auto rows = app::panels::worker_rows(model, dead, desk.session.now_ns());
  REQUIRE(value_of(rows, "inspector.pool.lost") != nullptr);
  CHECK(*value_of(rows, "inspector.pool.lost") == "die(1)");
  CHECK(app::timeline_view::state_words(model, *model.find(forever->task), desk.session.now_ns()) == "waits for die(1): lost");
  Screen screen(1600, 900);
  screen.frame(model, true, desk.session.now_ns());
  const auto work = all(screen, Drawn::What::work);
  CHECK(std::any_of(work.begin(), work.end(), [](const Drawn& d) { return d.label.find("lost") != std::string::npos; }));
  desk.carry_out("stop");
  desk.wait_for_end();
}
