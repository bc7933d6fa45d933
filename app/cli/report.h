// A run in words and numbers, for the terminal and for programs.
#pragma once

#include <string>

#include "app/session/session.h"
#include "core/base/json.h"

namespace forklight::app::cli {

// The table of processes (name, pid, parent, exit code, times), then each claim with its verdict, then what is worth knowing besides.
[[nodiscard]] std::string report(const session::Session& session);

// One object: scenario, settings, processes, claims, events, lost.
[[nodiscard]] nlohmann::json report_json(const session::Session& session);

// A table with columns as wide as their widest cell; right-aligned where `right` says so. East Asian characters count twice.
struct Column {
  std::string title;
  bool right = false;
};
[[nodiscard]] std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

}  // namespace forklight::app::cli
