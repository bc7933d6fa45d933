// The selected task in words: what it is, since when, waiting for whom; then its facts.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/panels/why.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::format_duration;
using i18n::tr;
using platform::palette;
using timeline::kOpen;
using timeline::Model;
using timeline::Span;
using timeline::State;
using timeline::Task;

std::string name_of(const Model& model, timeline::TaskId id) {
  const Task* task = model.find(id);
  if (task == nullptr) return id == 0 ? tr("inspector.forklight") : fmt::format("#{}", id);
  return task->name.empty() ? fmt::format("pid {}", task->pid) : task->name;
}

const timeline::Flow* flow_to(const Model& model, const Task& task, timeline::FlowKind kind) {
  for (const timeline::Flow& flow : model.flows())
    if (flow.to == task.id && flow.kind == kind) return &flow;
  return nullptr;
}

const char* state_title(const Model& model, const Task& task, std::int64_t when) {
  if (when < task.born_ns) return "inspector.title.unborn";
  if (when >= task.death_ns) {
    const auto code = task.exit_code();
    if (!code) return "inspector.title.ended";
    return *code < 0 ? "inspector.title.killed" : "inspector.title.exited";
  }
  const Span* span = model.span_at(task, when);
  if (span == nullptr) return "inspector.title.starting";
  switch (span->state) {
    case State::running:
      return "inspector.title.running";
    case State::blocked:
      return "inspector.title.waiting";
    case State::sleeping:
      return "inspector.title.asleep";
    case State::zombie:
      return "inspector.title.ended";
    case State::held:
      return "inspector.title.held";
    case State::stopped:
      return "inspector.title.stopped";
    case State::gil_wait:
    case State::gil_switch:
      return "inspector.title.gil_wait";
    case State::lost:
      return "inspector.title.lost";
  }
  return "inspector.title.running";
}

std::string title(const Model& model, const Task& task, std::int64_t when) {
  const int code = task.exit_code().value_or(0);
  return tr(state_title(model, task, when), fmt::arg("name", name_of(model, task.id)),
            fmt::arg("code", i18n::format_exit_code(code)), fmt::arg("signal", i18n::signal_name(-code)));
}

// How it was when it ended: the doing that the end cut off, and who ended it.
std::string end_sentence(const Model& model, const Task& task) {
  const auto code = task.exit_code();
  const std::string lifetime = format_duration(task.death_ns - task.born_ns);
  const auto lived = fmt::arg("lived", lifetime);
  if (!code) return tr("inspector.end.unknown", lived);
  if (*code > 0) {
    const bool raised = std::any_of(task.marks.begin(), task.marks.end(),
                                    [](const timeline::Mark& mark) { return mark.kind == trace::Kind::raise; });
    const int line = model.line_at(task, task.death_ns - 1);
    if (raised && line > 0) return tr("inspector.end.raised", lived, fmt::arg("line", line), fmt::arg("code", *code));
    if (raised) return tr("inspector.end.raised_somewhere", lived, fmt::arg("code", *code));
    return tr("inspector.end.exited", lived, fmt::arg("code", *code));
  }
  if (*code == 0) return tr("inspector.end.returned", lived);
  const std::string signal = i18n::signal_name(-*code);
  const Span* last = nullptr;
  for (const Span& span : task.spans)
    if (span.begin_ns < task.death_ns && span.state != State::zombie) last = &span;
  const char* doing = last != nullptr && last->state == State::sleeping  ? "inspector.end.asleep"
                      : last != nullptr && last->state == State::blocked ? "inspector.end.waiting"
                                                                         : "inspector.end.running";
  if (const timeline::Flow* sent = flow_to(model, task, timeline::FlowKind::signal))
    return tr(doing, fmt::arg("who", name_of(model, sent->from)), fmt::arg("signal", signal),
              fmt::arg("after", format_duration(sent->from_ns - task.born_ns)));
  const bool by_hand = std::any_of(task.marks.begin(), task.marks.end(), [&](const timeline::Mark& mark) {
    const trace::LearnerAct act{mark.a};
    const bool signal_sent = act == trace::LearnerAct::signal || act == trace::LearnerAct::interrupt;
    return mark.kind == trace::Kind::learner && signal_sent && static_cast<int>(mark.b) == -*code;
  });
  return tr(by_hand ? "inspector.end.by_you" : "inspector.end.killed", lived, fmt::arg("signal", signal));
}

