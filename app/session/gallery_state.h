// What the person does in the gallery of lessons.
#pragma once

#include <string>

namespace forklight::app::session {

struct GalleryState {
  std::string entry;  // what is typed
  int at = 0;         // the card that Enter opens, among those that fit
  int move_x = 0, move_y = 0;  // asked for by the arrow keys
  bool go = false;             // Enter was pressed
  bool moved = false;          // the card is to come into sight
};

}  // namespace forklight::app::session
