#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {

std::span<const Scenario* const> all() noexcept {
  static const Scenario* const scenarios[] = {
      &hello(), &exit_codes(),  // processes
      &zombie(), &orphan(), &daemon(), &terminate_vs_kill(), &crash(), &copy_on_write(),  // life
      &queue(), &pipe(), &deadlock_join(),  // talking
      &event(), &shared_memory(), &killed_with_lock(), &barrier(), &condition()};  // sharing
  return scenarios;
}

const Scenario& find(std::string_view id) {
  const auto known = all();
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Scenario* scenario) { return scenario->id == id; });
  if (found != known.end()) return **found;
  std::vector<std::string_view> ids;
  for (const Scenario* scenario : known) ids.push_back(scenario->id);
  throw base::UsageError(fmt::format("There is no scenario '{}': choose from {}.", id, fmt::join(ids, ", ")));
}

}  // namespace forklight::scenario
