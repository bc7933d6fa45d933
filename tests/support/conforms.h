// A lesson on the engine and the same program by real python3, side by side.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/lessons.h"
#include "tests/support/run_lesson.h"

namespace forklight::tests {

// Everything a program said on stderr, as far as it is the same everywhere: the first and the last line of each traceback (SEMANTICS 0.2).
[[nodiscard]] inline std::string tracebacks(const std::string& err) {
  std::string kept, line;
  for (const char c : normalised(err) + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    const bool inner = line.starts_with("  ") || line.empty();
    if (!inner) kept += line + "\n";
    line.clear();
  }
  return kept;
}

struct BothRuns {
  LessonRun ours;
  PythonRun theirs;
};

// Runs both, and checks what no fact leaves open: how they end, what is on stderr, and that the trace is whole. `lossless`: that no event was
// lost, as is promised of all but floods.
inline BothRuns run_both(const char* name, bool lossless = true) {
  const TestLesson* lesson = find_lesson(name);
  REQUIRE(lesson != nullptr);
  BothRuns both{run_test_lesson(name), {}};
  both.theirs = unless_sanitized(
      both.ours, [&] { return run_python(std::string(lesson->whole ? "" : kPrelude) + std::string(lesson->python), lesson->source); });
  CHECK(both.ours.error == "");
  CHECK(tracebacks(both.ours.err) == tracebacks(both.theirs.err));
  CHECK(both.ours.main_status == both.theirs.status);
  CHECK(both.ours.model.complete());
  if (lossless) CHECK(both.ours.model.lost_count() == 0);
  return both;
}

// And both print the same.
inline void conforms(const char* name, bool lossless = true) {
  const BothRuns both = run_both(name, lossless);
  CHECK(normalised(both.ours.out) == normalised(both.theirs.out));
}

// Where a number is nobody's promise: those lines of both outputs, as numbers; the other lines must be the same.
struct Numbers {
  double ours = 0, theirs = 0;
};
[[nodiscard]] inline Numbers conforms_but_for_line(const char* name, std::size_t line, bool lossless = true) {
  const BothRuns both = run_both(name, lossless);
  const auto split = [&](const std::string& text, double& number) {
    std::vector<std::string> lines;
    std::string one;
    for (const char c : normalised(text)) {
      if (c == '\n') {
        if (lines.size() == line) number = std::atof(one.c_str()), one = "#";
        lines.push_back(one);
        one.clear();
      } else {
        one += c;
      }
    }
    return lines;
  };
  Numbers numbers;
  CHECK(split(both.ours.out, numbers.ours) == split(both.theirs.out, numbers.theirs));
  return numbers;
}

}  // namespace forklight::tests

#define CONFORMS(name) \
  TEST_CASE(name) { forklight::tests::conforms(name); }
