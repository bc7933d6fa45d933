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
// A process that has just been forked makes its pages its own, and a look at them would hold it up: what a look costs is not to be seen in
// what is looked at. Who is gone sooner than this leaves its events, and what the kernel's switches say of it.
constexpr std::int64_t kSettling = base::kMillisecond;
constexpr int kTries = 20;
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
  const std::int64_t first_at = base::now_ns() + kSettling;
  {
    const std::lock_guard lock(mutex_);
    arrived_.push_back({task, pid, tid, first_at});
    if (wakes_at_ <= first_at) return;
    wakes_at_ = first_at;
  }
  wake_.notify_one();
}

void ProcSampler::forget(trace::TaskId task) {
  const std::lock_guard lock(mutex_);
  std::erase_if(arrived_, [task](const Watched& one) { return one.task == task; });
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

// False if it has none to be read: it is gone, or just in the middle of exec.
bool ProcSampler::sample_memory(Watched& watched) {
  // A zombie has none; its last figures would be taken for those that it still has.
  const auto read = watched.state == 'Z' ? std::optional(ProcMemory{}) : read_memory(watched.pid);
  if (!read) return false;
  if (*read == watched.memory) return true;
  watched.memory = *read;
  const auto two = [](std::uint32_t high, std::uint32_t low) { return std::uint64_t{high} << 32 | low; };
  write(Kind::memory, watched.task, two(read->rss, read->pss), two(read->private_pages, read->shared_pages));
  return true;
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
      const std::int64_t round_at = watched_.empty() ? base::now_ns() + kForEver : std::min(state_at, memory_at);
      wakes_at_ = arrived_.empty() ? round_at : std::min(round_at, arrived_.front().first_at);
      while (!stop_) {
        const std::int64_t left = wakes_at_ - base::now_ns();
        if (left <= 0) break;
        wake_.wait_for(lock, std::chrono::nanoseconds(left));
      }
      if (stop_) return;
      const std::int64_t now = base::now_ns();
      const auto settled = std::find_if(arrived_.begin(), arrived_.end(), [now](const Watched& one) { return one.first_at > now; });
      for (auto one = arrived_.begin(); one != settled; ++one) {
        const bool seen = std::any_of(watched_.begin(), watched_.end(), [&](const Watched& other) { return other.task == one->task; });
        if (!seen) watched_.push_back(*one);
      }
      arrived_.erase(arrived_.begin(), settled);
    }
    const std::int64_t now = base::now_ns();
    if (known < watched_.size()) {  // newcomers are looked at once at least, however dear a round is
      while (known < watched_.size()) {
        Watched& one = watched_[known];
        sample_state(one);
        if (one.gone || one.tid != one.pid || sample_memory(one) || one.tries++ == kTries) {
          ++known;
          continue;
        }
        const std::lock_guard lock(mutex_);
        one.first_at = now + kSettling;
        arrived_.push_back(one);
        watched_.erase(watched_.begin() + static_cast<std::ptrdiff_t>(known));
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
        if (one.tid == one.pid) (void)sample_memory(one);
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
