// The palette: every command that can be carried out now, and every scenario, found by a few letters of its title.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/session/command.h"

namespace forklight::app::session {

struct PaletteEntry {
  std::string_view command;
  std::string argument;  // a scenario's id
  std::string title;     // in the window's language
  std::string shortcut;  // "Ctrl+K"; empty if there is none
};

// How well the letters typed fit a text: each word of them has to come up in it, letter after letter, whatever lies between. The larger the
// better: letters at the begins of words and side by side count more, long texts less. Nothing if they do not fit. Case of ASCII is ignored.
[[nodiscard]] std::optional<int> fuzzy_score(std::string_view typed, std::string_view text);

// What fits, the best first; all in the table's order while nothing is typed. A command's id counts as a title, too, less than its own.
[[nodiscard]] std::vector<PaletteEntry> palette_entries(const Context& context, std::string_view typed);

}  // namespace forklight::app::session
