// Tracebacks in the form that Python prints them.
#pragma once

#include <string>
#include <string_view>

#include "core/process/facts.h"
#include "core/process/runtime.h"

namespace forklight::process {

// For a child: "Process NAME:", the two frames of multiprocessing itself, the program's frames, "Type: message" (P-35).
// For MainProcess (empty name): the program's frames from <module> on.
[[nodiscard]] std::string traceback(const PythonError& error, const Program& program, std::string_view process_name);

// Before a child's target runs (S-22, S-27): the frames of what was setting it up.
enum class Importer { spawn, forkserver };
[[nodiscard]] std::string traceback(const PythonError& error, const Program& program, Importer importer);

}  // namespace forklight::process
