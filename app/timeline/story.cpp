#include "app/timeline/story.h"

#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"

namespace forklight::app::timeline_view {

using i18n::tr;

std::string moment_words(const Canvas& canvas, std::int64_t time_ns) {
  return i18n::format_duration(time_ns - canvas.model.begin_ns());
}

std::int64_t moment_under_mouse(const Canvas& canvas) {
  return std::min(canvas.plot.time_ns(ImGui::GetIO().MousePos.x), canvas.plot.now_ns());
}

std::string lasted(const Canvas& canvas, std::int64_t begin_ns, std::int64_t end_ns) {
  const std::string text = i18n::format_duration(std::min(end_ns, canvas.plot.now_ns()) - begin_ns);
  return end_ns > canvas.plot.now_ns() ? tr("timeline.tip.so_far", fmt::arg("duration", text)) : text;
}

std::string task_name(const Canvas& canvas, timeline::TaskId id) {
  const timeline::Task* task = canvas.model.find(id);
  return task == nullptr || task->name.empty() ? tr("timeline.task.unnamed") : task->name;
}

void add_times(const Canvas& canvas, std::int64_t begin_ns, std::int64_t end_ns, Story& story) {
  story.rows.push_back({tr("timeline.tip.began"), moment_words(canvas, begin_ns)});
  story.rows.push_back({tr("timeline.tip.lasted"), lasted(canvas, begin_ns, end_ns)});
  if (end_ns <= canvas.plot.now_ns()) story.rows.push_back({tr("timeline.tip.ended"), moment_words(canvas, end_ns)});
}

}  // namespace forklight::app::timeline_view
