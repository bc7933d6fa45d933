// The tooltip: what is under the mouse, in words, with its times.
#include <algorithm>

#include "app/i18n/facts.h"
#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/platform/imgui_compat.h"
#include "app/session/command.h"
#include "app/timeline/canvas.h"
#include "app/timeline/story.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {

using i18n::tr;
using platform::Font;
using platform::px;
using timeline::kOpen;

namespace {

std::string length(const Canvas& canvas, std::int64_t begin_ns, std::int64_t end_ns) {
  const std::string text = i18n::format_duration(std::min(end_ns, canvas.plot.now_ns()) - begin_ns);
  return end_ns > canvas.plot.now_ns() ? tr("timeline.tip.so_far", fmt::arg("duration", text)) : text;
}

}  // namespace

std::string moment_words(const Canvas& canvas, std::int64_t time_ns) {
  return i18n::format_duration(time_ns - canvas.model.begin_ns());
}

void add_times(const Canvas& canvas, std::int64_t begin_ns, std::int64_t end_ns, Story& story) {
  story.rows.push_back({tr("timeline.tip.began"), moment_words(canvas, begin_ns)});
  story.rows.push_back({tr("timeline.tip.lasted"), length(canvas, begin_ns, end_ns)});
  if (end_ns <= canvas.plot.now_ns()) story.rows.push_back({tr("timeline.tip.ended"), moment_words(canvas, end_ns)});
}

namespace {

std::string name_of(const Canvas& canvas, timeline::TaskId id) {
  const timeline::Task* task = canvas.model.find(id);
  return task == nullptr || task->name.empty() ? tr("timeline.task.unnamed") : task->name;
}

void add_line(int line, Story& story) {
  if (line > 0) story.rows.push_back({tr("timeline.tip.line"), std::to_string(line)});
}

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
    story.rows.push_back({tr("timeline.tip.joined_by"), name_of(canvas, task.reaped_by)});
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
    if (task.reaped_by != 0) story.rows.push_back({tr("timeline.tip.joined_by"), name_of(canvas, task.reaped_by)});
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

// A message: what it carried, from whom to whom, and how long it was where.
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
    story.rows.push_back({stage_words(static_cast<timeline::Stage>(stage), false), length(canvas, entered, left)});
  }
  if (message.bytes > 0) story.rows.push_back({tr("timeline.tip.bytes"), bytes_words(message.bytes)});
  return story;
}

