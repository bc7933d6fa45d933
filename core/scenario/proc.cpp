#include "core/scenario/proc.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>

namespace forklight::scenario {

std::string process_state(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return "none";
  return line.substr(line.rfind(')') + 2, 1);  // the name before it may hold anything
}

double cpu_s() {
  double seconds = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime}) seconds += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  }
  return seconds;
}

Memory own_memory() {
  const gil::Released released;  // reading a file
  std::ifstream file("/proc/self/smaps_rollup");
  Memory memory;
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string name = line.substr(0, colon);
    const long kb = std::strtol(line.c_str() + colon + 1, nullptr, 10);
    if (name.starts_with("Private_")) memory.private_kb += kb;
    if (name == "Private_Dirty") memory.dirty_kb = kb;
    if (name.starts_with("Shared_")) memory.shared_kb += kb;
    if (name == "Pss") memory.pss_kb = kb;
  }
  return memory;
}

double in_line_s() {
  const gil::Released released;  // reading a file
  std::ifstream file("/proc/thread-self/schedstat");
  std::int64_t on_core_ns = 0, in_line_ns = 0;
  return file >> on_core_ns >> in_line_ns ? static_cast<double>(in_line_ns) * 1e-9 : 0;
}

}  // namespace forklight::scenario
