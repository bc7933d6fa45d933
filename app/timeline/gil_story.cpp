// Tooltips of the GIL: who had it, hand-overs, drop requests.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/story.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {

using i18n::tr;
using timeline::kOpen;

// The lock at the moment under the mouse; of its header at the moment that is shown.
Story about_gil(const Canvas& canvas, const timeline::Gil& gil, std::int64_t when) {
  Story story{fmt::format("{}, {}", tr("timeline.gil.name"), task_name(canvas, gil.process())), {}, {}};
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, when)});
  if (const timeline::GilHold* hold = gil.at(when)) {
    story.second = tr("timeline.gil.held_by", fmt::arg("name", task_name(canvas, hold->task)));
    story.rows.push_back({tr("gil.since"), i18n::format_duration(when - hold->begin_ns)});
    if (hold->end_ns <= canvas.plot.now_ns()) story.rows.push_back({tr("gil.turn"), lasted(canvas, hold->begin_ns, hold->end_ns)});
  } else {
    story.second = tr("timeline.gil.free");
  }
  std::size_t waiting = 0;
  for (const timeline::GilThread& thread : gil.threads()) {
    const timeline::Task* task = canvas.model.find(thread.task);
    const timeline::Span* span = task == nullptr ? nullptr : canvas.model.span_at(*task, when);
    if (span != nullptr && span->state == timeline::State::gil_wait && ++waiting <= 4)
      story.rows.push_back({tr("gil.waits", fmt::arg("name", task->name)), i18n::format_duration(when - span->begin_ns)});
  }
  if (const timeline::GilRequest* request = gil.pending(when))
    story.rows.push_back({tr("gil.asked_by", fmt::arg("name", task_name(canvas, request->by))), i18n::format_duration(when - request->begin_ns)});
  if (gil.mode() == trace::GilMode::gil) story.rows.push_back({tr("gil.interval"), short_duration(gil.interval_ns(when))});
  story.rows.push_back({gil_model_words(gil.mode()), {}});
  return story;
}

Story about_hand_over(const Canvas& canvas, const timeline::Gil& gil, const Item& item) {
  const timeline::GilHold& hold = gil.holds()[item.index];
  Story story{tr("gil.hand_over", fmt::arg("from", task_name(canvas, hold.from)), fmt::arg("to", task_name(canvas, hold.task))), {}, {}};
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, hold.begin_ns)});
  if (item.index > 0) {
    const timeline::GilHold& before = gil.holds()[item.index - 1];
    story.rows.push_back({tr("timeline.tip.took"), i18n::format_duration(hold.begin_ns - before.end_ns)});
    if (before.how == timeline::GilEnd::request) story.second = tr("gil.forced");
    if (before.how == timeline::GilEnd::blocking) story.second = tr("gil.blocking");
  }
  return story;
}

Story about_request(const Canvas& canvas, const timeline::Gil& gil, const Item& item) {
  const timeline::GilRequest& request = gil.requests()[item.index];
  Story story{tr("gil.request", fmt::arg("by", task_name(canvas, request.by)), fmt::arg("of", task_name(canvas, request.of))), {}, {}};
  if (item.count > 1) {
    story.title = tr("gil.requests", fmt::arg("count", i18n::format_count(item.count)));
    story.rows.push_back({tr("timeline.tip.zoom"), {}});
    return story;
  }
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, request.begin_ns)});
  if (request.seen_ns != kOpen) {
    story.second = tr("gil.seen", fmt::arg("place", check_place_words(request.place)));
    story.rows.push_back({tr("gil.age"), i18n::format_duration(request.age_ns(canvas.plot.now_ns()))});
  } else if (request.end_ns > canvas.plot.now_ns()) {
    story.second = tr("gil.unseen");
    story.rows.push_back({tr("gil.age"), i18n::format_duration(request.age_ns(canvas.plot.now_ns()))});
  } else {
    story.rows.push_back({tr("gil.let_go_after"), i18n::format_duration(request.end_ns - request.begin_ns)});
  }
  return story;
}

}  // namespace forklight::app::timeline_view
