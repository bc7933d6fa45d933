#include "app/session/navigate.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/i18n/i18n.h"
#include "app/session/acts.h"
#include "app/session/range.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;
using timeline::Axis;
using timeline::EventRef;
using timeline::Model;
using timeline::Task;

// What the supervisor recorded is about a task, and is shown in that task's lane.
timeline::TaskId subject(const EventRef& event) { return event.task != 0 ? event.task : event.event.object; }

// What is selected comes into sight; a view that follows the run stops doing so, or it would run away from under the
// reader.
void reveal(Context& context) {
  const UiState& ui = context.ui;
  if (!ui.selection.time_ns) return;
  const double at = Axis(ui.axis, context.session.model()).coordinate(*ui.selection.time_ns);
  timeline::View& view = context.ui.view;
  context.ui.follow = false;
  if (at >= view.begin && at <= view.end) return;
  view.pan(at - (view.begin + view.end) / 2);
}

// Of a task or a shared object, by number or by name; 0 if there is none.
std::uint32_t id_of(const Model& model, std::string_view name) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (error == std::errc{} && end == name.data() + name.size())
    return model.find(id) != nullptr || model.find_object(id) != nullptr ? id : 0;
  for (const Task& task : model.tasks())
    if (task.name == name) return task.id;
  for (const timeline::Object& object : model.objects())
    if (!object.internal() && object.name == name) return object.id;
  return 0;
}

std::int64_t parse_moment(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double factor = 0;
  if (unit == "s") factor = 1e9;
  if (unit == "ms") factor = 1e6;
  if (unit == "us") factor = 1e3;
  if (unit == "ns" || unit.empty()) factor = 1;
  if (error != std::errc{} || factor == 0 || !std::isfinite(value) || value < 0 || value * factor > 9e18)
    throw base::UsageError(tr("error.moment", fmt::arg("text", text)));
  return static_cast<std::int64_t>(value * factor);
}

}  // namespace

void step_event(Context& context, int by) {
  const auto& events = context.session.model().events();
  if (events.empty()) return;
  Selection& selection = context.ui.selection;
  const auto size = static_cast<std::ptrdiff_t>(events.size());
  std::ptrdiff_t next = by > 0 ? 0 : size - 1;
  if (selection.time_ns) {
    const auto earlier = [](const EventRef& event, std::int64_t time) { return event.time_ns < time; };
    const auto first = std::lower_bound(events.begin(), events.end(), *selection.time_ns, earlier);
    // Several events may share a moment: of those, the one in the selected lane is where we are.
    auto here = first;
    for (auto at = first; at != events.end() && at->time_ns == *selection.time_ns; ++at)
      if (subject(*at) == selection.task && (by > 0 || subject(*here) != selection.task)) here = at;
    const bool on_event = here != events.end() && here->time_ns == *selection.time_ns;
    next = here - events.begin() + (by > 0 ? (on_event ? 1 : 0) : -1);
  }
  if (next < 0 || next >= size) return;
  const EventRef& event = events[static_cast<std::size_t>(next)];
  selection = {subject(event), event.time_ns};
  reveal(context);
}

void step_span(Context& context, int by) {
  const Model& model = context.session.model();
  if (model.tasks().empty()) return;
  Selection& selection = context.ui.selection;
  const Task* task = model.find(selection.task);
  if (task == nullptr) task = &model.tasks().front();
  if (task->spans.empty()) return;
  const auto size = static_cast<std::ptrdiff_t>(task->spans.size());
  std::ptrdiff_t next = by > 0 ? 0 : size - 1;
  if (selection.time_ns && selection.task == task->id) {
    const auto later = [](std::int64_t time, const timeline::Span& span) { return time < span.begin_ns; };
    const auto after = std::upper_bound(task->spans.begin(), task->spans.end(), *selection.time_ns, later);
    next = std::clamp<std::ptrdiff_t>(after - task->spans.begin() - 1 + by, 0, size - 1);
  }
  selection = {task->id, task->spans[static_cast<std::size_t>(next)].begin_ns};
  reveal(context);
}

