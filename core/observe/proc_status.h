// What /proc says of a process or a thread at a moment.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace forklight::observe {

struct ProcStatus {
  char state;                 // R, S, D, T, t, Z, X, I: see proc(5)
  std::uint64_t start_ticks;  // tells a process from another that got its number later
  int cpu;                    // the core that it is on, or was on last (field 39); -1 if it does not say
};
// Of a thread of a process; nothing if it is gone.
[[nodiscard]] std::optional<ProcStatus> read_status(pid_t pid, pid_t tid);

// Memory of a process, KiB. PSS: a page that n processes share counts 1/n.
struct ProcMemory {
  std::uint32_t rss = 0, pss = 0, private_pages = 0, shared_pages = 0;
  bool operator==(const ProcMemory&) const = default;
};
// Nothing if it is gone, a zombie, or not ours to look at. Its cost goes with the size of the process.
[[nodiscard]] std::optional<ProcMemory> read_memory(pid_t pid);

}  // namespace forklight::observe
