// Looking for a text, and what the person leaves on the timeline: notes, and lengths measured.
#include <algorithm>
#include <array>
#include <charconv>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "app/session/navigate.h"
#include "core/base/error.h"
#include "core/timeline/axis.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

// --- find ---

// Opens the bar, or brings the keyboard back to it; with a text it looks for that.
void find(Context& c, std::string_view text) {
  FindState& state = c.ui.find;
  if (!state.open) state.from_ns = c.ui.selection.time_ns;
  state.open = state.fresh = true;
  if (text.empty()) return;
  state.entry = text;
  state.found.look_for(text);
  state.first_wanted = true;
}
void close_find(Context& c, std::string_view) {
  c.ui.find.open = false;
}
bool find_open(const Context& c) {
  return c.ui.find.open;
}
bool can_find(const Context& c) {
  return !c.ui.find.entry.empty();
}

template <int by>
void go_to_hit(Context& c, std::string_view) {
  FindState& state = c.ui.find;
  if (!state.open) find(c, {});
  state.found.look_for(state.entry);
  state.first_wanted = false;
  if (const auto hit = state.found.go(by, c.ui.selection))
    show_moment_of(c, {hit->subject, hit->time_ns});
  else if (!state.found.done())
    state.first_wanted = true;  // as soon as there is one
}

constexpr std::array kFind = {
    Command{"find", ctrl(Key::f), always, find, find_open},
    Command{"find.close", kNone, find_open, close_find},
    Command{"find.next", key(Key::f3), can_find, go_to_hit<1>},
    Command{"find.previous", shift(Key::f3), can_find, go_to_hit<-1>},
};

}  // namespace

std::span<const Command> find_commands() noexcept {
  return kFind;
}

}  // namespace forklight::app::session
