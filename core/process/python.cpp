#include "core/process/python.h"

#include <unistd.h>

#include <cmath>
#include <utility>

#include "core/gil/blocking.h"
#include "core/process/runtime.h"
#include "core/trace/recorder.h"

namespace forklight::process {

void print(std::string_view text) { Runtime::current().out().write(std::string(text) + "\n"); }

void print_now(std::string_view text) {
  print(text);
  Runtime::current().out().flush();
}

void sleep(double seconds) {
  if (seconds < 0) raise("ValueError", "sleep length must be non-negative");
  gil::sleep_for(std::llround(seconds * 1e9));
}

void raise(std::string type, std::string message) { throw PythonError(std::move(type), std::move(message)); }

void sys_exit(int code) { throw SystemExit{code & 0xff, {}}; }

void sys_exit(std::string text) { throw SystemExit{1, std::move(text)}; }

void os_exit(int code) noexcept {
  trace::Recorder& recorder = trace::Recorder::current();
  recorder.gate(trace::Kind::exit);
  recorder.record(trace::Kind::exit, 0, static_cast<std::uint64_t>(code & 0xff), static_cast<std::uint64_t>(trace::ExitHow::os_exit));
  ::_exit(code & 0xff);
}

std::string_view main_module_name() { return Runtime::current().main_module(); }

std::uint64_t hash(std::string_view text) {
  // FNV-1a over the seed and the text: what matters here is who agrees with whom.
  std::uint64_t value = 14695981039346656037ULL ^ Runtime::current().hash_seed();
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return value;
}

const std::string& current_process_name() { return Runtime::current().name(); }

}  // namespace forklight::process
