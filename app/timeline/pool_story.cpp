// Tooltips of pools.
#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/pool_words.h"
#include "app/timeline/story.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using timeline::kOpen;
using timeline::Pool;
using timeline::PoolChunk;
using timeline::PoolItem;
using timeline::PoolJob;

const PoolItem* find_call(const PoolJob& job, std::size_t index) {
  const auto call = std::lower_bound(job.calls.begin(), job.calls.end(), index, [](const PoolItem& one, std::size_t at) { return one.index < at; });
  return call == job.calls.end() || call->index != index ? nullptr : &*call;
}

const PoolChunk* chunk_of(const PoolJob& job, std::size_t item) {
  const auto after = std::upper_bound(job.chunks.begin(), job.chunks.end(), item, [](std::size_t at, const PoolChunk& chunk) { return at < chunk.first; });
  return after == job.chunks.begin() ? nullptr : &*(after - 1);
}

std::string count_words(std::size_t count) { return i18n::format_count(count); }

// Where a chunk has been, and when.
void add_way(const Canvas& canvas, const PoolChunk& chunk, Story& story) {
  const auto at = [&](const char* key, std::int64_t time_ns) {
    if (time_ns <= canvas.plot.now_ns()) story.rows.push_back({tr(key), moment_words(canvas, time_ns)});
  };
  if (chunk.count > 1)
    story.rows.push_back({tr("timeline.pool.tip.chunk", fmt::arg("number", chunk.index)),
                          tr("timeline.pool.tip.chunk.items", fmt::arg("first", chunk.first), fmt::arg("last", chunk.first + chunk.count - 1))});
  at("timeline.pool.tip.handed_out", chunk.put_ns);
  at("timeline.pool.tip.taken", chunk.begin_ns);
  at("timeline.pool.tip.sent", chunk.end_ns);
  at("timeline.pool.tip.arrived", chunk.arrived_ns);
}

Story about_work(const Canvas& canvas, const Item& item, const Pool& pool, const PoolJob& job) {
  Story story{{}, name_words(canvas.model, item.drawn.task), {}};
  if (item.count > 1) {
    story.title = tr("timeline.pool.folded", fmt::arg("count", count_words(item.count)));
    add_times(canvas, item.begin_ns, item.end_ns, story);
    story.rows.push_back({tr("timeline.tip.zoom"), {}});
    return story;
  }
  const PoolItem* call = find_call(job, item.index);
  const PoolChunk* chunk = chunk_of(job, item.index);
  story.title = call == nullptr ? job_words(canvas.model, job, true) : call_words(canvas.model, job, *call, false);
  const auto [its_pool, worker] = worker_of(canvas.model, item.drawn.task);
  const timeline::PoolWorker::Turn* turn = worker == nullptr ? nullptr : turn_at(*worker, item.begin_ns);
  const bool lost = turn != nullptr && call != nullptr && call->end_ns == kOpen && is_lost(canvas.model, pool, *worker, *turn, canvas.plot.now_ns());
  if (lost) {
    const timeline::Object* object = canvas.model.find_object(pool.object);
    const bool told = object != nullptr && object->kind == trace::ObjectKind::executor;
    story.rows.push_back({tr(told ? "timeline.pool.tip.lost.told" : "timeline.pool.tip.lost"), {}});
  }
  if (call != nullptr && call->raised) story.rows.push_back({tr("timeline.pool.tip.raised"), {}});
  if (job.kind != trace::JobKind::apply && job.kind != trace::JobKind::submit)
    story.rows.push_back({job_words(canvas.model, job, true), tr("timeline.pool.tip.item", fmt::arg("number", item.index))});
  const timeline::Task* task = canvas.model.find(item.drawn.task);
  add_times(canvas, item.begin_ns, task == nullptr ? item.end_ns : std::min(item.end_ns, task->death_ns), story);
  if (chunk != nullptr) add_way(canvas, *chunk, story);
  return story;
}

