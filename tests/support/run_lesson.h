// A lesson run to its end by a real engine, and everything there is to know of it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/process/target.h"
#include "core/supervisor/engine.h"
#include "core/timeline/model.h"
#include "tests/support/rounds.h"

namespace forklight::tests {

struct LessonRun {
  timeline::Model model;
  std::vector<trace::Record> records;
  std::string out, err, error;
  int main_status = -1000;  // MainProcess's exit code
};

// Runs a lesson (of tests/support/lessons.h, or of core/scenario with forklight-engine). Block-buffered, as into a file.
[[nodiscard]] LessonRun run_lesson(const std::string& engine, supervisor::RunRequest request,
                                   std::chrono::milliseconds patience = std::chrono::seconds(40));
[[nodiscard]] LessonRun run_test_lesson(const std::string& name);

// The 11 in 3.11, of this machine's python3.
[[nodiscard]] int python_minor();

// The same program by real python3: its source, run as a script.
struct PythonRun {
  std::string out, err;
  int status;
};
[[nodiscard]] PythonRun run_python(const std::string& source, process::Source how = process::Source::file);
[[nodiscard]] PythonRun run_python_file(const std::string& file, const std::vector<std::string>& arguments);
// What `python` gives. Under a sanitizer, which looks at our own code, python3 is not asked: ours stands for both, and the tests as released
// compare.
template <class Run>
[[nodiscard]] PythonRun unless_sanitized(const LessonRun& ours, const Run& python) {
  return kSanitized ? PythonRun{ours.out, ours.err, ours.main_status} : python();
}

// Text without what differs from run to run and from place to place: pids, addresses, paths, line numbers, marker lines (SEMANTICS 0.2).
[[nodiscard]] std::string normalised(const std::string& text);
// Its lines, sorted: for output of several processes, whose order is nobody's promise.
[[nodiscard]] std::vector<std::string> sorted_lines(const std::string& text);

}  // namespace forklight::tests
