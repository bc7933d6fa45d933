// Empties the rings of a run into records in time order, and gives finished slots back.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/trace/region.h"

namespace forklight::trace {

class Collector {
 public:
  // The region must outlive it. One collector a region.
  explicit Collector(const Region& region) noexcept : region_(&region) {}

  // Appends what has been published since, sorted by time (a task's own order is kept); what was stamped after the call began stays for
  // the next one, so that batches are in order too. Returns how many records were added.
  std::size_t drain(std::vector<Record>& out);
  // The last time: everything, whatever its stamp. Call it when no process of the run is left.
  std::size_t drain_all(std::vector<Record>& out);

 private:
  // What of a task's life went by in records. What is missing when it ends is told from its slot.
  struct Life {
    bool born = false, death = false, reap = false;
    bool ended = false;  // was dead and reaped when its slot was looked at
  };
  // What one ring has to give: read where it lies, in one pass, and merged with the others, which costs far less than sorting all of it.
  struct Source {
    RingReader ring;
    Published cells;
    TaskId task = 0;
    std::size_t next = 0, end = 0, consumed = 0;
  };
  struct Head {
    std::int64_t time_ns;
    std::size_t source;
  };
  struct Ended {
    std::uint32_t slot;
    bool empty;  // its ring
  };
  void look_at_rings(std::int64_t until_ns, std::vector<Record>& out);
  void note(const Event& event);
  void retire(Slot& slot, const Life& life, std::vector<Record>& out);
  void merge(std::vector<Record>& out);

  const Region* region_;
  std::vector<Source> sources_;  // of this drain; their order is the rings'
  std::vector<Head> heads_;
  std::vector<Ended> ended_;
  bool in_order_ = true;  // what this drain gives, as it is merged
  std::unordered_map<TaskId, Life> lives_;
};

}  // namespace forklight::trace
