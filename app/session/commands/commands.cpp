#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "core/base/clock.h"
#include "core/base/error.h"

namespace forklight::app::session {

using i18n::tr;

bool always(const Context&) {
  return true;
}
bool is_live(const Context& c) {
  return c.session.live();
}
bool is_running(const Context& c) {
  return c.session.state() == RunState::running;
}
bool has_run(const Context& c) {
  return !c.session.model().tasks().empty();
}
void look_afresh(UiState& ui) {
  ui.selection = ui.hover = {};
  ui.menu = {};
  ui.notes.pointer = {};
  ui.notes.from_ns = ui.notes.to_ns = ui.notes.pressed_ns = std::nullopt;
  ui.find.from_ns.reset();
  ui.follow = true;
  ui.fit_wanted = true;
  ui.vertical_scroll = 0;
}
std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}
const timeline::Task& task_meant(const Context& c, std::string_view argument) {
  const auto& tasks = c.session.model().tasks();
  const timeline::Task* found = nullptr;
  if (const auto id = number_in(argument))
    found = c.session.model().find(static_cast<timeline::TaskId>(*id));
  else if (argument.empty())
    found = c.session.model().find(c.ui.selection.task);
  else if (const auto named = std::find_if(tasks.begin(), tasks.end(), [&](const auto& task) { return task.name == argument; }); named != tasks.end())
    found = &*named;
  if (found == nullptr) throw base::UsageError(argument.empty() ? tr("error.no_task") : tr("error.task", fmt::arg("name", argument)));
  return *found;
}

std::span<const CommandGroup> command_groups() noexcept {
  static const std::vector<CommandGroup> groups = {{"run", run_commands()}, {"act", act_commands()}, {"predict", predict_commands()}, {"quiz", quiz_commands()}, {"understand", glossary_commands()}, {"timeline", timeline_commands()}, {"notes", note_commands()}, {"find", find_commands()}, {"learn", learn_commands()}, {"file", file_commands()}, {"export", export_commands()}, {"film", film_commands()},
                                                   {"window", window_commands()}, {"audience", audience_commands()}, {"lecture", lecture_commands()}};
  return groups;
}

std::span<const Command> commands() noexcept {
  static const std::vector<Command> all = [] {
    std::vector<Command> commands;
    for (const CommandGroup& group : command_groups()) commands.insert(commands.end(), group.commands.begin(), group.commands.end());
    return commands;
  }();
  return all;
}

const Command* find_command(std::string_view id) noexcept {
  const auto found =
      std::find_if(commands().begin(), commands().end(), [id](const Command& command) { return command.id == id; });
  return found != commands().end() ? &*found : nullptr;
}

const Command* find_command(Shortcut shortcut) noexcept {
  if (shortcut.key == Key::none) return nullptr;
  const auto found = std::find_if(commands().begin(), commands().end(),
                                  [shortcut](const Command& command) { return command.shortcut == shortcut; });
  return found != commands().end() ? &*found : nullptr;
}

void carry_out(Context& context) {
  // A command may push another one: that one waits for the next call.
  for (const Action& action : std::exchange(context.ui.pushed, {})) {
    const Command* command = find_command(action.command);
    if (command == nullptr) {
      context.session.notify(tr("error.no_such_command", fmt::arg("id", action.command)));
      continue;
    }
    if (!command->enabled(context)) continue;
    if (!context.ui.lecture.on) note_act(context.ui.lecture, action.command, action.argument, base::now_ns());
    try {
      command->run(context, action.argument);
    } catch (const std::exception& error) {
      context.session.notify(error.what());
    }
  }
}

}  // namespace forklight::app::session
