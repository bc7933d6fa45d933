// The command line: scenarios without a window, over the same session as the window's.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/observe/observer.h"

namespace forklight::app::cli {

inline constexpr int kOk = 0, kFailure = 1, kUsage = 2, kClaimBroken = 3;

// What `forklight` without a subcommand was asked to show.
struct WindowRequest {
  std::optional<std::filesystem::path> file;
  std::optional<std::string> scenario, theme, language, size, lecture;
  std::optional<double> scale;
  observe::Want observe = observe::Want::best;
};

// Reads the arguments and does what they say; the window, where it is wanted, through `open_window`. Returns the exit status: 0 done,
// 1 the machine refused, 2 wrong usage, 3 a claim did not hold. Every error is one sentence on stderr.
[[nodiscard]] int run(int argc, char** argv, const std::filesystem::path& engine,
                      const std::function<int(const WindowRequest&)>& open_window);

}  // namespace forklight::app::cli
