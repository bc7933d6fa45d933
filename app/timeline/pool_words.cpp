#include "app/timeline/pool_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using timeline::kAllItems;
using timeline::kOpen;
using timeline::Model;
using timeline::Pool;
using timeline::PoolItem;
using timeline::PoolJob;
using timeline::PoolWorker;
using trace::JobKind;

constexpr std::size_t kValueLetters = 24;

// As the method of Python is called.
std::string_view method(JobKind kind) noexcept {
  constexpr std::array<std::string_view, 6> kNames = {"apply", "map", "starmap", "imap", "imap_unordered", "submit"};
  const auto index = static_cast<std::size_t>(kind);
  return index < kNames.size() ? kNames[index] : std::string_view("job");  // a newer trace's
}

bool is_single(const PoolJob& job) noexcept { return job.kind == JobKind::apply || job.kind == JobKind::submit; }

std::string value(const Model& model, std::uint32_t text) { return text == 0 ? std::string() : first_line(model.text(text), kValueLetters); }

const PoolItem* find_call(const PoolJob& job, std::uint32_t index) noexcept {
  const auto call = std::lower_bound(job.calls.begin(), job.calls.end(), index, [](const PoolItem& one, std::uint32_t at) { return one.index < at; });
  return call == job.calls.end() || call->index != index ? nullptr : &*call;
}

// The part of a job that an item travels in.
const timeline::PoolChunk* chunk_with(const PoolJob& job, std::uint32_t item) noexcept {
  const auto after = std::upper_bound(job.chunks.begin(), job.chunks.end(), item, [](std::uint32_t at, const timeline::PoolChunk& chunk) { return at < chunk.first; });
  return after == job.chunks.begin() ? nullptr : &*(after - 1);
}

}  // namespace

WorkerOf worker_of(const Model& model, timeline::TaskId task) {
  for (const Pool& pool : model.pools().all())
    if (const PoolWorker* worker = pool.find_worker(task)) return {&pool, worker};
  return {};
}

const PoolWorker::Turn* turn_at(const PoolWorker& worker, std::int64_t time_ns) {
  const auto after = std::partition_point(worker.turns.begin(), worker.turns.end(), [time_ns](const PoolWorker::Turn& turn) { return turn.begin_ns <= time_ns; });
  return after == worker.turns.begin() || (after - 1)->end_ns <= time_ns ? nullptr : &*(after - 1);
}

const PoolItem* call_at(const Pool& pool, const PoolWorker& worker, std::int64_t time_ns) {
  const PoolWorker::Turn* turn = turn_at(worker, time_ns);
  const PoolJob* job = turn == nullptr ? nullptr : pool.find_job(turn->job);
  const timeline::PoolChunk* chunk = job == nullptr ? nullptr : job->find_chunk(turn->chunk);
  if (chunk == nullptr) return nullptr;
  const auto before = [](const PoolItem& one, std::uint32_t at) { return one.index < at; };
  const auto first = std::lower_bound(job->calls.begin(), job->calls.end(), chunk->first, before);
  const auto end = std::lower_bound(first, job->calls.end(), chunk->first + std::max(chunk->count, 1u), before);
  const auto after = std::partition_point(first, end, [time_ns](const PoolItem& item) { return item.begin_ns <= time_ns; });
  return after == first ? nullptr : &*(after - 1);
}

bool is_lost(const Model& model, const Pool& pool, const PoolWorker& worker, const PoolWorker::Turn& turn, std::int64_t now_ns) {
  if (turn.end_ns != kOpen) return false;
  const timeline::Task* task = model.find(worker.task);
  if (task == nullptr || task->alive_at(now_ns)) return false;
  const PoolJob* job = pool.find_job(turn.job);
  const timeline::PoolChunk* chunk = job == nullptr ? nullptr : job->find_chunk(turn.chunk);
  return chunk != nullptr && chunk->arrived_ns > now_ns;
}

std::string job_words(const Model& model, const PoolJob& job, bool brief) {
  const std::string function = value(model, job.function);
  if (is_single(job)) {
    const PoolItem* call = find_call(job, 0);
    return call == nullptr ? function : fmt::format("{}({})", function, value(model, call->arguments));
  }
  const std::string name = fmt::format("{}({})", method(job.kind), function);
  if (brief) return name;
  if (job.items == kAllItems) return tr("timeline.pool.job.open", fmt::arg("name", name), fmt::arg("size", job.chunksize));
  return tr("timeline.pool.job", fmt::arg("name", name), fmt::arg("items", i18n::format_count(job.items)), fmt::arg("size", job.chunksize));
}

std::string call_words(const Model& model, const PoolJob& job, const PoolItem& item, bool brief) {
  const std::string arguments = value(model, item.arguments);
  const std::string call = brief ? arguments : fmt::format("{}({})", value(model, job.function), arguments);
  if (item.end_ns == kOpen) return call;
  return call + (call.empty() ? "" : " ") + "→ " + value(model, item.result);
}

