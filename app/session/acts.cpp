#include "app/session/acts.h"

#include <algorithm>

#include "core/timeline/shared_gil.h"

namespace forklight::app::session {

using timeline::kOpen;
using timeline::Model;
using timeline::Object;
using timeline::Task;
using trace::ObjectKind;
using trace::PipeEnd;

namespace {

constexpr std::size_t kMostProcesses = 6;  // whose ends of a pipe are listed

bool can_be_put_into(const Object& object) {
  return object.kind == ObjectKind::queue || object.kind == ObjectKind::joinable_queue;
}

bool in_reach(const Object& object) {
  return !object.internal() && (can_be_put_into(object) || object.kind == ObjectKind::event || object.kind == ObjectKind::pipe || object.kind == ObjectKind::gil);
}

// Threads queue for it, and its interval can be set.
bool is_worth_a_hand(const Model& model, const Object& object) {
  const timeline::Gil* gil = model.find_gil(object.id);
  return gil != nullptr && gil->mode() == trace::GilMode::gil && timeline::is_shared(model, *gil);
}

// When a process got what its parent had: at the fork.
std::int64_t start_of(const Model& model, const Task& process) {
  for (const timeline::Flow& flow : model.flows())
    if (flow.kind == timeline::FlowKind::start && flow.to == process.id) return flow.from_ns;
  return process.born_ns;
}

// Whether a process has that end of a pipe open at a time, as far as is known: made there or inherited, and not closed.
bool has_end(const Model& model, const Object& pipe, const Task& process, PipeEnd end, std::int64_t time_ns) {
  for (const Object::Closing& closing : pipe.closings) {
    const Task* closer = model.find(closing.task);
    if (closing.end == end && closing.time_ns <= time_ns && closer != nullptr && closer->process == process.id) return false;
  }
  if (process.id == pipe.creator) return true;
  const Task* starter = model.find(process.parent);
  const Task* parent = starter == nullptr ? nullptr : model.find(starter->process);
  const std::int64_t started_ns = start_of(model, process);
  return parent != nullptr && parent->id < process.id && started_ns >= pipe.born_ns && has_end(model, pipe, *parent, end, started_ns);
}

Acts acts_on_pipe(const Session& session, const Object& pipe) {
  Acts acts{pipe.id, {}};
  const Model& model = session.model();
  std::size_t listed = 0;
  for (const Task& task : model.tasks()) {
    if (task.is_thread() || task.death_ns != kOpen) continue;
    const bool first = has_end(model, pipe, task, PipeEnd::first, kOpen), second = has_end(model, pipe, task, PipeEnd::second, kOpen);
    if (!first && !second) continue;
    if (++listed > kMostProcesses) break;
    const std::string argument = std::to_string(pipe.id) + "@" + std::to_string(task.id);
    if (first) acts.acts.push_back({"object.close.first", argument, session.state() == RunState::running, task.id});
    if (second) acts.acts.push_back({"object.close.second", argument, session.state() == RunState::running, task.id});
  }
  return acts;
}

Acts acts_on_object(const Session& session, const Object& object) {
  const bool running = session.state() == RunState::running;
  const std::string id = std::to_string(object.id);
  if (object.kind == ObjectKind::gil) {
    const timeline::Gil* gil = session.model().find_gil(object.id);
    const bool has_interval = running && gil != nullptr && gil->mode() == trace::GilMode::gil;
    return {object.id, {{"gil.shorter", id, has_interval}, {"gil.longer", id, has_interval}}};
  }
  if (object.kind == ObjectKind::pipe) return acts_on_pipe(session, object);
  if (object.kind == ObjectKind::event) return {object.id, {{"object.set", id, running}, {"object.clear", id, running}}};
  return {object.id, {{"object.put", id, running}}};  // a full queue says itself why it takes nothing
}

Acts acts_on_task(const Session& session, const Task& task) {
  const bool alive = session.state() == RunState::running && task.death_ns == kOpen;
  const bool stopped = session.model().is_stopped(task.process);
  const std::string id = std::to_string(task.id);
  return {task.id,
          {{"task.terminate", id, alive},
           {"task.kill", id, alive},
           {"task.stop", id, alive && !stopped},
           {"task.continue", id, alive && stopped},
           {"interrupt", {}, session.state() == RunState::running}}};
}

// What a task waits for or is about to use; nothing where that cannot be acted on.
const Object* object_of(const Model& model, const Task& task) {
  if (task.spans.empty() || task.death_ns != kOpen) return nullptr;
  const timeline::Span& span = task.spans.back();
  if (span.state != timeline::State::blocked && span.state != timeline::State::held) return nullptr;
  const Object* object = model.find_object(span.partner);
  if (object != nullptr && object->internal()) object = model.find_object(object->owner);
  return object != nullptr && in_reach(*object) ? object : nullptr;
}

}  // namespace

std::vector<Acts> acts_on(const Session& session, std::uint32_t task_or_object) {
  const Model& model = session.model();
  std::vector<Acts> all;
  if (const Task* task = model.find(task_or_object)) {
    all.push_back(acts_on_task(session, *task));
    if (const Object* object = object_of(model, *task)) all.push_back(acts_on_object(session, *object));
  } else if (const Object* object = model.find_object(task_or_object); object != nullptr && in_reach(*object)) {
    all.push_back(acts_on_object(session, *object));
  }
  std::erase_if(all, [](const Acts& acts) { return acts.acts.empty(); });
  return all;
}

std::vector<const Object*> objects_in_reach(const Model& model) {
  std::vector<const Object*> objects;
  for (const Object& object : model.objects())
    if (in_reach(object) && (object.kind != ObjectKind::gil || is_worth_a_hand(model, object))) objects.push_back(&object);
  return objects;
}

}  // namespace forklight::app::session
