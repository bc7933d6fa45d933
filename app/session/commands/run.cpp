// A run: from its lesson and settings to its end, its pace, and the interval of its locks.
#include <algorithm>
#include <array>
#include <charconv>

#include "app/i18n/i18n.h"
#include "app/session/asking.h"
#include "app/session/commands/parts.h"
#include "app/session/interval.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

void hold(Context& c, std::string_view) {
  if (c.session.standing())
    c.session.go_on();
  else
    c.session.hold();
}
bool is_held(const Context& c) {
  return c.session.standing();
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

// What a terminal does with Ctrl+C.
void interrupt(Context& c, std::string_view) {
  c.session.interrupt();
}

// Space: one key that always does the obvious thing. "now": nobody is asked before.
void run(Context& c, std::string_view argument) {
  if (c.session.state() == RunState::stopping) return;
  if (open_prediction(c) != nullptr) return ask_no_more(c);
  if (c.session.live()) return hold(c, {});
  if (argument != "now" && ask_before_run(c)) return;
  c.ui.predict.results = false;
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

constexpr std::array kRun = {
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
    Command{"scenario", kNone, always, choose_scenario},
    Command{"set", kNone, always, set_parameter},
    Command{"gil.interval", kNone, can_set_interval, set_interval},
    Command{"gil.shorter", shift(Key::comma), can_set_interval, step_interval<-1>},
    Command{"gil.longer", shift(Key::period), can_set_interval, step_interval<1>},
};

}  // namespace

std::span<const Command> run_commands() noexcept {
  return kRun;
}

}  // namespace forklight::app::session
