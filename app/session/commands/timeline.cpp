// What of the run is in sight: axis, zoom, selection, lanes, comparing.
#include <algorithm>
#include <array>
#include <charconv>

#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "app/session/navigate.h"
#include "core/base/error.h"
#include "core/timeline/rounds.h"

namespace forklight::app::session {
namespace {

using i18n::tr;
using timeline::AxisKind;

bool has_events(const Context& c) {
  return !c.session.model().events().empty();
}

// The same stretch of the run stays in sight when the axis changes under it.
void set_axis(Context& c, AxisKind kind) {
  if (c.ui.axis == kind) return;
  c.ui.axis = kind;
  c.ui.fit_wanted = true;
}
void axis_time(Context& c, std::string_view) {
  set_axis(c, AxisKind::time);
}
void axis_order(Context& c, std::string_view) {
  set_axis(c, AxisKind::order);
}
bool on_time(const Context& c) {
  return c.ui.axis == AxisKind::time;
}
bool on_order(const Context& c) {
  return c.ui.axis == AxisKind::order;
}

void fit(Context& c, std::string_view) {
  c.ui.fit_wanted = true;
}
void follow(Context& c, std::string_view) {
  c.ui.follow = !c.ui.follow;
  if (c.ui.follow) c.ui.fit_wanted = true;
}
bool follows(const Context& c) {
  return c.ui.follow;
}

constexpr double kZoomStep = 0.8, kPanStep = 0.2;
void zoom_in(Context& c, std::string_view) {
  zoom(c, kZoomStep);
}
void zoom_out(Context& c, std::string_view) {
  zoom(c, 1 / kZoomStep);
}
void pan_left(Context& c, std::string_view) {
  pan(c, -kPanStep);
}
void pan_right(Context& c, std::string_view) {
  pan(c, kPanStep);
}

void next_event(Context& c, std::string_view) {
  step_event(c, 1);
}
void previous_event(Context& c, std::string_view) {
  step_event(c, -1);
}
void span_left(Context& c, std::string_view) {
  step_span(c, -1);
}
void span_right(Context& c, std::string_view) {
  step_span(c, 1);
}
void task_up(Context& c, std::string_view) {
  step_task(c, -1);
}
void task_down(Context& c, std::string_view) {
  step_task(c, 1);
}

bool has_channels(const Context& c) {
  return !c.session.model().channels().empty();
}
// Of the queue or pipe that is named or selected; else of all of them.
void toggle_stages(Context& c, std::string_view argument) {
  std::vector<timeline::ObjectId>& unfolded = c.ui.unfolded;
  timeline::ObjectId id = c.ui.selection.task;
  if (!argument.empty()) std::from_chars(argument.data(), argument.data() + argument.size(), id);
  if (c.session.model().find_channel(id) != nullptr) {
    if (std::erase(unfolded, id) == 0) unfolded.push_back(id);
  } else if (unfolded.empty()) {
    for (const timeline::Channel& channel : c.session.model().channels()) unfolded.push_back(channel.object);
  } else {
    unfolded.clear();
  }
}
bool stages_shown(const Context& c) {
  return !c.ui.unfolded.empty();
}

bool has_kernel(const Context& c) {
  return c.session.model().kernel().mode() != trace::Observing::nothing;
}
void toggle_cores(Context& c, std::string_view) {
  c.ui.cores = !c.ui.cores;
}
bool cores_shown(const Context& c) {
  return c.ui.cores;
}
// Of the process that is named or selected; else of all.
void toggle_memory(Context& c, std::string_view argument) {
  if (argument.empty() && c.session.model().find(c.ui.selection.task) == nullptr) {
    c.ui.memory = !c.ui.memory;
    c.ui.memory_other.clear();
    return;
  }
  const timeline::TaskId process = task_meant(c, argument).process;
  if (std::erase(c.ui.memory_other, process) == 0) c.ui.memory_other.push_back(process);
}
bool memory_shown(const Context& c) {
  const timeline::Task* task = c.session.model().find(c.ui.selection.task);
  return task == nullptr ? c.ui.memory : c.ui.shows_memory(task->process);
}
// In words what the kernel tells of this run, and how to be told more.
void tell_kernel(Context& c, std::string_view) {
  c.session.notify(c.session.kernel_words());
}

// Of the lock that is named or selected; else of all that threads share.
void toggle_gil(Context& c, std::string_view argument) {
  timeline::ObjectId id = c.ui.selection.task;
  if (!argument.empty()) std::from_chars(argument.data(), argument.data() + argument.size(), id);
  if (const timeline::Task* task = c.session.model().find(id); task != nullptr && c.session.model().gil_of(id) != nullptr) id = c.session.model().gil_of(id)->object();
  if (c.session.model().find_gil(id) != nullptr) {
    if (std::erase(c.ui.gil_other, id) == 0) c.ui.gil_other.push_back(id);
    return;
  }
  c.ui.gil = !c.ui.gil;
  c.ui.gil_other.clear();
}
bool gil_shown(const Context& c) {
  return c.ui.gil;
}
bool has_gil(const Context& c) {
  return !c.session.model().gils().empty();
}

bool has_earlier(const Context& c) {
  return !c.session.earlier().empty() || c.ui.compare == Compare::runs;
}
void compare_with(Context& c, Compare what) {
  c.ui.compare = c.ui.compare == what ? Compare::nothing : what;
  c.ui.fit_wanted = true;
  c.ui.selection.time_ns.reset();  // a moment of one run is none of another
}
void compare_runs(Context& c, std::string_view) {
  compare_with(c, Compare::runs);
}
bool runs_compared(const Context& c) {
  return c.ui.compare == Compare::runs;
}
// Takes an earlier run in or out, by its number.
void compare_run(Context& c, std::string_view argument) {
  const auto number = number_in(argument);
  const auto& earlier = c.session.earlier();
  const bool known = number && std::any_of(earlier.begin(), earlier.end(), [&](const EarlierRun& run) { return run.number == *number; });
  if (!known) throw base::UsageError(tr("error.earlier_run", fmt::arg("text", argument)));
  if (c.ui.compared.empty()) c.ui.compared.push_back(earlier.back().number);
  if (std::erase(c.ui.compared, *number) == 0) c.ui.compared.push_back(*number);
  c.ui.compare = Compare::runs;
  c.ui.fit_wanted = true;
}
bool has_rounds_or_one(const Context& c) {
  return !timeline::rounds_of(c.session.model()).empty();
}
bool has_rounds(const Context& c) {
  return c.ui.compare == Compare::rounds || timeline::rounds_of(c.session.model()).size() > 1;
}
void compare_rounds(Context& c, std::string_view) {
  compare_with(c, Compare::rounds);
}
// Brings a round (1 is the first) into view, on the timeline of its run.
void show_round(Context& c, std::string_view argument) {
  const auto rounds = timeline::rounds_of(c.session.model());
  const auto number = number_in(argument);
  if (!number || *number < 1 || static_cast<std::size_t>(*number) > rounds.size()) throw base::UsageError(tr("error.round", fmt::arg("text", argument)));
  const timeline::Round& round = rounds[static_cast<std::size_t>(*number - 1)];
  const timeline::Axis axis(c.ui.axis, c.session.model());
  c.ui.compare = Compare::nothing;
  c.ui.follow = false;
  c.ui.view.fit(axis.coordinate(round.begin_ns), axis.coordinate(std::min(round.end_ns, c.session.now_ns())), 0.05);
}
// The moment of the run at which something was measured, on the run's own timeline.
void show_moment(Context& c, std::string_view argument) {
  if (c.ui.compare != Compare::nothing) compare_with(c, c.ui.compare);
  select_by_name(c, argument);
}
bool rounds_compared(const Context& c) {
  return c.ui.compare == Compare::rounds;
}

constexpr std::array kTimeline = {
    Command{"axis.time", key(Key::t), always, axis_time, on_time},
    Command{"axis.order", key(Key::o), always, axis_order, on_order},
    Command{"fit", key(Key::home), has_run, fit},
    Command{"follow", key(Key::f), always, follow, follows},
    Command{"zoom.in", key(Key::plus), has_run, zoom_in},
    Command{"zoom.out", key(Key::minus), has_run, zoom_out},
    Command{"zoom", shift(Key::home), has_run, zoom_to},
    Command{"pan.left", shift(Key::left), has_run, pan_left},
    Command{"pan.right", shift(Key::right), has_run, pan_right},
    Command{"select", kNone, has_run, select_by_name},
    Command{"select.next", key(Key::right_bracket), has_events, next_event},
    Command{"select.previous", key(Key::left_bracket), has_events, previous_event},
    Command{"select.left", key(Key::left), has_run, span_left},
    Command{"select.right", key(Key::right), has_run, span_right},
    Command{"select.up", key(Key::up), has_run, task_up},
    Command{"select.down", key(Key::down), has_run, task_down},
    Command{"gil", key(Key::g), has_gil, toggle_gil, gil_shown},
    Command{"compare.runs", key(Key::v), has_earlier, compare_runs, runs_compared},
    Command{"compare.run", kNone, has_earlier, compare_run},
    Command{"measured.round", kNone, has_rounds_or_one, show_round},
    Command{"measured.moment", kNone, has_run, show_moment},
    Command{"compare.rounds", key(Key::b), has_rounds, compare_rounds, rounds_compared},
    Command{"stages", key(Key::u), has_channels, toggle_stages, stages_shown},
    Command{"cores", key(Key::x), always, toggle_cores, cores_shown},
    Command{"memory", key(Key::m), always, toggle_memory, memory_shown},
    Command{"kernel", kNone, has_kernel, tell_kernel},
};

}  // namespace

std::span<const Command> timeline_commands() noexcept {
  return kTimeline;
}

}  // namespace forklight::app::session
