// What a learner did in a run, so that it can be done again: who was let go in which order, and the acts between.
//
// Ids differ from run to run, names do not: tasks and shared objects are known by theirs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/trace/event.h"

namespace forklight::supervisor {

// Somebody was let go: who, about to do what.
struct Choice {
  std::string task;             // its name; a thread's with its process's: "Process-1/Thread-1"
  trace::Kind operation;
  std::uint64_t number;         // of that task's operations, from 0
  std::int64_t lag_ns = 0;      // how long it took to come to the gate after the choice before
  std::vector<std::string> under_way = {};  // let go before it, and neither back at the gate nor at their end when it went
};

// The learner sent a signal, pressed Ctrl+C for all, put a value, set or cleared an event, closed an end, turned a switch interval.
struct Deed {
  trace::LearnerAct what;
  std::size_t position;     // choices made before it
  std::string task;         // who got the signal; whose end was closed
  std::string object;       // the name of what was put into, set, cleared, closed or turned
  std::size_t ordinal = 0;  // among the objects of that name, by birth
  int number = 0;           // the signal; the end; the interval, microseconds
  std::string value = {};   // put: as JSON; empty if it was too long to be kept
  std::int64_t lag_ns = 0;  // after the choice before it
  std::vector<std::string> under_way = {};  // as of a choice
};

struct Replay {
  std::vector<Choice> choices;
  std::vector<Choice> left_standing = {};  // came to the gate, and were never let go
  trace::Pace then = trace::Pace::real;    // how the run goes on after the last: step if the recorded one was left standing
  std::vector<Deed> deeds = {};            // in their order
};

// What was let go and done in a run, in that order. Records of one run, in any order of tasks.
[[nodiscard]] Replay choices_of(std::span<const trace::Record> records);

}  // namespace forklight::supervisor
