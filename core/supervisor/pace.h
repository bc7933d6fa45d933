// How fast a run goes, and who goes next: the viewer's side of the gate.
//
// real: everything passes. slow: operations are let through one at a time, so many a second, who came first goes first. step: the learner
// lets one task go at a time. replay: the choices of an earlier run, in their order. Real processes stand and wait in all of them.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/supervisor/replay.h"
#include "core/trace/event.h"
#include "core/trace/gate.h"
#include "core/trace/region.h"

namespace forklight::supervisor {

using trace::Pace;

inline constexpr int kMinRate = 1, kMaxRate = 50;  // operations a second at pace slow
inline constexpr std::int64_t kReplayPatience_ns = 2'000'000'000;  // for the next to come

// What a run begins with.
struct PaceSetting {
  Pace pace = Pace::real;
  int rate = 5;
  Replay replay = {};  // for Pace::replay
};

// Why the recorded choices could not be followed any further.
struct Departure {
  enum class Why : std::uint8_t { late, other_operation, run_ended, deed } why;
  std::size_t position;               // of the choice, or of the deed, from 0
  Choice expected;
  trace::Kind met = trace::Kind::text;  // other_operation: what the task was about to do instead
  Deed deed = {};                       // deed: what could not be done again
  std::string refusal = {};             // and why, if anybody said so
};

// All functions may be called from any thread; what is asked for has been done when they return.
class PaceControl {
 public:
  // The region must outlive it. No task has been born yet.
  PaceControl(const trace::Region& region, PaceSetting setting);

  void set_real();
  void set_slow(int per_second);  // kept within kMinRate … kMaxRate
  void set_step();
  // Hold: step at once, whatever the pace; go on: back to the pace before.
  void hold();
  void go_on();
  // Lets one go at pace step: who came first, or the task named. False if it does not stand at the gate, or at another pace.
  bool step(trace::TaskId task = 0);

  [[nodiscard]] Pace pace() const;
  [[nodiscard]] int rate() const;
  [[nodiscard]] bool held() const;  // by hold()
  // Who stands at the gate; who came first is first.
  [[nodiscard]] std::vector<trace::AtGate> at_gate() const;
  // Replay: choices made so far, of how many.
  struct Progress {
    std::size_t made, of;
  };
  [[nodiscard]] Progress progress() const;
  [[nodiscard]] std::optional<Departure> departure() const;
  // Replay: the learner's act whose turn it is, if there is one. Who does it says when it was asked for, and what came of it; nobody is
  // let go meanwhile.
  [[nodiscard]] std::optional<Deed> deed_due(std::int64_t now_ns) const;
  void deed_asked(std::int64_t now_ns);
  void deed_done();
  void deed_refused(const std::string& why);
  // Of a living task, by the name that choices have; 0 if there is none.
  [[nodiscard]] trace::TaskId task_named(const std::string& name) const;

  // What happens by itself, slow and replay: called every millisecond. True if the pace has changed.
  bool tick(std::int64_t now_ns);
  // No process of the run is left.
  void finish();

 private:
  struct Waiting {
    std::uint32_t slot;
    trace::AtGate at;
  };
  [[nodiscard]] std::vector<Waiting> waiting() const;
  void enter(Pace pace);
  void let_go(std::uint32_t slot, Pace how);
  void tick_slow(std::int64_t now_ns);
  bool tick_replay(std::int64_t now_ns);
  [[nodiscard]] bool others_are_under_way(std::int64_t now_ns, const std::vector<std::string>& as_recorded) const;
  [[nodiscard]] bool deed_waits() const { return deed_ < replay_.deeds.size() && replay_.deeds[deed_].position <= position_; }
  void give_up_deed(std::string why);
  [[nodiscard]] const Choice* next_of(const std::string& task, std::uint64_t number) const;
  [[nodiscard]] std::string name_in(std::uint32_t index) const;
  void depart(Departure departure);

  const trace::Region* region_;
  mutable std::mutex mutex_;  // guards everything below, and who writes the slots' stands
  Pace pace_ = Pace::real;
  int rate_;
  std::optional<Pace> before_hold_;
  std::uint32_t ordinal_ = 0;
  std::int64_t next_slow_ns_ = 0;
  Replay replay_;
  std::size_t position_ = 0;         // of the next choice
  std::int64_t position_since_ns_ = 0;
  std::size_t deed_ = 0;             // the next one
  struct LetGo {
    std::string name;
    std::uint32_t slot;
    trace::TaskId task;
  };
  std::vector<LetGo> gone_;          // each whom a choice of the replay let go, once
  std::optional<Departure> departure_;
};

}  // namespace forklight::supervisor
