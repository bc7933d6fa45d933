// Pools told by hand-written events: jobs, chunks, workers, who waits for a result that never comes.
#include <csignal>

#include "core/timeline/pools.h"
#include "core/timeline/waits.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using timeline::ChunkState;
using timeline::Stuck;

namespace {

constexpr std::uint32_t kPool = trace::kFirstObject;
constexpr std::int64_t kNow = 1'000'000'000;

constexpr std::uint64_t both(std::uint64_t high, std::uint64_t low) {
  return high << 32 | low;
}

// MainProcess (1) maps four items in two chunks over two workers (2, 3); the second chunk raises.
std::vector<Record> mapped() {
  return {begin(1, 1, "MainProcess", 0),
          object(2, kPool, ObjectKind::pool, "pool", 2),
          begin(3, 2, "ForkPoolWorker-1"),
          begin(4, 3, "ForkPoolWorker-2"),
          event(5, 1, Kind::worker_started, kPool, 2, 0),
          event(6, 1, Kind::worker_started, kPool, 3, 0),
          event(10, 1, Kind::job_new, kPool, both(0, 4), both(1, 2), 0, "square"),
          event(11, 1, Kind::result_wait, kPool, both(0, timeline::kAllItems), kForEver),
          event(12, 1, Kind::chunk_put, kPool, both(0, 0), both(0, 2)),
          event(13, 1, Kind::chunk_put, kPool, both(0, 1), both(2, 2)),
          event(20, 2, Kind::chunk_begin, kPool, both(0, 0), both(0, 2)),
          event(20, 2, Kind::item_begin, kPool, both(0, 0), 0, 0, "0"),
          event(30, 2, Kind::item_end, kPool, both(0, 0), 1, 0, "0"),
          event(30, 2, Kind::item_begin, kPool, both(0, 1), 0, 0, "1"),
          event(25, 3, Kind::chunk_begin, kPool, both(0, 1), both(2, 2)),
          event(25, 3, Kind::item_begin, kPool, both(0, 2), 0, 0, "2"),
          event(35, 3, Kind::item_end, kPool, both(0, 2), 0, 0, "ValueError: two"),
          event(36, 3, Kind::chunk_end, kPool, both(0, 1), 0),
          event(37, 1, Kind::chunk_result, kPool, both(0, 1), 0),
          event(40, 2, Kind::item_end, kPool, both(0, 1), 1, 0, "1"),
          event(40, 2, Kind::chunk_end, kPool, both(0, 0), 1),
          event(45, 1, Kind::chunk_result, kPool, both(0, 0), 1),
          event(46, 1, Kind::job_done, kPool, both(0, 0), 1),
          event(47, 1, Kind::result_got, kPool, both(0, timeline::kAllItems), 2)};
}

// One worker (2) dies with the only task in its hands; it is replaced by 3, which waits for the next.
std::vector<Record> lost() {
  return {begin(1, 1, "MainProcess", 0),
          object(2, kPool, ObjectKind::pool, "pool", 1),
          begin(3, 2, "ForkPoolWorker-1"),
          event(4, 1, Kind::worker_started, kPool, 2, 0),
          event(10, 1, Kind::job_new, kPool, both(7, 1), both(0, 1), 0, "die"),
          event(11, 1, Kind::result_wait, kPool, both(7, timeline::kAllItems), kForEver),
          blocked(11, 1, BlockReason::result, kPool),
          event(12, 1, Kind::chunk_put, kPool, both(7, 0), both(0, 1)),
          event(20, 2, Kind::chunk_begin, kPool, both(7, 0), both(0, 1)),
          event(20, 2, Kind::item_begin, kPool, both(7, 0), 0, 0, ""),
          death(30, 2, killed(SIGKILL)),
          event(31, 1, Kind::reap, 2, killed(SIGKILL), 102),
          event(32, 1, Kind::worker_joined, kPool, 2, 256 - SIGKILL),
          begin(33, 3, "ForkPoolWorker-2"),
          event(34, 1, Kind::worker_started, kPool, 3, 0)};
}

}  // namespace

