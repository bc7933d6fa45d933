// What a process runs: a function of the program, found by its Python name as unpickling finds it; or, under fork alone, a lambda.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/process/args.h"

namespace forklight::process {

// Where the program defines it, which is where a child that imports the program anew can find it.
enum class Scope : std::uint8_t {
  module,    // at the top: everywhere
  guarded,   // under `if __name__ == "__main__"`: not in an import (S-22)
  function,  // inside another function: it cannot even be pickled (S-21); `name` is then "outer.<locals>.inner"
};

struct Target {
  std::string_view name;  // as in the twin: "raises"
  void (*function)(const Args& args);
  Scope scope = Scope::module;
};

// How Python got the program: a child that imports it anew finds it in a file alone (S-30, S-31).
enum class Source : std::uint8_t { file, command, standard_input };
// Targets that are no part of any program, but of a library beside it: found by a child of any program. Registered before main().
struct LibraryTarget : Target {
  LibraryTarget(std::string_view name, void (*function)(const Args& args));
  [[nodiscard]] static const Target* find(std::string_view name) noexcept;
};

// The Python program that the C++ body is the twin of.
struct Program {
  std::string_view file, text;
  Source source = Source::file;
};

// A program made ready: its main body, and what a child that imports it anew gets.
struct Lesson {
  Program program;
  std::function<void()> main;
  std::vector<const Target*> targets = {};  // that a child of spawn or forkserver may be asked for
  std::function<void()> imported = {};      // what its top-level code does when it is imported, that is without a main guard (S-05)
};

}  // namespace forklight::process
