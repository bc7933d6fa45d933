#include "core/process/traceback.h"

#include <fmt/format.h>

namespace forklight::process {
namespace {

// The text of a line, without its indentation.
std::string_view line_text(std::string_view text, int line) {
  for (int at = 1; at < line; ++at) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

constexpr std::string_view kHead = "Traceback (most recent call last):\n";

std::string program_frames(const PythonError& error, const Program& program) {
  std::string text;
  for (const FramePlace& frame : error.frames()) {
    text += fmt::format("  File \"{}\", line {}, in {}\n", program.file, frame.line, frame.function);
    if (const auto code = line_text(program.text, frame.line); !code.empty()) text += fmt::format("    {}\n", code);
  }
  return text + error.what() + "\n";
}

}  // namespace

std::string traceback(const PythonError& error, const Program& program, std::string_view process_name) {
  std::string text;
  if (!process_name.empty()) text += fmt::format("Process {}:\n", process_name);
  if (!error.cause().empty()) text += error.cause() + "\nThe above exception was the direct cause of the following exception:\n\n";
  text += kHead;
  if (!process_name.empty()) {
    // Where CPython 3.11 calls the target from.
    text += "  File \"multiprocessing/process.py\", line 314, in _bootstrap\n    self.run()\n";
    text += "  File \"multiprocessing/process.py\", line 108, in run\n    self._target(*self._args, **self._kwargs)\n";
  }
  return text + program_frames(error, program);
}

std::string traceback(const PythonError& error, const Program& program, Importer importer) {
  std::string text(kHead);
  // Where CPython 3.11 imports the program and unpickles the process object from.
  if (importer == Importer::spawn) {
    text += "  File \"<string>\", line 1, in <module>\n";
    text += "  File \"multiprocessing/spawn.py\", line 122, in spawn_main\n    exitcode = _main(fd, parent_sentinel)\n";
  } else {
    text += "  File \"multiprocessing/forkserver.py\", line 274, in main\n    code = _serve_one(child_r, fds,\n";
  }
  return text + program_frames(error, program);
}

std::string worker_traceback(const PythonError& error, const Program& program, std::string_view library) {
  std::string text;
  if (!error.cause().empty()) text += error.cause() + "\nThe above exception was the direct cause of the following exception:\n\n";
  return text.append(kHead).append(library) + program_frames(error, program);
}

std::string ignored(std::string_view where, const PythonError& error, const Program& program) {
  std::string text = fmt::format("Exception ignored in{}\n{}", where, traceback(error, program, std::string_view{}));
  if (error.message().empty()) text.insert(text.size() - 1, ": ");  // printed by another hand than other tracebacks
  return text;
}

}  // namespace forklight::process
