// Understanding: the glossary at the term that the person looks at, the lesson's page, the way back along the causes, the program's line.
#include <array>
#include <string>

#include "app/i18n/glossary.h"
#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;
using timeline::State;
using trace::ObjectKind;

}  // namespace

std::string_view term_of(const timeline::Object& object) noexcept {
  switch (object.kind) {
    case ObjectKind::pipe:
      return "pipe";
    case ObjectKind::queue:
    case ObjectKind::simple_queue:
    case ObjectKind::joinable_queue:
      return "queue";
    case ObjectKind::lock:
    case ObjectKind::rlock:
      return "lock";
    case ObjectKind::semaphore:
    case ObjectKind::bounded_semaphore:
      return "semaphore";
    case ObjectKind::condition:
      return "condition";
    case ObjectKind::event:
      return "event";
    case ObjectKind::barrier:
      return "barrier";
    case ObjectKind::value:
    case ObjectKind::array:
      return "value";
    case ObjectKind::gil:
      return "gil";
    case ObjectKind::pool:
      return "pool";
    case ObjectKind::executor:
      return "executor";
  }
  return {};
}

namespace {

// Of what is selected: what it is in at that moment, else what it is.
std::string_view term_of_selection(const Context& c) {
  const timeline::Model& model = c.session.model();
  if (const timeline::Object* object = model.find_object(c.ui.selection.task)) return term_of(*object);
  const timeline::Task* task = model.find(c.ui.selection.task);
  if (task == nullptr) return {};
  const std::int64_t when = c.ui.selection.time_ns.value_or(c.session.now_ns());
  if (when >= task->death_ns) return task->is_thread() ? "thread" : when < task->reaped_ns ? "zombie" : "exit-code";
  if (const timeline::Span* span = model.span_at(*task, when)) {
    if (span->state == State::blocked) return "blocked";
    if (span->state == State::gil_wait) return "gil";
    if (span->state == State::gil_switch) return "forced-switch";
    if (span->state == State::held) return "gate";
    if (span->state == State::stopped) return "signal";
  }
  if (when >= task->adopted_ns) return "orphan";
  return task->is_thread() ? "thread" : "process";
}

// The term named, else the one under the mouse, else that of what is selected. Its own key closes it again.
void glossary(Context& c, std::string_view argument) {
  UiState& ui = c.ui;
  if (argument.empty() && ui.dialog == Dialog::glossary) {
    ui.dialog = Dialog::none;
    return;
  }
  if (!argument.empty() && i18n::find_term(argument) == nullptr) throw base::UsageError(tr("error.term", fmt::arg("text", argument)));
  GlossaryState& state = ui.glossary;
  state.entry.clear();
  state.at = 0;
  state.go = false;
  state.moved = true;
  state.open_at = !argument.empty() ? std::string(argument) : !state.at_hand.empty() ? state.at_hand : std::string(term_of_selection(c));
  ui.dialog = Dialog::glossary;
}
bool glossary_shown(const Context& c) { return c.ui.dialog == Dialog::glossary; }

void lesson(Context& c, std::string_view) { c.ui.dialog = c.ui.dialog == Dialog::lesson ? Dialog::none : Dialog::lesson; }
bool lesson_shown(const Context& c) { return c.ui.dialog == Dialog::lesson; }

// The cause of a flow, by its place in the run: who did it, when.
void cause(Context& c, std::string_view argument) {
  const auto number = number_in(argument);
  const auto& flows = c.session.model().flows();
  if (!number || *number < 0 || static_cast<std::size_t>(*number) >= flows.size()) return;
  const timeline::Flow& flow = flows[static_cast<std::size_t>(*number)];
  c.ui.follow = false;
  c.ui.selection = {flow.from, flow.from_ns};
}
// The next link of the chain behind what is selected.
void first_cause(Context& c, std::string_view) {
  if (!c.ui.causes.chain.empty()) cause(c, std::to_string(c.ui.causes.chain.front()));
}
bool has_cause(const Context& c) { return !c.ui.causes.chain.empty(); }

// The program's line of what is selected.
void code_line(Context& c, std::string_view) {
  c.ui.code_tab = CodeTab::python;
  c.ui.right_open = true;
  c.ui.causes.line_wanted = true;
}
bool has_selection(const Context& c) { return c.session.model().find(c.ui.selection.task) != nullptr; }

constexpr std::array kGlossary = {
    Command{"lesson", shift(Key::l), always, lesson, lesson_shown},
    Command{"select.cause", key(Key::i), has_cause, first_cause},
    Command{"cause", kNone, has_run, cause},
    Command{"code.line", kNone, has_selection, code_line},
    Command{"glossary", key(Key::l), always, glossary, glossary_shown},
};

}  // namespace

std::span<const Command> glossary_commands() noexcept { return kGlossary; }

}  // namespace forklight::app::session
