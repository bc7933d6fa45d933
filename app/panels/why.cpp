#include "app/panels/why.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::format_duration;
using i18n::tr;
using timeline::kOpen;
using timeline::Model;
using timeline::Span;
using timeline::State;
using timeline::Task;
using trace::BlockReason;

std::string parent_name(const Model& model, const Task& task) {
  return task.parent == 0 ? tr("inspector.forklight") : timeline_view::name_words(model, task.parent);
}

// What ends a wait, by what is waited for; several reasons share a text.
const char* wait_key(BlockReason reason) {
  switch (reason) {
    case BlockReason::join:
    case BlockReason::wait:
      return "why.blocked.join";
    case BlockReason::thread_join:
      return "why.blocked.thread_join";
    case BlockReason::output:
      return "why.blocked.output";
    case BlockReason::put:
      return "why.blocked.put";
    case BlockReason::get:
      return "why.blocked.get";
    case BlockReason::recv:
    case BlockReason::poll:
      return "why.blocked.recv";
    case BlockReason::send:
      return "why.blocked.send";
    case BlockReason::lock:
    case BlockReason::semaphore:
      return "why.blocked.lock";
    case BlockReason::event:
      return "why.blocked.event";
    case BlockReason::condition:
      return "why.blocked.condition";
    case BlockReason::barrier:
      return "why.blocked.barrier";
    case BlockReason::queue_join:
      return "why.blocked.queue_join";
    case BlockReason::feed:
      return "why.blocked.feed";
    case BlockReason::requests:
      return "why.blocked.requests";
    case BlockReason::result:
      return "why.blocked.result";
    case BlockReason::tasks:
      return "why.blocked.tasks";
  }
  return "why.blocked";
}

std::string wait_sentence(const Model& model, const Span& span) {
  const bool known = span.partner != 0 && (model.find(span.partner) != nullptr || model.find_object(span.partner) != nullptr);
  const char* const key = wait_key(span.reason);
  const std::string partner = known ? timeline_view::name_words(model, span.partner) : tr("why.somebody");
  std::string text = tr(key, fmt::arg("what", partner));
  const auto timeout = static_cast<std::int64_t>(span.detail);
  if (timeout > 0) text += tr("inspector.joint") + tr("why.timeout", fmt::arg("time", timeline_view::short_duration(timeout)));
  return text;
}

// Who wants the GIL: what it waits for, and when it may ask for it (G.2); and whether it was asked itself (G.3).
std::string gil_sentence(const Model& model, const Task& task, const Span& span, std::int64_t when) {
  const timeline::Gil* gil = model.find_gil(span.partner);
  if (gil == nullptr) return tr("why.blocked");
  if (span.state == State::gil_switch) return tr("why.gil_switch");
  const auto& holds = gil->holds();
  const timeline::GilHold* hold = gil->at(when);
  if (hold == nullptr) {  // between two: who takes it next has it for most of the wait, unless that is the one who waits
    const auto next = std::lower_bound(holds.begin(), holds.end(), when, [](const timeline::GilHold& one, std::int64_t time) { return one.begin_ns < time; });
    if (next == holds.end() || next->task == task.id || next->begin_ns >= span.end_ns) return tr("why.gil_free");
    hold = &*next;
  }
  const std::string holder = timeline_view::name_words(model, hold->task);
  const std::string interval = timeline_view::short_duration(gil->interval_ns(when));
  const bool old = gil->mode() == trace::GilMode::before_3_2;
  std::string text = tr(old ? "why.gil_wait.before_3_2" : "why.gil_wait", fmt::arg("holder", holder), fmt::arg("interval", interval));
  const timeline::GilRequest* request = gil->pending(when);
  if (request != nullptr && request->by == task.id) text += tr("inspector.joint") + tr("why.gil_asked", fmt::arg("holder", holder), fmt::arg("time", timeline_view::short_duration(when - request->begin_ns)));
  // What it had before, it may have lost because it was asked to.
  auto before = std::upper_bound(holds.begin(), holds.end(), when, [](std::int64_t time, const timeline::GilHold& one) { return time < one.begin_ns; });
  for (int left = 64; before != holds.begin() && left > 0; --left) {
    --before;
    if (before->task != task.id) continue;
    if (before->how == timeline::GilEnd::request) text += std::string(tr("inspector.joint")) + tr("why.gil_dropped");
    break;
  }
  return text;
}

// Who runs Python under a lock that others want, too.
std::string running_sentence(const Model& model, const Task& task, std::int64_t when) {
  const timeline::Gil* gil = model.gil_of(task.id);
  const timeline::GilHold* hold = gil == nullptr ? nullptr : gil->at(when);
  if (hold != nullptr && hold->task == task.id) {
    const timeline::GilRequest* request = gil->pending(when);
    if (request != nullptr && request->of == task.id)
      return tr("why.running.asked", fmt::arg("by", timeline_view::name_words(model, request->by)), fmt::arg("time", timeline_view::short_duration(when - request->begin_ns)));
    return tr("why.running.gil");
  }
  return tr(task.is_thread() ? "why.running.thread" : "why.running");
}

// Dead: a zombie until its parent asks, or until whoever has adopted it does, which is at once.
std::string dead_sentence(const Model& model, const Task& task, std::int64_t when) {
  if (task.is_thread()) return tr("why.thread_ended");
  if (when >= task.reaped_ns) return tr("why.gone");
  const Task* parent = model.find(task.parent);
  const bool nobody = parent == nullptr || when >= parent->death_ns;
  return nobody ? tr("why.zombie.adopted") : tr("why.zombie", fmt::arg("parent", parent_name(model, task)));
}

std::string state_sentence(const Model& model, const Task& task, std::int64_t when) {
  if (when >= task.death_ns) return dead_sentence(model, task, when);
  const Span* span = model.span_at(task, when);
  if (span == nullptr) return tr("why.starting", fmt::arg("parent", parent_name(model, task)));
  switch (span->state) {
    case State::running:
      return running_sentence(model, task, when);
    case State::gil_wait:
    case State::gil_switch:
      return gil_sentence(model, task, *span, when);
    case State::sleeping:
      return tr("why.sleeping");
    case State::blocked:
      return wait_sentence(model, *span);
    case State::held:
      return tr("why.held");
    case State::stopped:
      return tr("why.stopped");
    case State::zombie:
      return dead_sentence(model, task, when);
    case State::lost:
      return tr("why.lost");
  }
  return {};
}

}  // namespace

std::string why_words(const Model& model, const Task& task, std::int64_t when) {
  if (when < task.born_ns) return {};
  // Multiprocessing's own helpers: what they are goes before what they do.
  const bool tracker = task.parent != 0 && task.name == trace::kResourceTracker;
  const bool server = task.parent != 0 && task.name == trace::kForkserver;
  std::string text = tracker  ? tr("why.helper.tracker") + std::string(tr("inspector.joint"))
                     : server ? tr("why.helper.forkserver") + std::string(tr("inspector.joint"))
                              : std::string();
  text += state_sentence(model, task, when);
  if (when >= task.adopted_ns && when < task.death_ns) {
    text += tr("inspector.joint") +
            tr("why.orphan", fmt::arg("parent", parent_name(model, task)), fmt::arg("time", format_duration(when - task.adopted_ns)));
  }
  return text;
}

}  // namespace forklight::app::panels
