// The viewer's side of what the kernel says of a run: empties the kernel's rings, takes the samples, and gives both out as trace
// records in the name of the lesson's tasks. Used by the collector's thread alone; never waits.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/observe/kernel_log.h"
#include "core/observe/perf_ring.h"
#include "core/observe/proc_sampler.h"

namespace forklight::observe {

// What a run is asked to find out: all that the kernel lets us; samples alone; nothing at all.
enum class Want : std::uint8_t { best, samples, nothing };

class Observer {
 public:
  Observer(Want want, pid_t supervisor);

  // Rings that the supervisor has opened: from now on they are emptied. May be called for some at a time.
  void add_rings(std::vector<PerfRing> rings, std::vector<trace::Record>& out);
  // It could not open any (errno), or was asked not to (0): samples alone.
  void no_rings(int error, std::vector<trace::Record>& out);

  // Looks at the lesson's own records, to know who is who; then appends what the kernel has said since.
  void drain(const std::vector<trace::Record>& lesson, std::vector<trace::Record>& out);
  // The last time: everything.
  void drain_all(const std::vector<trace::Record>& lesson, std::vector<trace::Record>& out);

  // CPU time that sampling has cost so far.
  [[nodiscard]] std::int64_t sampling_cost_ns() const noexcept { return sampler_ ? sampler_->cost_ns() : 0; }

 private:
  void learn(const std::vector<trace::Record>& lesson, std::vector<trace::Record>& out);
  void read_rings();
  void give_out(std::int64_t until_ns, std::vector<trace::Record>& out);

  Want want_;
  KernelLog log_;
  std::vector<PerfRing> rings_;
  std::vector<KernelRecord> read_;   // not given out yet
  std::unique_ptr<ProcSampler> sampler_;
};

}  // namespace forklight::observe
