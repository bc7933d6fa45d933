#include "core/scenario/proc.h"

#include <fmt/format.h>

#include <fstream>

namespace forklight::scenario {

std::string process_state(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return "none";
  return line.substr(line.rfind(')') + 2, 1);  // the name before it may hold anything
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
    if (name.starts_with("Shared_")) memory.shared_kb += kb;
    if (name == "Pss") memory.pss_kb = kb;
  }
  return memory;
}

}  // namespace forklight::scenario