TEST_CASE("pools: a map is one job, its chunks and its items") {
  const Model model = model_of(mapped());
  const timeline::Pool* const pool = model.pools().find(kPool);
  REQUIRE(pool != nullptr);
  REQUIRE(pool->jobs.size() == 1);
  const timeline::PoolJob& job = pool->jobs.front();
  CHECK(job.by == 1);
  CHECK(job.items == 4);
  CHECK(job.chunksize == 2);
  CHECK(job.kind == trace::JobKind::map);
  CHECK(model.text(job.function) == "square");
  CHECK(job.how == trace::JobEnd::error);
  REQUIRE(job.chunks.size() == 2);
  CHECK(job.chunks[0].worker == 2);
  CHECK(job.chunks[1].worker == 3);
  CHECK(job.chunks[1].failed);
  CHECK_FALSE(job.chunks[0].failed);
  REQUIRE(job.calls.size() == 3);  // the fourth was never called (L-12)
  CHECK(model.text(job.calls[1].arguments) == "1");
  CHECK(model.text(job.calls[2].result) == "ValueError: two");
  CHECK(job.calls[2].raised);
}

TEST_CASE("pools: where a chunk is at a time") {
  const Model model = model_of(mapped());
  const timeline::PoolChunk& chunk = model.pools().find(kPool)->jobs.front().chunks[0];
  CHECK(chunk.state_at(15) == ChunkState::queued);
  CHECK(chunk.state_at(20) == ChunkState::begun);
  CHECK(chunk.state_at(42) == ChunkState::done);
  CHECK(chunk.state_at(45) == ChunkState::arrived);
}

TEST_CASE("pools: utilisation and the idle tail") {
  const Model model = model_of(mapped());
  const timeline::Pool& pool = *model.pools().find(kPool);
  REQUIRE(pool.workers.size() == 2);
  CHECK(timeline::utilisation(pool.workers[0], 10, 50) == doctest::Approx(0.5));
  CHECK(timeline::utilisation(pool.workers[1], 10, 50) == doctest::Approx(11.0 / 40));
  CHECK(timeline::utilisation(pool.workers[1], 30, 30) == 0);
  CHECK(timeline::idle_since(pool.workers[1], pool.jobs[0]) == 36);
}

TEST_CASE("pools: events that come late find their place") {
  std::vector<Record> records = mapped();
  Model model;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (record->task != 1) continue;
    model.append(std::vector{*record});  // MainProcess tells everything backwards
  }
  std::vector<Record> rest;
  for (const Record& record : records) {
    if (record.task != 1) rest.push_back(record);
  }
  model.append(rest);
  const timeline::PoolJob& job = model.pools().find(kPool)->jobs.front();
  REQUIRE(job.chunks.size() == 2);
  CHECK(job.chunks[0].index == 0);
  CHECK(job.chunks[0].put_ns == 12);
  CHECK(job.chunks[0].arrived_ns == 45);
  CHECK(job.items == 4);
}

TEST_CASE("pools: whoever waits for a result that died with its worker waits for ever (L-21)") {
  const Model model = model_of(lost());
  const auto wait = timeline::wait_of(model, *model.find(1), kNow);
  REQUIRE(wait.has_value());
  CHECK(wait->whom == 2);
  CHECK(wait->whom_dead);
  const timeline::Deadlock deadlock = timeline::find_deadlock(model, kNow);
  CHECK(deadlock.how == Stuck::dead);
  REQUIRE_FALSE(deadlock.chain.empty());
  CHECK(deadlock.chain.back().task == 1);
  CHECK(deadlock.chain.back().whom == 2);
}

TEST_CASE("pools: who still has a worker at it, or whose result is out, does not") {
  std::vector<Record> running = lost();
  std::erase_if(running, [](const Record& record) { return record.event.time_ns >= 30; });
  CHECK_FALSE(timeline::find_deadlock(model_of(running), kNow));
  std::vector<Record> out = lost();  // killed after it had sent the result, before it could say so
  out.push_back(event(35, 1, Kind::chunk_result, kPool, both(7, 0), 1));
  CHECK(timeline::wait_of(model_of(out), *model_of(out).find(1), kNow)->whom == 0);
}

TEST_CASE("pools: an executor tells those who wait, so nobody waits for the dead (L-50)") {
  std::vector<Record> records = lost();
  records[1] = object(2, kPool, ObjectKind::executor, "executor", 1);
  CHECK(timeline::wait_of(model_of(records), *model_of(records).find(1), kNow)->whom == 0);
}
