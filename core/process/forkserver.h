// The forkserver: a process with one thread and nothing of ours, which forks children on request (S.3).
//
//   creator ── listener (an unnamed UNIX address): descriptors by SCM_RIGHTS, the child's slot ──▶ server ── fork ──▶ child
//           ◀── status pipe: the pid, and later the exit code (8 bytes each) ────────────────────┘
//           ── data pipe: the luggage (launch.h) ──────────────────────────────────────────────────────────────────▶
//   Every client holds the write end of the alive pipe: at its end of file the server ends.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/process/launch.h"

namespace forklight::process {

// Starts the server if there is none, or if it has died (P-73), and has it fork the child.
// Throws ConnectionResetError when the server died of the missing main guard (S-28), std::system_error when the system refuses.
[[nodiscard]] Launched launch_forkserver(Luggage luggage, std::uint32_t slot);

// What comes through a child's sentinel when it is readable. 255 when the server was killed: then nobody will ever know (P-73).
[[nodiscard]] int read_exit_code(int sentinel);

// What a child of the server needs, to ask it for children of its own.
[[nodiscard]] bool knows_forkserver() noexcept;
void know_forkserver(const std::string& address, base::Fd alive);

// The server itself: serves until no client is left; never returns. `first` is what it was given to read. In each child it calls
// `child` with the luggage and the descriptors: the data pipe's read end first, then those of the arguments.
[[noreturn]] void serve_forks(const nlohmann::json& first, const std::function<void(nlohmann::json luggage, std::vector<int> descriptors)>& child);

}  // namespace forklight::process
