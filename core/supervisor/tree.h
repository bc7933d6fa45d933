// The tree of a run as the supervisor sees it: who was born, who died when and how, who was adopted, who was reaped.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/fd.h"
#include "core/trace/recorder.h"
#include "core/trace/region.h"

namespace forklight::supervisor {

class Tree {
 public:
  explicit Tree(const trace::Region& region) noexcept : region_(&region) {}

  // Looks for slots that have come alive, and opens a pidfd on each.
  void note_births();
  // Descriptors to poll for deaths: readable when the process has ended.
  void append_pollfds(std::vector<pollfd>& fds) const;
  // Records the deaths of all whose pidfd was found readable: `polled` is what append_pollfds() gave. True while one of them still waits for
  // its reaper's word.
  bool note_deaths(std::span<const pollfd> polled);
  // Reaps every child of the supervisor itself (MainProcess and adopted orphans) that has ended; its death is recorded first.
  // False when there is no child left at all: the tree is empty.
  bool reap_own();
  // Sends the learner's signal to the process of a task, and records it, if it is alive and the signal is one that a learner may send.
  void signal(trace::TaskId task, int signal);
  // SIGKILL to all, wherever they have gone: a session of its own is outside of the lesson's group.
  void kill_all() const;
  // The processes that are alive, and the one of a task: its pid and slot.
  struct Process {
    pid_t pid;
    std::uint32_t slot;
  };
  [[nodiscard]] std::vector<pid_t> alive() const;
  [[nodiscard]] std::optional<Process> find(trace::TaskId task) const;
  // A signal to a process that find() gives, through its pidfd: nobody else can be hit.
  void send(trace::TaskId task, int signal) const;
  // The tree is empty: settles what nobody is left to tell.
  void close();

  // Ends the run one process at a time, children before their parents, all of them being stopped (SIGSTOP): SIGTERM, and SIGKILL to one
  // that is still there 200 ms later, or at once if `hurry`. A parent that is stopped cannot reap, so every exit code is seen.
  void end_next(bool hurry);

 private:
  struct Member {
    std::uint32_t slot;
    trace::TaskId task, forked_by;  // and whose child it is to the kernel
    pid_t pid;
    base::Fd pidfd;
    std::int64_t ended_ns = 0;  // when we saw it dead, 0 while alive
    bool dead = false;          // its death is on record
    std::int64_t asked_ns = 0;  // when it was sent SIGTERM to end the run
  };
  [[nodiscard]] static bool has_ended(const Member& member) noexcept;
  [[nodiscard]] static std::int32_t zombie_status(const Member& member);
  bool settle(Member& member, bool last);
  void end_threads(pid_t pid, std::int64_t time_ns) const;
  void record_death(Member& member, std::int64_t time_ns, trace::DeathSource source, std::int32_t status);

  const trace::Region* region_;
  std::vector<Member> members_;  // alive, or dead and waiting for its reaper's word
};

}  // namespace forklight::supervisor
