// What a person types on the command line, checked before anything is started.
#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>

namespace forklight::app::cli {

// "2s", "500ms", "1.5min", "2" (seconds). Throws base::UsageError for anything else, for nothing and for more than a day.
[[nodiscard]] std::chrono::nanoseconds parse_duration(std::string_view text);

// Throws base::Failure, in one sentence, if a file could not be written there.
void check_writable(const std::filesystem::path& file);

}  // namespace forklight::app::cli
