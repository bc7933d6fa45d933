#include "app/session/command.h"

#include <signal.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include "app/i18n/facts.h"
#include "app/i18n/i18n.h"
#include "app/session/acts.h"
#include "app/session/interval.h"
#include "app/session/navigate.h"
#include "core/base/error.h"
#include "core/timeline/rounds.h"

namespace forklight::app::session {
namespace {

using i18n::tr;
using timeline::AxisKind;

bool always(const Context&) {
  return true;
}
bool is_live(const Context& c) {
  return c.session.live();
}
bool has_run(const Context& c) {
  return !c.session.model().tasks().empty();
}
bool has_events(const Context& c) {
  return !c.session.model().events().empty();
}
bool has_output(const Context& c) {
  return !c.session.model().console().empty();
}

// What a new run or a new file makes stale.
void look_afresh(UiState& ui) {
  ui.selection = ui.hover = {};
  ui.menu = {};
  ui.follow = true;
  ui.fit_wanted = true;
  ui.vertical_scroll = 0;
}

bool is_running(const Context& c) {
  return c.session.state() == RunState::running;
}

void hold(Context& c, std::string_view) {
  if (c.session.standing())
    c.session.go_on();
  else
    c.session.hold();
}
bool is_held(const Context& c) {
  return c.session.standing();
}

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Which task a command is for: the one named, by number or by name, else the one selected.
const timeline::Task& task_meant(const Context& c, std::string_view argument) {
  const auto& tasks = c.session.model().tasks();
  const timeline::Task* found = nullptr;
  if (const auto id = number_in(argument))
    found = c.session.model().find(static_cast<timeline::TaskId>(*id));
  else if (argument.empty())
    found = c.session.model().find(c.ui.selection.task);
  else if (const auto named = std::find_if(tasks.begin(), tasks.end(), [&](const auto& task) { return task.name == argument; }); named != tasks.end())
    found = &*named;
  if (found == nullptr) throw base::UsageError(argument.empty() ? tr("error.no_task") : tr("error.task", fmt::arg("name", argument)));
  return *found;
}

// Lets one go. While everything runs it holds first, as a player's frame key does.
void step(Context& c, std::string_view argument) {
  if (!c.session.standing()) return c.session.hold();
  (void)c.session.step(argument.empty() ? 0 : task_meant(c, argument).id);
}

template <supervisor::Pace pace>
void set_pace(Context& c, std::string_view) {
  c.session.set_pace(pace);
}
template <supervisor::Pace pace>
bool has_pace(const Context& c) {
  return c.session.pace() == pace;
}

// "20", or "+5" and "-5" from what it is.
void set_rate(Context& c, std::string_view argument) {
  const bool more = argument.starts_with('+');
  const auto number = number_in(more ? argument.substr(1) : argument);
  if (!number) throw base::UsageError(tr("error.rate", fmt::arg("text", argument)));
  c.session.set_rate(more || *number < 0 ? c.session.rate() + *number : *number);
}

template <int number>
void send_signal(Context& c, std::string_view argument) {
  const timeline::Task& task = task_meant(c, argument);
  if (task.death_ns != timeline::kOpen) throw base::UsageError(tr("error.task_ended", fmt::arg("name", task.name)));
  c.session.signal(task.id, number);
}

// What a terminal does with Ctrl+C.
void interrupt(Context& c, std::string_view) {
  c.session.interrupt();
}

// Which shared object a command is for: the one named, by number or by name, else the one selected.
const timeline::Object& object_meant(const Context& c, std::string_view argument) {
  const timeline::Model& model = c.session.model();
  if (argument.empty())
    if (const timeline::Object* selected = model.find_object(c.ui.selection.task)) return *selected;
  if (const auto id = number_in(argument))
    if (const timeline::Object* numbered = model.find_object(static_cast<timeline::ObjectId>(*id))) return *numbered;
  for (const timeline::Object& object : model.objects())
    if (!object.internal() && object.name == argument) return object;
  throw base::UsageError(argument.empty() ? tr("error.no_object") : tr("session.no_object", fmt::arg("name", argument)));
}

// "Queue-1=[1, 2]"; "Queue-1": then what stands in the field of the menu.
void put_value(Context& c, std::string_view argument) {
  const auto equals = argument.find('=');
  const std::string text(equals != std::string_view::npos ? argument.substr(equals + 1) : c.ui.value_entry);
  auto value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) value = text;  // a word is a str
  c.session.put(object_meant(c, argument.substr(0, equals)).id, std::move(value));
}

template <bool on>
void set_event(Context& c, std::string_view argument) {
  c.session.set_event(object_meant(c, argument).id, on);
}

// "pipe@Process-2"; "pipe": of the selected process. An end may be open in several.
template <trace::PipeEnd end>
void close_end(Context& c, std::string_view argument) {
  const auto at = argument.find('@');
  const timeline::Task& task = task_meant(c, at != std::string_view::npos ? argument.substr(at + 1) : std::string_view());
  c.session.close_end(object_meant(c, argument.substr(0, at)).id, end, task.process);
}

// Of the task or object that is named, at the mouse; of the selected one, at its lane.
void open_menu(Context& c, std::string_view argument) {
  std::uint32_t subject = c.ui.selection.task;
  if (!argument.empty()) {
    const auto number = number_in(argument);
    subject = number ? static_cast<std::uint32_t>(*number) : task_meant(c, argument).id;
  }
  const std::vector<Acts> acts = acts_on(c.session, subject);
  if (acts.empty()) throw base::UsageError(tr("error.no_menu"));
  c.ui.menu = {subject, acts.size() > 1 ? acts.back().subject : 0, true, !argument.empty()};
}

// Space: one key that always does the obvious thing.
void run(Context& c, std::string_view) {
  if (c.session.state() == RunState::stopping) return;
  if (c.session.live()) return hold(c, {});
  c.session.notify("");
  look_afresh(c.ui);
  c.session.run();
}

void stop(Context& c, std::string_view) {
  c.session.stop();
}

bool can_replay(const Context& c) {
  return c.session.can_replay();
}
void replay(Context& c, std::string_view) {
  look_afresh(c.ui);
  c.session.replay();
}

bool can_cure(const Context& c) {
  return c.session.cure().has_value();
}
void cure(Context& c, std::string_view) {
  const auto found = c.session.cure();
  if (!found) return;
  c.session.set(found->parameter, found->value);
  look_afresh(c.ui);
  c.session.run();
}

bool has_folder(const Context& c) {
  return c.session.folder() != nullptr;
}
void open_folder(Context& c, std::string_view) {
  c.ui.folder_wanted = c.session.folder()->path().string();
}

void choose_scenario(Context& c, std::string_view id) {
  c.session.choose(id);
  look_afresh(c.ui);
}

void set_parameter(Context& c, std::string_view argument) {
  const auto equals = argument.find('=');
  if (equals == std::string_view::npos) throw base::UsageError(tr("error.set", fmt::arg("text", argument)));
  c.session.set(argument.substr(0, equals), argument.substr(equals + 1));
}

std::string suggested_path(const Context& c) {
  if (!c.session.file().empty()) return c.session.file().string();
  std::error_code ignored;
  const std::filesystem::path here = std::filesystem::current_path(ignored);
  return (here / (std::string(c.session.scenario().id) + ".flt")).string();
}

// A path typed without an ending gets ours, so that the dialog's listing shows it next time.
std::filesystem::path with_ending(std::string_view text) {
  std::filesystem::path path(text);
  if (!path.has_extension()) path += ".flt";
  return path;
}

void open(Context& c, std::string_view path) {
  if (path.empty()) {
    if (c.ui.path_entry.empty()) c.ui.path_entry = suggested_path(c);
    c.ui.dialog = Dialog::open;
    return;
  }
  c.session.open(path);
  c.session.notify("");
  c.ui.dialog = Dialog::none;
  look_afresh(c.ui);
}

void save(Context& c, std::string_view path) {
  if (path.empty()) {
    c.ui.path_entry = suggested_path(c);
    c.ui.dialog = Dialog::save;
    return;
  }
  const std::filesystem::path file = with_ending(path);
  c.session.save(file);
  c.ui.dialog = Dialog::none;
  c.session.notify(tr("notice.saved", fmt::arg("path", file.string())));
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

// Esc: away with whatever is in front, one thing at a time.
void clear(Context& c, std::string_view) {
  UiState& ui = c.ui;
  if (ui.dialog != Dialog::none) {
    ui.dialog = Dialog::none;
  } else if (ui.menu.subject != 0) {
    ui.menu = {};
  } else if (!c.session.notice().empty()) {
    c.session.notify("");
  } else if (ui.focus.id != 0) {
    ui.focus.id = 0;
  } else if (ui.selection != Selection{}) {
    ui.selection = {};
  } else if (ui.compare != Compare::nothing) {
    ui.compare = Compare::nothing;
    ui.fit_wanted = true;
  } else {
    ui.presenting = false;
  }
}

void theme(Context& c, std::string_view name) {
  if (name == "stage" || name == "paper")
    c.ui.theme = name == "stage" ? ThemeName::stage : ThemeName::paper;
  else if (name.empty())
    c.ui.theme = c.ui.theme == ThemeName::stage ? ThemeName::paper : ThemeName::stage;
  else
    throw base::UsageError(tr("error.theme", fmt::arg("name", name)));
}

void language(Context&, std::string_view tag) {
  using i18n::Language;
  if (tag == "en" || tag == "zh-CN")
    i18n::set_language(tag == "en" ? Language::english : Language::chinese);
  else if (tag.empty())
    i18n::set_language(i18n::language() == Language::english ? Language::chinese : Language::english);
  else
    throw base::UsageError(tr("error.language", fmt::arg("tag", tag)));
}

constexpr float kTextStep = 0.1f, kTextSmallest = 0.8f, kTextLargest = 2.5f;
void text_larger(Context& c, std::string_view) {
  c.ui.text_scale = std::min(c.ui.text_scale + kTextStep, kTextLargest);
}
void text_smaller(Context& c, std::string_view) {
  c.ui.text_scale = std::max(c.ui.text_scale - kTextStep, kTextSmallest);
}
void text_normal(Context& c, std::string_view) {
  c.ui.text_scale = 1;
}
bool text_can_grow(const Context& c) {
  return c.ui.text_scale < kTextLargest;
}
bool text_can_shrink(const Context& c) {
  return c.ui.text_scale > kTextSmallest;
}

void fold_left(Context& c, std::string_view) {
  c.ui.left_open = !c.ui.left_open;
}
void fold_right(Context& c, std::string_view) {
  c.ui.right_open = !c.ui.right_open;
}
void fold_bottom(Context& c, std::string_view) {
  c.ui.bottom_open = !c.ui.bottom_open;
}
bool left_open(const Context& c) {
  return c.ui.left_open;
}
bool right_open(const Context& c) {
  return c.ui.right_open;
}
bool bottom_open(const Context& c) {
  return c.ui.bottom_open;
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

const timeline::Gil* with_interval(const Context& c) {
  const auto& gils = c.session.model().gils();
  const auto found = std::find_if(gils.rbegin(), gils.rend(), [](const timeline::Gil& gil) { return gil.mode() == trace::GilMode::gil; });
  return found == gils.rend() ? nullptr : &*found;
}
bool can_set_interval(const Context& c) {
  return is_running(c) && with_interval(c) != nullptr;
}
// 50 µs to 1 s, in seconds, for all threads of the run (G-03: strictly positive; what Python takes beyond is of no use to an eye).
void set_interval(Context& c, std::string_view argument) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), seconds);
  if (error != std::errc{} || end != argument.data() + argument.size() || !(seconds > 0) || seconds > 1000) throw base::UsageError(tr("error.interval", fmt::arg("text", argument)));
  c.session.set_interval(0, seconds);
}
// In steps of 1, 2, 5: 5 ms, 2 ms, 1 ms, 500 µs …
template <int by>
void step_interval(Context& c, std::string_view argument) {
  timeline::ObjectId id = 0;
  std::from_chars(argument.data(), argument.data() + argument.size(), id);
  const timeline::Gil* gil = id == 0 ? with_interval(c) : c.session.model().find_gil(id);
  if (gil == nullptr) return;
  c.session.set_interval(id, interval_beside(gil->interval_ns(c.session.now_ns()), by));
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

template <BottomTab tab>
void show_tab(Context& c, std::string_view) {
  c.ui.bottom_tab = tab;
  c.ui.bottom_open = true;
}
template <BottomTab tab>
bool tab_shown(const Context& c) {
  return c.ui.bottom_tab == tab;
}
template <CodeTab tab>
void show_code(Context& c, std::string_view) {
  c.ui.code_tab = tab;
  c.ui.right_open = true;
}
template <CodeTab tab>
bool code_shown(const Context& c) {
  return c.ui.code_tab == tab;
}

void present(Context& c, std::string_view) {
  c.ui.presenting = !c.ui.presenting;
}
bool presents(const Context& c) {
  return c.ui.presenting;
}
void keys(Context& c, std::string_view) {
  c.ui.dialog = c.ui.dialog == Dialog::keys ? Dialog::none : Dialog::keys;
}
bool keys_shown(const Context& c) {
  return c.ui.dialog == Dialog::keys;
}

void palette(Context& c, std::string_view) {
  c.ui.dialog = c.ui.dialog == Dialog::palette ? Dialog::none : Dialog::palette;
  c.ui.palette_entry.clear();
  c.ui.palette_at = 0;
  c.ui.palette_go = false;
}
bool palette_shown(const Context& c) {
  return c.ui.dialog == Dialog::palette;
}

// The one named, else the one that is told of where the person looks, else the first of all. Its own key closes it again.
void tell_fact(Context& c, std::string_view argument) {
  UiState& ui = c.ui;
  if (argument.empty() && ui.dialog == Dialog::fact) {
    ui.dialog = Dialog::none;
    return;
  }
  const std::string_view number = !argument.empty() ? argument : std::string_view(ui.fact_at_hand.number);
  const i18n::Fact* fact = number.empty() && !i18n::facts().empty() ? &i18n::facts().front() : i18n::find_fact(number);
  if (fact == nullptr) throw base::UsageError(tr("error.fact", fmt::arg("text", number)));
  ui.fact = fact->number;
  ui.dialog = Dialog::fact;
}
bool fact_told(const Context& c) {
  return c.ui.dialog == Dialog::fact;
}

void screenshot(Context& c, std::string_view path) {
  c.ui.screenshot_wanted = true;
  c.ui.screenshot_path = path;
}

void copy_console(Context& c, std::string_view) {
  c.ui.clipboard.clear();
  for (const timeline::ConsoleLine& line : c.session.model().console()) c.ui.clipboard += line.text;
  c.session.notify(tr("notice.copied"));
}

void dismiss(Context& c, std::string_view) {
  c.session.notify("");
}
bool has_notice(const Context& c) {
  return !c.session.notice().empty();
}
void quit(Context& c, std::string_view) {
  c.ui.quit_wanted = true;
}

constexpr Shortcut key(Key name) {
  return {name};
}
constexpr Shortcut ctrl(Key name) {
  return {name, true};
}
constexpr Shortcut shift(Key name) {
  return {name, false, true};
}
constexpr Shortcut kNone{};

constexpr std::array kCommands = {
    Command{"run", key(Key::space), always, run},
    Command{"stop", key(Key::s), is_live, stop},
    Command{"hold", key(Key::h), is_running, hold, is_held},
    Command{"step", key(Key::period), is_running, step},
    Command{"pace.real", key(Key::n1), always, set_pace<supervisor::Pace::real>, has_pace<supervisor::Pace::real>},
    Command{"pace.slow", key(Key::n2), always, set_pace<supervisor::Pace::slow>, has_pace<supervisor::Pace::slow>},
    Command{"pace.step", key(Key::n3), always, set_pace<supervisor::Pace::step>, has_pace<supervisor::Pace::step>},
    Command{"pace.rate", kNone, always, set_rate},
    Command{"replay", kNone, can_replay, replay},
    Command{"cure", shift(Key::c), can_cure, cure},
    Command{"folder", shift(Key::o), has_folder, open_folder},
    Command{"interrupt", ctrl(Key::c), is_running, interrupt},
    Command{"task.terminate", key(Key::k), is_running, send_signal<SIGTERM>},
    Command{"task.kill", kNone, is_running, send_signal<SIGKILL>},
    Command{"task.stop", kNone, is_running, send_signal<SIGSTOP>},
    Command{"task.continue", kNone, is_running, send_signal<SIGCONT>},
    Command{"menu", shift(Key::f10), has_run, open_menu},
    Command{"object.put", kNone, is_live, put_value},
    Command{"object.set", kNone, is_live, set_event<true>},
    Command{"object.clear", kNone, is_live, set_event<false>},
    Command{"object.close.first", kNone, is_live, close_end<trace::PipeEnd::first>},
    Command{"object.close.second", kNone, is_live, close_end<trace::PipeEnd::second>},
    Command{"scenario", kNone, always, choose_scenario},
    Command{"set", kNone, always, set_parameter},
    Command{"open", ctrl(Key::o), always, open},
    Command{"save", ctrl(Key::s), has_run, save},
    Command{"axis.time", key(Key::t), always, axis_time, on_time},
    Command{"axis.order", key(Key::o), always, axis_order, on_order},
    Command{"fit", key(Key::home), has_run, fit},
    Command{"follow", key(Key::f), always, follow, follows},
    Command{"zoom.in", key(Key::plus), has_run, zoom_in},
    Command{"zoom.out", key(Key::minus), has_run, zoom_out},
    Command{"pan.left", shift(Key::left), has_run, pan_left},
    Command{"pan.right", shift(Key::right), has_run, pan_right},
    Command{"select", kNone, has_run, select_by_name},
    Command{"select.next", key(Key::right_bracket), has_events, next_event},
    Command{"select.previous", key(Key::left_bracket), has_events, previous_event},
    Command{"select.left", key(Key::left), has_run, span_left},
    Command{"select.right", key(Key::right), has_run, span_right},
    Command{"select.up", key(Key::up), has_run, task_up},
    Command{"select.down", key(Key::down), has_run, task_down},
    Command{"clear", key(Key::escape), always, clear},
    Command{"tab.console", key(Key::c), always, show_tab<BottomTab::console>, tab_shown<BottomTab::console>},
    Command{"tab.events", key(Key::e), always, show_tab<BottomTab::events>, tab_shown<BottomTab::events>},
    Command{"tab.processes", key(Key::p), always, show_tab<BottomTab::processes>, tab_shown<BottomTab::processes>},
    Command{"tab.waits", key(Key::w), always, show_tab<BottomTab::waits>, tab_shown<BottomTab::waits>},
    Command{"tab.gil", shift(Key::g), always, show_tab<BottomTab::gil>, tab_shown<BottomTab::gil>},
    Command{"tab.measured", key(Key::n), always, show_tab<BottomTab::measured>, tab_shown<BottomTab::measured>},
    Command{"gil", key(Key::g), has_gil, toggle_gil, gil_shown},
    Command{"gil.interval", kNone, can_set_interval, set_interval},
    Command{"gil.shorter", shift(Key::comma), can_set_interval, step_interval<-1>},
    Command{"gil.longer", shift(Key::period), can_set_interval, step_interval<1>},
    Command{"compare.runs", key(Key::v), has_earlier, compare_runs, runs_compared},
    Command{"compare.run", kNone, has_earlier, compare_run},
    Command{"measured.round", kNone, has_rounds_or_one, show_round},
    Command{"measured.moment", kNone, has_run, show_moment},
    Command{"compare.rounds", key(Key::b), has_rounds, compare_rounds, rounds_compared},
    Command{"stages", key(Key::u), has_channels, toggle_stages, stages_shown},
    Command{"cores", key(Key::x), always, toggle_cores, cores_shown},
    Command{"memory", key(Key::m), always, toggle_memory, memory_shown},
    Command{"kernel", kNone, has_kernel, tell_kernel},
    Command{"code.python", kNone, always, show_code<CodeTab::python>, code_shown<CodeTab::python>},
    Command{"code.cpp", kNone, always, show_code<CodeTab::cpp>, code_shown<CodeTab::cpp>},
    Command{"copy.console", kNone, has_output, copy_console},
    Command{"theme", key(Key::d), always, theme},
    Command{"language", ctrl(Key::l), always, language},
    Command{"text.larger", ctrl(Key::plus), text_can_grow, text_larger},
    Command{"text.smaller", ctrl(Key::minus), text_can_shrink, text_smaller},
    Command{"text.normal", ctrl(Key::n0), always, text_normal},
    Command{"panel.left", ctrl(Key::n1), always, fold_left, left_open},
    Command{"panel.right", ctrl(Key::n2), always, fold_right, right_open},
    Command{"panel.bottom", ctrl(Key::n3), always, fold_bottom, bottom_open},
    Command{"present", key(Key::f11), always, present, presents},
    Command{"palette", ctrl(Key::k), always, palette, palette_shown},
    Command{"keys", key(Key::f1), always, keys, keys_shown},
    Command{"fact", shift(Key::f), always, tell_fact, fact_told},
    Command{"screenshot", key(Key::f2), always, screenshot},
    Command{"dismiss", kNone, has_notice, dismiss},
    Command{"quit", ctrl(Key::q), always, quit},
};

}  // namespace

std::span<const Command> commands() noexcept {
  return kCommands;
}

const Command* find_command(std::string_view id) noexcept {
  const auto found =
      std::find_if(kCommands.begin(), kCommands.end(), [id](const Command& command) { return command.id == id; });
  return found != kCommands.end() ? &*found : nullptr;
}

const Command* find_command(Shortcut shortcut) noexcept {
  if (shortcut.key == Key::none) return nullptr;
  const auto found = std::find_if(kCommands.begin(), kCommands.end(),
                                  [shortcut](const Command& command) { return command.shortcut == shortcut; });
  return found != kCommands.end() ? &*found : nullptr;
}

void carry_out(Context& context) {
  // A command may push another one: that one waits for the next call.
  for (const Action& action : std::exchange(context.ui.pushed, {})) {
    const Command* command = find_command(action.command);
    if (command == nullptr) {
      context.session.notify(tr("error.no_such_command", fmt::arg("id", action.command)));
      continue;
    }
    if (!command->enabled(context)) continue;
    try {
      command->run(context, action.argument);
    } catch (const std::exception& error) {
      context.session.notify(error.what());
    }
  }
}

}  // namespace forklight::app::session
