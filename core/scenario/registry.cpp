#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/scenario/registry.h"
#include "core/scenario/surprises/surprises.h"

namespace forklight::scenario {

std::span<const Scenario* const> all() noexcept {
  // Each of them offers Python's version: tracebacks, functions of atexit, queues and start methods differ, and somewhere in all (0.1).
  static const std::vector<Scenario> made = [] {
    static const Scenario* const listed[] = {
        &hello(), &exit_codes(), &start_methods(), &main_guard(),  // processes
        &zombie(), &orphan(), &daemon(), &terminate_vs_kill(), &crash(), &copy_on_write(),  // life
        &queue(), &pipe(), &deadlock_join(),  // talking
        &event(), &shared_memory(), &killed_with_lock(), &barrier(), &condition(),  // sharing
        &gil_vs_processes(), &gil_io(), &convoy(), &switch_interval(), &race(), &trade_offs(),  // gil
        &pool_apply(), &pool_map(), &pool_imap(), &pool_event(), &pool_dead_worker(), &pool_recycle()};  // pools
    std::vector<Scenario> each;
    for (const std::span<const Scenario* const> part : {std::span<const Scenario* const>(listed), surprises_1(), surprises_2()}) {
      for (const Scenario* const scenario : part) {
        each.push_back(*scenario);
        each.back().parameters.push_back(python_version());
      }
    }
    return each;
  }();
  static const std::vector<const Scenario*> scenarios = [] {
    std::vector<const Scenario*> each;
    for (const Scenario& scenario : made) each.push_back(&scenario);
    return each;
  }();
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

process::Lesson lesson(std::string_view id, const std::map<std::string, std::string>& values) {
  const Scenario& scenario = find(id);
  Settings settings(scenario.parameters);
  for (const auto& [name, value] : values) settings.set(name, value);
  process::Lesson lesson{{scenario.python_file, scenario.python}, {}, scenario.targets, {}};
  lesson.main = [&scenario, settings] {
    if (scenario.start_method) process::set_start_method(*scenario.start_method);
    scenario.main(settings);
  };
  if (scenario.imported != nullptr) lesson.imported = [&scenario, settings] { scenario.imported(settings); };
  return lesson;
}

}  // namespace forklight::scenario
