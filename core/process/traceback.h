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

// In a pool's worker (L-10): `library` are the frames of multiprocessing that called the program's function.
[[nodiscard]] std::string worker_traceback(const PythonError& error, const Program& program, std::string_view library);

// What is said of an exception that nobody can catch any more: "Exception ignored in WHERE", and its traceback (P-66).
[[nodiscard]] std::string ignored(std::string_view where, const PythonError& error, const Program& program);

}  // namespace forklight::process
