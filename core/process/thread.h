// threading.Thread: a thread of a lesson process, with a lane of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace forklight::process {

struct ThreadOptions {
  std::string name = {};  // empty: Thread-N
  bool daemon = false;    // a daemon thread is not waited for at the process's end (P-69)
  std::string_view target = {};  // the function it runs: Thread-N (target), since 3.10
};

// A handle, like a Python variable. An exception ends only the thread, with a traceback on stderr.
class Thread {
 public:
  explicit Thread(std::function<void()> body, ThreadOptions options = {});
  void start();  // RuntimeError if started before; OSError's errno if the system refuses
  void join();
  [[nodiscard]] bool is_alive() const noexcept;
  [[nodiscard]] const std::string& name() const noexcept;

  struct Object;

 private:
  std::shared_ptr<Object> object_;
};

// Called at the end of a process before its threads are waited for (threading._register_atexit); not in a forked child.
void at_threads_end(std::function<void()> action);
// At the end of a process: waits for every thread that is no daemon.
void join_all_threads();
// In a forked child: the parent's threads do not exist here (S-12).
void forget_threads() noexcept;

}  // namespace forklight::process
