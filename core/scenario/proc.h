// What lessons ask the kernel about processes, as their Python twins do.
#pragma once

#include <sys/types.h>

#include <string>

#include "core/gil/interpreter.h"

namespace forklight::scenario {

// A system call of the lesson's own that Python makes without the GIL (G.5).
template <typename Call>
auto without_gil(Call&& call) {
  const gil::Released released;
  return call();
}

// The state letter in /proc/PID/stat, "Z" for a zombie; "none" if there is no such process.
[[nodiscard]] std::string process_state(pid_t pid);

// Memory of this process, in kB, by /proc/self/smaps_rollup.
struct Memory {
  long private_kb = 0;  // pages that nobody else has (USS)
  long shared_kb = 0;   // pages that others have too, counted whole
  long dirty_kb = 0;    // of the private ones, what this process has written: code that others stop using is not its own for that
  long pss_kb = 0;      // private, and of each shared page this process's part
};
[[nodiscard]] Memory own_memory();

// CPU seconds of this process and of the children that it has waited for, by getrusage.
[[nodiscard]] double cpu_s();

// Seconds that this thread has stood in line for a core, by /proc/thread-self/schedstat; 0 where the kernel does not count them.
[[nodiscard]] double in_line_s();

}  // namespace forklight::scenario
