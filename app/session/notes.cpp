#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/session/notes_state.h"

namespace forklight::app::session {

std::optional<std::int64_t> measured_to(const NotesState& notes, const Selection& selection) {
  if (!notes.from_ns) return std::nullopt;
  if (notes.to_ns) return notes.to_ns;
  if (selection.time_ns && selection.time_ns != notes.from_ns) return selection.time_ns;
  return notes.pointer.time_ns;
}

std::size_t events_between(const timeline::Model& model, std::int64_t one_ns, std::int64_t other_ns) {
  const auto [from_ns, to_ns] = std::minmax(one_ns, other_ns);
  const auto& events = model.events();
  const auto after = std::upper_bound(events.begin(), events.end(), from_ns, [](std::int64_t time, const timeline::EventRef& event) { return time < event.time_ns; });
  const auto end = std::lower_bound(after, events.end(), to_ns, [](const timeline::EventRef& event, std::int64_t time) { return event.time_ns < time; });
  return static_cast<std::size_t>(end - after);
}

std::string length_words(std::int64_t ns) { return i18n::tr("measure.length", fmt::arg("length", i18n::format_duration(ns < 0 ? -ns : ns))); }

std::string note_words(const timeline::Model& model, const store::Note& note) {
  if (note.is_stretch()) return (note.text.empty() ? "" : note.text + " · ") + length_words(note.end_ns - note.time_ns);
  return note.text.empty() ? i18n::format_duration(note.time_ns - model.begin_ns()) : note.text;
}

}  // namespace forklight::app::session
