// What the learner does to a running process or a shared object.
#include <array>
#include <signal.h>

#include "app/i18n/i18n.h"
#include "app/session/acts.h"
#include "app/session/commands/parts.h"
#include "core/base/error.h"
#include "core/base/json.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

template <int number>
void send_signal(Context& c, std::string_view argument) {
  const timeline::Task& task = task_meant(c, argument);
  if (task.death_ns != timeline::kOpen) throw base::UsageError(tr("error.task_ended", fmt::arg("name", task.name)));
  c.session.signal(task.id, number);
}

// Which shared object a command is for: the one named, by number or by name, else the one selected.
const timeline::Object& object_meant(const Context& c, std::string_view argument) {
  const timeline::Model& model = c.session.model();
  if (argument.empty())
    if (const timeline::Object* selected = model.find_object(c.ui.selection.task)) return *selected;
  if (const auto id = number_in(argument))
    if (const timeline::Object* numbered = model.find_object(static_cast<timeline::ObjectId>(*id))) return *numbered;
  for (const timeline::Object& object : model.objects())
    if (!object.internal() && object.name == argument) return object;
  throw base::UsageError(argument.empty() ? tr("error.no_object") : tr("session.no_object", fmt::arg("name", argument)));
}

// "Queue-1=[1, 2]"; "Queue-1": then what stands in the field of the menu.
void put_value(Context& c, std::string_view argument) {
  const auto equals = argument.find('=');
  const std::string text(equals != std::string_view::npos ? argument.substr(equals + 1) : c.ui.value_entry);
  auto value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) value = text;  // a word is a str
  c.session.put(object_meant(c, argument.substr(0, equals)).id, std::move(value));
}

template <bool on>
void set_event(Context& c, std::string_view argument) {
  c.session.set_event(object_meant(c, argument).id, on);
}

// "pipe@Process-2"; "pipe": of the selected process. An end may be open in several.
template <trace::PipeEnd end>
void close_end(Context& c, std::string_view argument) {
  const auto at = argument.find('@');
  const timeline::Task& task = task_meant(c, at != std::string_view::npos ? argument.substr(at + 1) : std::string_view());
  c.session.close_end(object_meant(c, argument.substr(0, at)).id, end, task.process);
}

// Of the task or object that is named, at the mouse; of the selected one, at its lane.
void open_menu(Context& c, std::string_view argument) {
  std::uint32_t subject = c.ui.selection.task;
  if (!argument.empty()) {
    const auto number = number_in(argument);
    subject = number ? static_cast<std::uint32_t>(*number) : task_meant(c, argument).id;
  }
  const std::vector<Acts> acts = acts_on(c.session, subject);
  if (acts.empty()) throw base::UsageError(tr("error.no_menu"));
  c.ui.menu = {subject, acts.size() > 1 ? acts.back().subject : 0, true, !argument.empty()};
}

constexpr std::array kAct = {
    Command{"task.terminate", key(Key::k), is_running, send_signal<SIGTERM>},
    Command{"task.kill", kNone, is_running, send_signal<SIGKILL>},
    Command{"task.stop", kNone, is_running, send_signal<SIGSTOP>},
    Command{"task.continue", kNone, is_running, send_signal<SIGCONT>},
    Command{"menu", shift(Key::f10), has_run, open_menu},
    Command{"object.put", kNone, is_live, put_value},
    Command{"object.set", kNone, is_live, set_event<true>},
    Command{"object.clear", kNone, is_live, set_event<false>},
    Command{"object.close.first", kNone, is_live, close_end<trace::PipeEnd::first>},
    Command{"object.close.second", kNone, is_live, close_end<trace::PipeEnd::second>},
};

}  // namespace

std::span<const Command> act_commands() noexcept {
  return kAct;
}

}  // namespace forklight::app::session
