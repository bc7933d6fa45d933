// `forklight figure`: a picture of a saved run.
#pragma once

#include "app/cli/export.h"

namespace forklight::app::cli {

// Adds the subcommand; `job` is set if it was asked for.
void add_figure(CLI::App& app, Job& job);

}  // namespace forklight::app::cli
