// What stands in a pool's cache for each job until all of its outcomes are there. For core/pool alone.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/ipc/queue.h"
#include "core/pool/pool.h"
#include "core/pool/wakeups.h"
#include "core/pool/wire.h"

namespace forklight::pool {

class Cache;

class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(std::shared_ptr<Pool::Owner> pool, std::shared_ptr<Cache> cache, std::uint32_t object);
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Called by the result handler for each outcome, by the task handler for what could not be sent; throws what a callback raises (L-15).
  virtual void set(std::uint32_t chunk, Outcome outcome) = 0;
  // imap's: how many there are, once its iterator is at its end.
  virtual void set_length(std::uint32_t) {}

  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
  [[nodiscard]] std::uint32_t object() const noexcept { return object_; }

 protected:
  // Out of the cache; and nothing keeps the pool any more.
  void leave(trace::JobEnd how);

  std::shared_ptr<Pool::Owner> pool_;
  std::shared_ptr<Cache> cache_;
  std::uint32_t object_, number_;
};

// {job number → result object}, and word to the worker handler when it becomes empty.
class Cache {
 public:
  explicit Cache(ipc::SimpleQueue notifier) : notifier_(std::move(notifier)) {}
  void add(const std::shared_ptr<Job>& job);
  [[nodiscard]] std::shared_ptr<Job> find(std::uint32_t number) const;
  void remove(std::uint32_t number);
  [[nodiscard]] bool empty() const;

 private:
  ipc::SimpleQueue notifier_;
  mutable std::mutex mutex_;
  std::unordered_map<std::uint32_t, std::shared_ptr<Job>> jobs_;
};

// ApplyResult: one outcome.
class ApplyJob : public Job {
 public:
  ApplyJob(std::shared_ptr<Pool::Owner> pool, std::shared_ptr<Cache> cache, std::uint32_t object, Callbacks callbacks);
  void set(std::uint32_t chunk, Outcome outcome) override;
  [[nodiscard]] bool ready() const noexcept { return ready_.load(std::memory_order_acquire); }
  // False if it is not ready in time.
  bool wait(sync::Timeout timeout);
  // Valid when ready.
  [[nodiscard]] const Outcome& outcome() const noexcept { return outcome_; }

 protected:
  void call_back();
  void make_ready();

  Callbacks callbacks_;
  Outcome outcome_;

 private:
  std::atomic<bool> ready_{false};
  Wakeups end_;  // said once, and handed on by each who hears it
};

// MapResult: ready when every chunk is in; the first failure that comes is the one that counts (L-11).
class MapJob : public ApplyJob {
 public:
  MapJob(std::shared_ptr<Pool::Owner> pool, std::shared_ptr<Cache> cache, std::uint32_t object, Callbacks callbacks, std::int64_t chunksize,
         std::size_t length);
  void set(std::uint32_t chunk, Outcome outcome) override;

 private:
  std::size_t chunksize_ = 0, left_ = 0;
};

// IMapIterator and IMapUnorderedIterator.
class IMapJob : public Job {
 public:
  IMapJob(std::shared_ptr<Pool::Owner> pool, std::shared_ptr<Cache> cache, std::uint32_t object, bool ordered);
  void set(std::uint32_t chunk, Outcome outcome) override;
  void set_length(std::uint32_t length) override;
  // The next outcome; none at the end. TimeoutError (L-38).
  [[nodiscard]] std::optional<Outcome> next(sync::Timeout timeout);
  [[nodiscard]] std::uint32_t given() const noexcept { return given_; }

 private:
  bool ordered_;
  std::mutex mutex_;
  std::deque<Outcome> items_;
  std::map<std::uint32_t, Outcome> unsorted_;
  std::uint32_t index_ = 0;
  std::atomic<std::uint32_t> given_{0};
  std::optional<std::uint32_t> length_;
  Wakeups news_;
};

}  // namespace forklight::pool
