// What the kernel says of a run: who ran on which core and when, births and deaths, state and memory over time.
//
// What can honestly be known of waiting for a core: a task that was preempted wants to run until it is let in again, and a task that was
// born wants to run until its first turn. Where the kernel refuses its records, samples from /proc are all that is known: points. When a task left of its own will, nobody wrote down when it was woken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/timeline/objects.h"
#include "core/timeline/steps.h"

namespace forklight::timeline {

// How a stretch on a core ended. lost: the kernel's record of it is missing.
enum class Left : std::uint8_t { still_on, own_will, preempted, died, lost };

// A stretch of one task on one core. Those of a core, and those of a task, are sorted and do not overlap.
struct OnCpu {
  std::int64_t begin_ns, end_ns;  // kOpen while it lasts
  std::uint32_t who;              // task; kStranger | thread id: no task of the lesson; 0: records lost, nobody knows
  std::uint16_t cpu;
  Left left;

  static constexpr std::uint32_t kStranger = 1U << 31;
  [[nodiscard]] bool is_hole() const noexcept { return who == 0; }
};

// Stretches of one core, or of one task.
class CpuTrack {
 public:
  [[nodiscard]] const std::vector<OnCpu>& spans() const noexcept { return spans_; }
  [[nodiscard]] const OnCpu* at(std::int64_t time_ns) const noexcept;
  // For how long it was busy up to a moment. Who has the first span that ends after it saves the search.
  [[nodiscard]] std::int64_t busy_until(std::int64_t time_ns) const;
  [[nodiscard]] std::int64_t busy_until(std::int64_t time_ns, std::size_t first_ending_after) const;
  // For how long of a range it was busy (holes are not); what has not ended is counted up to `now_ns`. O(log n).
  [[nodiscard]] std::int64_t busy_ns(std::int64_t from_ns, std::int64_t until_ns, std::int64_t now_ns) const;

 private:
  friend class Kernel;
  static constexpr std::size_t kBlock = 16;  // spans that share one running sum
  [[nodiscard]] std::int64_t ended_before(std::size_t index) const;
  OnCpu& insert(OnCpu span);
  OnCpu* open_at(std::int64_t time_ns, std::uint32_t who) noexcept;
  void changed(const OnCpu* span) noexcept;

  std::vector<OnCpu> spans_;
  mutable std::vector<std::int64_t> sums_;  // length of all spans before block n; made when asked for
  mutable std::size_t clean_ = 0;           // spans before this one are in the sums as they are
};

// KiB. PSS: a page that n processes share counts 1/n.
struct Memory {
  std::uint32_t rss = 0, pss = 0, private_pages = 0, shared_pages = 0;
};
template <>
struct StepMath<Memory> {
  static Memory least(const Memory& left, const Memory& right) noexcept;
  static Memory most(const Memory& left, const Memory& right) noexcept;
  static Memory sum(const Memory& left, const Memory& right) noexcept;
};

class Kernel {
 public:
  struct StateAt {
    std::int64_t time_ns;
    char letter;            // of /proc/PID/stat: R, S, D, T, t, Z, X, I
    std::int16_t cpu = -1;  // that it was on, or had been on last; -1: not known
  };
  // Somebody was seen able to run (R), on or for this core: at that moment, no longer and no shorter.
  struct Sample {
    std::int64_t time_ns;
    std::uint32_t who;
  };
  struct OfTask {
    std::int32_t pid = 0, tid = 0;
    std::int64_t birth_ns = kOpen, death_ns = kOpen;  // as the kernel saw them; kOpen: it did not say
    CpuTrack on_cpu;
    std::uint64_t left_by_itself = 0, preempted = 0;  // how often
    std::int64_t waited_ns = 0;  // wanting to run while others did, as far as is known: born or preempted, until let in
    Steps<Memory> memory;        // of a process
    std::vector<StateAt> states;  // by time

    [[nodiscard]] char state_at(std::int64_t time_ns) const noexcept;  // 0 before the first sample
  };
  struct Core {
    int cpu;
    CpuTrack track;
    std::vector<Sample> samples = {};  // by time; only where samples are all that there is

    // The latest one at or before a moment, and not older than a look and a half; nullptr if there is none.
    [[nodiscard]] const Sample* sample_at(std::int64_t time_ns) const noexcept;
  };

  [[nodiscard]] trace::Observing mode() const noexcept { return mode_; }
  [[nodiscard]] int refusal() const noexcept { return refusal_; }  // errno of perf_event_open, 0 = none
  [[nodiscard]] const std::vector<Core>& cores() const noexcept { return cores_; }  // those that were used, by number
  [[nodiscard]] const OfTask* find(TaskId task) const noexcept;
  [[nodiscard]] std::uint64_t switches() const noexcept { return switches_; }  // times that somebody left a core
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }          // records
  // The name of a process that is no task of the lesson; empty if the kernel did not say.
  [[nodiscard]] const std::string& name_of_stranger(std::uint32_t who) const noexcept;

  // A record of one of the kinds 100 to 119. Late ones find their place.
  void take(const trace::Record& record);
  // A task has ended: what is still open of it ends there, its record having been lost.
  void end(TaskId task, std::int64_t time_ns);
  // All of it as records again, by time: for saving.
  void append_records(std::vector<trace::Record>& records) const;

 private:
  void enter(const trace::Record& record);
  void leave(const trace::Record& record, Left how);
  void tear(const trace::Event& event);
  OfTask& of(const trace::Record& record);
  Core& core_of(int cpu);
  CpuTrack& core(int cpu) { return core_of(cpu).track; }


  trace::Observing mode_ = trace::Observing::nothing;
  int refusal_ = 0;
  std::int64_t mode_ns_ = 0;
  std::vector<Core> cores_;
  std::unordered_map<std::uint32_t, OfTask> tasks_;  // by `who`
  std::unordered_map<std::uint32_t, std::string> names_;
  std::vector<trace::Record> rare_;  // as they came: births, deaths, names, losses
  std::uint64_t switches_ = 0, lost_ = 0;
};

}  // namespace forklight::timeline
