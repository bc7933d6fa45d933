#include "core/scenario/claims.h"

#include <algorithm>
#include <string>

namespace forklight::scenario {

const timeline::Task* task_named(const timeline::Model& model, std::string_view name) {
  const auto& tasks = model.tasks();
  const auto found = std::find_if(tasks.begin(), tasks.end(), [&](const timeline::Task& task) { return task.name == name; });
  return found == tasks.end() ? nullptr : &*found;
}

Verdict exit_code_is(const timeline::Model& model, std::string_view name, int expected, bool finished) {
  const timeline::Task* task = task_named(model, name);
  const auto code = task != nullptr ? task->exit_code() : std::nullopt;
  if (!code) return eventually(false, finished);
  return *code == expected ? Verdict::held : Verdict::broken;
}

bool printed(const timeline::Model& model, const timeline::Task& task, std::string_view text) {
  std::string all;
  for (const timeline::ConsoleLine& line : model.console()) {
    if (line.task == task.id) all += line.text;
  }
  return all.find(text) != std::string::npos;
}

Verdict nothing_left(const timeline::Model& model, const Settings&, bool finished) {
  return finished ? eventually(model.complete(), true) : Verdict::pending;
}

Verdict all_of(std::initializer_list<Verdict> verdicts) {
  if (std::find(verdicts.begin(), verdicts.end(), Verdict::broken) != verdicts.end()) return Verdict::broken;
  const bool all_held = std::all_of(verdicts.begin(), verdicts.end(), [](Verdict verdict) { return verdict == Verdict::held; });
  return all_held ? Verdict::held : Verdict::pending;
}

Verdict eventually(bool so_far, bool finished) {
  if (so_far) return Verdict::held;
  return finished ? Verdict::broken : Verdict::pending;
}

}  // namespace forklight::scenario
