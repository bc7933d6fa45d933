// Notes and lengths on the timeline: where their flags stand, for the mouse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "app/timeline/canvas.h"
#include "app/timeline/interaction.h"

namespace forklight::app::timeline_view {

struct NoteFlag {
  std::size_t note;  // its place among the notes
  Rect rect;
};

// Poles and bands in the plot, before words are written there: none of them is struck through.
void draw_note_poles(Canvas& canvas);
// Flags on the ruler with as much of their texts as there is room for.
[[nodiscard]] std::vector<NoteFlag> draw_notes(Canvas& canvas);
// The flag under the mouse; nullptr if there is none.
[[nodiscard]] const NoteFlag* flag_at(const std::vector<NoteFlag>& flags, float x, float y);
// All that is written on it, where it stands, how long it is.
void draw_note_tooltip(const Canvas& canvas, std::size_t note);

// What is measured: both ends, the length, how many events lie between.
void draw_measure(Canvas& canvas);
// The mouse measures: Shift+drag, a drag along the ruler, or Shift+click from the selected moment. Ends keep to the edges of bars, to marks,
// to notes that are near. Draws where the end would be while Shift is held.
void measure_with(Canvas& canvas, session::UiState& ui, Drag drag, const Mouse& mouse, bool released);

}  // namespace forklight::app::timeline_view
