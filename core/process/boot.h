// The way into a process that was started by exec: a spawned child, the forkserver and its children, or the resource tracker.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/process/runtime.h"
#include "core/process/target.h"

namespace forklight::process {

// The run that a request is about, as it was given to the supervisor.
struct Booked {
  Lesson lesson;
  Buffering buffering;
  int python_minor;
};
using FindBooked = std::function<Booked(const std::string& request)>;

// What the arguments of forklight-engine ask for; nothing when they ask for none of these, then it is to be the supervisor. Returns the
// exit code of a child, and from a helper not at all.
[[nodiscard]] std::optional<int> boot(int argc, char** argv, const FindBooked& find);

}  // namespace forklight::process
