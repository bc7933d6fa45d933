// The process between the viewer and a lesson: starts MainProcess, watches every birth and death, ends everything when it must.
//
// Single-threaded. A child subreaper, so that orphans come to it; the only holder of the lifeline's write end, so that its own death ends
// every process of the run by the kernel's hand.
#pragma once

#include <functional>

#include "core/process/target.h"
#include "core/supervisor/protocol.h"

namespace forklight::supervisor {

// Finds the lesson that a request names; may throw base::UsageError, which is handed to the viewer.
using FindLesson = std::function<process::Lesson(const RunRequest& request)>;

// All that forklight-engine does: serves one run over kControlFd and kRegionFd until no process of it is left; or, where its arguments say
// so, is a child of a run that is going on (process/boot.h). Returns the exit status.
[[nodiscard]] int engine_main(int argc, char** argv, const FindLesson& find_lesson);

}  // namespace forklight::supervisor
