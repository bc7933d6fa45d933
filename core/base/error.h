// Errors that reach a person: one clear sentence each (what, where, what to do).
#pragma once

#include <stdexcept>
#include <string>
#include <system_error>

namespace forklight::base {

// The person asked for something that cannot be: exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The machine refused: exit status 1. The sentence says what was refused and what to do.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws std::system_error of the current errno: "open(/x/y): Permission denied".
[[noreturn]] void throw_errno(const std::string& operation);
[[noreturn]] void throw_errno(const std::string& operation, int error);

// "Permission denied", thread-safe.
[[nodiscard]] std::string error_text(int error);

}  // namespace forklight::base
