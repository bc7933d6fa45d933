// The last runs, each kept as a trace file when it ends, so that it can be opened again: a few of them, in the state directory. The list of
// files that were opened or saved is kept beside them.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/session/person.h"
#include "app/session/session.h"

namespace forklight::app::session {

inline constexpr std::size_t kMostKeptRuns = 8;
inline constexpr std::uintmax_t kMostKeptBytes = 256u << 20;
// A run with more events is the person's own to save: what is kept without being asked for stays small.
inline constexpr std::size_t kMostKeptEvents = 1'000'000;

class RunKeeper {
 public:
  // Without a directory nothing is kept.
  RunKeeper(std::optional<std::filesystem::path> state, Past& past);
  ~RunKeeper();  // waits for what is being written
  RunKeeper(const RunKeeper&) = delete;
  RunKeeper& operator=(const RunKeeper&) = delete;

  [[nodiscard]] bool keeps() const noexcept { return !directory_.empty(); }

  // Keeps the run at hand once it has ended, on a thread of its own; once more when notes have been written on it. Call once a frame. The list of files is written where it has changed.
  void update(const Session& session, Past& past);
  // The same for a run that is still going on, at once: the window closes.
  void keep_now(const Session& session, Past& past);

 private:
  void keep(const Session& session, Past& past, bool at_once);
  void write(const Session& session, const std::filesystem::path& file, bool at_once);
  [[nodiscard]] bool notes_are_newer(const Session& session, const Past& past) const;
  void make_room(Past& past) const;

  std::filesystem::path directory_;  // of the runs, "" = nothing is kept
  int kept_number_ = 0;              // of the run that was kept last
  std::uint64_t kept_notes_ = 0;     // the revision of its notes that was kept
  std::atomic<bool> busy_ = false;   // a file is being written
  std::vector<std::string> files_;   // as they were written last
  std::thread writing_;
};

}  // namespace forklight::app::session
