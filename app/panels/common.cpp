// What several panels ask of a session.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {

std::int64_t moment(const Context& context) {
  return context.ui.selection.time_ns.value_or(context.session.now_ns());
}

std::size_t order_of(const timeline::Model& model, timeline::TaskId id) {
  const auto& tasks = model.tasks();
  const auto found =
      std::find_if(tasks.begin(), tasks.end(), [id](const timeline::Task& task) { return task.id == id; });
  return static_cast<std::size_t>(found - tasks.begin());
}

std::string moment_text(const timeline::Model& model, std::int64_t time_ns) {
  return i18n::format_duration(time_ns - model.begin_ns());
}

}  // namespace forklight::app::panels
