// Where a thread is in its Python program: functions and lines, as the twin in assets/scenarios has them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/process/facts.h"

namespace forklight::process {

// Lines are looked up in the twin's text while compiling, so they cannot go stale: no such line, or two of them, is a compile error.
// One plain loop: the compiler interprets it for every line of every lesson.
consteval std::uint16_t line_of(std::string_view program, std::string_view code) {
  const char* const text = program.data();
  const char* const sought = code.data();
  const std::size_t length = code.size(), places = program.size() < length ? 0 : program.size() - length + 1;
  std::uint16_t line = 1, found = 0;
  for (std::size_t at = 0; at < places; ++at) {
    if (text[at] == '\n') ++line;
    if (text[at] != sought[0]) continue;
    std::size_t same = 1;
    while (same < length && text[at + same] == sought[same]) ++same;
    if (same < length) continue;
    if (found != 0) throw "the Python twin has that more than once";
    found = sought[0] == '\n' ? static_cast<std::uint16_t>(line - 1) : line;
  }
  if (found == 0) throw "the Python twin has no such line";
  return found;
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