std::string zombie_sentence(const Model& model, const Task& task, std::int64_t when) {
  if (when < task.reaped_ns)
    return tr("inspector.zombie.still", fmt::arg("time", format_duration(when - task.death_ns)));
  // Reaped before anybody could look: the kernel tells no time between the two.
  if (task.reaped_ns <= task.death_ns)
    return tr("inspector.zombie.none", fmt::arg("who", name_of(model, task.reaped_by)));
  return tr("inspector.zombie.was", fmt::arg("time", format_duration(task.reaped_ns - task.death_ns)),
            fmt::arg("who", name_of(model, task.reaped_by)));
}

std::string sentence(const Model& model, const Task& task, std::int64_t when, std::int64_t now_ns) {
  if (when < task.born_ns)
    return tr("inspector.now.unborn", fmt::arg("who", name_of(model, task.parent)),
              fmt::arg("time", format_duration(task.born_ns - when)));
  const std::string joint = tr("inspector.joint");
  if (when >= task.death_ns) return end_sentence(model, task) + joint + zombie_sentence(model, task, when);
  const Span* span = model.span_at(task, when);
  if (span == nullptr) return tr("inspector.now.starting");
  const std::string lasted = format_duration(when - span->begin_ns);
  const auto since = fmt::arg("since", lasted);
  const int line = model.line_at(task, when);
  // At a span's begin (where the arrow keys stop) the whole of it is told, in its midst how long it has lasted.
  const bool begins = when == span->begin_ns;
  const std::string length = format_duration(std::min(span->end_ns, now_ns) - span->begin_ns);
  const auto whole = fmt::arg("whole", length);
  const std::string asked_for = timeline_view::short_duration(static_cast<std::int64_t>(span->detail));
  const auto asked = fmt::arg("asked", asked_for);
  std::string text;
  switch (span->state) {
    case State::running:
      text = begins ? tr("inspector.from.running", whole) : tr("inspector.now.running", since);
      break;
    case State::sleeping:
      if (span->detail == 0)
        text = begins ? tr("inspector.from.asleep", whole) : tr("inspector.now.asleep", since);
      else
        text = begins ? tr("inspector.from.asleep_for", whole, asked) : tr("inspector.now.asleep_for", since, asked);
      break;
    case State::blocked: {
      const std::string waits = timeline_view::wait_words(model, *span);
      const auto what = fmt::arg("what", waits);
      text = begins ? tr("inspector.from.waiting", whole, what) : tr("inspector.now.waiting", since, what);
      break;
    }
    case State::zombie:
      text = tr("inspector.zombie.still", fmt::arg("time", format_duration(when - span->begin_ns)));
      break;
    case State::held:
      text = tr("inspector.now.held", since);
      break;
    case State::stopped: {
      const std::string sender = span->partner == 0 ? tr("inspector.you") : name_of(model, span->partner);
      const auto who = fmt::arg("who", sender);
      text = begins ? tr("inspector.from.stopped", whole, who) : tr("inspector.now.stopped", since, who);
      break;
    }
    case State::gil_wait: {
      const std::string holder = timeline_view::span_words(model, *span, now_ns);
      const auto what = fmt::arg("what", holder);
      text = begins ? tr("inspector.from.waiting", whole, what) : tr("inspector.now.waiting", since, what);
      break;
    }
    case State::gil_switch:
      text = begins ? tr("inspector.from.gil_switch", whole) : tr("inspector.now.gil_switch", since);
      break;
    case State::lost:
      text = tr("inspector.now.lost", fmt::arg("count", i18n::format_count(span->detail)));
      break;
  }
  if (line > 0) text += joint + tr("inspector.now.line", fmt::arg("line", line));
  return text;
}

// In a race: what it has read and not written yet, as long as it stands in line with that; what it overwrites, at the moment when it does.
std::string race_words(const Model& model, const Task& task, std::int64_t when) {
  const auto after = std::upper_bound(task.marks.begin(), task.marks.end(), when, [](std::int64_t time_ns, const timeline::Mark& mark) { return time_ns < mark.time_ns; });
  for (auto mark = after; mark != task.marks.begin();) {
    --mark;
    const bool lost = mark->kind == trace::Kind::update_lost;
    if (!lost && mark->kind != trace::Kind::in_hand) continue;
    const Span* span = model.span_at(task, when);
    if (mark->time_ns != when && (lost || span == nullptr || span->state == State::running)) return {};
    return tr(lost ? "inspector.update_lost" : "inspector.in_hand", fmt::arg("name", timeline_view::name_words(model, mark->object)),
              fmt::arg("read", i18n::format_count(mark->a)), fmt::arg("found", i18n::format_count(mark->b)));
  }
  return {};
}

