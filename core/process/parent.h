// multiprocessing.parent_process(): what a child knows of who started it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "core/trace/event.h"

namespace forklight::process {

// Not the parent's own Process: a light object with its name, its pid, and a pipe's end that turns readable once the parent is gone (P-63).
class ParentProcess {
 public:
  ParentProcess(std::string name, pid_t pid, int death_fd, trace::TaskId task) : name_(std::move(name)), pid_(pid), fd_(death_fd), task_(task) {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  // Whether anybody holds the other end: the parent, or a younger sibling that inherited it under fork.
  [[nodiscard]] bool is_alive() const;
  // Until the parent is gone, at most so many seconds; without a number for ever.
  void join(std::optional<double> seconds = {}) const;

 private:
  std::string name_;
  pid_t pid_;
  int fd_;
  trace::TaskId task_;
};

// None in MainProcess (P-05).
[[nodiscard]] const std::optional<ParentProcess>& parent_process();

}  // namespace forklight::process
