// For the files of this folder alone: each holds one part of the table of commands; commands.cpp puts them together.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "app/session/command.h"

namespace forklight::app::session {

[[nodiscard]] std::span<const Command> run_commands() noexcept;
[[nodiscard]] std::span<const Command> act_commands() noexcept;
[[nodiscard]] std::span<const Command> file_commands() noexcept;
[[nodiscard]] std::span<const Command> export_commands() noexcept;
[[nodiscard]] std::span<const Command> film_commands() noexcept;
[[nodiscard]] std::span<const Command> timeline_commands() noexcept;
[[nodiscard]] std::span<const Command> window_commands() noexcept;
[[nodiscard]] std::span<const Command> find_commands() noexcept;
[[nodiscard]] std::span<const Command> note_commands() noexcept;
[[nodiscard]] std::span<const Command> learn_commands() noexcept;
[[nodiscard]] std::span<const Command> predict_commands() noexcept;
[[nodiscard]] std::span<const Command> glossary_commands() noexcept;
[[nodiscard]] std::span<const Command> quiz_commands() noexcept;
[[nodiscard]] std::span<const Command> audience_commands() noexcept;
[[nodiscard]] std::span<const Command> lecture_commands() noexcept;

// --- when a command is allowed ---
bool always(const Context& c);
bool is_live(const Context& c);
bool is_running(const Context& c);
bool has_run(const Context& c);

// What a new run or a new file makes stale.
void look_afresh(UiState& ui);
std::optional<int> number_in(std::string_view text);
// Which task a command is for: the one named, by number or by name, else the one selected.
const timeline::Task& task_meant(const Context& c, std::string_view argument);

constexpr Shortcut key(Key name) {
  return {name};
}
constexpr Shortcut ctrl(Key name) {
  return {name, true};
}
constexpr Shortcut shift(Key name) {
  return {name, false, true};
}
inline constexpr Shortcut kNone{};

}  // namespace forklight::app::session
