// The process between the viewer and a lesson: starts MainProcess, watches every birth and death, ends everything when it must.
//
// Single-threaded. A child subreaper, so that orphans come to it; the only holder of the lifeline's write end, so that its own death ends
// every process of the run by the kernel's hand.
#pragma once

#include <functional>

#include "core/process/runtime.h"
#include "core/supervisor/protocol.h"

namespace forklight::supervisor {

// A lesson made ready: the Python program it is the twin of, and its main body.
struct Lesson {
  process::Program program;
  std::function<void()> main;
};

// Finds the lesson that a request names; may throw base::UsageError, which is handed to the viewer.
using FindLesson = std::function<Lesson(const RunRequest& request)>;

// Serves one run over kControlFd and kRegionFd. Returns the exit status of forklight-engine, when no process of the run is left.
[[nodiscard]] int serve(const FindLesson& find_lesson);

}  // namespace forklight::supervisor
