// The three ways in which a child comes to be (S.3). For core/process alone.
//
//   fork        the child goes on in a copy of everything (P.1)
//   spawn       fork + exec of forklight-engine; what to run comes through a pipe
//   forkserver  the same pipe, but the process is forked by a server that has one thread and nothing of ours (forkserver.h)
#pragma once

#include <sys/types.h>

#include <span>
#include <vector>

#include "core/base/json.h"
#include "core/base/posix_call.h"
#include "core/process/process_object.h"

namespace forklight::process {

struct Launched {
  pid_t pid = -1;
  base::Fd sentinel;      // see Process::Object
  base::Fd parent_death;  // the end whose closing tells the child that we are gone
};

// Returns in the parent alone. Throws std::system_error; then there is no child.
[[nodiscard]] Launched launch_fork(Process::Object& object, std::uint32_t slot);

// What a child needs that has nothing of ours: who it is and what it is to run; and the descriptors that go with that.
struct Luggage {
  nlohmann::json contents;
  std::vector<int> descriptors;
};
// Throws the error of what cannot be pickled (S-20, S-21, S-32), and the one of a missing main guard (S-27): before there is any process.
[[nodiscard]] Luggage pack(const Process::Object& object);
[[nodiscard]] Launched launch_spawn(Luggage luggage, std::uint32_t slot);

// Starts forklight-engine anew as `role`, with these descriptors open in it under the same numbers, and gives it what to read first.
// Throws std::system_error.
// `blocked` are signals that wait until it asks for them.
[[nodiscard]] pid_t exec_engine(const char* role, const base::Pipe& data, const std::vector<int>& descriptors, std::span<const int> blocked = {});
// The luggage through the pipe. A reader that is gone is an OSError, as in Python.
void write_luggage(int fd, const nlohmann::json& contents);
// Reads it. Throws base::Failure when it is not whole.
[[nodiscard]] nlohmann::json read_luggage(int fd);

}  // namespace forklight::process
