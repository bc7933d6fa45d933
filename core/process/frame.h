// Where a thread is in its Python program: functions and lines, as the twin in assets/scenarios has them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/process/facts.h"

namespace forklight::process {

// Lines are looked up in the twin's text while compiling, so they cannot go stale: no such line, or two of them, is a compile error.
consteval std::uint16_t line_of(std::string_view program, std::string_view code) {
  const auto at = program.find(code);
  if (at == std::string_view::npos) throw "the Python twin has no such line";
  if (program.find(code, at + 1) != std::string_view::npos) throw "the Python twin has that more than once";
  std::uint16_t line = 1;
  for (const char c : program.substr(0, at)) line = static_cast<std::uint16_t>(line + (c == '\n' ? 1 : 0));
  return line;
}

// Held while the thread is inside a function of the program.
class Frame {
 public:
  explicit Frame(std::string_view function);
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  // This thread's frames, outermost first.
  [[nodiscard]] static std::vector<FramePlace> stack();
  // In a forked child: the frames of the parent are never returned to.
  static void forget();

 private:
  std::uint16_t caller_line_;
};

// The program goes to this line: on record, in tracebacks. Its operations pass the gate, it does not. A check point for signals: throws what
// a handler throws.
void at(std::uint16_t line);

}  // namespace forklight::process
