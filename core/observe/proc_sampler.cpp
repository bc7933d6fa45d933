#include "core/observe/proc_sampler.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iterator>

#include "core/base/clock.h"

namespace forklight::observe {
namespace {

using trace::Kind;

// A round that cost c is not repeated before c × this: 0.35 % of a core for states, 0.35 % for memory.
constexpr std::int64_t kRestAfterCost = 285;
constexpr std::int64_t kStatePeriod = 10 * base::kMillisecond, kMemoryPeriod = 50 * base::kMillisecond;
constexpr std::int64_t kForEver = 3600 * base::kSecond;

std::int64_t thread_cpu_ns() {
  timespec used;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return used.tv_sec * base::kSecond + used.tv_nsec;
}

}  // namespace

ProcSampler::ProcSampler() {
  // The viewer's signals are for its other threads.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ProcSampler::~ProcSampler() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void ProcSampler::watch(trace::TaskId task, pid_t pid, pid_t tid) {
  {
    const std::lock_guard lock(mutex_);
    arrived_.push_back({task, pid, tid});
  }
  wake_.notify_one();
}

void ProcSampler::take(std::vector<trace::Record>& out) {
  const std::lock_guard lock(mutex_);
  std::move(records_.begin(), records_.end(), std::back_inserter(out));
  records_.clear();
}

std::int64_t ProcSampler::cost_ns() const noexcept {
  const std::lock_guard lock(mutex_);
  return cost_ns_;
}

void ProcSampler::write(Kind kind, trace::TaskId task, std::uint64_t a, std::uint64_t b) {
  fresh_.push_back({{base::now_ns(), kind, 0, 0, a, b}, task, {}});
}

void ProcSampler::sample_state(Watched& watched) {
  const auto status = read_status(watched.pid, watched.tid);
  const bool same = status && (watched.start_ticks == 0 || watched.start_ticks == status->start_ticks);
  if (!same) {
    watched.gone = true;
    return;
  }
  watched.start_ticks = status->start_ticks;
  const bool again = status->state == 'R' && cores_.load(std::memory_order_relaxed);
  if (status->state == watched.state && !again) return;
  watched.state = status->state;
  write(Kind::state, watched.task, static_cast<std::uint64_t>(static_cast<unsigned char>(status->state)), static_cast<std::uint64_t>(status->cpu + 1));
}

void ProcSampler::sample_memory(Watched& watched) {
  // A zombie has none; its last figures would be taken for those that it still has.
  const auto read = watched.state == 'Z' ? std::optional(ProcMemory{}) : read_memory(watched.pid);
  if (!read || *read == watched.memory) return;
  watched.memory = *read;
  const auto two = [](std::uint32_t high, std::uint32_t low) { return std::uint64_t{high} << 32 | low; };
  write(Kind::memory, watched.task, two(read->rss, read->pss), two(read->private_pages, read->shared_pages));
}

void ProcSampler::run() {
  std::int64_t state_at = 0, memory_at = 0, spent = thread_cpu_ns();
  // When to do again what has just been done; waking up and handing over are charged to whatever comes next.
  const auto next_after = [&spent](std::int64_t now, std::int64_t period) {
    const std::int64_t cost = thread_cpu_ns() - spent;
    spent += cost;
    return now + std::max(period, cost * kRestAfterCost);
  };
  for (;;) {
    std::size_t known = watched_.size();
    {
      std::unique_lock lock(mutex_);
      const std::int64_t due = watched_.empty() ? kForEver : std::max<std::int64_t>(0, std::min(state_at, memory_at) - base::now_ns());
      wake_.wait_for(lock, std::chrono::nanoseconds(due), [this] { return stop_ || !arrived_.empty(); });
      if (stop_) return;
      for (const Watched& one : arrived_) {
        const bool seen = std::any_of(watched_.begin(), watched_.end(), [&](const Watched& other) { return other.task == one.task; });
        if (!seen) watched_.push_back(one);
      }
      arrived_.clear();
    }
    const std::int64_t now = base::now_ns();
    if (known < watched_.size()) {  // newcomers are looked at once at least, however short they live
      for (; known < watched_.size(); ++known) {
        sample_state(watched_[known]);
        if (watched_[known].tid == watched_[known].pid) sample_memory(watched_[known]);
      }
      state_at = std::max(state_at, next_after(now, 0));
    }
    if (now >= state_at) {
      for (Watched& one : watched_) sample_state(one);
      std::erase_if(watched_, [](const Watched& one) { return one.gone; });
      state_at = next_after(now, kStatePeriod);
    }
    if (now >= memory_at) {
      for (Watched& one : watched_) {
        if (one.tid == one.pid) sample_memory(one);
      }
      memory_at = next_after(now, kMemoryPeriod);
    }
    const std::lock_guard lock(mutex_);
    std::move(fresh_.begin(), fresh_.end(), std::back_inserter(records_));
    fresh_.clear();
    cost_ns_ = thread_cpu_ns();
  }
}

}  // namespace forklight::observe