// A queue or a pipe at the moment under the mouse.
Story about_channel(const Canvas& canvas, const Item& item) {
  const timeline::Channel& channel = canvas.model.channels()[item.channel];
  const std::int64_t when = std::min(canvas.plot.time_ns(ImGui::GetIO().MousePos.x), canvas.plot.now_ns());
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

Story about_wake(const Canvas& canvas, const timeline::Flow& flow) {
  const std::string from = name_of(canvas, flow.from), to = name_of(canvas, flow.to),
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

Story about_arrow(const Canvas& canvas, const Item& item) {
  if (item.channel != timeline::kNone) return about_message(canvas, item);
  const timeline::Flow& flow = canvas.model.flows()[item.index];
  if (flow.kind == timeline::FlowKind::wake) return about_wake(canvas, flow);
  const std::string from_name = name_of(canvas, flow.from), to_name = name_of(canvas, flow.to);
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

std::int64_t moment_under_mouse(const Canvas& canvas) {
  return std::min(canvas.plot.time_ns(ImGui::GetIO().MousePos.x), canvas.plot.now_ns());
}

// A core at the moment under the mouse.
Story about_core(const Canvas& canvas, const Item& item) {
  const timeline::Kernel::Core& core = canvas.model.kernel().cores()[item.index];
  const std::int64_t when = moment_under_mouse(canvas);
  Story story{tr("timeline.core.name", fmt::arg("number", core.cpu)), {}, {}};
  if (!core.samples.empty()) {
    const timeline::Kernel::Sample* const seen = core.sample_at(when);
    story.second = seen == nullptr ? tr("timeline.core.not_seen") : tr("timeline.core.seen", fmt::arg("name", name_of(canvas, seen->who)));
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
    story.second = name_of(canvas, on->who);
  }
  add_times(canvas, on->begin_ns, on->end_ns, story);
  if (!on->is_hole()) story.rows.push_back({left_words(on->left), {}});
  return story;
}

// A task's strip: on a core, or why not, at the moment under the mouse.
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

// The lock at the moment under the mouse; of its header at the moment that is shown.
Story about_gil(const Canvas& canvas, const timeline::Gil& gil, std::int64_t when) {
  Story story{fmt::format("{}, {}", tr("timeline.gil.name"), name_of(canvas, gil.process())), {}, {}};
  story.rows.push_back({tr("timeline.tip.at"), moment_words(canvas, when)});
  if (const timeline::GilHold* hold = gil.at(when)) {
    story.second = tr("timeline.gil.held_by", fmt::arg("name", name_of(canvas, hold->task)));
    story.rows.push_back({tr("gil.since"), i18n::format_duration(when - hold->begin_ns)});
    if (hold->end_ns <= canvas.plot.now_ns()) story.rows.push_back({tr("gil.turn"), length(canvas, hold->begin_ns, hold->end_ns)});
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
    story.rows.push_back({tr("gil.asked_by", fmt::arg("name", name_of(canvas, request->by))), i18n::format_duration(when - request->begin_ns)});
  if (gil.mode() == trace::GilMode::gil) story.rows.push_back({tr("gil.interval"), short_duration(gil.interval_ns(when))});
  story.rows.push_back({gil_model_words(gil.mode()), {}});
  return story;
}

Story about_hand_over(const Canvas& canvas, const timeline::Gil& gil, const Item& item) {
  const timeline::GilHold& hold = gil.holds()[item.index];
  Story story{tr("gil.hand_over", fmt::arg("from", name_of(canvas, hold.from)), fmt::arg("to", name_of(canvas, hold.task))), {}, {}};
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
  Story story{tr("gil.request", fmt::arg("by", name_of(canvas, request.by)), fmt::arg("of", name_of(canvas, request.of))), {}, {}};
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

// Returns the number of the first fact that it cites; "" if it cites none.
std::string show(Story story) {
  const platform::Palette& colors = platform::palette();
  std::string number;
  for (const Row& row : story.rows)
    for (const std::string_view one : i18n::cited(row.what))
      if (number.empty() && i18n::find_fact(one) != nullptr) number = one;
  const session::Command* command = session::find_command("fact");
  if (!number.empty() && command != nullptr)
    story.rows.push_back({tr("fact.by_key", fmt::arg("key", session::to_string(command->shortcut)), fmt::arg("number", number)), {}});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(12), px(9)));
  platform::compat::place_tooltip(px(8));
  ImGui::BeginTooltip();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float widest = std::min(px(400), ImGui::GetIO().DisplaySize.x - px(48));  // of a sentence, before it is wrapped
  float what_width = 0, value_width = 0, width = measure(Font::strong, story.title).x;
  width = std::max(width, measure(Font::body, story.second).x);
  for (const Row& row : story.rows) {
    const float what = measure(Font::small, row.what).x;
    if (row.value.empty()) {
      width = std::max(width, std::min(what, widest));
    } else {
      what_width = std::max(what_width, what);
      value_width = std::max(value_width, measure(Font::small, row.value).x);
    }
  }
  width = std::max(width, what_width + px(20) + value_width);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  float y = origin.y;
  const auto next_line = [&y](Font font) { y += line_height(font) + px(3); };
  write(list, Font::strong, ImVec2(origin.x, y), colors.text, story.title);
  next_line(Font::strong);
  if (!story.second.empty()) {
    write(list, Font::body, ImVec2(origin.x, y), colors.text, story.second);
    next_line(Font::body);
  }
  y += px(2);
  for (const Row& row : story.rows) {
    if (row.value.empty()) {
      write(list, Font::small, ImVec2(origin.x, y), colors.text_dim, row.what, width);
      y += std::max(measure(Font::small, row.what, width).y, line_height(Font::small)) + px(3);
      continue;
    }
    write(list, Font::small, ImVec2(origin.x, y), colors.text_dim, row.what);
    write(list, Font::small, ImVec2(origin.x + width - measure(Font::small, row.value).x, y), colors.text, row.value);
    next_line(Font::small);
  }
  ImGui::Dummy(ImVec2(width, y - origin.y));
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
  return number;
}

}  // namespace

std::string draw_tooltip(const Canvas& canvas, const Item& item) {
  if (const std::optional<Story> story = pool_story(canvas, item)) {
    return story->title.empty() ? std::string() : show(*story);
  }
  switch (item.drawn.what) {
    case Drawn::What::arrow:
      return show(about_arrow(canvas, item));
    case Drawn::What::value:
      return show(about_message(canvas, item));
    case Drawn::What::channel:
      return show(about_channel(canvas, item));
    case Drawn::What::core:
      return show(about_core(canvas, item));
    case Drawn::What::fold:
      return show({tr("timeline.tip.stages"), {}, {}});
    case Drawn::What::answer:
      return show({item.drawn.label, {}, {}});
    default:
      break;
  }
  if (const timeline::Gil* gil = canvas.model.find_gil(item.drawn.task)) {
    if (item.drawn.what == Drawn::What::hand_over) return show(about_hand_over(canvas, *gil, item));
    if (item.drawn.what == Drawn::What::request) return show(about_request(canvas, *gil, item));
    return show(about_gil(canvas, *gil, item.drawn.what == Drawn::What::header ? canvas.moment() : moment_under_mouse(canvas)));
  }
  const timeline::Task* task = canvas.model.find(item.drawn.task);
  if (task == nullptr) return {};
  switch (item.drawn.what) {
    case Drawn::What::span:
      return show(about_span(canvas, item, *task));
    case Drawn::What::badge:
      return show(about_badge(canvas, *task));
    case Drawn::What::mark:
      return show(about_mark(canvas, item, *task));
    case Drawn::What::strip:
      return show(about_strip(canvas, *task));
    case Drawn::What::memory:
      return show(about_memory(canvas, *task));
    default:
      return {};
  }
}

}  // namespace forklight::app::timeline_view
