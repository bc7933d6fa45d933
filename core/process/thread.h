// threading.Thread: a thread of a lesson process, with a lane of its own.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/gil/interpreter.h"

namespace forklight::process {

struct ThreadOptions {
  std::string name = {};  // empty: Thread-N
  bool daemon = false;    // a daemon thread is not waited for at the process's end (P-69)
  std::shared_ptr<gil::Interpreter> interpreter = {};  // empty: that of the thread that makes it; else one made by make_interpreter()
  std::string_view target = {};  // the function it runs: Thread-N (target), since 3.10
};

// A handle, like a Python variable. An exception ends only the thread, with a traceback on stderr.
class Thread {
 public:
  explicit Thread(std::function<void()> body, ThreadOptions options = {});
  void start();  // returns once it runs. RuntimeError if started before, if the system refuses, or a daemon in another interpreter (G-04)
  void join();
  void join(double seconds);  // at most so long, negative counts as 0; whether it ended is asked of is_alive()
  [[nodiscard]] bool is_alive() const noexcept;
  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] bool daemon() const noexcept;
  [[nodiscard]] std::optional<pid_t> native_id() const noexcept;  // the kernel's number of it, once it runs

  struct Object;

 private:
  std::shared_ptr<Object> object_;
};

// concurrent.interpreters.create(): another interpreter in this process, with a GIL of its own (G-04). Threads run in it by ThreadOptions.
[[nodiscard]] std::shared_ptr<gil::Interpreter> make_interpreter();

// sys.setswitchinterval(): of the interpreter that this thread belongs to. ValueError unless it is above 0; kept in whole microseconds (G-03).
void set_switch_interval(double seconds);
// sys.getswitchinterval(), seconds.
[[nodiscard]] double switch_interval() noexcept;

// Called at the end of a process before its threads are waited for (threading._register_atexit); not in a forked child.
void at_threads_end(std::function<void()> action);
// At the end of a process: waits for every thread that is no daemon.
void join_all_threads();
// Whether this process has ever made one: as long as it has not, there is nobody to share with.
[[nodiscard]] bool threads_were_made() noexcept;
// In a forked child: the parent's threads do not exist here (S-12).
void forget_threads() noexcept;

}  // namespace forklight::process
