// Pools and executors.
#include <algorithm>

#include "core/scenario/pool_claims.h"
#include "core/scenario/questions/questions.h"

namespace forklight::scenario {
namespace {

using timeline::kOpen;
using timeline::Pool;
using timeline::PoolJob;

// --- apply -----------------------------------------------------------------------------------------------------------

// How long two jobs took together, in times of one.
std::optional<Answer> two_jobs(const Seen& seen, std::size_t first) {
  const Pool* pool = pool_named(seen.model, "pool");
  if (pool == nullptr || pool->jobs.size() < first + 2) return std::nullopt;
  const PoolJob &one = pool->jobs[first], &other = pool->jobs[first + 1];
  if (one.end_ns == kOpen || other.end_ns == kOpen) return std::nullopt;
  const std::int64_t end_ns = std::max(one.end_ns, other.end_ns);
  const double times = static_cast<double>(end_ns - one.begin_ns) / 1e9 / seen.settings.real("seconds");
  return Answer{times < 1.6 ? "one" : "two", one.by, end_ns};
}
std::optional<Answer> two_by_apply(const Seen& seen) { return two_jobs(seen, 0); }
std::optional<Answer> two_by_apply_async(const Seen& seen) { return two_jobs(seen, 2); }

// --- map -------------------------------------------------------------------------------------------------------------

std::optional<Answer> how_many_chunks(const Seen& seen) {
  const PoolJob* job = only_job(seen.model, "pool");
  if (job == nullptr || job->end_ns == kOpen) return std::nullopt;
  const auto chunks = job->chunks.size(), workers = static_cast<std::size_t>(seen.settings.integer("workers")), items = static_cast<std::size_t>(seen.settings.integer("items"));
  const std::string_view choice = chunks == items                               ? "each"
                                  : chunks == workers                           ? "one"
                                  : chunks > 2 * workers && chunks <= 4 * workers ? "four"
                                                                                : "other";
  return Answer{choice, job->by, job->begin_ns};
}

std::optional<Answer> order_of_results(const Seen& seen) {
  const timeline::ConsoleLine* line = first_that_says(seen.model, "in order\n");
  if (line == nullptr) return std::nullopt;
  return seen_at(*line, line->text.find("not in order") == std::string::npos ? "list" : "done");
}

// --- imap ------------------------------------------------------------------------------------------------------------

std::optional<Answer> first_result(const Seen& seen) {
  const timeline::ConsoleLine* line = first_that_says(seen.model, "got ");
  return line == nullptr ? std::nullopt : std::optional(seen_at(*line, line->text.find("got 0\n") != std::string::npos ? "first" : "quickest"));
}
bool several_at_once(const Settings& settings) { return settings.integer("workers") > 1 && settings.integer("items") > 1; }

// --- a pool and an event ---------------------------------------------------------------------------------------------

std::optional<Answer> first_turn(const Seen& seen) {
  for (const timeline::ConsoleLine& line : seen.model.console()) {
    if (line.text.starts_with("A sets")) return seen_at(line, "A");
    if (line.text.starts_with("B clears")) return seen_at(line, "B");
  }
  return std::nullopt;
}

std::optional<Answer> event_as_argument(const Seen& seen) {
  if (const auto* line = first_that_says(seen.model, "Condition objects should only be shared")) {
    // The program catches what get raises, and prints it; from apply_async it would have ended it.
    return seen_at(*line, line->text.find("Traceback") == std::string::npos ? "get-raises" : "apply-raises");
  }
  const timeline::ConsoleLine* line = first_that_says(seen.model, "9 tasks, the event is ");
  return line == nullptr ? std::nullopt : std::optional(seen_at(*line, "arrives"));
}

bool is_inherited(const Settings& settings) { return settings.text("handed") == "inherited"; }
bool is_argument(const Settings& settings) { return !is_inherited(settings); }

// --- a worker dies ---------------------------------------------------------------------------------------------------

const Pool* any_pool(const timeline::Model& model) {
  const auto& pools = model.pools().all();
  return pools.empty() ? nullptr : &pools.front();
}

std::optional<Answer> is_replaced(const Seen& seen) {
  const Pool* pool = any_pool(seen.model);
  if (pool == nullptr) return std::nullopt;
  if (pool->workers.size() > 2) return Answer{"yes", pool->workers[2].task, pool->workers[2].started_ns};
  const timeline::ConsoleLine* line = first_that_says(seen.model, "fails: BrokenProcessPool");
  return line == nullptr ? std::nullopt : std::optional(seen_at(*line, "no"));
}

std::optional<Answer> what_get_does(const Seen& seen) {
  if (const auto* line = first_that_says(seen.model, "1 gives")) return seen_at(*line, "value");
  if (const auto* line = first_that_says(seen.model, "1 fails:")) return seen_at(*line, "raises");
  if (const auto* line = first_that_says(seen.model, "1 has not come")) return seen_at(*line, "time-out");
  // Whoever waits for what nobody does any more: after so long nothing will come.
  constexpr std::int64_t kLong_ns = 500'000'000;
  const Pool* pool = any_pool(seen.model);
  if (pool == nullptr || seen.settings.real("patience") > 0) return std::nullopt;
  for (const timeline::PoolWaiter& waiter : pool->waiters) {
    if (waiter.end_ns != kOpen || seen.now_ns - waiter.begin_ns < kLong_ns) continue;
    if (timeline::died_with_result(seen.model, *pool, waiter.task, seen.now_ns) != 0) return Answer{"waits", waiter.task, waiter.begin_ns};
  }
  return std::nullopt;
}

// By SIGKILL, and not MainProcess.
bool worker_is_dead(const trace::Record& record) { return record.event.kind == trace::Kind::death && record.event.object > 1 && (record.event.a & 0x7f) == 9; }

// --- workers are replaced --------------------------------------------------------------------------------------------

std::optional<Answer> how_many_workers(const Seen& seen) {
  const Pool* pool = pool_named(seen.model, "pool");
  const timeline::ConsoleLine* line = first_that_says(seen.model, " tasks done");
  if (pool == nullptr || line == nullptr) return std::nullopt;
  const auto count = pool->workers.size(), workers = static_cast<std::size_t>(seen.settings.integer("workers")), tasks = static_cast<std::size_t>(seen.settings.integer("tasks"));
  return seen_at(*line, count == workers ? "same" : count >= tasks ? "each" : "between");
}

std::optional<Answer> code_of_replaced(const Seen& seen) {
  const Pool* pool = pool_named(seen.model, "pool");
  if (pool == nullptr) return std::nullopt;
  const auto limit = static_cast<std::size_t>(seen.settings.integer("limit"));
  for (const timeline::PoolWorker& worker : pool->workers) {
    if (worker.turns.size() >= limit && died(seen.model.find(worker.task))) return code_of(seen.model.find(worker.task));
  }
  return std::nullopt;
}
bool has_limit(const Settings& settings) { return settings.integer("limit") > 0; }

}  // namespace

Questions questions_of_pools() {
  return {
      {"pool-apply",
       {{.id = "apply", .choices = {"one", "two"}, .answer = two_by_apply},
        {.id = "async", .choices = {"one", "two"}, .answer = two_by_apply_async}}},
      {"pool-map",
       {{.id = "chunks", .choices = {"one", "four", "each", "other"}, .answer = how_many_chunks, .fact = "L-04"},
        {.id = "order", .choices = {"list", "done"}, .answer = order_of_results, .fact = "L-01"}}},
      {"pool-imap", {{.id = "first", .choices = {"first", "quickest"}, .answer = first_result, .fact = "L-01", .sensible = several_at_once}}},
      {"pool-event",
       {{.id = "first", .choices = {"A", "B"}, .answer = first_turn, .fact = "E-18", .sensible = is_inherited},
        {.id = "sent", .choices = {"arrives", "apply-raises", "get-raises"}, .answer = event_as_argument, .fact = "E.3", .sensible = is_argument}}},
      {"pool-dead-worker",
       {{.id = "replaced", .choices = {"yes", "no"}, .answer = is_replaced, .fact = "L-21"},
        {.id = "get", .choices = {"value", "raises", "time-out", "waits"}, .answer = what_get_does, .fact = "L-21", .moment = worker_is_dead}}},
      {"pool-recycle",
       {{.id = "workers", .choices = {"same", "between", "each"}, .answer = how_many_workers, .fact = "L-25"},
        {.id = "code", .choices = {"0", "1", "-15"}, .answer = code_of_replaced, .fact = "L-25", .sensible = has_limit}}},
  };
}

}  // namespace forklight::scenario
