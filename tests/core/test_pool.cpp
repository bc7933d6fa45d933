// Pools at work: what has no twin in Python, what their events tell, and many tasks.
#include "core/supervisor/engine.h"
#include "tests/support/conforms.h"
#include "tests/support/processes.h"

using namespace forklight;
using namespace forklight::tests;

CONFORMS("pools under every start method")  // E.3: initargs inherit what arguments may not

TEST_CASE("L-04 chunks as CPython cuts them: 1, 16, 9, 16, 11, 15, 16 of them, told by their events") {
  const LessonRun run = run_test_lesson("L-04 chunk sizes");
  REQUIRE(run.model.pools().all().size() == 1);
  std::vector<std::size_t> chunks;
  for (const timeline::PoolJob& job : run.model.pools().all().front().jobs) {
    chunks.push_back(job.chunks.size());
    std::uint32_t next = 0;
    for (const timeline::PoolChunk& chunk : job.chunks) {
      CHECK(chunk.first == next);
      next += chunk.count;
      CHECK(chunk.state_at(timeline::kOpen - 1) == timeline::ChunkState::arrived);
    }
    CHECK(next == job.items);
    CHECK(job.calls.size() == job.items);
  }
  CHECK(chunks == std::vector<std::size_t>{1, 16, 9, 16, 11, 15, 16});
}

TEST_CASE("L-12 items after the one that failed are never called, told by their events") {
  const LessonRun run = run_test_lesson("L-11 L-12 a failing item ends its chunk, and map when all chunks are done");
  const timeline::PoolJob& job = run.model.pools().all().front().jobs.front();
  std::vector<std::uint32_t> called, raised;
  for (const timeline::PoolItem& item : job.calls) {
    called.push_back(item.index);
    if (item.raised) raised.push_back(item.index);
  }
  CHECK(called == std::vector<std::uint32_t>{0, 1, 3, 4, 5});
  CHECK(raised == std::vector<std::uint32_t>{1});
  CHECK(job.how == trace::JobEnd::error);
}

TEST_CASE("L-25 L-55 workers and threads of pools are on record") {
  const LessonRun run = run_test_lesson("L-25 maxtasksperchild");
  std::vector<std::string> threads;
  for (const timeline::Task& task : run.model.tasks()) {
    if (task.is_thread()) threads.push_back(task.name);
  }
  CHECK(threads == std::vector<std::string>{"Thread-1 (_handle_workers)", "Thread-2 (_handle_tasks)", "Thread-3 (_handle_results)",
                                            "Thread-4 (_handle_workers)", "Thread-5 (_handle_tasks)", "Thread-6 (_handle_results)"});
  const timeline::Pool& pool = run.model.pools().all().front();
  CHECK(pool.workers.size() >= 5);  // ten tasks, two each; the last may have no successor before the end
  for (const timeline::PoolWorker& worker : pool.workers) {
    CHECK(worker.turns.size() <= 2);
    CHECK(worker.limit == 2);
  }
}

namespace {

// What a run prints, if it ends well in time; its events are dropped, as there are many millions of them.
std::string output_of(const char* lesson, std::chrono::milliseconds patience) {
  const base::Fd out(capture_file());
  supervisor::Engine live({.engine = TEST_ENGINE, .stdout_fd = out.get()}, {.scenario = lesson});
  const bool ended = wait_until([&] { return (void)live.take(), live.finished(); }, patience);
  return ended && live.error().empty() ? captured(out.get()) : "no end: " + live.error();
}

}  // namespace

// A tenth of them where nothing is optimised.
TEST_CASE("a million tasks over all workers, each done exactly once") {
  CHECK(output_of("a million tasks", std::chrono::seconds(115)) == "True 4 0\n");
}

TEST_CASE("L-50 sixteen workers killed at random under an executor: no hang, every future settled") {
  CHECK(output_of("workers killed at random under the executor", std::chrono::seconds(115)) == "all settled well\n");
}
