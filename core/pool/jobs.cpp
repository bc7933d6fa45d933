#include "core/pool/jobs.h"

#include <algorithm>
#include <cmath>

#include "core/base/clock.h"
#include "core/gil/blocking.h"
#include "core/trace/recorder.h"

namespace forklight::pool {

using process::Fact;
using trace::BlockReason;
using trace::JobEnd;
using trace::Kind;
using trace::Recorder;

namespace {

std::atomic<std::uint32_t> next_job{0};  // one count for all pools of a process

}  // namespace

Job::Job(std::shared_ptr<Pool::Owner> pool, std::shared_ptr<Cache> cache, std::uint32_t object)
    : pool_(std::move(pool)), cache_(std::move(cache)), object_(object), number_(next_job.fetch_add(1, std::memory_order_relaxed)) {}

void Job::leave(JobEnd how) {
  Recorder::current().record(Kind::job_done, object_, part(number_, 0), static_cast<std::uint64_t>(how));
  cache_->remove(number_);
}

// --- the cache ------------------------------------------------------------------------------------------------------

void Cache::add(const std::shared_ptr<Job>& job) {
  const std::lock_guard lock(mutex_);
  jobs_.emplace(job->number(), job);
}

std::shared_ptr<Job> Cache::find(std::uint32_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(number);
  return found == jobs_.end() ? nullptr : found->second;
}

void Cache::remove(std::uint32_t number) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.erase(number);
    if (!jobs_.empty()) return;
  }
  notifier_.put(nullptr);
}

bool Cache::empty() const {
  const std::lock_guard lock(mutex_);
  return jobs_.empty();
}

// --- ApplyResult, MapResult -----------------------------------------------------------------------------------------

ApplyJob::ApplyJob(std::shared_ptr<Pool::Owner> pool, std::shared_ptr<Cache> cache, std::uint32_t object, Callbacks callbacks)
    : Job(std::move(pool), std::move(cache), object), callbacks_(std::move(callbacks)) {}

bool ApplyJob::wait(sync::Timeout timeout) {
  if (ready()) return true;
  if (!end_.take({BlockReason::result, object_}, timeout)) return ready();
  end_.post();
  return true;
}

void ApplyJob::make_ready() {
  ready_.store(true, std::memory_order_release);
  end_.post();
}

// In the thread that brings the outcome, and before anybody can get it (L-14).
void ApplyJob::call_back() {
  const bool good = outcome_.good();
  if (good ? !callbacks_.callback : !callbacks_.error_callback) return;
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::callback_begin, object_);
  recorder.record(Kind::callback_begin, object_, part(number_, 0));
  try {
    if (good) {
      callbacks_.callback(outcome_.value);
    } else {
      callbacks_.error_callback(outcome_.failure->error());
    }
  } catch (...) {
    recorder.record(Kind::callback_end, object_, part(number_, 0), 0);
    throw;
  }
  recorder.record(Kind::callback_end, object_, part(number_, 0), 1);
}

void ApplyJob::set(std::uint32_t, Outcome outcome) {
  const auto self = shared_from_this();
  outcome_ = std::move(outcome);
  call_back();
  make_ready();
  leave(outcome_.good() ? JobEnd::value : JobEnd::error);
  pool_.reset();
}

MapJob::MapJob(std::shared_ptr<Pool::Owner> pool, std::shared_ptr<Cache> cache, std::uint32_t object, Callbacks callbacks, std::int64_t chunksize,
               std::size_t length)
    : ApplyJob(std::move(pool), std::move(cache), object, std::move(callbacks)) {
  outcome_.value = Value(Value::array_t(length));
  if (chunksize <= 0) {  // L-03, L-05: it is ready, and nothing of it is in the cache
    make_ready();
    pool_.reset();
    return;
  }
  chunksize_ = static_cast<std::size_t>(chunksize);
  left_ = length / chunksize_ + (length % chunksize_ != 0 ? 1 : 0);
}

void MapJob::set(std::uint32_t chunk, Outcome outcome) {
  const auto self = shared_from_this();
  --left_;
  if (outcome.good() && outcome_.good()) {
    auto& all = outcome_.value.get_ref<Value::array_t&>();
    auto& some = outcome.value.get_ref<Value::array_t&>();
    std::move(some.begin(), some.end(), all.begin() + static_cast<std::ptrdiff_t>(chunk * chunksize_));
  } else if (!outcome.good() && outcome_.good()) {
    outcome_ = std::move(outcome);
  }
  if (left_ != 0) return;
  call_back();
  leave(outcome_.good() ? JobEnd::value : JobEnd::error);
  make_ready();
  pool_.reset();
}

// --- IMapIterator ---------------------------------------------------------------------------------------------------

IMapJob::IMapJob(std::shared_ptr<Pool::Owner> pool, std::shared_ptr<Cache> cache, std::uint32_t object, bool ordered)
    : Job(std::move(pool), std::move(cache), object), ordered_(ordered) {}

void IMapJob::set(std::uint32_t chunk, Outcome outcome) {
  const auto self = shared_from_this();
  bool over = false;
  std::size_t came = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto append = [&](Outcome&& one) {
      items_.push_back(std::move(one));
      ++index_;
      ++came;
    };
    if (!ordered_ || index_ == chunk) {
      append(std::move(outcome));
      for (auto next = unsorted_.find(index_); ordered_ && next != unsorted_.end(); next = unsorted_.find(index_)) {
        append(std::move(next->second));
        unsorted_.erase(next);
      }
    } else {
      unsorted_.emplace(chunk, std::move(outcome));
    }
    over = length_ && index_ == *length_;
  }
  for (; came > 0; --came) news_.post();
  if (!over) return;
  leave(JobEnd::value);
  pool_.reset();
}

void IMapJob::set_length(std::uint32_t length) {
  const auto self = shared_from_this();
  {
    const std::lock_guard lock(mutex_);
    length_ = length;
    if (index_ != length) return;
  }
  news_.post();  // who waits for one more learns that there is none
  leave(JobEnd::value);
  pool_.reset();
}

std::optional<Outcome> IMapJob::next(sync::Timeout timeout) {
  const std::int64_t until = base::now_ns() + (timeout ? std::llround(std::clamp(*timeout, 0.0, 1e9) * 1e9) : 0);
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (!items_.empty()) {
        Outcome outcome = std::move(items_.front());
        items_.pop_front();
        ++given_;
        return outcome;
      }
      if (length_ && index_ == *length_) return std::nullopt;
    }
    // A word may be about an item that somebody has taken without listening: then it waits for the rest of the time.
    sync::Timeout left = timeout;
    if (timeout) left = static_cast<double>(until - base::now_ns()) / 1e9;
    if (!news_.take({BlockReason::result, object_}, left)) throw PythonError(Fact::L_07);  // L-38
  }
}

}  // namespace forklight::pool
