// `forklight export`: a saved run for other programs.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace forklight::app::cli {

// What a subcommand was asked to do once its arguments are read: returns the exit status, throws as cli::run() explains.
using Job = std::function<int()>;

// Adds the subcommand; `job` is set if it was asked for.
void add_export(CLI::App& app, Job& job);

}  // namespace forklight::app::cli
