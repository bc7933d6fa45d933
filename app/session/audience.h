// What helps those who watch a screen from the back of the room. Plain data: no GUI header.
#pragma once

#include <cstdint>
#include <string>

namespace forklight::app::session {

// How the screen is shown: as it is, or as somebody sees it who lacks one kind of cone.
enum class Vision : std::uint8_t { normal, protanopia, deuteranopia, tritanopia };

struct Audience {
  bool captions = false;            // in plain words under the timeline
  bool presented_captions = true;   // the same while presenting
  bool keys = false;                // the key that was pressed, and what it does
  bool pointer = false;             // a ring round the pointer
  bool lens = false;                // what is under the pointer, enlarged
  float lens_zoom = 2.5f;           // 1.5 … 6
  bool reduced_motion = false;      // nothing eases, nothing ripples
  Vision vision = Vision::normal;

  // The last key that did something; empty: none lately.
  struct Press {
    std::string key, title;  // "Ctrl+K", "Command palette"; no title where the key was a control's own
    int times = 0;
    std::int64_t at_ns = 0;  // base::now_ns()
  } press;
  std::int64_t click_ns = 0;  // the last press of a mouse button
  float click_x = 0, click_y = 0;
  int keys_scroll = 0;  // lines by which the list of keys is to be scrolled
  std::string keys_entry;  // what is looked for in it
};

inline constexpr float kLensLeast = 1.5f, kLensMost = 6;

// How long a press stays on the screen, and a click's ripple runs (none with reduced motion).
inline constexpr std::int64_t kPressShown = 1'800'000'000, kRipple = 180'000'000;

}  // namespace forklight::app::session
