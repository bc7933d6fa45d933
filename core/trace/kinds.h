// Every kind of event, once: its name, what `object`, `a` and `b` mean, and whether text follows it.
//
// Values are written to trace files: append, never renumber. `task` arguments are task ids (birth numbers, 1 = MainProcess).
// Durations and times are nanoseconds of CLOCK_MONOTONIC. `status` is what waitpid(2) gives.
#pragma once

#include <cstdint>
#include <optional>
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
  /* the program's own handler of a signal; what it interrupted goes on after it, unless it raises */ \
  X(28, handler_begin, "", "signal", "")                                                          \
  X(29, handler_end, "", "signal", "1 raised, 0 returned")                                        \
  /* leaving Python: see BlockReason */                                                           \
  X(30, block_begin, "partner task or object", "reason | holder task << 32", "timeout or -1")      \
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
  X(54, stop, "", "why: see StopReason", "")                                                      \
  X(55, learner, "task or object, 0 all", "what: see LearnerAct", "signal, message, task << 32 | end, or ns") /* + text: put's value, as JSON */ \
  /* a child that has nothing of its parent's (spawn, forkserver) sets itself up, written by the child */ \
  X(62, import_begin, "", "", "")                           /* the program, as __mp_main__ (S-05) */ \
  X(63, import_end, "", "1 done, 0 failed", "")                                                   \
  /* objects that tasks share; object ids are counted in the region, from kFirstObject on */       \
  X(60, object_new, "object", "kind: see ObjectKind", "owner object << 32 | size")  /* + name */   \
  X(61, object_closed, "object", "end: see PipeEnd", "")                                          \
  /* Queue: the four places of an item are deque, feeder's hand, pipe, reader's hand */            \
  X(70, put_begin, "queue", "message", "")                  /* + text: repr of the value */        \
  X(71, put_end, "queue", "message", "1 in the deque, 0 Full")                                    \
  X(72, feed, "queue", "message", "")                       /* the feeder took it from the deque */ \
  X(73, sent, "queue or pipe", "message", "bytes on the wire") /* + repr when sent by send_bytes() */ \
  X(74, get_begin, "queue or pipe", "timeout or -1", "")                                          \
  X(75, received, "queue or pipe", "message", "bytes on the wire")                                \
  X(76, get_end, "queue or pipe", "message", "1 got it, 0 Empty, EOF or error") /* + repr */        \
  X(77, dropped, "queue", "message", "")                    /* + text: why (Q-06) */               \
  X(78, fill, "queue or pipe", "bytes in the kernel's buffer", "end read: see PipeEnd")           \
  X(79, task_done, "queue", "unfinished left", "")                                                \
  /* Lock, RLock, Semaphore, BoundedSemaphore */                                                   \
  X(80, acquire_begin, "object", "timeout or -1", "")                                             \
  X(81, acquire_end, "object", "1 taken, 0 timed out", "value left")                              \
  X(82, release, "object", "value after", "")                                                     \
  /* Event, Condition, Barrier: `generation` ties a set or notify to those it woke */              \
  X(83, set, "event", "generation", "")                                                           \
  X(84, clear, "event", "generation", "")                                                         \
  X(85, notify, "condition, broken barrier", "generation", "waiters woken")                                       \
  /* is_set() is a wait of 0; poll() waits for a pipe, JoinableQueue.join() for a queue, connection.wait() for 0 */ \
  X(86, wait_begin, "event, condition, barrier, pipe or queue", "timeout or -1", "")               \
  X(87, wait_end, "event, condition, barrier, pipe or queue", "1 woken or ready, 0 timed out, 2 broken", "generation") \
  X(88, barrier_full, "barrier", "generation", "parties")   /* by the last one to come */          \
  /* Value, Array */                                                                               \
  X(89, store, "object", "value", "index")                                                        \
  /* the gate, pace slow and step */                                                               \
  X(90, held, "object or task", "kind of the operation", "operations that it passed the gate with before")                \
  X(91, let_go, "object or task", "kind of the operation", "how << 32 | ordinal in the run, 0 nobody chose: see Pace") \
  /* Connection.send() ends with `sent` or with this; a notifier waits until each sleeper has woken (E.1), then it ends */ \
  X(96, send_begin, "pipe", "message", "")                  /* + text: repr of the value */       \
  X(97, send_failed, "pipe", "message", "")                 /* + text: why */                     \
  X(98, notify_begin, "event, condition, barrier or queue", "generation", "sleepers let go")       \
  X(99, notify_end, "event, condition, barrier or queue", "generation", "") \
  /* what the kernel says (core/observe), written by the viewer in the name of the task meant, 0 = none of the lesson's; no task's ring */ \
  X(100, observing, "", "how: see Observing", "errno of the refusal, 0 = none")                    \
  X(101, cpu_in, "cpu", "pid << 32 | tid", "")                                                    \
  X(102, cpu_out, "cpu", "pid << 32 | tid", "1 preempted, 0 of its own will")                     \
  X(103, kernel_birth, "cpu", "pid << 32 | tid", "parent's pid << 32 | tid")                      \
  X(104, kernel_death, "cpu", "pid << 32 | tid", "")                                              \
  X(105, kernel_name, "cpu", "pid << 32 | tid", "1 by exec, 0 else") /* + text: the name */        \
  X(106, kernel_lost, "cpu", "records lost", "time of the first loss")                            \
  X(107, state, "", "letter of /proc/PID/stat", "core it was last on + 1, 0 unknown") /* sampled; written when it changed, R by sampling alone each time */ \
  X(108, memory, "", "RSS << 32 | PSS, KiB", "private << 32 | shared, KiB") /* as the one above */ \
  /* the GIL (G.6), written by the thread concerned; `gil` is the lock of one interpreter, an object of kind `gil`. A drop and a take around a \
     blocking call that nobody else wanted the lock during are not written: block_begin and block_end say as much */                 \
  X(110, gil_want, "gil", "holder task, 0 free", "")                                              \
  X(111, gil_wait, "gil", "interval", "switch number seen")  /* one timed wait begins */          \
  X(112, gil_wake, "gil", "task that has it again, 0 free", "") /* it ended by a signal */        \
  X(113, gil_timeout, "gil", "holder task", "1 switched meanwhile, 0 not")                        \
  X(114, gil_request, "gil", "holder task", "switch number") /* the holder is asked to drop it */ \
  X(115, eval_check, "gil", "place: see CheckPlace", "age of the request") /* the holder sees it */ \
  X(116, gil_drop, "gil", "why: see DropReason", "")                                              \
  X(117, gil_take, "gil", "last holder's task", "switch number")                                  \
  X(118, switch_wait, "gil", "", "")                         /* the forced switch begins */       \
  X(119, switch_done, "gil", "taker task", "duration")                                            \
  X(120, gil_interval, "gil", "switch interval", "1 by the learner, 0 by the program")            \
  /* a computation counted in units, so that every way of doing it does the same amount */        \
  X(121, work_begin, "", "units", "kind: see WorkKind")                                           \
  X(122, work_end, "", "units", "check sum")                                                      \
  /* a variable of several threads: what one has read of it is in its hand while it loses the GIL, and is stale when it writes */ \
  X(123, in_hand, "variable", "value read", "place: see CheckPlace")                              \
  X(124, update_lost, "variable", "value read", "value found, and overwritten") \
  /* Pool and ProcessPoolExecutor; `pool` is an object of kind pool or executor. A job is one apply, map, imap or submit; a chunk is what        \
     travels at once, an item is one call of the function, at its place in the input */           \
  X(130, pool_state, "pool", "state: see PoolState", "")                                          \
  X(131, worker_started, "pool", "worker task", "tasks that it may do, 0 no limit")               \
  X(132, worker_joined, "pool", "worker task", "exit code + 256")                                 \
  X(133, job_new, "pool", "job << 32 | items or 2^32-1 not known", "how << 32 | chunk size: see JobKind") /* + text: the function */ \
  X(134, chunk_put, "pool", "job << 32 | chunk", "first item << 32 | items") /* about to go to the workers */ \
  X(135, chunk_refused, "pool", "job << 32 | chunk", "")    /* + text: why it cannot be pickled */ \
  X(136, chunk_begin, "pool", "job << 32 | chunk", "first item << 32 | items") /* a worker has it */ \
  X(137, item_begin, "pool", "job << 32 | item", "")        /* + text: repr of the arguments */   \
  X(138, item_end, "pool", "job << 32 | item", "1 returned, 0 raised") /* + text: repr of the result, or the error */ \
  X(139, chunk_end, "pool", "job << 32 | chunk", "1 all returned, 0 one raised") /* its result is on its way */ \
  X(140, chunk_result, "pool", "job << 32 | chunk", "1 good, 0 failed") /* its result has arrived */ \
  X(141, job_done, "pool", "job << 32", "how: see JobEnd")                                        \
  X(142, result_wait, "pool", "job << 32 | item or 2^32-1 all", "timeout or -1")                  \
  X(143, result_got, "pool", "job << 32 | item or 2^32-1 all", "1 value, 0 timed out, 2 raised")  \
  X(144, callback_begin, "pool", "job << 32", "")                                                 \
  X(145, callback_end, "pool", "job << 32", "1 returned, 0 raised")

