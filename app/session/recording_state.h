// A film of the window, recorded while it is used: what is wanted of it, and how far it is. Plain data.
#pragma once

#include <cstdint>
#include <string>

namespace forklight::app::session {

struct RecordingState {
  // --- wanted, until the window has taken it up ---
  bool toggle_wanted = false;   // begin, or end and make the film
  std::string path_wanted;      // where the film goes; "" = beside the run, under a name of its own
  bool give_up_wanted = false;  // of the film that is being made
  // --- how it stands ---
  bool on = false;
  std::int64_t length_ns = 0;  // of what is recorded, as of the last frame
  bool making = false;         // a film is being made of what was recorded
  double share = 0;            // 0 … 1 of it
  double seconds_left = -1;    // < 0: not known yet
  int waiting = 0;             // other recordings that come after it
  std::string made;            // the last film, or directory of pictures
  std::string notice;          // what was said of it: as long as that stands, the film is at hand

  [[nodiscard]] bool shown(const std::string& notice_now) const { return on || making || is_at_hand(notice_now); }
  [[nodiscard]] bool is_at_hand(const std::string& notice_now) const { return !made.empty() && !notice.empty() && notice == notice_now; }
};

}  // namespace forklight::app::session
