// Context switches, births and deaths of the lesson, as the kernel writes them down (perf_event_open(2)).
//
// One event a CPU, opened by the supervisor on itself before it forks: everything that it forks inherits them, threads and programs
// started by exec too. Each event writes into a ring that the kernel fills and the viewer empties; the ring is mapped by the supervisor
// first, so that nothing is written to nobody, and its descriptor is handed to the viewer. Where kernel.perf_event_paranoid is at most 2
// it takes no privilege.
#pragma once

#include <linux/perf_event.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/fd.h"

namespace forklight::observe {

// One record of the kernel's, as far as we look at it.
struct KernelRecord {
  enum class What : std::uint8_t { in, out, birth, death, name, lost } what;
  bool preempted = false;  // out: it would have run on
  bool exec = false;       // name: another program runs in it now
  int cpu = 0;
  pid_t pid = 0, tid = 0;                // in this PID namespace
  pid_t parent_pid = 0, parent_tid = 0;  // birth
  std::int64_t time_ns = 0;              // CLOCK_MONOTONIC
  std::uint64_t lost = 0;                // lost: how many records
  std::int64_t since_ns = 0;             // lost: the last record before the hole
  char name[16] = {};
};

// A mapped ring. Mapping it twice, in two processes, gives the same ring; one of them empties it.
class PerfRing {
 public:
  PerfRing() noexcept = default;
  // Throws std::system_error. `bytes`: of the data, a power of two of pages, the same for all who map it.
  PerfRing(base::Fd fd, int cpu, std::size_t bytes);
  PerfRing(PerfRing&& other) noexcept;
  PerfRing& operator=(PerfRing&& other) noexcept;
  ~PerfRing();

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] int cpu() const noexcept { return cpu_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  // Moves what is there to the end of `records`, in the kernel's order.
  void read(std::vector<KernelRecord>& records);
  // For a forked child, instead of the end: the kernel copies no ring into it, so at that address there is nothing now, or what the child
  // has put there since, the stack of a thread for one.
  void forget() noexcept;

 private:
  base::Fd fd_;
  int cpu_ = 0;
  std::size_t bytes_ = 0;
  std::byte* memory_ = nullptr;  // the kernel's page, then the data
  std::int64_t last_ns_ = 0;     // of the record read last
};

// perf_event_open(2): a descriptor, or -1 with errno.
using Opener = std::function<int(perf_event_attr& attributes, pid_t pid, int cpu)>;
[[nodiscard]] int open_event(perf_event_attr& attributes, pid_t pid, int cpu);

// Events for this process and all that it will fork, one a CPU that it may run on.
struct Opened {
  std::vector<PerfRing> rings;  // empty if the kernel refused
  int error = 0;                // its errno then
};
[[nodiscard]] Opened open_rings(const Opener& open = open_event);

}  // namespace forklight::observe
