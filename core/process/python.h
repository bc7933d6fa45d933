// The words that scenario bodies are written in: what Python calls print, sleep, sys.exit.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "core/process/facts.h"
#include "core/process/frame.h"
#include "core/process/process.h"

namespace forklight::process {

// print(): text and a newline to this process's stdout, buffered as Python buffers. flush=True with print_now().
void print(std::string_view text);
void print_now(std::string_view text);

// time.sleep(seconds). Throws ValueError for a negative length, as Python does.
void sleep(double seconds);

// raise TYPE(message), with the frames of this moment.
[[noreturn]] void raise(std::string type, std::string message);

// What sys.exit() raises; run_to_end turns it into an exit code.
struct SystemExit {
  int code;          // n mod 256 (P-32)
  std::string text;  // printed to stderr where sys.exit was given something else than a number (P-33)
};
[[noreturn]] void sys_exit(int code = 0);
[[noreturn]] void sys_exit(std::string text);
// os._exit(): no cleanup, unflushed output is lost (P-34).
[[noreturn]] void os_exit(int code) noexcept;

// try: body() finally: last(). A signal that nobody handles ends the process without either (P-37).
template <typename Body, typename Last>
void try_finally(Body&& body, Last&& last) {
  try {
    body();
  } catch (...) {
    last();
    throw;
  }
  last();
}

// __name__, at the top of the program (S-04).
[[nodiscard]] std::string_view main_module_name();
// hash(TEXT): the same in all that have the same seed (S-10).
[[nodiscard]] std::uint64_t hash(std::string_view text);

// multiprocessing.current_process().name
[[nodiscard]] const std::string& current_process_name();

}  // namespace forklight::process
