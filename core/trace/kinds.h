// Every kind of event, once: its name, what `object`, `a` and `b` mean, and whether text follows it.
//
// Values are written to trace files: append, never renumber. `task` arguments are task ids (birth numbers, 1 = MainProcess).
// Durations and times are nanoseconds of CLOCK_MONOTONIC. `status` is what waitpid(2) gives.
#pragma once

#include <cstdint>
#include <string_view>

// X(value, name, object, a, b)
#define FORKLIGHT_EVENT_KINDS(X)                                                                  \
  X(1, text, "bytes in this cell", "bytes 0-7", "bytes 8-15") /* continues the event before it */ \
  X(2, lost, "", "events lost", "time of the first loss")                                         \
  /* life of a task, written by the task itself */                                                \
  X(10, task_begin, "", "pid << 32 | tid", "parent task")   /* + text: the name */                \
  X(11, exit, "", "exit code", "how: see ExitHow")          /* about to leave */                  \
  X(12, line, "", "", "")                                   /* a line of the program is reached */ \
  /* Process, written by the caller */                                                            \
  X(20, start_begin, "child task", "start method", "")                                            \
  X(21, start_end, "child task", "child pid", "")                                                 \
  X(22, start_failed, "child task", "errno", "")                                                  \
  X(23, join_begin, "child task", "timeout or -1", "")                                            \
  X(24, join_end, "child task", "1 ended, 0 timed out", "")                                       \
  X(25, reap, "child task", "status", "pid")                                                      \
  X(26, signal_sent, "target task", "signal", "pid")                                              \
  X(27, close, "child task", "", "")                                                              \
  /* leaving Python: see BlockReason */                                                           \
  X(30, block_begin, "partner task or object", "reason", "timeout or -1")                         \
  X(31, block_end, "partner task or object", "reason", "")                                        \
  X(32, sleep_begin, "", "duration", "")                                                          \
  X(33, sleep_end, "", "duration", "")                                                            \
  /* what the program says */                                                                     \
  X(40, output, "", "1 stdout, 2 stderr", "bytes")          /* + text, after the write */         \
  X(41, raise, "", "", "")                                  /* + text: "Type: message" */         \
  /* written by the supervisor, from the kernel's word */                                         \
  X(50, born, "task", "pid", "parent task")                                                       \
  X(51, death, "task", "status", "pid")                     /* see DeathSource in `line` */       \
  X(52, adopted, "task", "pid", "adopter's pid")                                                  \
  X(53, cap, "", "which: see Cap", "limit")                                                       \
  X(54, stop, "", "why: see StopReason", "")

namespace forklight::trace {

enum class Kind : std::uint16_t {
#define X(value, name, object, a, b) name = value,
  FORKLIGHT_EVENT_KINDS(X)
#undef X
};

enum class ExitHow : std::uint64_t { returned, sys_exit, exception, os_exit };
enum class BlockReason : std::uint64_t { join, wait, output };
enum class StartMethod : std::uint64_t { fork, spawn, forkserver };
// How the moment of death is known: the supervisor's pidfd woke up; or the child was reaped before the supervisor could look, so the
// time is the reaper's and the true moment lies between the child's last event and it.
enum class DeathSource : std::uint16_t { pidfd, reaper };
enum class Cap : std::uint64_t { processes, threads, bytes, run_time };
enum class StopReason : std::uint64_t { learner, run_time, viewer_gone, error };

// The name in the table above ("join_begin"), "unknown" for a value that this version does not know.
[[nodiscard]] std::string_view name(Kind kind) noexcept;

// What a kind's `object`, `a`, `b` mean, in the words of the table.
struct ArgumentNames {
  std::string_view object, a, b;
};
[[nodiscard]] ArgumentNames argument_names(Kind kind) noexcept;

}  // namespace forklight::trace
