#include "core/timeline/pools.h"

#include <algorithm>

#include "core/timeline/model.h"

namespace forklight::timeline {

using trace::Kind;

namespace {

constexpr std::uint32_t high(std::uint64_t value) noexcept { return static_cast<std::uint32_t>(value >> 32); }
constexpr std::uint32_t low(std::uint64_t value) noexcept { return static_cast<std::uint32_t>(value); }

// The one of that number in a list that is sorted by it; made if there is none. Most come in order, so the search begins at the end.
template <typename Thing>
Thing& thing_for(std::vector<Thing>& things, std::uint32_t number, std::uint32_t Thing::*key) {
  if (!things.empty() && things.back().*key == number) return things.back();
  auto place = things.end();
  if (!things.empty() && things.back().*key > number) {
    place = std::lower_bound(things.begin(), things.end(), number, [key](const Thing& thing, std::uint32_t value) { return thing.*key < value; });
    if ((*place).*key == number) return *place;
  }
  Thing made{};
  made.*key = number;
  return *things.insert(place, std::move(made));
}

PoolJob& job_for(Pool& pool, std::uint32_t number) { return thing_for(pool.jobs, number, &PoolJob::number); }
PoolChunk& chunk_for(PoolJob& job, std::uint32_t index) { return thing_for(job.chunks, index, &PoolChunk::index); }
PoolItem& item_for(PoolJob& job, std::uint32_t index) { return thing_for(job.calls, index, &PoolItem::index); }

PoolWorker& worker_for(Pool& pool, TaskId task) {
  const auto known = std::find_if(pool.workers.rbegin(), pool.workers.rend(), [task](const PoolWorker& worker) { return worker.task == task; });
  if (known != pool.workers.rend()) return *known;
  const auto place = std::upper_bound(pool.workers.begin(), pool.workers.end(), task, [](TaskId id, const PoolWorker& worker) { return id < worker.task; });
  PoolWorker made{};
  made.task = task;
  return *pool.workers.insert(place, made);
}

// The last turn that began before a time, nullptr if none.
const PoolWorker::Turn* turn_before(const PoolWorker& worker, std::int64_t time_ns) noexcept {
  const auto after = std::partition_point(worker.turns.begin(), worker.turns.end(), [time_ns](const PoolWorker::Turn& turn) { return turn.begin_ns < time_ns; });
  return after == worker.turns.begin() ? nullptr : &*(after - 1);
}

void set_items(PoolChunk& chunk, std::uint64_t items) {
  chunk.first = high(items);
  chunk.count = low(items);
}

}  // namespace

void Pools::take(const trace::Record& record, std::uint32_t text) {
  const trace::Event& event = record.event;
  if (event.kind < Kind::pool_state || event.kind > Kind::callback_end) return;
  Pool& pool = pool_for(event.object);
  const std::uint32_t number = high(event.a), place = low(event.a);
  switch (event.kind) {
    case Kind::pool_state:
      pool.changes.push_back({event.time_ns, trace::PoolState{event.a}});
      break;
    case Kind::worker_started: {
      PoolWorker& worker = worker_for(pool, low(event.a));
      worker.started_ns = event.time_ns;
      worker.limit = low(event.b);
      break;
    }
    case Kind::worker_joined: {
      PoolWorker& worker = worker_for(pool, low(event.a));
      worker.joined_ns = event.time_ns;
      worker.exit_code = static_cast<int>(event.b) - 256;
      break;
    }
    case Kind::job_new: {
      PoolJob& job = job_for(pool, number);
      job.by = record.task;
      job.items = place;
      job.kind = trace::JobKind{high(event.b)};
      job.chunksize = low(event.b);
      job.function = text;
      job.begin_ns = event.time_ns;
      break;
    }
    case Kind::chunk_put: {
      PoolChunk& chunk = chunk_for(job_for(pool, number), place);
      set_items(chunk, event.b);
      chunk.put_ns = event.time_ns;
      break;
    }
    case Kind::chunk_refused:
      chunk_for(job_for(pool, number), place).refused_ns = event.time_ns;
      break;
    case Kind::chunk_begin: {
      PoolChunk& chunk = chunk_for(job_for(pool, number), place);
      set_items(chunk, event.b);
      chunk.worker = record.task;
      chunk.begin_ns = event.time_ns;
      auto& turns = worker_for(pool, record.task).turns;
      const std::int64_t busy = turns.empty() ? 0 : turns.back().busy_ns + std::min(turns.back().end_ns, event.time_ns) - turns.back().begin_ns;
      turns.push_back({number, place, event.time_ns, kOpen, busy});
      break;
    }
    case Kind::chunk_end: {
      PoolChunk& chunk = chunk_for(job_for(pool, number), place);
      chunk.end_ns = event.time_ns;
      chunk.failed = event.b == 0;
      auto& turns = worker_for(pool, record.task).turns;
      const auto turn = std::find_if(turns.rbegin(), turns.rend(), [&](const PoolWorker::Turn& one) { return one.job == number && one.chunk == place; });
      if (turn != turns.rend()) turn->end_ns = event.time_ns;
      break;
    }
    case Kind::chunk_result: {
      PoolChunk& chunk = chunk_for(job_for(pool, number), place);
      chunk.arrived_ns = event.time_ns;
      chunk.failed = event.b == 0;
      auto after = pool.arrivals.end();  // most come in order
      while (after != pool.arrivals.begin() && (after - 1)->time_ns > event.time_ns) --after;
      pool.arrivals.insert(after, {event.time_ns, number, place});
      break;
    }
    case Kind::item_begin: {
      PoolItem& item = item_for(job_for(pool, number), place);
      item.worker = record.task;
      item.begin_ns = event.time_ns;
      item.arguments = text;
      break;
    }
    case Kind::item_end: {
      PoolItem& item = item_for(job_for(pool, number), place);
      item.end_ns = event.time_ns;
      item.raised = event.b == 0;
      item.result = text;
      break;
    }
    case Kind::job_done: {
      PoolJob& job = job_for(pool, number);
      job.end_ns = event.time_ns;
      job.how = trace::JobEnd{event.b};
      ++pool.done;
      pool.done_ns = std::max(pool.done_ns, event.time_ns);
      break;
    }
    case Kind::result_wait:
      pool.waiters.push_back({record.task, number, place, event.time_ns, kOpen});
      break;
    case Kind::result_got: {
      const auto waiter = std::find_if(pool.waiters.rbegin(), pool.waiters.rend(),
                                       [&](const PoolWaiter& one) { return one.task == record.task && one.end_ns == kOpen; });
      if (waiter != pool.waiters.rend()) waiter->end_ns = event.time_ns;
      break;
    }
    default:
      break;
  }
}

Pool& Pools::pool_for(ObjectId object) {
  const auto known = std::find_if(pools_.begin(), pools_.end(), [object](const Pool& pool) { return pool.object == object; });
  if (known != pools_.end()) return *known;
  Pool& made = pools_.emplace_back();
  made.object = object;
  return made;
}

const Pool* Pools::find(ObjectId object) const noexcept {
  const auto known = std::find_if(pools_.begin(), pools_.end(), [object](const Pool& pool) { return pool.object == object; });
  return known == pools_.end() ? nullptr : &*known;
}

ChunkState PoolChunk::state_at(std::int64_t time_ns) const noexcept {
  if (arrived_ns <= time_ns) return ChunkState::arrived;
  if (end_ns <= time_ns) return ChunkState::done;
  if (refused_ns <= time_ns) return ChunkState::refused;
  if (begin_ns <= time_ns) return ChunkState::begun;
  return ChunkState::queued;
}

const PoolChunk* PoolJob::find_chunk(std::uint32_t index) const noexcept {
  const auto chunk = std::lower_bound(chunks.begin(), chunks.end(), index, [](const PoolChunk& one, std::uint32_t value) { return one.index < value; });
  return chunk == chunks.end() || chunk->index != index ? nullptr : &*chunk;
}

const PoolJob* Pool::find_job(std::uint32_t number) const noexcept {
  const auto job = std::lower_bound(jobs.begin(), jobs.end(), number, [](const PoolJob& one, std::uint32_t value) { return one.number < value; });
  return job == jobs.end() || job->number != number ? nullptr : &*job;
}

const PoolWorker* Pool::find_worker(TaskId task) const noexcept {
  const auto worker = std::find_if(workers.begin(), workers.end(), [task](const PoolWorker& one) { return one.task == task; });
  return worker == workers.end() ? nullptr : &*worker;
}

trace::PoolState Pool::state_at(std::int64_t time_ns) const noexcept {
  auto state = trace::PoolState::run;
  for (const Change& change : changes) {
    if (change.time_ns <= time_ns) state = change.state;
  }
  return state;
}

double utilisation(const PoolWorker& worker, std::int64_t begin_ns, std::int64_t end_ns) noexcept {
  if (end_ns <= begin_ns) return 0;
  const auto busy_until = [&](std::int64_t time_ns) -> std::int64_t {
    const PoolWorker::Turn* const turn = turn_before(worker, time_ns);
    return turn == nullptr ? 0 : turn->busy_ns + std::min(turn->end_ns, time_ns) - turn->begin_ns;
  };
  return static_cast<double>(busy_until(end_ns) - busy_until(begin_ns)) / static_cast<double>(end_ns - begin_ns);
}

std::optional<double> utilisation(const Pool& pool, const PoolWorker& worker, std::int64_t death_ns, std::int64_t now_ns) noexcept {
  if (pool.jobs.empty() || worker.started_ns == kOpen) return std::nullopt;
  const std::int64_t work_ends = pool.done == pool.jobs.size() ? pool.done_ns : now_ns;
  const std::int64_t begin_ns = std::max(pool.jobs.front().begin_ns, worker.started_ns), end_ns = std::min({work_ends, death_ns, now_ns});
  if (end_ns <= begin_ns) return std::nullopt;
  return utilisation(worker, begin_ns, end_ns);
}

std::optional<TimeRange> idle_tail(const PoolWorker& worker, const PoolJob& job) noexcept {
  if (job.chunks.size() < 2 || worker.started_ns == kOpen) return std::nullopt;
  const PoolChunk& last = job.chunks.back();
  const bool all_out = job.items == kAllItems ? job.end_ns != kOpen : last.first + last.count >= job.items;
  if (!all_out || last.begin_ns == kOpen) return std::nullopt;
  const PoolWorker::Turn* const turn = turn_before(worker, job.end_ns);
  const std::int64_t idle = std::max(last.begin_ns, turn == nullptr ? worker.started_ns : turn->end_ns);
  if (idle >= job.end_ns) return std::nullopt;
  return TimeRange{idle, job.end_ns};
}

std::int64_t idle_since(const PoolWorker& worker, const PoolJob& job) noexcept {
  const auto last = std::find_if(worker.turns.rbegin(), worker.turns.rend(), [&](const PoolWorker::Turn& turn) { return turn.job == job.number; });
  return last == worker.turns.rend() ? kOpen : last->end_ns;
}

TaskId died_with_result(const Model& model, const Pool& pool, TaskId waiter, std::int64_t time_ns) noexcept {
  // An executor notices, and says so to everybody who waits (L-50).
  const Object* const object = model.find_object(pool.object);
  if (object != nullptr && object->kind == trace::ObjectKind::executor) return 0;
  const auto waits = std::find_if(pool.waiters.rbegin(), pool.waiters.rend(), [&](const PoolWaiter& one) {
    return one.task == waiter && one.begin_ns <= time_ns && time_ns < one.end_ns;
  });
  if (waits == pool.waiters.rend()) return 0;
  for (const PoolWorker& worker : pool.workers) {
    const Task* const task = model.find(worker.task);
    if (task == nullptr || worker.turns.empty() || task->alive_at(time_ns) || task->born_ns > time_ns) continue;
    const PoolWorker::Turn& last = worker.turns.back();
    if (last.job != waits->job || last.end_ns != kOpen) continue;
    const PoolJob* const job = pool.find_job(last.job);
    const PoolChunk* const chunk = job == nullptr ? nullptr : job->find_chunk(last.chunk);
    // It may have been killed after its result was out, and before it could say so.
    if (chunk == nullptr || chunk->arrived_ns > time_ns) return worker.task;
  }
  return 0;
}

}  // namespace forklight::timeline
