// Tooltips of what goes between tasks: messages, queues and pipes, wake-ups, starts, joins, signals.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/story.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {

using i18n::tr;
using timeline::kOpen;

Story about_message(const Canvas& canvas, const Item& item) {
  const timeline::Channel& channel = canvas.model.channels()[item.channel];
  const timeline::Message& message = channel.messages[item.index];
  Story story;
  if (item.count > 1) {
    story.title = tr("timeline.flow.messages", fmt::arg("count", i18n::format_count(item.count)));
    story.second = name_words(canvas.model, channel.object);
    story.rows.push_back({tr("timeline.tip.zoom"), {}});
    return story;
  }
  const std::string value = value_words(canvas.model, message, 40), from = name_words(canvas.model, message.from),
                    to = name_words(canvas.model, message.to);
  const char* key = message.fate == timeline::Fate::got       ? "timeline.flow.message"
                    : message.fate == timeline::Fate::dropped ? "timeline.flow.message.dropped"
                    : message.fate == timeline::Fate::died    ? "timeline.flow.message.died"
                                                              : "timeline.flow.message.under_way";
  story.title = tr(key, fmt::arg("value", value), fmt::arg("from", from), fmt::arg("to", to));
  story.rows.push_back({tr("timeline.tip.through"), name_words(canvas.model, channel.object)});
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, message.put_ns())});
  for (std::size_t stage = 0; stage < timeline::kStages; ++stage) {
    const std::int64_t entered = message.entered_ns[stage];
    if (entered == kOpen) continue;
    std::int64_t left = message.gone_ns;
    for (std::size_t later = timeline::kStages; later-- > stage + 1;)
      if (message.entered_ns[later] != kOpen) left = message.entered_ns[later];
    story.rows.push_back({stage_words(static_cast<timeline::Stage>(stage), false), lasted(canvas, entered, left)});
  }
  if (message.bytes > 0) story.rows.push_back({tr("timeline.tip.bytes"), bytes_words(message.bytes)});
  return story;
}

Story about_channel(const Canvas& canvas, const Item& item) {
  const timeline::Channel& channel = canvas.model.channels()[item.channel];
  const std::int64_t when = moment_under_mouse(canvas);
  const timeline::Counts counts = channel.counts.at(when);
  Story story{name_words(canvas.model, channel.object), {}, {}};
  std::string values;
  constexpr std::size_t kShown = 8;
  for (const std::uint32_t index : channel.contents(when, kShown))
    values += (values.empty() ? "" : "  ") + value_words(canvas.model, channel.messages[index], 12);
  if (static_cast<std::size_t>(std::max(counts.depth, 0)) > kShown) values += "  …";
  story.second = values;
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, when)});
  const auto number = [](std::int32_t count) {
    return i18n::format_count(static_cast<std::uint64_t>(std::max(count, 0)));
  };
  story.rows.push_back({tr("timeline.tip.in_it"), number(counts.depth)});
  for (std::size_t stage = 0; counts.depth > 0 && stage < timeline::kStages; ++stage) {
    const auto which = static_cast<timeline::Stage>(stage);
    if (counts.in(which) > 0) story.rows.push_back({stage_words(which, false), number(counts.in(which))});
  }
  story.rows.push_back({tr("timeline.tip.most"), number(channel.counts.whole().most.depth)});
  const std::int64_t bytes = channel.bytes[0].at(when) + channel.bytes[1].at(when);
  if (bytes > 0)
    story.rows.push_back({tr("timeline.channel.in_kernel", fmt::arg("bytes", bytes_words(bytes))), {}});
  return story;
}

namespace {

Story about_wake(const Canvas& canvas, const timeline::Flow& flow) {
  const std::string from = task_name(canvas, flow.from), to = task_name(canvas, flow.to),
                    object = name_words(canvas.model, flow.object);
  const timeline::Object* shared = canvas.model.find_object(flow.object);
  const bool lock = shared != nullptr && shared->kind >= trace::ObjectKind::lock &&
                    shared->kind <= trace::ObjectKind::bounded_semaphore;
  Story story;
  story.title = tr(lock ? "timeline.flow.wake.lock" : "timeline.flow.wake", fmt::arg("from", from), fmt::arg("to", to),
                   fmt::arg("object", object));
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, flow.from_ns)});
  if (flow.to_ns > flow.from_ns)
    story.rows.push_back({tr("timeline.tip.took"), i18n::format_duration(flow.to_ns - flow.from_ns)});
  return story;
}

}  // namespace

Story about_arrow(const Canvas& canvas, const Item& item) {
  if (item.channel != timeline::kNone) return about_message(canvas, item);
  const timeline::Flow& flow = canvas.model.flows()[item.index];
  if (flow.kind == timeline::FlowKind::wake) return about_wake(canvas, flow);
  const std::string from_name = task_name(canvas, flow.from), to_name = task_name(canvas, flow.to);
  const auto sentence = [&](const char* key) {
    return tr(key, fmt::arg("from", from_name), fmt::arg("to", to_name),
              fmt::arg("signal", i18n::signal_name(static_cast<int>(flow.detail))));
  };
  Story story;
  switch (flow.kind) {
    case timeline::FlowKind::start:
      story.title = sentence("timeline.flow.start");
      break;
    case timeline::FlowKind::join:
      story.title = sentence("timeline.flow.join");
      break;
    case timeline::FlowKind::signal:
      story.title = sentence("timeline.flow.signal");
      break;
    case timeline::FlowKind::message:
    case timeline::FlowKind::wake:
      break;
  }
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, flow.from_ns)});
  if (flow.to_ns > flow.from_ns)
    story.rows.push_back({tr("timeline.tip.took"), i18n::format_duration(flow.to_ns - flow.from_ns)});
  return story;
}

}  // namespace forklight::app::timeline_view
