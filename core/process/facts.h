// Python's errors, keyed by the numbers of the semantics they belong to.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace forklight::process {

// X(fact, exception type, message)
#define FORKLIGHT_PROCESS_ERRORS(X)                                                                              \
  X(P_14, "ValueError", "process not started")                                                                   \
  X(P_15, "AssertionError", "can only join a started process")                                                   \
  X(P_16_terminate, "AttributeError", "'NoneType' object has no attribute 'terminate'")                          \
  X(P_16_kill, "AttributeError", "'NoneType' object has no attribute 'kill'")                                    \
  X(P_17, "AssertionError", "cannot start a process twice")                                                      \
  X(P_18, "AssertionError", "can only start a process object created by current process")                        \
  X(P_19, "AssertionError", "process has already started")                                                       \
  X(P_25, "AssertionError", "can only join a child process")                                                     \
  X(P_26, "AssertionError", "can only test a child process")                                                     \
  X(P_44, "ValueError",                                                                                          \
    "Cannot close a process while it is still running. You should first call join() or terminate().")            \
  X(P_46, "ValueError", "process object is closed")                                                              \
  X(P_55, "AssertionError", "daemonic processes are not allowed to have children")

enum class Fact {
#define X(fact, type, message) fact,
  FORKLIGHT_PROCESS_ERRORS(X)
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
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }  // "RuntimeError: why"

 private:
  std::string type_, message_, text_;
  std::vector<FramePlace> frames_;
};

// OSError and its subclasses by errno: "BlockingIOError: [Errno 11] Resource temporarily unavailable".
[[nodiscard]] PythonError os_error(int error);

}  // namespace forklight::process
