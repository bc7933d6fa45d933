// What the timeline says of pools: their jobs, the calls that their workers make, who waits for which result. And the colour of a call by its
// place in the input.
#pragma once

#include <cstdint>
#include <string>

#include "app/platform/theme.h"
#include "core/timeline/model.h"

namespace forklight::app::timeline_view {

// A worker's pool and what it did there; nullptrs if it is none.
struct WorkerOf {
  const timeline::Pool* pool = nullptr;
  const timeline::PoolWorker* worker = nullptr;
};
[[nodiscard]] WorkerOf worker_of(const timeline::Model& model, timeline::TaskId task);

// The turn that a worker was in at a time, nullptr if it had nothing in its hands. A dead one still has what it died with.
[[nodiscard]] const timeline::PoolWorker::Turn* turn_at(const timeline::PoolWorker& worker, std::int64_t time_ns);
// The call that it was at then, nullptr if none.
[[nodiscard]] const timeline::PoolItem* call_at(const timeline::Pool& pool, const timeline::PoolWorker& worker, std::int64_t time_ns);

// The worker died with the turn's chunk in its hands, and its result had not arrived (L-21, L-50).
[[nodiscard]] bool is_lost(const timeline::Model& model, const timeline::Pool& pool, const timeline::PoolWorker& worker,
                           const timeline::PoolWorker::Turn& turn, std::int64_t now_ns);

// "map(square) × 24, chunk size 2"; "nap(1)" of an apply or a submit. `brief`: without numbers.
[[nodiscard]] std::string job_words(const timeline::Model& model, const timeline::PoolJob& job, bool brief);
// "square(3) → 9", "die(1) → lost", "square(3)" while it runs; `brief`: without the function.
[[nodiscard]] std::string call_words(const timeline::Model& model, const timeline::PoolJob& job, const timeline::PoolItem& item, bool brief);
// "82 % busy · square(3)": a worker at a time.
[[nodiscard]] std::string worker_words(const timeline::Model& model, const timeline::Task& task, std::int64_t now_ns);
// "worker handler" for "Thread-1 (_handle_workers)"; empty for a thread that is no handler of a pool.
[[nodiscard]] std::string handler_words(const std::string& thread_name);

// Whom a task waits for inside get() or next(), in the span: nothing known if the span is no such wait.
struct Awaited {
  const timeline::Pool* pool = nullptr;
  const timeline::PoolJob* job = nullptr;
  std::string what;               // "nap(1)", "map(square)"
  timeline::TaskId worker = 0;    // who does (or did) it, if it is one task
  bool lost = false;              // its worker died with it: it will never come
};
[[nodiscard]] Awaited awaited(const timeline::Model& model, const timeline::Span& span, std::int64_t when);
// "waits for nap(1) from ForkPoolWorker-2"; empty where awaited() knows nothing.
[[nodiscard]] std::string awaited_words(const timeline::Model& model, const timeline::Span& span, std::int64_t when);

// Where a call stands in the order of the input, 0 … 1; of jobs of one call each: where the job stands among the pool's.
[[nodiscard]] double order_share(const timeline::Pool& pool, const timeline::PoolJob& job, std::uint32_t item);

}  // namespace forklight::app::timeline_view