std::string with_line(const std::string& who, int line) {
  return line > 0 ? tr("inspector.who_line", fmt::arg("who", who), fmt::arg("line", line)) : who;
}

const char* method_word(trace::StartMethod method) {
  switch (method) {
    case trace::StartMethod::fork:
      return "fork";
    case trace::StartMethod::spawn:
      return "spawn";
    case trace::StartMethod::forkserver:
      return "forkserver";
  }
  return "fork";
}

void draw_facts(const Model& model, const Task& task, std::int64_t when) {
  const bool dead = when >= task.death_ns;
  if (const auto code = task.exit_code(); code && dead)
    key_value(tr("inspector.exit_code"), timeline_view::exit_words(*code));
  for (const auto& [what, value] : worker_rows(model, task, when)) key_value(what, value);
  key_value(tr("inspector.pid"), std::to_string(task.pid));
  const timeline::Flow* start = flow_to(model, task, timeline::FlowKind::start);
  int line = 0;
  if (const Task* parent = model.find(task.parent); parent != nullptr && start != nullptr)
    line = model.line_at(*parent, start->from_ns);
  key_value(tr("inspector.started_by"), with_line(name_of(model, task.parent), line));
  if (task.parent != 0 && !task.is_thread()) key_value(tr("inspector.start_method"), method_word(task.start_method));
  key_value(tr("inspector.started"), moment_text(model, task.born_ns));
  if (when >= task.adopted_ns) key_value(tr("inspector.orphan"), moment_text(model, task.adopted_ns));
  if (dead) {
    key_value(tr("inspector.ended"), moment_text(model, task.death_ns));
    key_value(tr("inspector.lived"), format_duration(task.death_ns - task.born_ns));
  }
  if (dead && task.reaped_ns != kOpen && when >= task.reaped_ns) {
    if (task.reaped_ns > task.death_ns)
      key_value(tr("inspector.zombie_for"), format_duration(task.reaped_ns - task.death_ns));
    key_value(tr("inspector.reaped_by"), name_of(model, task.reaped_by));
  }
  if (task.lost_events > 0) key_value(tr("inspector.lost"), i18n::format_count(task.lost_events));
}

}  // namespace

void draw_inspector(Context& context) {
  const Model& model = context.session.model();
  const Task* task = model.find(context.ui.selection.task);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(8), px(6)));
  const timeline::Object* object = model.find_object(context.ui.selection.task);
  if (task == nullptr && object != nullptr) {
    draw_object_inspector(context, *object);
    ImGui::PopStyleVar();
    return;
  }
  if (task == nullptr) {
    label(Font::title, palette().text,
          tr(model.tasks().empty() ? "inspector.none.title_empty" : "inspector.none.title"));
    paragraph(Font::body, palette().text_dim,
              tr(model.tasks().empty() ? "inspector.none.text_empty" : "inspector.none.text"));
    ImGui::PopStyleVar();
    return;
  }
  const std::int64_t when = moment(context);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::size_t order = order_of(model, task->id);
  ImGui::GetWindowDrawList()->AddRectFilled({at.x - px(16), at.y}, {at.x - px(12), at.y + line_height(Font::title)},
                                            platform::task_color(order));
  paragraph(Font::title, palette().text, title(model, *task, when));
  if (context.ui.selection.time_ns)
    label(Font::small, palette().text_dim, tr("inspector.at", fmt::arg("time", moment_text(model, when))));
  ImGui::PushID("sentence");
  paragraph_with_facts(context.ui, Font::body, palette().text, sentence(model, *task, when, context.session.now_ns()), session::FactAtHand::Where::inspector);
  ImGui::PopID();
  if (const std::string race = race_words(model, *task, when); !race.empty()) paragraph_with_terms(context.ui, Font::body, palette().text, race);
  if (const std::string why = why_words(model, *task, when); !why.empty()) paragraph_with_facts(context.ui, Font::body, palette().text_dim, why, session::FactAtHand::Where::inspector);
  draw_causes(context);
  draw_ways(context, when >= task->born_ns ? model.line_at(*task, std::min(when, task->death_ns - 1)) : 0);
  ImGui::Dummy({1, px(4)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  draw_facts(model, *task, when);
  ImGui::PopStyleVar(2);
}

}  // namespace forklight::app::panels
