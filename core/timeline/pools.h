// What a pool did: its jobs, what was handed to which worker when, who waits for which result. Pool and ProcessPoolExecutor alike.
//
//   job    one apply, map, imap or submit          chunk  what travels to a worker at once: one item or several
//   item   one call, at its place in the input     waiter somebody inside get(), next() or result()
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/timeline/objects.h"
#include "core/trace/event.h"

namespace forklight::timeline {

inline constexpr std::uint32_t kAllItems = UINT32_MAX;  // the job as a whole; or: how many there will be is not known

struct PoolItem {
  std::uint32_t index;  // in the input
  TaskId worker = 0;
  std::int64_t begin_ns = kOpen, end_ns = kOpen;
  std::uint32_t arguments = 0, result = 0;  // reprs: indices for Model::text(); the result of one that raised is the error
  bool raised = false;
};

// queued: on its way to a worker; refused: it could not be pickled (L-19); done: a worker has sent its result; arrived: the parent has it.
enum class ChunkState : std::uint8_t { queued, refused, begun, done, arrived };

struct PoolChunk {
  std::uint32_t index;
  std::uint32_t first = 0, count = 0;  // its items
  TaskId worker = 0;                   // 0: none has had it
  std::int64_t put_ns = kOpen, begin_ns = kOpen, end_ns = kOpen, arrived_ns = kOpen;
  std::int64_t refused_ns = kOpen;
  bool failed = false;

  [[nodiscard]] ChunkState state_at(std::int64_t time_ns) const noexcept;
};

struct PoolJob {
  std::uint32_t number;  // counted in its process, over all pools
  trace::JobKind kind = trace::JobKind::apply;
  TaskId by = 0;                   // who asked for it
  std::uint32_t items = kAllItems;  // how many there are
  std::uint32_t chunksize = 0;
  std::uint32_t function = 0;  // its name: index for Model::text()
  std::int64_t begin_ns = kOpen, end_ns = kOpen;
  std::optional<trace::JobEnd> how;
  std::vector<PoolChunk> chunks;  // by index
  std::vector<PoolItem> calls;    // by index

  [[nodiscard]] const PoolChunk* find_chunk(std::uint32_t index) const noexcept;
};

struct PoolWorker {
  // A chunk that it had in its hands.
  struct Turn {
    std::uint32_t job, chunk;
    std::int64_t begin_ns, end_ns;  // kOpen while it lasts, also after its death: then the chunk is lost
    std::int64_t busy_ns = 0;       // all the turns before it
  };
  TaskId task;
  std::int64_t started_ns = kOpen, joined_ns = kOpen;
  std::optional<int> exit_code;  // once the pool has joined it
  std::uint32_t limit = 0;       // maxtasksperchild
  std::vector<Turn> turns;       // by begin
};

struct PoolWaiter {
  TaskId task;
  std::uint32_t job, item;        // kAllItems: the whole job
  std::int64_t begin_ns, end_ns;  // kOpen while it waits
};

// A chunk's result as it reached the parent.
struct PoolArrival {
  std::int64_t time_ns;
  std::uint32_t job, chunk;
};

// What is queued shows in the pool's parts: the channels "inqueue" and "outqueue" (an executor's "call queue" and "result queue").
struct Pool {
  struct Change {
    std::int64_t time_ns;
    trace::PoolState state;
  };
  ObjectId object;
  std::vector<Change> changes;       // of its state; it begins as `run`
  std::vector<PoolJob> jobs;         // by number
  std::vector<PoolWorker> workers;   // by birth
  std::vector<PoolWaiter> waiters;   // by begin
  std::vector<PoolArrival> arrivals; // by time
  std::size_t done = 0;              // of its jobs
  std::int64_t done_ns = 0;          // when the last of those was

  [[nodiscard]] const PoolJob* find_job(std::uint32_t number) const noexcept;
  [[nodiscard]] const PoolWorker* find_worker(TaskId task) const noexcept;
  [[nodiscard]] trace::PoolState state_at(std::int64_t time_ns) const noexcept;
};

// The share of a stretch of time in which a worker had a chunk in its hands, 0…1; 0 for a stretch without length.
[[nodiscard]] double utilisation(const PoolWorker& worker, std::int64_t begin_ns, std::int64_t end_ns) noexcept;
// Of that stretch in which there was work in the pool and the worker lived; nothing before its first job.
[[nodiscard]] std::optional<double> utilisation(const Pool& pool, const PoolWorker& worker, std::int64_t death_ns, std::int64_t now_ns) noexcept;
// When a worker had nothing left to do of a job of several chunks that others were still at: all had been handed out. Ends kOpen while it lasts.
[[nodiscard]] std::optional<TimeRange> idle_tail(const PoolWorker& worker, const PoolJob& job) noexcept;
// From when on a worker had nothing more to do for a job; kOpen if it did nothing for it, or is at it.
[[nodiscard]] std::int64_t idle_since(const PoolWorker& worker, const PoolJob& job) noexcept;

class Model;
// The worker that died with a part of what a task waits for in its hands, which nobody will do now (L-21): it waits for ever. 0: none such.
[[nodiscard]] TaskId died_with_result(const Model& model, const Pool& pool, TaskId waiter, std::int64_t time_ns) noexcept;

// Fed with events in any order that keeps each task's own.
class Pools {
 public:
  void take(const trace::Record& record, std::uint32_t text);
  [[nodiscard]] const std::vector<Pool>& all() const noexcept { return pools_; }
  [[nodiscard]] const Pool* find(ObjectId object) const noexcept;

 private:
  Pool& pool_for(ObjectId object);
  std::vector<Pool> pools_;
};

}  // namespace forklight::timeline