Story about_job(const Canvas& canvas, const Item& item, const PoolJob& job) {
  if (item.count > 1)
    return {tr("timeline.pool.folded.jobs", fmt::arg("count", count_words(item.count))), name_words(canvas.model, item.drawn.task), {{tr("timeline.tip.zoom"), {}}}};
  Story story{job_words(canvas.model, job, false), name_words(canvas.model, item.drawn.task), {}};
  story.rows.push_back({tr("timeline.pool.tip.asked_by"), name_words(canvas.model, job.by)});
  add_times(canvas, job.begin_ns, job.end_ns, story);
  story.rows.push_back({tr("timeline.pool.tip.chunks"), count_words(job.chunks.size())});
  if (job.how && job.end_ns <= canvas.plot.now_ns()) {
    constexpr const char* kEnds[] = {"timeline.pool.end.value", "timeline.pool.end.error", "timeline.pool.end.broken", "timeline.pool.end.cancelled"};
    const auto how = std::min<std::size_t>(static_cast<std::size_t>(*job.how), std::size(kEnds) - 1);
    story.rows.push_back({tr(kEnds[how]), {}});
  }
  return story;
}

Story about_result(const Canvas& canvas, const Item& item, const PoolJob& job) {
  Story story{{}, name_words(canvas.model, item.drawn.task), {}};
  const PoolChunk* chunk = job.find_chunk(static_cast<std::uint32_t>(item.index));
  if (item.count > 1 || chunk == nullptr) {
    story.title = tr("timeline.pool.results", fmt::arg("count", count_words(item.count)));
    story.rows.push_back({tr("timeline.tip.zoom"), {}});
    return story;
  }
  const PoolItem* call = chunk->count == 1 ? find_call(job, chunk->first) : nullptr;
  story.title = call == nullptr ? job_words(canvas.model, job, true) : call_words(canvas.model, job, *call, false);
  if (chunk->count == 1) story.rows.push_back({tr("timeline.pool.tip.item", fmt::arg("number", chunk->first)), {}});
  if (chunk->worker != 0) story.rows.push_back({tr("timeline.pool.tip.done_by"), name_words(canvas.model, chunk->worker)});
  add_way(canvas, *chunk, story);
  return story;
}

Story about_tail(const Canvas& canvas, const Item& item, const PoolJob& job) {
  Story story{name_words(canvas.model, item.drawn.task), tr("timeline.pool.tip.tail", fmt::arg("job", job_words(canvas.model, job, true))), {}};
  add_times(canvas, item.begin_ns, item.end_ns, story);
  return story;
}

Story about_chunk(const Canvas& canvas, const Item& item, const PoolJob& job) {
  Story story{job_words(canvas.model, job, true), name_words(canvas.model, item.drawn.task), {}};
  add_times(canvas, item.begin_ns, item.end_ns, story);
  if (const PoolChunk* chunk = job.find_chunk(static_cast<std::uint32_t>(item.index))) add_way(canvas, *chunk, story);
  return story;
}

Story about_pool(const Canvas& canvas, const Pool& pool) {
  Story story{name_words(canvas.model, pool.object), {}, {}};
  if (const timeline::Object* object = canvas.model.find_object(pool.object)) story.second = kind_words(object->kind);
  story.rows.push_back({tr("timeline.pool.tip.jobs"), count_words(pool.jobs.size())});
  story.rows.push_back({tr("timeline.pool.tip.jobs_done"), count_words(pool.done)});
  return story;
}

}  // namespace

std::optional<Story> pool_story(const Canvas& canvas, const Item& item) {
  using What = Drawn::What;
  const What what = item.drawn.what;
  if (what != What::pool && what != What::job && what != What::work && what != What::tail && what != What::result && what != What::chunk) return std::nullopt;
  const bool of_worker = what == What::work || what == What::tail || what == What::chunk;
  const Pool* pool = of_worker ? worker_of(canvas.model, item.drawn.task).pool : canvas.model.pools().find(item.drawn.task);
  if (pool == nullptr) return Story{};
  if (what == What::pool) return about_pool(canvas, *pool);
  const PoolJob* job = pool->find_job(item.job);
  if (job == nullptr) return Story{};
  if (what == What::job) return about_job(canvas, item, *job);
  if (what == What::result) return about_result(canvas, item, *job);
  if (what == What::chunk) return about_chunk(canvas, item, *job);
  if (what == What::tail) return about_tail(canvas, item, *job);
  return about_work(canvas, item, *pool, *job);
}

}  // namespace forklight::app::timeline_view
