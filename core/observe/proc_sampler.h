// Samples state and memory of the lesson's tasks from /proc, in a thread of its own: reading the memory of a large process takes long,
// and nobody else shall wait for it. It measures what it costs itself, and looks less often the more that is: under 1 % of a core.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/observe/proc_status.h"
#include "core/trace/event.h"

namespace forklight::observe {

class ProcSampler {
 public:
  ProcSampler();  // throws std::system_error where no thread is to be had
  ~ProcSampler();
  ProcSampler(const ProcSampler&) = delete;
  ProcSampler& operator=(const ProcSampler&) = delete;

  // Looks at a task until it is gone: first once it has settled, if it is still there. A thread (tid other than pid) has no memory of its own.
  void watch(trace::TaskId task, pid_t pid, pid_t tid);
  // It has ended, perhaps before the first look.
  void forget(trace::TaskId task);
  // Nobody else tells who is on which core: who runs is on record at each look, not only when that has changed.
  void sample_cores() noexcept { cores_.store(true, std::memory_order_relaxed); }
  // Moves what has changed since to the end of `out`, by time.
  void take(std::vector<trace::Record>& out);
  // CPU time that it has used so far.
  [[nodiscard]] std::int64_t cost_ns() const noexcept;

 private:
  struct Watched {
    trace::TaskId task;
    pid_t pid, tid;
    std::int64_t first_at;          // when it is looked at first
    std::uint64_t start_ticks = 0;  // 0 = not looked at yet
    char state = 0;
    ProcMemory memory = {};
    int tries = 0;  // to read the memory that a newcomer has
    bool gone = false;
  };
  void run();
  void sample_state(Watched& watched);
  [[nodiscard]] bool sample_memory(Watched& watched);
  void write(trace::Kind kind, trace::TaskId task, std::uint64_t a, std::uint64_t b);

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Watched> arrived_;         // guarded; the next one to be looked at comes first
  std::int64_t wakes_at_ = 0;            // guarded: when the thread will have a look in any case
  std::vector<trace::Record> records_;   // guarded
  std::int64_t cost_ns_ = 0;             // guarded
  bool stop_ = false;                    // guarded
  std::vector<Watched> watched_;         // the thread's own
  std::vector<trace::Record> fresh_;     // the thread's own
  std::atomic<bool> cores_{false};
  std::thread thread_;
};

}  // namespace forklight::observe