namespace forklight::trace {

enum class Kind : std::uint16_t {
#define X(value, name, object, a, b) name = value,
  FORKLIGHT_EVENT_KINDS(X)
#undef X
};

enum class ExitHow : std::uint64_t { returned, sys_exit, exception, os_exit };
// What a blocked task waits for. `put`: room in a queue; `feed`: a feeder that has nothing to send; `send`: room in a pipe. `requests`: a
// helper of multiprocessing that has nothing to do; `result`: of a pool's job; `tasks`: a pool's task handler that has nothing to hand out.
enum class BlockReason : std::uint64_t {
  join, wait, output, put, get, send, recv, poll, lock, semaphore, event, condition, barrier, queue_join, feed, thread_join,
  requests, result, tasks
};
enum class ObjectKind : std::uint64_t {
  pipe, queue, simple_queue, joinable_queue, lock, rlock, semaphore, bounded_semaphore, condition, event, barrier, value, array, gil, pool,
  executor
};
// Where the interpreter looks at the drop request (G.4). `tick`: every hundredth instruction, before 3.2 (G-01).
enum class CheckPlace : std::uint64_t { loop_end, call, function_start, instruction, tick };
enum class DropReason : std::uint64_t { request, blocking, thread_end, tick };
// How the lock of an interpreter works: CPython's since 3.2, the one before (G-01), or none at all (G-07). `size` of a gil's object_new.
enum class GilMode : std::uint64_t { gil, before_3_2, free_threaded };
enum class WorkKind : std::uint64_t { cpu, io, mixed };
enum class PoolState : std::uint64_t { run, close, terminate, broken };
enum class JobKind : std::uint64_t { apply, map, starmap, imap, imap_unordered, submit };
enum class JobEnd : std::uint64_t { value, error, broken, cancelled };
enum class PipeEnd : std::uint64_t { first, second };  // of Pipe(): the reading and the writing one, if it is not duplex
enum class Pace : std::uint32_t { real, slow, step, replay };
enum class LearnerAct : std::uint64_t { signal, put, set, clear, close, interrupt, interval };  // interrupt: Ctrl+C, to every process of the run; interval: of a GIL
inline constexpr std::uint32_t kFirstObject = 1u << 30;  // ids below are tasks
enum class StartMethod : std::uint64_t { fork, spawn, forkserver };
// What the helpers of multiprocessing are called among the tasks: they run nothing of the lesson.
inline constexpr std::string_view kForkserver = "forkserver", kResourceTracker = "resource tracker";
// How the moment of death is known: the supervisor's pidfd woke up; or the child was reaped before the supervisor could look, so the
// time is the reaper's and the true moment lies between the child's last event and it.
enum class DeathSource : std::uint16_t { pidfd, reaper };
enum class Cap : std::uint64_t { processes, threads, bytes, run_time };
enum class StopReason : std::uint64_t { learner, run_time, viewer_gone, error };
// Where the kernel's word comes from. perf: every context switch, and samples of state and memory; sampling: the samples alone.
enum class Observing : std::uint64_t { nothing, perf, sampling };
// What the kernel says: kept apart from what tasks say of themselves.
[[nodiscard]] constexpr bool is_kernels(Kind kind) noexcept { return kind >= Kind::observing && kind <= Kind::memory; }

// The name in the table above ("join_begin"), "unknown" for a value that this version does not know.
[[nodiscard]] std::string_view name(Kind kind) noexcept;
// And back; nothing for a name that is not in the table.
[[nodiscard]] std::optional<Kind> kind_named(std::string_view name) noexcept;

// What a kind's `object`, `a`, `b` mean, in the words of the table.
struct ArgumentNames {
  std::string_view object, a, b;
};
[[nodiscard]] ArgumentNames argument_names(Kind kind) noexcept;

}  // namespace forklight::trace
