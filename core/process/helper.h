// Multiprocessing's own helpers, the forkserver and the resource tracker: processes of the run that run nothing of the lesson.
#pragma once

#include <sys/types.h>

#include <span>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/trace/event.h"

namespace forklight::process {

struct Helper {
  pid_t pid = 0, starter = 0;  // 0: none is known
  std::uint32_t slot = 0;
  trace::TaskId task = 0;
};

// Starts forklight-engine as `role`, as a task of that name, with these descriptors open under the same numbers and `contents` to read
// first. `ignored` are signals that must not meet it before it ignores them. Throws std::system_error; then there is none.
[[nodiscard]] Helper launch_helper(std::string_view name, const char* role, std::vector<int> descriptors, nlohmann::json contents,
                                   std::span<const int> ignored = {});

// Reaps it if it has ended. False while it lives, and for all but the process that started it: nobody else can tell.
[[nodiscard]] bool reap_helper(const Helper& helper);

}  // namespace forklight::process