// Tasks by birth, then the pools, then the shared objects that can be acted on.
void step_task(Context& context, int by) {
  const Model& model = context.session.model();
  std::vector<std::uint32_t> stops;
  for (const Task& task : model.tasks()) stops.push_back(task.id);
  if (stops.empty()) return;
  for (const timeline::Pool& pool : model.pools().all()) stops.push_back(pool.object);
  for (const timeline::Object* object : objects_in_reach(model)) stops.push_back(object->id);
  Selection& selection = context.ui.selection;
  const auto here = std::find(stops.begin(), stops.end(), selection.task);
  if (here == stops.end())
    selection.task = by > 0 ? stops.front() : stops.back();
  else
    selection.task = stops[static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(here - stops.begin() + by, 0, static_cast<std::ptrdiff_t>(stops.size()) - 1))];
}

void select_by_name(Context& context, std::string_view argument) {
  const auto at = argument.find('@');
  const Model& model = context.session.model();
  const std::uint32_t id = id_of(model, argument.substr(0, at));
  if (id == 0) throw base::UsageError(tr("error.no_such_task", fmt::arg("name", argument.substr(0, at))));
  Selection wanted{id, std::nullopt};
  if (at != std::string_view::npos) wanted.time_ns = model.begin_ns() + parse_moment(argument.substr(at + 1));
  context.ui.selection = wanted;
  reveal(context);
}

void show_moment_of(Context& context, const Selection& selection) {
  UiState& ui = context.ui;
  if (ui.compare != Compare::nothing) {
    ui.compare = Compare::nothing;
    ui.fit_wanted = true;
  }
  ui.selection = selection;
  if (!ui.fit_wanted) reveal(context);
  ui.follow = false;
}

void zoom(Context& context, double factor) {
  UiState& ui = context.ui;
  double around = (ui.view.begin + ui.view.end) / 2;
  if (ui.selection.time_ns) {
    const double at = Axis(ui.axis, context.session.model()).coordinate(*ui.selection.time_ns);
    if (at >= ui.view.begin && at <= ui.view.end) around = at;
  }
  ui.follow = false;
  ui.view.zoom(factor, around);
}

void zoom_to(Context& context, std::string_view argument) {
  const Model& model = context.session.model();
  UiState& ui = context.ui;
  timeline::TimeRange range{model.begin_ns(), model.end_ns()};
  if (argument.find("..") != std::string_view::npos) {
    range = parse_range(model, std::string(argument));
  } else {
    const std::uint32_t id = argument.empty() ? ui.selection.task : id_of(model, argument);
    if (!argument.empty() && id == 0) throw base::UsageError(tr("error.no_such_task", fmt::arg("name", argument)));
    if (const Task* task = model.find(id); task != nullptr) {
      range = {task->born_ns, task->death_ns};
      const std::int64_t at = ui.selection.time_ns.value_or(timeline::kOpen);
      for (const timeline::Span& span : task->spans)
        if (argument.empty() && span.begin_ns <= at && at < span.end_ns) range = {span.begin_ns, span.end_ns};
    } else if (const timeline::Object* object = model.find_object(id); object != nullptr) {
      range.begin_ns = object->born_ns;
    }
  }
  const Axis axis(ui.axis, model);
  ui.follow = ui.fit_wanted = false;
  ui.compare = Compare::nothing;
  ui.view.fit(axis.coordinate(range.begin_ns), axis.coordinate(std::min(range.end_ns, std::max(context.session.now_ns(), range.begin_ns + 1))), 0.05);
  ui.view_wanted = true;
}

void pan(Context& context, double share) {
  context.ui.follow = false;
  context.ui.view.pan((context.ui.view.end - context.ui.view.begin) * share);
}

}  // namespace forklight::app::session
