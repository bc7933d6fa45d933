// Tooltips of what the kernel says: cores, who was on them, memory.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/story.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {

using i18n::tr;
using timeline::kOpen;

namespace {

std::string left_words(timeline::Left left) {
  switch (left) {
    case timeline::Left::still_on:
      return tr("timeline.core.still_on");
    case timeline::Left::own_will:
      return tr("timeline.core.own_will");
    case timeline::Left::preempted:
      return tr("timeline.core.preempted");
    case timeline::Left::died:
      return tr("timeline.core.died");
    case timeline::Left::lost:
      return tr("timeline.core.left_unknown");
  }
  return {};
}

}  // namespace

Story about_core(const Canvas& canvas, const Item& item) {
  const timeline::Kernel::Core& core = canvas.model.kernel().cores()[item.index];
  const std::int64_t when = moment_under_mouse(canvas);
  Story story{tr("timeline.core.name", fmt::arg("number", core.cpu)), {}, {}};
  if (!core.samples.empty()) {
    const timeline::Kernel::Sample* const seen = core.sample_at(when);
    story.second = seen == nullptr ? tr("timeline.core.not_seen") : tr("timeline.core.seen", fmt::arg("name", task_name(canvas, seen->who)));
    story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, seen == nullptr ? when : seen->time_ns)});
    story.rows.push_back({tr("timeline.core.sampled"), {}});
    return story;
  }
  const timeline::OnCpu* on = core.track.at(when);
  if (on == nullptr) {
    story.second = tr("timeline.core.nobody");
    story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, when)});
    return story;
  }
  if (on->is_hole()) {
    story.second = tr("timeline.core.hole");
  } else if ((on->who & timeline::OnCpu::kStranger) != 0) {
    story.second = tr("timeline.core.stranger", fmt::arg("name", canvas.model.kernel().name_of_stranger(on->who)),
                      fmt::arg("tid", on->who & ~timeline::OnCpu::kStranger));
  } else {
    story.second = task_name(canvas, on->who);
  }
  add_times(canvas, on->begin_ns, on->end_ns, story);
  if (!on->is_hole()) story.rows.push_back({left_words(on->left), {}});
  return story;
}

Story about_strip(const Canvas& canvas, const timeline::Task& task) {
  Story story{task.name, {}, {}};
  const auto* kernel = canvas.model.kernel().find(task.id);
  if (kernel == nullptr) return story;
  const std::int64_t when = moment_under_mouse(canvas);
  if (canvas.model.kernel().mode() == trace::Observing::sampling) {
    const char letter = kernel->state_at(when);
    const std::string key = std::string("processes.letter.") + letter;
    story.second = letter == 0 || !i18n::has(key) ? tr("timeline.core.not_seen") : tr(key);
    story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, when)});
    story.rows.push_back({tr("timeline.core.sampled"), {}});
    return story;
  }
  const auto& spans = kernel->on_cpu.spans();
  const auto after = std::upper_bound(spans.begin(), spans.end(), when,
                                      [](std::int64_t time, const timeline::OnCpu& span) { return time < span.begin_ns; });
  if (after != spans.begin() && when < (after - 1)->end_ns) {
    const timeline::OnCpu& on = *(after - 1);
    story.second = tr("timeline.core.on", fmt::arg("number", on.cpu));
    add_times(canvas, on.begin_ns, on.end_ns, story);
    story.rows.push_back({left_words(on.left), {}});
  } else {
    const bool unborn = after == spans.begin();
    const timeline::Left left = unborn ? timeline::Left::lost : (after - 1)->left;
    story.second = unborn || left == timeline::Left::preempted ? tr("timeline.core.waits")
                   : left == timeline::Left::own_will          ? tr("timeline.core.away")
                                                               : left_words(left);
    story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, when)});
    if (left == timeline::Left::own_will) story.rows.push_back({tr("timeline.core.woken_unknown"), {}});
  }
  story.rows.push_back({tr("timeline.core.total"), i18n::format_duration(kernel->on_cpu.busy_until(canvas.plot.now_ns()))});
  story.rows.push_back({tr("timeline.core.waited"), i18n::format_duration(kernel->waited_ns)});
  story.rows.push_back({tr("timeline.core.left_by_itself"), i18n::format_count(kernel->left_by_itself)});
  story.rows.push_back({tr("timeline.core.was_preempted"), i18n::format_count(kernel->preempted)});
  return story;
}

Story about_memory(const Canvas& canvas, const timeline::Task& task) {
  Story story{tr("timeline.memory.of", fmt::arg("name", task.name)), {}, {}};
  const auto* kernel = canvas.model.kernel().find(task.id);
  if (kernel == nullptr) return story;
  const std::int64_t when = moment_under_mouse(canvas);
  const auto known = known_memory(kernel->memory, task, when);
  const auto row = [&](const char* key, std::uint32_t kib) {
    story.rows.push_back({tr(key), bytes_words(std::int64_t{kib} * 1024)});
  };
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, when)});
  if (!known) {
    story.second = tr("timeline.memory.unknown");
    return story;
  }
  row("timeline.memory.private", known->private_pages);
  row("timeline.memory.shared", known->shared_pages);
  row("timeline.memory.rss", known->rss);
  row("timeline.memory.pss", known->pss);
  return story;
}

}  // namespace forklight::app::timeline_view
