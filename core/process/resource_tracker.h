// multiprocessing.resource_tracker: one helper for a whole tree of processes, started when the first thing with a name in the system is
// made, or by the first start under spawn or forkserver (S-15, S.3).
//
//   every process of the tree ── pipe: "REGISTER:NAME:semaphore", "UNREGISTER:…", "PROBE:0:noop" lines ──▶ tracker
//
// All hold the pipe's write end, by inheritance or as a passed descriptor; at its end of file the tracker says what was left registered,
// and ends. It ignores SIGINT and SIGTERM. The semaphores of a run lie in its own memory and have no names; what is registered for each is
// the name that CPython would have given it.
#pragma once

#include "core/base/fd.h"

namespace forklight::process {

// The pipe's write end; starts the tracker if this tree has none yet, or if it has died. Throws std::system_error.
int resource_tracker_fd();
// In a child that was started with the write end.
void know_resource_tracker(base::Fd write_end);

// A semaphore was made here, in a context where Python gives it a name: spawn or forkserver. Taken back when this process ends in order.
void register_semaphore();

// The tracker itself: until the last writer is gone; never returns. SIGINT and SIGTERM are blocked when it begins.
[[noreturn]] void serve_resource_tracker(base::Fd lines);

}  // namespace forklight::process
