// What each kind of event means for the objects that tasks share, and for the messages in them.
#include <algorithm>

#include "core/timeline/model.h"

namespace forklight::timeline {

using trace::Kind;
using trace::ObjectKind;

namespace {

constexpr std::size_t kRemembered = 16;  // causes and effects of one object, operations of one task

template <typename Item>
void remember(std::vector<Item>& items, const Item& item) {
  if (items.size() == kRemembered) items.erase(items.begin());
  items.push_back(item);
}

void note(std::vector<TaskId>& tasks, TaskId task) {
  if (task != 0 && std::find(tasks.begin(), tasks.end(), task) == tasks.end()) tasks.push_back(task);
}

void begin_hold(Object& object, TaskId task, std::int64_t time_ns) {
  std::vector<Hold>& holds = object.holds;
  const bool has_it = !holds.empty() && holds.back().task == task && holds.back().end_ns == kOpen;
  if (object.kind == ObjectKind::rlock && has_it) return;  // E-07
  const auto place = std::upper_bound(holds.begin(), holds.end(), time_ns,
                                      [](std::int64_t time, const Hold& hold) { return time < hold.begin_ns; });
  holds.insert(place, {time_ns, kOpen, task});
}

// Most notices are over at once: nobody asks for those.
void end_notice(std::vector<Notice>& notices, TaskId task, std::int64_t time_ns) {
  constexpr std::int64_t kAWhile = 1'000'000;
  const auto open = std::find_if(notices.rbegin(), notices.rend(),
                                 [&](const Notice& notice) { return notice.task == task && notice.end_ns == kOpen; });
  if (open == notices.rend()) return;
  open->end_ns = std::max(time_ns, open->begin_ns);
  if (open->end_ns - open->begin_ns < kAWhile) notices.erase(open.base() - 1);
}

// The hold that a release ends: its own latest; of a lock that another may release (E-02) the oldest.
void end_hold(std::vector<Hold>& holds, TaskId task, std::int64_t time_ns) {
  constexpr std::size_t kLookedAt = 64;
  Hold* other = nullptr;
  std::size_t left = kLookedAt;
  for (auto hold = holds.rbegin(); hold != holds.rend() && left > 0; ++hold, --left) {
    if (hold->end_ns != kOpen) continue;
    if (hold->task == task) {
      hold->end_ns = std::max(time_ns, hold->begin_ns);
      return;
    }
    other = &*hold;
  }
  if (other != nullptr) other->end_ns = std::max(time_ns, other->begin_ns);
}

}  // namespace

// What an event says of the object that it is about. Returns the text that goes with it.
std::uint32_t Model::apply_to_shared(const trace::Record& record, std::uint32_t text) {
  const trace::Event& event = record.event;
  const bool about_objects = (event.kind >= Kind::object_new && event.kind <= Kind::store) ||
                             (event.kind >= Kind::send_begin && event.kind <= Kind::notify_end);
  if (!about_objects || event.object < trace::kFirstObject) return text;
  const std::uint32_t index = object_for(event);
  Object& object = objects_[index];
  if (event.kind == Kind::object_new) {
    describe_object(record, object);
  } else if (event.kind == Kind::object_closed) {
    object.closings.push_back({event.time_ns, record.task, trace::PipeEnd{event.a}});
  } else if (event.kind < Kind::acquire_begin || event.kind == Kind::send_begin || event.kind == Kind::send_failed) {
    if (object.channel != kNone) return apply_to_channel(record, text, object.channel);
  } else {
    apply_to_lock(record, index);
  }
  return text;
}

// Lock, semaphore, Event, Condition, Barrier, Value.
void Model::apply_to_lock(const trace::Record& record, std::uint32_t index) {
  const trace::Event& event = record.event;
  Object& object = objects_[index];
  const std::int64_t now_ns = event.time_ns;
  switch (event.kind) {
    case Kind::acquire_begin:
    case Kind::wait_begin:
      begin_operation(record.task, event);
      break;
    case Kind::acquire_end: {
      const std::int64_t since_ns = end_operation(record.task, event);
      if (event.a != 1) break;
      begin_hold(object, record.task, now_ns);
      object.value.set(now_ns, static_cast<std::int64_t>(event.b));
      const auto slot = slots_.find(record.task);
      if (slot != slots_.end() && slot->second.blocked_ns >= since_ns) {
        wake_to(index, kAnyGeneration, slot->second.blocked_ns, now_ns, record.task);
      }
      break;
    }
    case Kind::release:
      end_hold(object.holds, record.task, now_ns);
      object.value.set(now_ns, static_cast<std::int64_t>(event.a));
      wake_from(index, kAnyGeneration, now_ns, record.task);
      break;
    case Kind::set:
    case Kind::clear:
      object.value.set(now_ns, event.kind == Kind::set ? 1 : 0);
      if (event.kind == Kind::set) wake_from(index, event.a, now_ns, record.task);
      break;
    case Kind::notify:
    case Kind::barrier_full:
      wake_from(index, event.a, now_ns, record.task);
      break;
    case Kind::wait_end: {
      const std::int64_t since_ns = end_operation(record.task, event);
      // Who joins a queue is woken as its wait for that ends; a pipe that can be read wakes nobody by name.
      if (event.a != 0 && object.channel == kNone) wake_to(index, event.b, since_ns, now_ns, record.task);
      break;
    }
    case Kind::notify_begin:
      object.notices.push_back({now_ns, kOpen, record.task});
      break;
    case Kind::notify_end:
      end_notice(object.notices, record.task, now_ns);
      break;
    case Kind::store:
      object.value.set(now_ns, static_cast<std::int64_t>(event.a));
      break;
    default:
      break;
  }
}

std::uint32_t Model::apply_to_channel(const trace::Record& record, std::uint32_t text, std::uint32_t index) {
  const trace::Event& event = record.event;
  Channel& channel = channels_[index];
  Traffic& traffic = traffic_[index];
  const ObjectKind kind = objects_[object_index_.at(channel.object)].kind;
  const bool buffered = kind == ObjectKind::queue || kind == ObjectKind::joinable_queue;
  const std::int64_t now_ns = event.time_ns;
  std::uint64_t id = event.a;
  switch (event.kind) {
    case Kind::put_begin:
    case Kind::send_begin:
      if (id != 0) traffic.announce(id, record.task, text);
      return text;
    case Kind::send_failed:
      if (id != 0) traffic.refuse(id);
      return text;
    case Kind::put_end: {
      if (event.b == 0) {
        traffic.refuse(id);
        return text;
      }
      note(channel.writers, record.task);
      Traffic::Open& open = traffic.at(id);
      open.put_told = true;
      if (open.from == 0) open.from = record.task;
      if (text == 0) text = open.text;
      traffic.move(channel, id, buffered ? Stage::deque : Stage::pipe, now_ns);
      if (kind == ObjectKind::joinable_queue) channel.unfinished.add(now_ns, 1);
      break;
    }
    case Kind::feed:
      note(channel.feeders, record.task);
      traffic.move(channel, id, Stage::feeder, now_ns);
      break;
    case Kind::sent: {
      if (id == 0) id = traffic.raw_sent();
      Traffic::Open& open = traffic.at(id);
      open.sent_told = true;
      // Of a Queue it is the feeder who sends; whose the message is, its put tells.
      if (open.from == 0 && !buffered) open.from = record.task;
      if (open.text == 0) open.text = text;
      note(channel.writers, open.from);
      traffic.move(channel, id, Stage::pipe, now_ns);
      Message& message = channel.messages[traffic.at(id).index];
      message.bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(event.b, UINT32_MAX));
      break;
    }
    case Kind::received: {
      if (id == 0) traffic.raw_in_hand(id = traffic.raw_received());
      note(channel.readers, record.task);
      traffic.move(channel, id, Stage::reader, now_ns);
      Message& message = channel.messages[traffic.at(id).index];
      message.to = record.task;
      message.bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(event.b, UINT32_MAX));
      break;
    }
    case Kind::get_end: {
      if (id == 0) id = traffic.raw_got(channel, record.task);
      if (event.b != 1) {
        if (id != 0) traffic.leave(channel, id, Fate::got, now_ns);  // taken out, and found to be no message (I-12)
        return text;
      }
      if (id == 0) id = traffic.raw_received();
      note(channel.readers, record.task);
      Traffic::Open& open = traffic.at(id);
      if (open.text == 0) open.text = text;
      traffic.move(channel, id, Stage::reader, now_ns);
      channel.messages[open.index].to = record.task;
      traffic.leave(channel, id, Fate::got, now_ns);
      break;
    }
    case Kind::dropped:
      traffic.move(channel, id, Stage::feeder, now_ns);
      traffic.leave(channel, id, Fate::dropped, now_ns);
      break;
    case Kind::fill:
      channel.bytes[event.b & 1].set(now_ns, static_cast<std::int64_t>(event.a));
      return text;
    case Kind::task_done:
      channel.unfinished.set(now_ns, static_cast<std::int64_t>(event.a));
      if (event.a == 0) wake_from(object_index_.at(channel.object), kAnyGeneration, now_ns, record.task);
      return text;
    default:
      return text;
  }
  bury_message(index, id, now_ns);
  update_message_flow(index, id);
  traffic.close(channel, id, kind != ObjectKind::pipe);
  return text;
}

