// The scenarios of pools: claims hold, and the Python twin by real python3 says and does the same.
#include "core/timeline/waits.h"
#include "tests/support/scenario_runs.h"

using namespace forklight;
using namespace forklight::tests;

TEST_CASE("scenario pool-map conforms to its Python twin") {  // L-01 L-04
  for (const char* cost : {"even", "skewed", "random"}) {
    const Both both = run_both("pool-map", {{"cost", cost}, {"seconds", "0.005"}});
    CHECK(both.ours.out == both.theirs.out);
    CHECK(both.ours.err == both.theirs.err);
  }
  const Both both = run_both("pool-map", {{"chunksize", "5"}, {"workers", "2"}, {"seconds", "0.002"}});
  CHECK(both.ours.out == both.theirs.out);
}

TEST_CASE("scenario pool-apply conforms to its Python twin") {  // L-01
  const Both both = run_both("pool-apply", {{"seconds", "0.05"}});
  CHECK(both.ours.out == both.theirs.out);
}

TEST_CASE("scenario pool-imap conforms to its Python twin") {  // L-01 L-02
  const Both ordered = run_both("pool-imap", {{"seconds", "0.05"}});
  CHECK(ordered.ours.out == ordered.theirs.out);
  // In which order they come is nobody's promise: the claim compares it with that of the arrivals.
  const Both unordered = run_both("pool-imap", {{"order", "unordered"}, {"seconds", "0.05"}});
  CHECK(sorted_lines(unordered.ours.out) == sorted_lines(unordered.theirs.out));
}

TEST_CASE("scenario pool-event conforms to its Python twin") {  // E.3 L-19
  for (const char* handed : {"inherited", "as-argument"}) {
    const Both both = run_both("pool-event", {{"handed", handed}, {"seconds", "0.01"}});
    CHECK(both.ours.out == both.theirs.out);
    CHECK(both.ours.err == both.theirs.err);
  }
}

TEST_CASE("scenario pool-recycle conforms to its Python twin") {  // L-25
  for (const char* limit : {"1", "2", "0"}) {
    const Both both = run_both("pool-recycle", {{"limit", limit}, {"seconds", "0.02"}});
    CHECK(both.ours.out == both.theirs.out);
  }
}

TEST_CASE("scenario pool-dead-worker conforms to its Python twin") {  // L-21 L-50
  const Both pool = run_both("pool-dead-worker", {{"patience", "3"}, {"seconds", "0.05"}});
  CHECK(pool.ours.out == pool.theirs.out);
  const Both executor = run_both("pool-dead-worker", {{"who", "executor"}, {"seconds", "3"}});
  CHECK(executor.ours.out == executor.theirs.out);
}

TEST_CASE("scenario pool-dead-worker: the one who waits for ever waits for the dead (L-21)") {
  timeline::Deadlock seen;
  const LessonRun run = run_until(request_for("pool-dead-worker", {{"seconds", "0.05"}}),
                                  [&](const timeline::Model& model, supervisor::Engine&) {
                                    seen = timeline::find_deadlock(model, model.end_ns() + 1'000'000'000);
                                    // And the other tasks are done, the dead worker is replaced.
                                    const auto& pools = model.pools().all();
                                    if (pools.empty() || pools.front().workers.size() != 3) return false;
                                    const auto done = std::count_if(pools.front().jobs.begin(), pools.front().jobs.end(),
                                                                    [](const timeline::PoolJob& job) { return job.how.has_value(); });
                                    return done == 3 && seen.how == timeline::Stuck::dead;
                                  });
  REQUIRE_FALSE(seen.chain.empty());
  CHECK(seen.chain.back().task == 1);
  CHECK(seen.chain.back().reason == trace::BlockReason::result);
  const timeline::Task* const dead = run.model.find(seen.chain.back().whom);
  REQUIRE(dead != nullptr);
  CHECK(dead->name.starts_with("ForkPoolWorker-"));
  CHECK(dead->exit_code() == -9);
  check_claims("pool-dead-worker", run, settings_of("pool-dead-worker", {{"seconds", "0.05"}}));
}

TEST_CASE("scenario claims of pools: a run that did something else breaks them") {
  const LessonRun run = run_lesson(FORKLIGHT_ENGINE, request_for("pool-map", {{"seconds", "0"}, {"items", "8"}}));
  const Changes other{{"items", "9"}};
  for (const char* claim : {"ordered", "chunks", "each-once"}) {
    CHECK(verdict("pool-map", run, other, claim) == scenario::Verdict::broken);
    CHECK(verdict("pool-map", run, {{"items", "8"}}, claim) == scenario::Verdict::held);
  }
}
