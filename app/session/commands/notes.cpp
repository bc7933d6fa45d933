// What the person leaves on the timeline: notes, and the time between two points.
#include <algorithm>
#include <array>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "app/session/navigate.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

bool has_notes(const Context& c) {
  return !c.session.notes().empty();
}

// The note that is named by its place, counted from 0.
std::size_t note_named(const Context& c, std::string_view argument) {
  const auto number = number_in(argument);
  if (!number || *number < 0 || static_cast<std::size_t>(*number) >= c.session.notes().size()) throw base::UsageError(tr("error.note", fmt::arg("text", argument)));
  return static_cast<std::size_t>(*number);
}

// On what is measured, else on the selected moment, else where the mouse is, else now.
store::Note draft_of(const Context& c) {
  const NotesState& notes = c.ui.notes;
  const Selection& selection = c.ui.selection;
  const auto end = measured_to(notes, selection);
  if (end) return {std::min(*notes.from_ns, *end), std::max(*notes.from_ns, *end), selection.task, {}};
  const Selection at = selection.time_ns ? selection : notes.pointer;
  const std::int64_t time_ns = std::clamp(at.time_ns.value_or(c.session.now_ns()), c.session.model().begin_ns(), std::max(c.session.model().begin_ns(), c.session.now_ns()));
  return {time_ns, time_ns, at.task, {}};
}

void keep(Context& c, store::Note note) {
  if (note.is_stretch()) c.ui.notes.from_ns = c.ui.notes.to_ns = std::nullopt;  // it is kept now
  c.session.add_note(std::move(note));
}

// With a text it is kept at once, else it is asked for.
void add(Context& c, std::string_view text) {
  NotesState& notes = c.ui.notes;
  store::Note draft = draft_of(c);
  if (!text.empty()) {
    draft.text = text;
    return keep(c, std::move(draft));
  }
  notes.draft = std::move(draft);
  notes.at.reset();
  notes.entry.clear();
  c.ui.dialog = Dialog::note;
}

void edit(Context& c, std::string_view argument) {
  const std::size_t at = note_named(c, argument);
  c.ui.notes.at = at;
  c.ui.notes.draft = c.session.notes()[at];
  c.ui.notes.entry = c.session.notes()[at].text;
  c.ui.dialog = Dialog::note;
}

// What is typed in the dialog.
void keep_typed(Context& c, std::string_view) {
  NotesState& notes = c.ui.notes;
  c.ui.dialog = Dialog::none;
  std::string text = notes.entry;
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (notes.at) return c.session.set_note_text(*notes.at, std::move(text));
  notes.draft.text = std::move(text);
  keep(c, notes.draft);
}
bool typing(const Context& c) {
  return c.ui.dialog == Dialog::note;
}

void remove(Context& c, std::string_view argument) {
  c.session.remove_note(note_named(c, argument));
  if (c.ui.dialog == Dialog::note) c.ui.dialog = Dialog::none;
}

void go(Context& c, std::string_view argument) {
  const store::Note& note = c.session.notes()[note_named(c, argument)];
  c.ui.dialog = Dialog::none;
  show_moment_of(c, {note.task, note.time_ns});
}

// From the selected moment, past an end on at the other.
template <int by>
void step_note(Context& c, std::string_view) {
  const auto& notes = c.session.notes();
  if (notes.empty()) return;
  const auto size = static_cast<std::ptrdiff_t>(notes.size());
  std::ptrdiff_t next = by > 0 ? 0 : size - 1;
  if (const Selection& selection = c.ui.selection; selection.time_ns) {
    // Of several at one moment: the one that is selected, as its task tells, is where we are.
    const auto before = [](const store::Note& note, std::int64_t time) { return note.time_ns < time; };
    const auto first = std::lower_bound(notes.begin(), notes.end(), *selection.time_ns, before);
    const auto last = std::lower_bound(first, notes.end(), *selection.time_ns + 1, before);
    const auto here = std::find_if(first, last, [&](const store::Note& note) { return note.task == selection.task; });
    next = here != last ? here - notes.begin() + by : (by > 0 ? last : first - 1) - notes.begin();
  }
  const store::Note& note = notes[static_cast<std::size_t>((next + size) % size)];
  show_moment_of(c, {note.task, note.time_ns});
}

void list(Context& c, std::string_view) {
  c.ui.dialog = c.ui.dialog == Dialog::notes ? Dialog::none : Dialog::notes;
  c.ui.notes.row = 0;
  c.ui.notes.go = false;
}
bool listed(const Context& c) {
  return c.ui.dialog == Dialog::notes;
}

// Begins at the selected moment or where the mouse is; once more sets the other end; once more lets go.
void measure(Context& c, std::string_view) {
  NotesState& notes = c.ui.notes;
  const Selection& selection = c.ui.selection;
  if (notes.to_ns) {
    notes.from_ns = notes.to_ns = std::nullopt;
  } else if (notes.from_ns) {
    notes.to_ns = measured_to(notes, selection);
    if (!notes.to_ns || notes.to_ns == notes.from_ns) notes.from_ns = notes.to_ns = std::nullopt;
  } else {
    notes.from_ns = selection.time_ns ? selection.time_ns : notes.pointer.time_ns;
    if (!notes.from_ns) throw base::UsageError(tr("error.measure"));
  }
}
bool measures(const Context& c) {
  return c.ui.notes.from_ns.has_value();
}

constexpr std::array kNotes = {
    Command{"note.add", shift(Key::n), has_run, add},
    Command{"note.next", shift(Key::right_bracket), has_notes, step_note<1>},
    Command{"note.previous", shift(Key::left_bracket), has_notes, step_note<-1>},
    Command{"notes", ctrl(Key::b), has_run, list, listed},
    Command{"note.go", kNone, has_notes, go},
    Command{"note.edit", kNone, has_notes, edit},
    Command{"note.remove", kNone, has_notes, remove},
    Command{"note.keep", kNone, typing, keep_typed},
    Command{"measure", key(Key::r), has_run, measure, measures},
};

}  // namespace

std::span<const Command> note_commands() noexcept {
  return kNotes;
}

}  // namespace forklight::app::session