// What the dead told late is in nobody's hands any more.
void Model::bury_message(std::uint32_t index, std::uint64_t id, std::int64_t time_ns) {
  const Traffic::Open* const open = traffic_[index].find(id);
  if (open == nullptr || open->index == kNone) return;
  const Message& message = channels_[index].messages[open->index];
  if (message.fate != Fate::under_way) return;
  const Stage stage = message.stage_at(kOpen - 1);
  if (stage == Stage::pipe) return;
  const std::int64_t death_ns = death_of_process(stage == Stage::reader ? message.to : message.from);
  if (death_ns != kOpen) traffic_[index].leave(channels_[index], id, Fate::died, std::max(death_ns, time_ns));
}

// What was in the deque, in the feeder's hand or in the reader's goes with the process.
void Model::lose_messages(TaskId process, std::int64_t time_ns) {
  const auto is_in = [&](TaskId id) {
    const Task* const task = find(id);
    return task != nullptr && task->process == process;
  };
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    for (const std::uint64_t id : traffic_[i].held_by(channels_[i], is_in)) {
      traffic_[i].leave(channels_[i], id, Fate::died, time_ns);
    }
  }
}

std::int64_t Model::death_of_process(TaskId id) const noexcept {
  const Task* const task = find(id);
  if (task == nullptr) return kOpen;
  if (!task->is_thread()) return task->death_ns;
  const Task* const main = find(task->process);
  return main == nullptr ? kOpen : main->death_ns;
}

