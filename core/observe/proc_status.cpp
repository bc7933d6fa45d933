#include "core/observe/proc_status.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <string_view>

#include "core/base/posix_call.h"

namespace forklight::observe {
namespace {

using Text = char[8192];

// A whole file of /proc, read into `text`; empty if it cannot be read.
std::string_view slurp(const char* path, Text& text) {
  const base::Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  std::size_t size = 0;
  while (size < sizeof text) {
    const ssize_t got = base::retry_eintr([&] { return ::read(file.get(), text + size, sizeof text - size); });
    if (got < 0) return {};
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return {text, size};
}

std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \n"));
  text.remove_prefix(word.size());
  return word;
}

std::uint64_t number(std::string_view word) {
  std::uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

}  // namespace

std::optional<ProcStatus> read_status(pid_t pid, pid_t tid) {
  char path[64];
  *fmt::format_to_n(path, sizeof path - 1, "/proc/{}/task/{}/stat", pid, tid).out = '\0';
  Text file;
  std::string_view text = slurp(path, file);
  // The name in field 2 may hold anything, but its closing bracket is the last one.
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  text.remove_prefix(name_end + 1);
  const std::string_view letter = next_word(text);
  if (letter.size() != 1) return std::nullopt;
  for (int field = 4; field < 22; ++field) (void)next_word(text);
  const std::uint64_t start_ticks = number(next_word(text));
  for (int field = 23; field < 39; ++field) (void)next_word(text);
  const std::string_view cpu = next_word(text);
  return ProcStatus{letter[0], start_ticks, cpu.empty() ? -1 : static_cast<int>(number(cpu))};
}

std::optional<ProcMemory> read_memory(pid_t pid) {
  char path[64];
  *fmt::format_to_n(path, sizeof path - 1, "/proc/{}/smaps_rollup", pid).out = '\0';
  Text file;
  std::string_view text = slurp(path, file);
  ProcMemory memory;
  bool found = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view key = next_word(line);
    const auto value = static_cast<std::uint32_t>(number(next_word(line)));
    if (key == "Rss:") memory.rss = value, found = true;
    if (key == "Pss:") memory.pss = value;
    if (key == "Private_Clean:" || key == "Private_Dirty:") memory.private_pages += value;
    if (key == "Shared_Clean:" || key == "Shared_Dirty:") memory.shared_pages += value;
  }
  return found ? std::optional(memory) : std::nullopt;
}

}  // namespace forklight::observe
