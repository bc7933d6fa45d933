// What viewer and supervisor say to each other: JSON objects in SOCK_SEQPACKET messages, and descriptors at fixed numbers.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/fd.h"
#include "core/base/json.h"
#include "core/observe/observer.h"
#include "core/process/output.h"

namespace forklight::supervisor {

// Descriptors that forklight-engine finds open.
inline constexpr int kControlFd = 3;
inline constexpr int kRegionFd = 4;
inline constexpr std::size_t kMaxMessage = 64 * 1024;

// Hard limits of a run; each says so when it is hit.
struct Caps {
  std::uint32_t processes = 256;         // alive at once; start() fails with EAGAIN beyond
  std::uint64_t bytes = 1ULL << 30;      // private memory of each process; MemoryError beyond
  std::int64_t run_time_s = 600;         // the run is stopped then
};

// The first message, viewer → supervisor: what to run.
struct RunRequest {
  std::string scenario;
  std::map<std::string, std::string> settings = {};
  std::string directory = {};  // for the lesson's files: its FORKLIGHT_RUN_DIR; empty: as our environment has it
  process::Buffering buffering = process::Buffering::line;
  int python_minor = 14;
  Caps caps = {};
  observe::Want observe = observe::Want::best;  // what the kernel is asked
};

[[nodiscard]] nlohmann::json to_json(const RunRequest& request);
// Throws nlohmann::json::exception if a field is missing or of another type.
[[nodiscard]] RunRequest run_request(const nlohmann::json& message);

// Later messages. viewer → supervisor: {"do": "stop"}, {"do": "signal", "task": id, "signal": n}, {"do": "interrupt"}: SIGINT to all.
// {"do": "act", …: see Learner}, {"do": "held", "held": true or false}: whether the learner holds the run (pace step).
// supervisor → viewer: {"event": "started", "pid": n}, {"event": "refused",
// "error": sentence}, {"event": "ended"}; and before all of these {"event": "kernel", "rings": [{"cpu": n, "bytes": n}]} with
// their descriptors, once or more, or {"event": "kernel", "error": errno}.

inline constexpr std::size_t kMaxDescriptors = 64;  // in one message; the kernel's own limit is 253

// False when the other side is gone.
bool send_message(int socket, const nlohmann::json& message, std::span<const int> descriptors = {});
// Waits for the next message; nothing when the other side is gone or spoke nonsense. Descriptors that come with it are appended, or
// closed if nobody asks for them.
[[nodiscard]] std::optional<nlohmann::json> receive_message(int socket, std::vector<base::Fd>* descriptors = nullptr);

}  // namespace forklight::supervisor