// Room that a task waits for shows where a pipe or a queue is full.
void Model::crowd(Slot& slot, const trace::Event& event) {
  const trace::BlockReason reason{event.a & 0xffffffffU};
  if (reason != trace::BlockReason::put && reason != trace::BlockReason::send) return;
  auto found = object_index_.find(event.object);
  const bool is_part = found != object_index_.end() && objects_[found->second].internal() && objects_[found->second].channel == kNone;
  if (is_part) {
    found = object_index_.find(objects_[found->second].owner);
  }
  if (found == object_index_.end() || objects_[found->second].channel == kNone) return;
  slot.crowds = objects_[found->second].channel;
  slot.crowds_pipe = reason == trace::BlockReason::send;
  traffic_[slot.crowds].wait_for_room(channels_[slot.crowds], slot.crowds_pipe, 1, event.time_ns);
}

void Model::end_crowding(Slot& slot, std::int64_t time_ns) {
  if (slot.crowds == kNone) return;
  traffic_[slot.crowds].wait_for_room(channels_[slot.crowds], slot.crowds_pipe, -1, time_ns);
  slot.crowds = kNone;
}

void Model::crowd_again(Slot& slot, std::uint32_t channel, std::int64_t time_ns) {
  if (channel == kNone) return;
  slot.crowds = channel;
  traffic_[channel].wait_for_room(channels_[channel], slot.crowds_pipe, 1, time_ns);
}

void Model::begin_operation(TaskId task, const trace::Event& event) {
  const auto slot = slots_.find(task);
  if (slot != slots_.end()) remember(slot->second.operations, {event.object, event.time_ns});
}

// When the operation on this object that ends now began; now, if that was lost.
std::int64_t Model::end_operation(TaskId task, const trace::Event& event) {
  const auto slot = slots_.find(task);
  if (slot == slots_.end()) return event.time_ns;
  auto& operations = slot->second.operations;
  const auto begun = std::find_if(operations.rbegin(), operations.rend(),
                                  [&](const Slot::Operation& operation) { return operation.object == event.object; });
  if (begun == operations.rend()) return event.time_ns;
  const std::int64_t begin_ns = begun->begin_ns;
  operations.erase(begun.base() - 1);
  return begin_ns;
}

// A task did what wakes others. Those who told first that they woke are waiting for this.
void Model::wake_from(std::uint32_t index, std::uint64_t generation, std::int64_t time_ns, TaskId task) {
  Wakes& wakes = wakes_[index];
  bool used = false;  // a release lets one go
  std::erase_if(wakes.effects, [&](const Wakes::Effect& effect) {
    if (effect.generation != generation || (used && generation == kAnyGeneration)) return false;
    // Who lets go of a lock had it: what it waited for came from somebody whose word is lost.
    if (effect.task == task) return true;
    used = true;
    const std::uint64_t shown = generation == kAnyGeneration ? 0 : generation;
    add_flow({FlowKind::wake, task, effect.task, std::min(time_ns, effect.time_ns), effect.time_ns, shown,
              objects_[index].id, 0});
    return true;
  });
  remember(wakes.causes, {generation, time_ns, task});
}

// A task's wait ended: whoever did the last thing that could end it, woke it.
void Model::wake_to(std::uint32_t index, std::uint64_t generation, std::int64_t since_ns, std::int64_t time_ns,
                    TaskId task) {
  Wakes& wakes = wakes_[index];
  for (auto cause = wakes.causes.rbegin(); cause != wakes.causes.rend(); ++cause) {
    if (cause->generation != generation) continue;
    if (cause->time_ns > time_ns) continue;
    if (cause->time_ns >= since_ns && cause->task != task) {
      const std::uint64_t shown = generation == kAnyGeneration ? 0 : generation;
      add_flow({FlowKind::wake, cause->task, task, cause->time_ns, time_ns, shown, objects_[index].id, 0});
      return;
    }
    if (generation != kAnyGeneration) return;  // it was so already: nobody had to wake it
    break;
  }
  remember(wakes.effects, {generation, since_ns, time_ns, task});
}

}  // namespace forklight::timeline
