// Where what belongs to the person is kept between two starts, and the one way to write there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forklight::app::session {

struct PersonFolders {
  std::filesystem::path config, state;
};

// $XDG_CONFIG_HOME/forklight, else ~/.config/forklight; $XDG_STATE_HOME/forklight, else ~/.local/state/forklight. Nothing where the
// environment names no absolute path: then nothing is kept.
[[nodiscard]] std::optional<PersonFolders> person_folders();

// Writes under a temporary name, then renames: a file is there whole or not at all. Makes the directory, for the person alone. Throws
// base::Failure with the system's word for what was refused. Not a store::OutputFile: nobody else may read it, and it does not wait for the
// disk, as it comes between two frames.
void write_whole(const std::filesystem::path& file, std::string_view text);

// A run that was kept by itself, as its file's name tells.
struct KeptRun {
  std::string path;
  std::string scenario;    // id
  std::int64_t ended = 0;  // seconds since 1970
};

// What the person may want to come back to.
struct Past {
  std::vector<KeptRun> runs;       // kept by themselves, the newest first
  std::vector<std::string> files;  // opened or saved, the latest first
  std::string at_hand;             // as which the run at hand was kept, "" = it was not
};
inline constexpr std::size_t kMostFiles = 12;

// Of a file that was opened or saved. What was kept by itself is no file of the person's.
void remember(Past& past, const std::string& path);

}  // namespace forklight::app::session
