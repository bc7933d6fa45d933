// Python's errors, keyed by the numbers of the semantics they belong to.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace forklight::process {

// X(fact, exception type, message)
#define FORKLIGHT_PYTHON_ERRORS(X)                                                                              \
  X(P_06, "AssertionError", "name must be a string")                                                             \
  X(P_07, "AssertionError", "group argument must be None for now")                                               \
  X(P_14, "ValueError", "process not started")                                                                   \
  X(P_15, "AssertionError", "can only join a started process")                                                   \
  X(P_16_terminate, "AttributeError", "'NoneType' object has no attribute 'terminate'")                          \
  X(P_16_kill, "AttributeError", "'NoneType' object has no attribute 'kill'")                                    \
  X(P_16_interrupt, "AttributeError", "'NoneType' object has no attribute 'interrupt'")                        \
  X(P_17, "AssertionError", "cannot start a process twice")                                                      \
  X(P_18, "AssertionError", "can only start a process object created by current process")                        \
  X(P_19, "AssertionError", "process has already started")                                                       \
  X(P_25, "AssertionError", "can only join a child process")                                                     \
  X(P_26, "AssertionError", "can only test a child process")                                                     \
  X(P_44, "ValueError",                                                                                          \
    "Cannot close a process while it is still running. You should first call join() or terminate().")            \
  X(P_46, "ValueError", "process object is closed")                                                              \
  X(P_55, "AssertionError", "daemonic processes are not allowed to have children")                               \
  X(S_25, "TypeError", "cannot pickle 'weakref.ReferenceType' object")                                           \
  X(S_32, "RuntimeError",                                                                                        \
    "A SemLock created in a fork context is being shared with a process in a spawn context. This is not supported. "  \
    "Please use the same context to create multiprocessing objects and Process.")                                     \
  X(S_34, "RuntimeError", "context has already been set")                                                        \
  X(S_36, "ValueError", "cannot set start method of concrete context")                                           \
  X(E_01, "ValueError", "semaphore or lock released too many times")                                             \
  X(E_06, "AssertionError", "attempt to release recursive lock not owned by thread")                             \
  X(E_10, "OSError", "[Errno 22] Invalid argument")                                                              \
  X(E_15_wait, "AssertionError", "must acquire() condition before using wait()")                                 \
  X(E_15_notify, "AssertionError", "lock is not owned")                                                          \
  X(E_20, "threading.BrokenBarrierError", "")                                                                    \
  X(E_44, "IndexError", "invalid index")                                                                         \
  X(L_07, "multiprocessing.context.TimeoutError", "")                                                            \
  X(L_15, "AssertionError", "Cannot have cache with result_hander not alive")                                    \
  X(L_15_since_3_14, "AssertionError", "Cannot have cache with result_handler not alive")                        \
  X(L_28, "ValueError", "Pool not running")                                                                      \
  X(L_29, "ValueError", "Pool is still running")                                                                 \
  X(L_30_processes, "ValueError", "Number of processes must be at least 1")                                      \
  X(L_30_maxtasks, "ValueError", "maxtasksperchild must be a positive int or None")                              \
  X(L_50, "concurrent.futures.process.BrokenProcessPool",                                                        \
    "A process in the process pool was terminated abruptly while the future was running or pending.")            \
  X(L_51, "concurrent.futures.process.BrokenProcessPool",                                                        \
    "A child process terminated abruptly, the process pool is not usable anymore")                               \
  X(L_57, "RuntimeError", "cannot schedule new futures after shutdown")                                          \
  X(L_workers, "ValueError", "max_workers must be greater than 0")                                               \
  X(L_chunksize, "ValueError", "chunksize must be >= 1.")                                                        \
  X(L_cancelled, "concurrent.futures._base.CancelledError", "")                                                  \
  X(Q_01, "queue.Full", "")                                                                                      \
  X(Q_02, "_queue.Empty", "")                                                                                    \
  X(Q_10, "AssertionError", "Queue <multiprocessing.queues.Queue object at 0x0> not closed")                     \
  X(Q_24, "ValueError", "task_done() called too many times")                                                     \
  X(G_03, "ValueError", "switch interval must be strictly positive")                                             \
  X(G_04_fork, "RuntimeError", "fork not supported for isolated subinterpreters")                                \
  X(G_04_daemon, "RuntimeError", "daemon threads are disabled in this (sub)interpreter")                         \
  X(I_01_read_only, "OSError", "connection is read-only")                                                        \
  X(I_01_write_only, "OSError", "connection is write-only")                                                      \
  X(I_04, "EOFError", "")                                                                                        \
  X(I_08, "OSError", "handle is closed")                                                                         \
  X(I_09, "OSError", "bad message length")                                                                       \
  X(I_13, "OSError", "got end of file during message")

enum class Fact {
#define X(fact, type, message) fact,
  FORKLIGHT_PYTHON_ERRORS(X)
#undef X
};

// One step of a Python call stack: where the program was.
struct FramePlace {
  std::string_view function;  // "<module>" for the main body
  int line;                   // of the Python program, 0 = not known
};

// A Python exception on its way up. Keeps the frames it was raised in, for the traceback.
class PythonError : public std::exception {
 public:
  PythonError(std::string type, std::string message);
  explicit PythonError(Fact fact);

  [[nodiscard]] const std::string& type() const noexcept { return type_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::vector<FramePlace>& frames() const noexcept { return frames_; }
  // "raise … from": the whole text of the cause, which a traceback begins with; empty where there is none.
  [[nodiscard]] const std::string& cause() const noexcept { return cause_; }
  void set_cause(std::string cause) { cause_ = std::move(cause); }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }  // "RuntimeError: why"

 private:
  std::string type_, message_, text_, cause_;
  std::vector<FramePlace> frames_;
};

// What is said of a lambda and of a nested function that should be pickled (S-20, S-21, Q-06).
[[nodiscard]] PythonError cannot_pickle_lambda(int python_minor);
[[nodiscard]] PythonError cannot_pickle_local(std::string_view qualified_name, int python_minor);
// A child that imports the program does not find its target there (S-22). `file` is the program's; empty: it came with -c, and there is
// nothing to import (S-30).
[[nodiscard]] PythonError target_not_found(std::string_view name, std::string_view file, int python_minor);
// A child of a program that was read from stdin looks for a file of that name (S-31).
[[nodiscard]] PythonError no_program_file();
// A process is started while the program is being imported: the main guard is missing (S-27).
[[nodiscard]] PythonError still_importing();

// OSError and its subclasses by errno: "BlockingIOError: [Errno 11] Resource temporarily unavailable".
[[nodiscard]] PythonError os_error(int error);

}  // namespace forklight::process
