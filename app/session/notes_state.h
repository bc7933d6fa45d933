// Notes on the timeline, and the time between two points: what the person is about to write or to measure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "app/session/ui_selection.h"
#include "core/store/store.h"

namespace forklight::app::session {

struct NotesState {
  // Where the mouse is on the timeline, as of the last frame: a key writes there where nothing is selected.
  Selection pointer;
  // What is measured: from a moment to another one; until that is set, to the selected moment or to the mouse.
  std::optional<std::int64_t> from_ns, to_ns;
  std::optional<std::int64_t> pressed_ns;  // where the mouse button went down to measure
  bool dragged = false;                    // and has been moved since
  // The dialog of one note: one that is there, by its place among the notes, or a new one.
  std::optional<std::size_t> at;
  store::Note draft;
  std::string entry;
  // The list of all.
  int row = 0;      // that Enter goes to
  bool go = false;  // Enter was pressed
};

// The other end of what is measured, while it is.
[[nodiscard]] std::optional<std::int64_t> measured_to(const NotesState& notes, const Selection& selection);

// How many events of a run lie between two moments, neither of them included.
[[nodiscard]] std::size_t events_between(const timeline::Model& model, std::int64_t one_ns, std::int64_t other_ns);

// "Δ 1.204 ms".
[[nodiscard]] std::string length_words(std::int64_t ns);
// What a flag says: the text, the length of a stretch, or the moment where nothing is written.
[[nodiscard]] std::string note_words(const timeline::Model& model, const store::Note& note);

}  // namespace forklight::app::session
