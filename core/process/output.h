// sys.stdout and sys.stderr of a lesson process: real descriptors, Python's buffering.
#pragma once

#include <cstdint>
#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

#include "core/gil/interpreter.h"

namespace forklight::process {

// line: as on a terminal; block: as into a pipe or file, written when 8 KiB are full, at start() of a child (P-68) and at the end.
enum class Buffering : std::uint8_t { line, block };

class Output {
 public:
  void set_buffering(Buffering buffering) noexcept { buffering_ = buffering; }

  // Into the buffer, and out as the buffering says. Throws PythonError (BrokenPipeError …) when the descriptor refuses.
  void write(std::string_view text);
  void flush();
  // In a forked child: the parent's text is the parent's (start() flushed it), and its lock may be held by a thread that is not here.
  void after_fork() noexcept;

 private:
  void flush_locked();

  Buffering buffering_ = Buffering::line;
  gil::Yielding<std::mutex> mutex_;
  std::string buffer_;
  std::atomic<bool> unsaid_{false};  // there is text that is not yet all written
};

// Straight to stderr, which Python never holds back by more than a line. A refusing descriptor is ignored, as in a dying interpreter.
void write_stderr(std::string_view text) noexcept;

}  // namespace forklight::process
