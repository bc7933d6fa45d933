#include "app/session/key.h"

#include <array>
#include <string_view>

namespace forklight::app::session {

std::string to_string(Shortcut shortcut) {
  if (shortcut.key == Key::none) return "";
  std::string text;
  if (shortcut.ctrl) text += "Ctrl+";
  if (shortcut.shift) text += "Shift+";
  const int key = static_cast<int>(shortcut.key);
  if (shortcut.key >= Key::a && shortcut.key <= Key::z)
    return text + static_cast<char>('A' + key - static_cast<int>(Key::a));
  if (shortcut.key >= Key::n0 && shortcut.key <= Key::n9)
    return text + static_cast<char>('0' + key - static_cast<int>(Key::n0));
  static constexpr std::array<std::string_view, 25> kNames = {
      "Space", "Enter", "Esc", "Tab",    "\u2190", "\u2192", "\u2191", "\u2193", "Home", "End", "PgUp", "PgDn",
      ".",     ",",     "+",   "\u2212", "[",      "]",      "/",      "F1",     "F2",   "F3",  "F5",  "F10",
      "F11"};
  static_assert(static_cast<int>(Key::f11) - static_cast<int>(Key::space) + 1 == kNames.size());
  return text + std::string(kNames[static_cast<std::size_t>(key - static_cast<int>(Key::space))]);
}

}  // namespace forklight::app::session
