// multiprocessing.Process over real child processes: fork, spawn, forkserver.
//
// A Process is a handle, like a Python variable: copies name the same object, and dropping all of them changes nothing (P-53).
// The object notices its child's end only when one of join, is_alive, exitcode, close, active_children or the start of any other process
// asks (P.0): until then the child is a zombie. Errors are PythonError with Python's own texts.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/process/facts.h"
#include "core/process/target.h"
#include "core/trace/event.h"

namespace forklight::process {

struct ProcessOptions {
  std::string name = {};                 // empty: Process-N (P-01)
  std::optional<bool> daemon = {};       // empty: the creator's (P-57)
  std::string python_class = {};         // of a subclass: MyProc-N (P-03)
  nlohmann::json group = nullptr;        // anything but None is refused (P-07)
};

class Process {
 public:
  // `target` must outlive it. The start method is that of the context it is made in (start_method.h); a context asked for by name shows
  // in the child's name: SpawnProcess-N (P-02).
  explicit Process(const Target& target, Args args = {}, ProcessOptions options = {});
  // Under fork nothing is pickled, so anything callable will do (S-06); otherwise start() fails (S-20).
  explicit Process(std::function<void()> lambda, ProcessOptions options = {});
  // Process(target=5): nobody looks before the child calls it (P-10). None: there is nothing to do (P-11). Under fork.
  [[nodiscard]] static Process of_value(const nlohmann::json& target, ProcessOptions options = {});

  // The child runs the target and ends. Reaps other finished children first (P-52). PickleError and the like of what cannot travel (S-20 to
  // S-23, S-32), RuntimeError of a missing main guard (S-27): before any process exists.
  // Throws os_error when the system refuses (EAGAIN, EMFILE, ENOMEM); the object stays initial then.
  void start();

  // Waits for the end and reaps (P-21).
  void join();
  // Waits at most `seconds`, negative counts as 0 (P-23). Whether it ended is asked of exitcode (P-22).
  void join(double seconds);

  [[nodiscard]] bool is_alive();                   // reaps if it has ended
  [[nodiscard]] std::optional<int> exitcode();     // None while it runs; 0…255 or −signal; reaps (P-29)
  void terminate();                                // SIGTERM, returns at once (P-37); nothing if finished and reaped (P-43)
  void kill();                                     // SIGKILL
  void interrupt();                                // SIGINT, from 3.14 on (P-42)
  void run();                                      // the target, here and now: no process (P-70). AttributeError once started
  void close();                                    // gives its descriptors back (P-45)

  [[nodiscard]] const std::string& name() const noexcept;
  void set_name(const nlohmann::json& name);       // AssertionError for anything but a str (P-06)
  [[nodiscard]] std::optional<pid_t> pid() const;  // None before start (P-12)
  [[nodiscard]] bool daemon() const noexcept;
  void set_daemon(const nlohmann::json& daemon);   // before start only (P-19); of any value the truth counts (P-20)
  [[nodiscard]] int sentinel() const;              // readable when every holder of the child's end is gone (P-48)
  // "<Process name='Process-1' pid=12 parent=11 stopped exitcode=-SIGTERM>" (P.0)
  [[nodiscard]] std::string repr();
  // The task its child is on the timeline, 0 before start.
  [[nodiscard]] trace::TaskId task() const noexcept;

  // As an argument: one that has not been started travels; TypeError for one that has (S-25). Its target stays where it is.
  void depart(Departure& out) const;
  static Process arrive(Arrival& in);

  struct Object;

 private:
  friend std::vector<Process> active_children();
  explicit Process(std::shared_ptr<Object> object) noexcept : object_(std::move(object)) {}
  std::shared_ptr<Object> object_;
};

// This process's children that are alive; reaps the others (P-51).
[[nodiscard]] std::vector<Process> active_children();

}  // namespace forklight::process
