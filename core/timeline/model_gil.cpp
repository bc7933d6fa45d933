// What the events say of the GIL: who wants it, has it, lets it go; and of the work that is done under it.
//
// Each thread tells of itself alone, and in order; of two threads the later may be heard first.
#include <algorithm>
#include <utility>

#include "core/timeline/model.h"
#include "core/timeline/shared_gil.h"
#include "core/timeline/spans.h"

namespace forklight::timeline {

using trace::Kind;

void Model::make_gil(Object& object, TaskId creator, trace::GilMode mode, std::int64_t time_ns) {
  const auto maker = slots_.find(creator);
  const TaskId process = maker == slots_.end() ? creator : tasks_[maker->second.position].process;
  if (object.gil == kNone) {
    object.gil = static_cast<std::uint32_t>(gils_.size());
    gils_.emplace_back(object.id, process);
  }
  gils_[object.gil].process_ = process;
  gils_[object.gil].mode_ = mode;
  // Its maker runs under the first that it makes, and under one that works in another way from then on; more of the same kind are for
  // the threads of other interpreters (G-04).
  if (maker == slots_.end()) return;
  std::uint32_t& own = maker->second.gil;
  if (own != kNone && (own == object.gil || gils_[own].mode_ == mode)) return;
  if (own != kNone) gils_[own].end_hold(creator, time_ns, GilEnd::thread_end);
  own = object.gil;
}

// From now on its holds are kept. Until here its process had one thread, which had it whenever it ran.
void Model::contend(Gil& gil) {
  gil.contended_ = true;
  const auto main = slots_.find(gil.process());
  if (main == slots_.end() || main->second.gil == kNone || &gils_[main->second.gil] != &gil) return;
  for (const Span& span : tasks_[main->second.position].spans) {
    if (span.state != State::running) continue;
    gil.begin_hold(gil.process(), span.begin_ns, 0);
    if (span.end_ns != kOpen) gil.end_hold(gil.process(), span.end_ns, GilEnd::blocking);
  }
}

// The steps of the algorithm (G.2, G.3), by the thread that takes them.
void Model::apply_to_gil(Slot& slot, const trace::Event& event, std::uint16_t line) {
  const TaskId id = tasks_[slot.position].id;
  Object& object = objects_[object_for(event)];
  if (object.gil == kNone) make_gil(object, id, trace::GilMode::gil, event.time_ns);
  if (slot.gil != object.gil) {  // another interpreter's: what was taken for granted before its first word was wrong
    if (slot.gil != kNone) gils_[slot.gil].forget(id);
    slot.gil = object.gil;
  }
  Gil& gil = gils_[slot.gil];
  if (!gil.contended_) contend(gil);
  Task& task = tasks_[slot.position];
  const auto other = static_cast<TaskId>(event.a);
  // Between the end of a blocking call, or a drop, and the wait lies nothing that it could have done.
  const std::int64_t since_ns = std::min(slot.without_gil_ns, event.time_ns);
  switch (event.kind) {
    case Kind::gil_want:
      enter(task, {since_ns, kOpen, other, event.object, line, State::gil_wait, {}});
      gil.begin_wait(id, since_ns);
      break;
    case Kind::gil_wait:
      if (event.a == 0) break;  // before 3.2 one waited without an interval
      if (gil.interval_.empty() || gil.interval_.at(event.time_ns) != static_cast<std::int64_t>(event.a))
        gil.interval_.set(event.time_ns, static_cast<std::int64_t>(event.a));
      break;
    case Kind::gil_request:
      gil.ask({event.time_ns, kOpen, kOpen, id, other, {}});
      break;
    case Kind::eval_check:
      gil.see(id, event.time_ns, trace::CheckPlace{event.a});
      break;
    case Kind::gil_drop:
      gil.answer(id, event.time_ns);
      break;
    case Kind::gil_take:
      run(task, event.time_ns, line);
      gil.end_wait(id, event.time_ns);
      gil.answer(0, event.time_ns);
      break;
    case Kind::switch_wait:
      enter(task, {since_ns, kOpen, 0, event.object, line, State::gil_switch, {}});
      break;
    case Kind::switch_done:
      gil.thread(id).switch_ns += static_cast<std::int64_t>(event.b);
      run(task, event.time_ns, line);
      break;
    default:
      break;
  }
}

namespace {

// What an event says of its thread's hold: has it from here, has it no more, or nothing. `may`: it has it, or is about to want it.
enum class Says : std::uint8_t { nothing, has, may, lets_go };
Says says(Kind kind) noexcept {
  switch (kind) {
    case Kind::gil_take:
      return Says::has;
    case Kind::task_begin:
    case Kind::block_end:
    case Kind::sleep_end:
    case Kind::let_go:
    case Kind::handler_begin:
      return Says::may;
    case Kind::block_begin:
    case Kind::sleep_begin:
    case Kind::held:
    case Kind::gil_want:
    case Kind::gil_drop:
    case Kind::exit:
      return Says::lets_go;
    default:
      return Says::nothing;
  }
}

GilEnd why(const trace::Event& event) noexcept {
  if (event.kind == Kind::exit) return GilEnd::thread_end;
  if (event.kind != Kind::gil_drop) return GilEnd::blocking;
  switch (trace::DropReason{event.a}) {
    case trace::DropReason::request:
      return GilEnd::request;
    case trace::DropReason::thread_end:
      return GilEnd::thread_end;
    case trace::DropReason::tick:
      return GilEnd::tick;
    case trace::DropReason::blocking:
      break;
  }
  return GilEnd::blocking;
}

}  // namespace

// Who has the lock, as far as an event of a thread says it: outright, or by what it does.
void Model::follow_gil(Slot& slot, const trace::Event& event) {
  const Task& task = tasks_[slot.position];
  if (slot.gil == kNone) {
    const auto main = slots_.find(task.process);
    if (main == slots_.end() || main->second.gil == kNone) return;
    slot.gil = main->second.gil;
  }
  Gil& gil = gils_[slot.gil];
  if (!gil.is_lock()) return;
  const bool took = std::exchange(slot.takes_gil, says(event.kind) == Says::may);
  const std::int64_t since_ns = std::exchange(slot.without_gil_ns, slot.takes_gil || event.kind == Kind::gil_drop || event.kind == Kind::switch_done ? event.time_ns : kOpen);
  if (!gil.contended_) {
    if (!task.is_thread()) return;
    contend(gil);
  }
  const bool wants = event.kind == Kind::gil_want || event.kind == Kind::switch_wait;
  if (took && wants) gil.retract(task.id, since_ns);
  if (took && !wants && event.kind != Kind::gil_take) gil.begin_hold(task.id, since_ns, 0);
  switch (says(event.kind)) {
    case Says::has:
      gil.begin_hold(task.id, event.time_ns, static_cast<TaskId>(event.a));
      break;
    case Says::may:
      // Where another still has it, it will say what it does; where nobody does, it has it already.
      if (gil.is_free(event.time_ns)) gil.begin_hold(task.id, event.time_ns, 0);
      break;
    case Says::lets_go:
      if (event.kind == Kind::exit && !task.is_thread()) break;  // ends with its process
      gil.end_hold(task.id, event.time_ns, why(event));
      break;
    case Says::nothing:
      if (event.kind == Kind::handler_end && task.spans.back().state != State::running)
        gil.end_hold(task.id, event.time_ns, GilEnd::blocking);
      break;
  }
}

void Model::apply_interval(const trace::Record& record) {
  const trace::Event& event = record.event;
  if (event.object < trace::kFirstObject) return;
  Object& object = objects_[object_for(event)];
  if (object.gil == kNone) make_gil(object, record.task, trace::GilMode::gil, event.time_ns);
  gils_[object.gil].interval_.set(event.time_ns, static_cast<std::int64_t>(event.a));
}

void Model::apply_work(const trace::Record& record) {
  const trace::Event& event = record.event;
  if (event.kind == Kind::work_begin) {
    const auto place = std::upper_bound(works_.begin(), works_.end(), event.time_ns,
                                        [](std::int64_t time, const Work& work) { return time < work.begin_ns; });
    works_.insert(place, {event.time_ns, kOpen, event.a, 0, record.task, trace::WorkKind{event.b}});
    return;
  }
  const auto open = std::find_if(works_.rbegin(), works_.rend(),
                                 [&](const Work& work) { return work.task == record.task && work.end_ns == kOpen; });
  if (open == works_.rend()) return;
  open->end_ns = std::max(event.time_ns, open->begin_ns);
  open->units = event.a;
  open->check_sum = event.b;
}

bool is_shared(const Model& model, const Gil& gil) {
  if (!gil.is_lock()) return false;
  std::size_t computing = 0;
  for (const GilThread& thread : gil.threads()) {
    const bool feeds = std::any_of(model.channels().begin(), model.channels().end(), [&](const Channel& channel) {
      return std::find(channel.feeders.begin(), channel.feeders.end(), thread.task) != channel.feeders.end();
    });
    if (!feeds && ++computing == 2) return true;
  }
  return false;
}

}  // namespace forklight::timeline
