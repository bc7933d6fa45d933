// What each kind of event means for the tasks: whose state changes, and how.
#include <algorithm>

#include "core/timeline/model.h"
#include "core/timeline/names.h"
#include "core/timeline/spans.h"

namespace forklight::timeline {

using trace::Kind;

void enter(Task& task, Span span) {
  if (!task.spans.empty()) {
    Span& last = task.spans.back();
    span.begin_ns = std::max(span.begin_ns, last.begin_ns);
    if (last.end_ns == kOpen) {
      last.end_ns = span.begin_ns;
      // A running span without length says nothing; a wait without length says that there was nothing to wait for.
      if (last.state == State::running && last.begin_ns == span.begin_ns) task.spans.pop_back();
    } else {
      span.begin_ns = std::max(span.begin_ns, last.end_ns);
    }
  }
  task.spans.push_back(span);
}

void run(Task& task, std::int64_t time_ns, std::uint16_t line) {
  const bool runs =
      !task.spans.empty() && task.spans.back().end_ns == kOpen && task.spans.back().state == State::running;
  if (!runs) enter(task, {time_ns, kOpen, 0, 0, line, State::running, {}});
}

namespace {

constexpr TaskId kMainProcess = 1;

// The hole that lost events leave: what the task did in it is not known.
void tear(Task& task, const trace::Event& event, std::uint16_t line) {
  const auto first_ns = static_cast<std::int64_t>(std::min(event.b, static_cast<std::uint64_t>(event.time_ns)));
  enter(task, {first_ns, kOpen, event.a, 0, line, State::lost, {}});
  run(task, event.time_ns, line);
  task.lost_events += event.a;
}

// What waitpid(2) gives has 16 bits. Who does not know the status says -1: the process was reaped behind our back
// (P-54).
bool is_status(std::uint64_t value) noexcept {
  return value <= 0xffff;
}

// Kinds that are drawn as a point on their task. The others are spans, flows or badges.
// What is a mark on its task's lane, or told of it by name. What goes through queues and objects is theirs.
bool is_instant(Kind kind) noexcept {
  switch (kind) {
    case Kind::start_failed:
    case Kind::signal_sent:
    case Kind::close:
    case Kind::handler_begin:
    case Kind::output:
    case Kind::raise:
    case Kind::adopted:
    case Kind::cap:
    case Kind::stop:
    case Kind::learner:
    case Kind::in_hand:
    case Kind::update_lost:
      return true;
    default:
      return false;
  }
}

// As a span keeps it; what no version of ours writes stays a reason that nobody knows.
trace::BlockReason reason_in(std::uint64_t told) noexcept {
  return trace::BlockReason{std::min<std::uint64_t>(told & 0xffffffffU, 0xff)};
}

bool is_of_gil(Kind kind) noexcept {
  return kind >= Kind::gil_want && kind <= Kind::switch_done;
}

template <typename Moment>
void insert_by_time(base::Chunked<Moment>& moments, Moment moment) {
  if (moments.empty() || moments.back().time_ns <= moment.time_ns) return moments.push_back(std::move(moment));
  const auto place =
      std::upper_bound(moments.begin(), moments.end(), moment,
                       [](const Moment& left, const Moment& right) { return left.time_ns < right.time_ns; });
  moments.insert(place, std::move(moment));
}

}  // namespace

// The task of an id, made if this is the first evidence of it.
Model::Slot& Model::slot_for(TaskId id, std::int64_t time_ns) {
  const auto [found, is_new] = slots_.try_emplace(id);
  Slot& slot = found->second;
  if (is_new) {
    slot.position = tasks_.size();
    tasks_disordered_ = tasks_disordered_ || (!tasks_.empty() && tasks_.back().id > id);
    Task& task = tasks_.emplace_back();
    task.id = id;
    task.process = id;
    task.born_ns = time_ns;
    if (const auto method = start_methods_.find(id); method != start_methods_.end()) {
      task.start_method = method->second;
      start_methods_.erase(method);
    }
  }
  Task& task = tasks_[slot.position];
  task.born_ns = std::min(task.born_ns, time_ns);
  return slot;
}

// What an event says of the task that wrote it.
void Model::apply_to_writer(const trace::Record& record) {
  const trace::Event& event = record.event;
  Slot& slot = slot_for(record.task, event.time_ns);
  Task& task = tasks_[slot.position];

  if (event.line != 0 && (slot.lines.empty() || slot.lines.back().line != event.line)) {
    slot.lines.push_back({std::max(event.time_ns, slot.last_own_ns), event.line});
  }
  const std::uint16_t line = slot.lines.empty() ? std::uint16_t{0} : slot.lines.back().line;
  slot.last_own_ns = std::max(slot.last_own_ns, event.time_ns);

  // The supervisor's word of a death can overtake the last that the dead wrote.
  const bool dead = task.death_ns != kOpen;
  if (dead) unbury(slot);
  // Who writes is not stopped yet: a signal is on record before it has arrived.
  const std::optional<Slot::Stop> stop = slot.stop;
  if (stop) unstop(slot);
  switch (event.kind) {
    case Kind::task_begin:
      task.name = one_line(record.text);
      task.pid = static_cast<std::int32_t>(event.a >> 32);
      task.tid = static_cast<std::int32_t>(event.a & 0xffffffffU);
      task.parent = static_cast<TaskId>(event.b);
      find_process(slot);
      run(task, event.time_ns, line);
      if (slot.begin_ns == kOpen) {
        slot.begin_ns = event.time_ns;
        resolve_flows_about(task.id);
      }
      break;
    case Kind::block_begin: {
      Span wait{event.time_ns, kOpen, event.b, event.object, line, State::blocked, {}};
      wait.reason = reason_in(event.a);
      enter(task, wait);
      slot.blocked_ns = event.time_ns;
      if (event.a >> 32 != 0) slot.holders.push_back({event.time_ns, static_cast<TaskId>(event.a >> 32)});
      end_crowding(slot, event.time_ns);
      crowd(slot, event);
      break;
    }
    case Kind::held:
      enter(task, {event.time_ns, kOpen, event.a, event.object, line, State::held, {}});
      break;
    case Kind::sleep_begin:
      enter(task, {event.time_ns, kOpen, event.a, 0, line, State::sleeping, {}});
      break;
    case Kind::block_end:
      end_crowding(slot, event.time_ns);
      if (trace::BlockReason{event.a} == trace::BlockReason::queue_join) end_queue_join(slot, record);
      run(task, event.time_ns, line);
      break;
    case Kind::sleep_end:
    case Kind::let_go:
      run(task, event.time_ns, line);
      break;
    case Kind::handler_begin:
      slot.interrupted.push_back(task.spans.empty() ? Span{} : task.spans.back());
      run(task, event.time_ns, line);
      break;
    case Kind::handler_end: {
      if (slot.interrupted.empty()) break;  // its begin was lost
      Span before = slot.interrupted.back();
      slot.interrupted.pop_back();
      const bool waited = before.state == State::sleeping || before.state == State::blocked;
      if (event.b != 0 || !waited || before.end_ns != kOpen) break;
      before.begin_ns = event.time_ns;
      enter(task, before);
      break;
    }
    case Kind::exit:
      if (task.is_thread() && !slot.exited) {
        slot.exited = true;
        slot.death_said_ns = event.time_ns;
        if (!dead) bury(slot);
      }
      break;
    case Kind::lost:
      tear(task, event, line);
      break;
    default:
      if (task.spans.empty()) run(task, event.time_ns, line);  // its task_begin was lost
      break;
  }
  if (!gils_.empty() || is_of_gil(event.kind)) {
    if (is_of_gil(event.kind)) apply_to_gil(slot, event, line);
    follow_gil(slot, event);
  }
  if (stop) stop_task(slot, std::max(stop->since_ns, event.time_ns), stop->by);
  if (dead) bury(slot);
}

// What an event says of the task that it is about.
void Model::apply_to_object(const trace::Record& record) {
  const trace::Event& event = record.event;
  const TaskId object = event.object;
  const auto known = slots_.find(object);
  Task* const task = known == slots_.end() ? nullptr : &tasks_[known->second.position];
  switch (event.kind) {
    case Kind::start_begin: {
      if (object == 0) break;
      const trace::StartMethod method{event.a};
      if (task != nullptr) {
        task->start_method = method;
      } else {
        start_methods_[object] = method;  // a process that was asked for is none yet: start may fail
      }
      add_flow({FlowKind::start, record.task, object, event.time_ns, kOpen, 0});
      break;
    }
    case Kind::start_end:
      if (task != nullptr && task->pid == 0) task->pid = static_cast<std::int32_t>(event.a);
      break;
    case Kind::start_failed:
      start_methods_.erase(object);
      drop_start(record.task, object);
      break;
    case Kind::join_end:
      if (event.a != 1 || record.task == 0 || object == 0) break;
      add_flow({FlowKind::join, object, record.task, event.time_ns, event.time_ns, 0});
      break;
    case Kind::signal_sent:
      if (object == 0) break;
      add_flow({FlowKind::signal, record.task, object, event.time_ns, event.time_ns, event.a});
      apply_signal(object, static_cast<int>(event.a), event.time_ns, record.task);
      break;
    case Kind::learner:
      if (trace::LearnerAct{event.a} == trace::LearnerAct::signal)
        apply_signal(object, static_cast<int>(event.b), event.time_ns, 0);
      break;
    case Kind::born: {
      if (object == 0) break;
      Task& born = tasks_[slot_for(object, event.time_ns).position];
      if (born.pid == 0) born.pid = static_cast<std::int32_t>(event.a);
      if (born.parent == 0) born.parent = static_cast<TaskId>(event.b);
      break;
    }
    case Kind::death:
    case Kind::reap:
      if (object != 0) apply_death(record);
      break;
    case Kind::adopted:
      if (task != nullptr) task->adopted_ns = std::min(task->adopted_ns, event.time_ns);
      break;
    case Kind::cap:
      if (!cap_) cap_ = trace::Cap{event.a};
      break;
    case Kind::stop:
      if (!stopped_) stopped_ = trace::StopReason{event.a};
      break;
    default:
      break;
  }
}

// A death or a reaping, in either order; the first word on each counts.
void Model::apply_death(const trace::Record& record) {
  const trace::Event& event = record.event;
  Slot& slot = slot_for(event.object, event.time_ns);
  Task& task = tasks_[slot.position];
  if (task.death_ns != kOpen) unbury(slot);
  if (event.kind == Kind::death && slot.death_said_ns == kOpen) {
    slot.death_said_ns = event.time_ns;
    task.death_source = trace::DeathSource{event.line};
    if (is_status(event.a)) task.wait_status = static_cast<int>(event.a);
    if (task.pid == 0) task.pid = static_cast<std::int32_t>(event.b);
  }
  if (event.kind == Kind::reap && task.reaped_ns == kOpen) {
    task.reaped_ns = event.time_ns;
    task.reaped_by = record.task;
    if (!task.wait_status && is_status(event.a)) task.wait_status = static_cast<int>(event.a);
  }
  if (slot.death_said_ns == kOpen) return;
  bury(slot);
  if (event.kind == Kind::death) lose_messages(task.id, task.death_ns);
}

// Ends what the task did with its death, and shows it as a zombie until somebody waits for it (P-50).
void Model::bury(Slot& slot) {
  Task& task = tasks_[slot.position];
  // The supervisor looks a little after the fact: the true moment lies before the reaping and not before the last own
  // event.
  task.death_ns = std::max(std::min(slot.death_said_ns, task.reaped_ns), slot.last_own_ns);
  if (!task.spans.empty() && task.spans.back().end_ns == kOpen) {
    task.death_ns = std::max(task.death_ns, task.spans.back().begin_ns);
    task.spans.back().end_ns = task.death_ns;
  }
  end_crowding(slot, task.death_ns);
  if (slot.gil != kNone) gils_[slot.gil].cut(task.id, task.death_ns);
  kernel_.end(task.id, task.death_ns);
  for (const TaskId thread : slot.threads) end_thread(thread, task.death_ns);
  if (!task.is_thread() && task.death_source != trace::DeathSource::reaper && task.reaped_ns > task.death_ns) {
    task.spans.push_back({task.death_ns, task.reaped_ns, 0, 0, 0, State::zombie, {}});
  }
  resolve_flows_about(task.id);
}

// A thread ends with its process at the latest.
void Model::end_thread(TaskId thread, std::int64_t time_ns) {
  const auto found = slots_.find(thread);
  if (found == slots_.end() || found->second.exited) return;
  if (tasks_[found->second.position].death_ns != kOpen) unbury(found->second);
  found->second.death_said_ns = time_ns;
  bury(found->second);
}

// Whose thread it is; or, when it is a main thread, whose main thread it is: tasks may tell of themselves in any order.
void Model::find_process(Slot& slot) {
  const TaskId id = tasks_[slot.position].id;
  const std::int32_t pid = tasks_[slot.position].pid;
  if (tasks_[slot.position].tid == pid) {
    for (Task& task : tasks_) {
      if (task.pid == pid && task.tid != 0 && task.tid != pid && task.process == task.id) adopt_thread(id, task.id);
    }
    return;
  }
  TaskId process = id;
  for (const Task& task : tasks_) {  // the latest: the kernel gives pids out again
    if (task.pid == pid && task.id != id && !task.is_thread() && (task.tid == pid || task.tid == 0)) process = task.id;
  }
  if (process != id) adopt_thread(process, id);
}

void Model::adopt_thread(TaskId process, TaskId thread) {
  Slot& main = slots_.at(process);
  tasks_[slots_.at(thread).position].process = process;
  main.threads.push_back(thread);
  const std::int64_t death_ns = tasks_[main.position].death_ns;
  if (death_ns != kOpen) end_thread(thread, death_ns);
}

// JoinableQueue.join() returns when the last task_done() has been said.
void Model::end_queue_join(const Slot& slot, const trace::Record& record) {
  const auto queue = object_index_.find(record.event.object);
  if (queue == object_index_.end()) return;
  wake_to(queue->second, kAnyGeneration, slot.blocked_ns, record.event.time_ns, record.task);
}

void Model::unbury(Slot& slot) {
  Task& task = tasks_[slot.position];
  if (!task.spans.empty() && task.spans.back().state == State::zombie) task.spans.pop_back();
  if (!task.spans.empty() && task.spans.back().end_ns == task.death_ns) task.spans.back().end_ns = kOpen;
  task.death_ns = kOpen;
}

void Model::add_mark(const trace::Record& record, std::uint32_t text) {
  const trace::Event& event = record.event;
  if (!is_instant(event.kind)) return;
  const Mark mark{event.time_ns, event.kind, event.line, event.object, event.a, event.b, text};
  if (event.kind == Kind::learner && trace::LearnerAct{event.a} == trace::LearnerAct::interrupt) {
    for (Task& task : tasks_) {  // Ctrl+C comes to all that are there
      const bool there = !task.is_thread() && task.born_ns <= event.time_ns && event.time_ns <= task.death_ns;
      if (there) insert_by_time(task.marks, mark);
    }
    return;
  }
  TaskId id = record.task != 0 ? record.task : event.object;
  if (id == 0 && (event.kind == Kind::cap || event.kind == Kind::stop)) id = kMainProcess;  // about the whole run
  const auto found = slots_.find(id);
  if (found == slots_.end()) return;
  insert_by_time(tasks_[found->second.position].marks, mark);
}

void Model::add_console(const trace::Record& record) {
  insert_by_time(console_,
                 ConsoleLine{record.event.time_ns, record.task, static_cast<int>(record.event.a), record.text});
}

}  // namespace forklight::timeline
