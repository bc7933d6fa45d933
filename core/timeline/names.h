// Names as they are shown. Private to core/timeline.
#pragma once

#include <algorithm>
#include <string>

namespace forklight::timeline {

// A name may hold anything; shown it takes one line.
[[nodiscard]] inline std::string one_line(std::string name) {
  std::replace_if(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return name;
}

}  // namespace forklight::timeline
