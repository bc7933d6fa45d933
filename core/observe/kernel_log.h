// From the kernel's records, which know thread ids, to trace records, which know tasks.
//
// The kernel gives a thread id out again, so an id means a task from a birth to a death only. A task runs before it has told who it is:
// what the kernel says of it meanwhile is kept back, and comes in its own order as soon as it is known whose it is. A life that nobody
// claims (a helper that is no task of the lesson) comes as task 0.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/observe/perf_ring.h"
#include "core/trace/event.h"

namespace forklight::observe {

class KernelLog {
 public:
  // Switches of this process are not the lesson's: the supervisor opened the events on itself.
  explicit KernelLog(pid_t supervisor) noexcept : supervisor_(supervisor) {}

  // Learns whose thread ids are: from task_begin, born and start_end.
  void learn(const trace::Record& record, std::vector<trace::Record>& out);
  // Records of all CPUs, by time.
  void take(const std::vector<KernelRecord>& records, std::vector<trace::Record>& out);
  // Lives that nobody has claimed for long, or that ended unclaimed, are strangers'.
  void give_up_waiting(std::int64_t now_ns, std::vector<trace::Record>& out);
  // The run is over: all that is kept back is nobody's.
  void finish(std::vector<trace::Record>& out);

 private:
  struct Life {
    std::int64_t from_ns, to_ns;
    trace::TaskId task = 0;
    bool stranger = false;
    std::vector<trace::Record> kept;
  };
  struct Told {
    std::int64_t time_ns;
    trace::TaskId task;
  };
  void tell(pid_t tid, Told told, std::vector<trace::Record>& out);
  void claim(Life& life, trace::TaskId task, std::vector<trace::Record>& out);
  Life& begin_life(pid_t tid, std::int64_t time_ns, std::vector<trace::Record>& out);
  Life& life_of(pid_t tid, std::int64_t time_ns, std::vector<trace::Record>& out);
  static void put(Life& life, trace::Record record, std::vector<trace::Record>& out);

  pid_t supervisor_;
  std::unordered_map<pid_t, std::vector<Life>> lives_;  // of a thread id, in order
  std::unordered_map<pid_t, std::vector<Told>> told_;   // before the kernel's record of the birth was read
  std::vector<pid_t> unclaimed_;                        // thread ids with a life that waits to be claimed
};

}  // namespace forklight::observe