std::string worker_words(const Model& model, const timeline::Task& task, std::int64_t now_ns) {
  const auto [pool, worker] = worker_of(model, task.id);
  if (worker == nullptr) return state_words(model, task, now_ns);
  const std::optional<double> share = timeline::utilisation(*pool, *worker, task.death_ns, now_ns);
  std::string words;
  const timeline::Span* span = model.span_at(task, now_ns);
  const bool plain = !task.alive_at(now_ns) || span == nullptr || span->state == timeline::State::held || span->state == timeline::State::stopped;
  const PoolItem* call = plain ? nullptr : call_at(*pool, *worker, now_ns);
  const PoolWorker::Turn* turn = turn_at(*worker, now_ns);
  if (plain) {
    words = state_words(model, task, now_ns);
  } else if (call != nullptr) {
    words = call_words(model, *pool->find_job(turn->job), *call, false);
  } else {
    words = tr(turn != nullptr ? "timeline.state.running" : "timeline.pool.idle");
  }
  if (!share) return words;
  return tr("timeline.pool.busy", fmt::arg("percent", std::lround(*share * 100))) + tr("timeline.channel.joint") + words;
}

std::string handler_words(const std::string& thread_name) {
  struct Known {
    std::string_view in_name;
    const char* key;
  };
  constexpr std::array kHandlers = {Known{"_handle_workers", "timeline.pool.handler.workers"}, Known{"_handle_tasks", "timeline.pool.handler.tasks"},
                                    Known{"_handle_results", "timeline.pool.handler.results"}};
  for (const Known& known : kHandlers)
    if (thread_name.find(known.in_name) != std::string::npos) return tr(known.key);
  return {};
}

Awaited awaited(const Model& model, const timeline::Span& span, std::int64_t when) {
  if (span.state != timeline::State::blocked || span.reason != trace::BlockReason::result) return {};
  const Pool* pool = model.pools().find(span.partner);
  if (pool == nullptr) return {};
  // Several may wait at the same time: the one whose span it is. Most have the newest wait.
  constexpr std::size_t kLookedAt = 256;
  auto waiter = std::upper_bound(pool->waiters.begin(), pool->waiters.end(), span.begin_ns,
                                 [](std::int64_t time, const timeline::PoolWaiter& one) { return time < one.begin_ns; });
  const timeline::PoolWaiter* found = nullptr;
  for (std::size_t left = kLookedAt; waiter != pool->waiters.begin() && left > 0 && found == nullptr; --left) {
    --waiter;
    const timeline::Task* task = waiter->end_ns <= span.begin_ns ? nullptr : model.find(waiter->task);
    const timeline::Span* its = task == nullptr ? nullptr : model.span_at(*task, span.begin_ns);
    if (its != nullptr && its->begin_ns == span.begin_ns && its->partner == span.partner) found = &*waiter;
  }
  const PoolJob* job = found == nullptr ? nullptr : pool->find_job(found->job);
  if (job == nullptr) return {};
  Awaited result{pool, job, job_words(model, *job, true), 0, false};
  const bool one = is_single(*job) || found->item != kAllItems;
  const std::uint32_t item = is_single(*job) ? 0 : found->item;
  const timeline::PoolChunk* chunk = one ? chunk_with(*job, item) : nullptr;
  if (!is_single(*job) && found->item != kAllItems) result.what = tr("timeline.pool.item_of", fmt::arg("number", item), fmt::arg("job", result.what));
  if (chunk != nullptr) result.worker = chunk->worker;
  if (const timeline::TaskId dead = timeline::died_with_result(model, *pool, found->task, when)) {
    result.worker = dead;
    result.lost = true;
  }
  return result;
}

std::string awaited_words(const Model& model, const timeline::Span& span, std::int64_t when) {
  const Awaited found = awaited(model, span, when);
  if (found.job == nullptr) return {};
  const std::string worker = found.worker == 0 ? std::string() : name_words(model, found.worker);
  const char* key = found.lost ? "timeline.wait.result.lost" : found.worker != 0 ? "timeline.wait.result.from" : "timeline.wait.result.of";
  return tr(key, fmt::arg("what", found.what), fmt::arg("worker", worker));
}

double order_share(const Pool& pool, const PoolJob& job, std::uint32_t item) {
  std::size_t place = item, count = job.items;
  if (is_single(job)) {
    place = static_cast<std::size_t>(&job - pool.jobs.data());
    count = pool.jobs.size();
  } else if (job.items == kAllItems) {
    count = job.chunks.empty() ? 0 : job.chunks.back().first + job.chunks.back().count;  // so far
  }
  return count < 2 ? 0.5 : std::min(1.0, static_cast<double>(place) / static_cast<double>(count - 1));
}

}  // namespace forklight::app::timeline_view
