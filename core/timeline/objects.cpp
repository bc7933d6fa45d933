#include "core/timeline/objects.h"

#include <algorithm>

namespace forklight::timeline {

std::int64_t Message::put_ns() const noexcept {
  for (const std::int64_t entered : entered_ns) {
    if (entered != kOpen) return entered;
  }
  return kOpen;
}

Stage Message::stage_at(std::int64_t time_ns) const noexcept {
  for (std::size_t stage = kStages; stage-- > 0;) {
    if (entered_ns[stage] <= time_ns) return Stage{static_cast<std::uint8_t>(stage)};
  }
  return Stage::deque;
}

std::vector<std::uint32_t> Channel::contents(std::int64_t time_ns, std::size_t limit) const {
  // Back from the newest until as many were met as there were.
  std::vector<std::uint32_t> found;
  const auto after =
      std::upper_bound(messages.begin(), messages.end(), time_ns,
                       [](std::int64_t time, const Message& message) { return time < message.put_ns(); });
  auto left = counts.at(time_ns).depth;
  for (auto i = static_cast<std::uint32_t>(after - messages.begin()); i-- > 0 && left > 0;) {
    if (!messages[i].in_at(time_ns)) continue;
    found.push_back(i);
    --left;
  }
  std::reverse(found.begin(), found.end());
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace forklight::timeline
