#include "tests/support/run_lesson.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "core/base/fd.h"
#include "tests/support/processes.h"

namespace forklight::tests {

LessonRun run_lesson(const std::string& engine, supervisor::RunRequest request, std::chrono::milliseconds patience) {
  const base::Fd out(capture_file()), err(capture_file());
  request.buffering = process::Buffering::block;
  LessonRun run;
  {
    supervisor::Engine live({.engine = engine, .stdout_fd = out.get(), .stderr_fd = err.get()}, request);
    const auto take = [&] {
      for (auto& batch : live.take()) std::move(batch.begin(), batch.end(), std::back_inserter(run.records));
    };
    if (!wait_until([&] { return take(), live.finished(); }, patience)) run.error = "the run did not end in time";
    take();
    if (run.error.empty()) run.error = live.error();
  }
  run.model.append(run.records);
  if (const auto* main = run.model.find(1); main != nullptr) run.main_status = main->exit_code().value_or(-1000);
  run.out = captured(out.get());
  run.err = captured(err.get());
  const bool reported = run.err.find("Sanitizer: ") != std::string::npos || run.err.find("runtime error: ") != std::string::npos;
  if (kSanitized && reported) run.error = "a sanitizer found something:\n" + run.err;
  return run;
}

LessonRun run_test_lesson(const std::string& name) {
  supervisor::RunRequest request;
  request.scenario = name;
  request.python_minor = python_minor();
  return run_lesson(TEST_ENGINE, request);
}

int python_minor() {
  static const int minor = std::atoi(run_program({"python3", "-c", "import sys; print(sys.version_info[1])"}).out.c_str());
  return minor;
}

PythonRun run_python(const std::string& source, process::Source how) {
  const std::vector<std::string> environment = {"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED="};
  if (how == process::Source::command) {
    const Finished finished = run_program({"python3", "-c", source}, std::chrono::seconds(60), environment);
    return {finished.out, finished.err, finished.status};
  }
  const auto file = std::filesystem::temp_directory_path() / ("forklight-test-" + std::to_string(::getpid()) + ".py");
  std::ofstream(file) << source;
  PythonRun run;
  if (how == process::Source::standard_input) {
    const Finished finished = run_program({"sh", "-c", "exec python3 < '" + file.string() + "'"}, std::chrono::seconds(60), environment);
    run = {finished.out, finished.err, finished.status};
  } else {
    run = run_python_file(file.string(), {});
  }
  std::filesystem::remove(file);
  return run;
}

PythonRun run_python_file(const std::string& file, const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"python3", file};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Finished finished = run_program(words, std::chrono::seconds(60), {"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED="});
  return {finished.out, finished.err, finished.status};
}

std::string normalised(const std::string& text) {
  std::string result = std::regex_replace(text, std::regex(R"re(File "[^"]*/([^/"]+)", line \d+)re"), R"re(File "$1")re");
  result = std::regex_replace(result, std::regex(R"re(File "([^"/]+)", line \d+)re"), R"re(File "$1")re");
  result = std::regex_replace(result, std::regex(R"(forklight-test-\d+\.py)"), "program.py");
  result = std::regex_replace(result, std::regex(R"re('/[^']*/program\.py')re"), "'program.py'");
  result = std::regex_replace(result, std::regex(R"(pid=\d+)"), "pid=N");
  result = std::regex_replace(result, std::regex(R"(parent=\d+)"), "parent=N");
  result = std::regex_replace(result, std::regex(R"(0x[0-9a-f]+)"), "0x");
  result = std::regex_replace(result, std::regex(R"(\n *[\^~]+ *(?=\n))"), "");
  return result;
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace forklight::tests
