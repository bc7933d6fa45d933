// What the inspector says of pools: of a worker what it is at and how much it has done, of a pool its jobs.
#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/pool_words.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using timeline::Model;
using timeline::Pool;

constexpr std::size_t kJobsShown = 6;

const char* state_key(trace::PoolState state) noexcept {
  switch (state) {
    case trace::PoolState::run:
      return "inspector.pool.state.run";
    case trace::PoolState::close:
      return "inspector.pool.state.close";
    case trace::PoolState::terminate:
      return "inspector.pool.state.terminate";
    case trace::PoolState::broken:
      return "inspector.pool.state.broken";
  }
  return "inspector.pool.state.run";
}

std::size_t turns_until(const timeline::PoolWorker& worker, std::int64_t when) {
  const auto after = std::partition_point(worker.turns.begin(), worker.turns.end(), [when](const auto& turn) { return turn.end_ns <= when; });
  return static_cast<std::size_t>(after - worker.turns.begin());
}

}  // namespace

InspectorRows worker_rows(const Model& model, const timeline::Task& task, std::int64_t when) {
  InspectorRows rows;
  const auto [pool, worker] = timeline_view::worker_of(model, task.id);
  if (worker == nullptr || when < task.born_ns) return rows;
  rows.emplace_back(tr("inspector.pool.worker_of"), timeline_view::name_words(model, pool->object));
  const timeline::PoolWorker::Turn* turn = timeline_view::turn_at(*worker, when);
  if (const timeline::PoolItem* call = timeline_view::call_at(*pool, *worker, when)) {
    const bool lost = timeline_view::is_lost(model, *pool, *worker, *turn, when);
    rows.emplace_back(tr(lost ? "inspector.pool.lost" : "inspector.pool.call"), timeline_view::call_words(model, *pool->find_job(turn->job), *call, false));
  }
  rows.emplace_back(tr("inspector.pool.tasks_done"), i18n::format_count(turns_until(*worker, when)));
  if (worker->limit > 0) rows.emplace_back(tr("inspector.pool.limit"), i18n::format_count(worker->limit));
  if (const auto share = timeline::utilisation(*pool, *worker, task.death_ns, when))
    rows.emplace_back(tr("inspector.pool.utilisation"), tr("timeline.pool.percent", fmt::arg("percent", std::lround(*share * 100))));
  return rows;
}

InspectorRows pool_rows(const Model& model, const Pool& pool, std::int64_t when) {
  InspectorRows rows;
  rows.emplace_back(tr("inspector.pool.state"), tr(state_key(pool.state_at(when))));
  const auto alive = std::count_if(pool.workers.begin(), pool.workers.end(), [&](const timeline::PoolWorker& worker) {
    const timeline::Task* task = model.find(worker.task);
    return task != nullptr && task->born_ns <= when && task->alive_at(when);
  });
  rows.emplace_back(tr("inspector.pool.workers"), i18n::format_count(static_cast<std::uint64_t>(alive)));
  const auto asked = std::partition_point(pool.jobs.begin(), pool.jobs.end(), [when](const auto& job) { return job.begin_ns <= when; });
  rows.emplace_back(tr("timeline.pool.tip.jobs"), i18n::format_count(static_cast<std::uint64_t>(asked - pool.jobs.begin())));
  // The newest, the newest first: what was asked for, and whether it is there.
  auto job = asked;
  for (std::size_t shown = 0; job != pool.jobs.begin() && shown < kJobsShown; ++shown) {
    --job;
    const bool done = job->end_ns <= when;
    const char* how = !done ? "inspector.pool.job.open" : job->how == trace::JobEnd::value ? "inspector.pool.job.done" : "inspector.pool.job.failed";
    rows.emplace_back(timeline_view::job_words(model, *job, true), tr(how));
  }
  return rows;
}

}  // namespace forklight::app::panels
