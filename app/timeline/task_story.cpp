// Tooltips of tasks: a state, an end, a mark.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/story.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {

using i18n::tr;
using timeline::kOpen;

namespace {

void add_line(int line, Story& story) {
  if (line > 0) story.rows.push_back({tr("timeline.tip.line"), std::to_string(line)});
}

}  // namespace

Story about_span(const Canvas& canvas, const Item& item, const timeline::Task& task) {
  Story story{task.name, {}, {}};
  if (item.count > 1) {
    story.second = tr("timeline.span.folded", fmt::arg("count", i18n::format_count(item.count)));
    add_times(canvas, item.begin_ns, item.end_ns, story);
    story.rows.push_back({tr("timeline.tip.zoom"), {}});
    return story;
  }
  const timeline::Span& span = task.spans[item.index];
  story.second = span.state == timeline::State::blocked
                     ? wait_words(canvas.model, span, std::min(span.end_ns - 1, canvas.plot.now_ns()))
                     : span_words(canvas.model, span, canvas.plot.now_ns());
  add_times(canvas, span.begin_ns, span.end_ns, story);
  if (span.state == timeline::State::zombie && task.reaped_by != 0) {
    story.rows.push_back({tr("timeline.tip.joined_by"), task_name(canvas, task.reaped_by)});
  }
  add_line(span.line, story);
  if (span.state == timeline::State::held && canvas.live && span.end_ns > canvas.plot.now_ns())
    story.rows.push_back({tr("timeline.held.click"), {}});
  return story;
}

Story about_badge(const Canvas& canvas, const timeline::Task& task) {
  Story story{task.name, ended_words(task), {}};
  story.rows.push_back({tr("timeline.tip.died"), moment_words(canvas, task.death_ns)});
  if (task.reaped_ns <= canvas.plot.now_ns()) {
    story.rows.push_back({tr("timeline.tip.zombie"), i18n::format_duration(task.reaped_ns - task.death_ns)});
    if (task.reaped_by != 0) story.rows.push_back({tr("timeline.tip.joined_by"), task_name(canvas, task.reaped_by)});
  } else {
    story.rows.push_back({tr("timeline.state.zombie"), {}});
  }
  if (task.death_source == trace::DeathSource::reaper) story.rows.push_back({tr("timeline.tip.death_not_seen"), {}});
  return story;
}

Story about_mark(const Canvas& canvas, const Item& item, const timeline::Task& task) {
  const timeline::Mark& mark = task.marks[item.index];
  Story story{task.name, mark_words(canvas.model, mark), {}};
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, mark.time_ns)});
  add_line(mark.line, story);
  if (item.count > 1) story.rows.push_back({tr("timeline.tip.marks"), i18n::format_count(item.count)});
  // All of what was said, up to what a tooltip can hold.
  std::string_view rest = canvas.model.text(mark.text);
  for (int lines = 0; lines < 8 && !rest.empty(); ++lines) {
    const std::size_t end = rest.find('\n');
    story.rows.push_back({first_line(rest.substr(0, end), 90), {}});
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return story;
}

}  // namespace forklight::app::timeline_view
