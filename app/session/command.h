// Every action, once: id, title, shortcut, when it is allowed, what it does. Toolbar, menus, keyboard, tours and tests call this table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/session/key.h"
#include "app/session/session.h"
#include "app/session/ui_state.h"

namespace forklight::app::session {

struct Context {
  Session& session;
  UiState& ui;
};

struct Command {
  std::string_view id;  // "run"; its title is command.ID, its longer help command.ID.help where there is one
  Shortcut shortcut;
  bool (*enabled)(const Context& context);
  void (*run)(Context& context, std::string_view argument);  // may throw base::UsageError or base::Failure
  bool (*checked)(const Context& context) = nullptr;         // for toggles and choices
};

[[nodiscard]] std::span<const Command> commands() noexcept;
// The same in groups, as a list of keys has them; a group's title is keys.group.NAME.
struct CommandGroup {
  std::string_view name;
  std::span<const Command> commands;
};
[[nodiscard]] std::span<const CommandGroup> command_groups() noexcept;
[[nodiscard]] const Command* find_command(std::string_view id) noexcept;
[[nodiscard]] const Command* find_command(Shortcut shortcut) noexcept;

// Carries out everything that was pushed, in order. An error becomes the session's notice; an unknown id too.
void carry_out(Context& context);

}  // namespace forklight::app::session
