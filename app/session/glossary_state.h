// The glossary on screen: what is searched for in it, and the term that the person looks at.
#pragma once

#include <string>
#include <string_view>

namespace forklight::timeline {
struct Object;
}

namespace forklight::app::session {

struct GlossaryState {
  std::string entry;    // what is typed
  int at = 0;           // its row
  bool go = false;      // Enter was pressed
  bool moved = true;    // the row has to come into sight
  std::string at_hand;  // the term under the mouse in the last frame, "" = none
  std::string open_at;  // the term that the next frame brings into sight
};

// The term for what kind of thing a shared object is.
[[nodiscard]] std::string_view term_of(const timeline::Object& object) noexcept;

}  // namespace forklight::app::session
