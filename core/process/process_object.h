// The inside of a Process: shared by its handles and by its creator's set of children. For core/process alone.
#pragma once

#include <unistd.h>

#include <atomic>
#include <optional>

#include "core/base/fd.h"
#include "core/process/process.h"

namespace forklight::process {

struct Process::Object {
  enum class Stage : std::uint8_t { initial, started, closed };

  std::string python_class;  // "Process", "SpawnProcess"
  std::string name;
  std::vector<int> identity;
  bool daemon = false;
  trace::StartMethod method = trace::StartMethod::fork;
  // What it runs: a target with its arguments, or a lambda; forgotten once started.
  const Target* target = nullptr;
  Args args;
  std::function<void()> lambda;
  pid_t creator = 0;
  std::string parent_name;  // the creator's
  Stage stage = Stage::initial;
  pid_t pid = 0;
  std::uint32_t slot = 0;
  trace::TaskId task = 0;
  std::atomic<std::optional<int>> exit_code{};  // once reaped
  base::Fd sentinel;             // EOF when the child and all that inherited its end are gone; forkserver: brings the exit code
  base::Fd parent_death;         // the child sees EOF when we are gone

  Object() = default;
  // In a forked process that forgets its parent's children their descriptors stay open, as Python leaves them: a younger sibling holds
  // what tells an elder one of their parent's end (P-63).
  ~Object() {
    if (creator == ::getpid()) return;
    (void)sentinel.release();
    (void)parent_death.release();
  }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  void check_open() const;
  [[nodiscard]] bool has_exit_code() const noexcept { return exit_code.load().has_value(); }
  // waitpid: reaps if it has ended, waits for that if `wait`. True if its exit code is known now (P-54: never, if somebody else reaped it).
  bool poll(bool wait);
  void send(int signal);
  // Runs its target in the child.
  void run() const;

 private:
  bool poll_forkserver(bool wait);
};

}  // namespace forklight::process
