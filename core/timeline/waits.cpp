#include "core/timeline/waits.h"

#include <algorithm>

namespace forklight::timeline {

using trace::BlockReason;

namespace {

bool is_lock(const Object& object) noexcept {
  return object.kind == trace::ObjectKind::lock || object.kind == trace::ObjectKind::rlock;
}

// Waits that somebody must end who then sees to it that they have.
bool is_notified(BlockReason reason) noexcept {
  return reason == BlockReason::event || reason == BlockReason::condition || reason == BlockReason::barrier ||
         reason == BlockReason::queue_join;
}

bool dead_at(const Model& model, const Task& task, std::int64_t time_ns) noexcept {
  if (time_ns >= task.death_ns || time_ns >= task.reaped_ns) return true;
  const Task* const main = task.is_thread() ? model.find(task.process) : nullptr;
  return main != nullptr && time_ns >= std::min(main->death_ns, main->reaped_ns);
}

// Of an object that tells of its acquires.
void add_holders(const Model& model, const Object& object, std::int64_t time_ns, std::vector<Holder>& result) {
  constexpr std::size_t kLookedAt = 256;  // of a lock one is enough; of a semaphore there may be some
  const auto after = std::upper_bound(object.holds.begin(), object.holds.end(), time_ns,
                                      [](std::int64_t time, const Hold& hold) { return time < hold.begin_ns; });
  std::size_t left = kLookedAt;
  for (auto hold = after; hold != object.holds.begin() && left > 0; --left) {
    --hold;
    if (hold->end_ns <= time_ns) continue;
    const bool known =
        std::any_of(result.begin(), result.end(), [&](const Holder& holder) { return holder.task == hold->task; });
    const Task* const task = model.find(hold->task);
    if (!known && task != nullptr) result.push_back({hold->task, hold->begin_ns, dead_at(model, *task, time_ns)});
    if (is_lock(object)) return;
  }
}

// The span in which a task is, or in which it died.
const Span* last_span(const Model& model, const Task& task, std::int64_t time_ns) noexcept {
  if (!dead_at(model, task, time_ns)) return model.span_at(task, time_ns);
  auto span = std::upper_bound(task.spans.begin(), task.spans.end(), time_ns,
                               [](std::int64_t time, const Span& one) { return time < one.begin_ns; });
  while (span != task.spans.begin()) {
    if ((--span)->state != State::zombie) return &*span;
  }
  return nullptr;
}

// Since when a feeder that is dead had the item in its hand with which it died; nothing if it had none. It may have died in the very call
// that writes, before it could say that there was no more room.
std::optional<std::int64_t> died_feeding(const Model& model, const Channel& channel, const Task& feeder) {
  constexpr std::size_t kLookedAt = 1 << 14;  // behind it are those in the deque, and what others put
  const Task* const main = model.find(feeder.process);
  const std::int64_t death_ns = std::min(feeder.death_ns, main == nullptr ? kOpen : main->death_ns);
  auto message = std::partition_point(channel.messages.begin(), channel.messages.end(),
                                      [&](const Message& one) { return one.put_ns() <= death_ns; });
  for (std::size_t left = kLookedAt; message != channel.messages.begin() && left > 0; --left) {
    --message;
    const Task* const from = model.find(message->from);
    if (from == nullptr || from->process != feeder.process) continue;
    const Stage stage = message->stage_at(kOpen - 1);
    if (message->fate == Fate::died && stage == Stage::feeder) return message->entered_ns[static_cast<std::size_t>(stage)];
    if (stage != Stage::deque) return std::nullopt;  // fed in order: it was through with the older ones
  }
  return std::nullopt;
}

// A queue's locks are silent: they are known by who waits in the queue's pipe, which only their holders do. One who
// died there, or with an item in its hand, has his lock for ever.
class Inside {
 public:
  Inside(const Model& model, std::int64_t time_ns) {
    for (const Task& task : model.tasks()) {
      const Span* const span = last_span(model, task, time_ns);
      if (span == nullptr || span->state != State::blocked || span->partner < trace::kFirstObject) continue;
      const bool reads = span->reason == BlockReason::get;
      if (!reads && span->reason != BlockReason::send && span->reason != BlockReason::put) continue;
      const Object* const object = model.find_object(span->partner);
      if (object == nullptr || object->channel == kNone || object->parts.empty()) continue;
      // Who waits in Queue.put() waits for its semaphore; in SimpleQueue.put() for the pipe.
      if (span->reason == BlockReason::put && object->kind != trace::ObjectKind::simple_queue) continue;
      entries_.push_back({span->partner, reads, {task.id, span->begin_ns, dead_at(model, task, time_ns)}});
    }
    for (const Channel& channel : model.channels()) {
      for (const TaskId id : channel.feeders) {
        const Task* const feeder = model.find(id);
        if (feeder == nullptr || !dead_at(model, *feeder, time_ns)) continue;
        const Span* const span = last_span(model, *feeder, time_ns);
        if (span != nullptr && span->state == State::blocked) continue;  // it waited: for the lock, or as above
        if (const auto since = died_feeding(model, channel, *feeder)) entries_.push_back({channel.object, false, {id, *since, true}});
      }
    }
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& left, const Entry& right) {
      return left.object != right.object ? left.object < right.object : left.holder.dead > right.holder.dead;
    });
  }

  // The dead before the living.
  [[nodiscard]] const Holder* find(ObjectId object, bool reads) const noexcept {
    auto entry = std::lower_bound(entries_.begin(), entries_.end(), object,
                                  [](const Entry& left, ObjectId id) { return left.object < id; });
    for (; entry != entries_.end() && entry->object == object; ++entry) {
      if (entry->reads == reads) return &entry->holder;
    }
    return nullptr;
  }
  // The holder of an inner lock of a queue.
  [[nodiscard]] const Holder* find(const Object& lock) const noexcept {
    if (!lock.internal() || !lock.holds.empty()) return nullptr;
    return find(lock.owner, !lock.name.starts_with("writer"));
  }

 private:
  struct Entry {
    ObjectId object;
    bool reads;
    Holder holder;
  };
  std::vector<Entry> entries_;
};

// Who has a lock that tells nothing itself: who is inside, else who was told to have it and has done nothing since.
std::optional<Holder> silent_holder(const Model& model, const Inside& inside, const Object& lock, const Task& waiter,
                                    const Span& span, std::int64_t time_ns) {
  if (const Holder* const found = inside.find(lock)) return *found;
  const Task* const told = model.find(model.holder_told(waiter, span));
  if (told == nullptr || last_span(model, *told, time_ns) != model.span_at(*told, span.begin_ns)) return std::nullopt;
  return Holder{told->id, span.begin_ns, dead_at(model, *told, time_ns)};
}

// One who wakes others holds the lock inside until each of them has said that it is awake. Who was killed asleep never
// says it (E-30 to E-32); and all who come to the object meanwhile wait for the one who wakes.
std::optional<Holder> waker(const Model& model, const Object& object, const Task& task, const Span& span,
                            std::int64_t time_ns) {
  constexpr std::int64_t kFallingAsleep = 1'000'000;  // between its being counted as asleep and its block_begin
  const Notice* notice = nullptr;
  for (const Notice& one : object.notices) {
    const bool lasts = one.begin_ns <= time_ns && time_ns < one.end_ns;
    if (lasts && (notice == nullptr || one.task == task.id)) notice = &one;
  }
  if (notice == nullptr) return std::nullopt;
  if (notice->task != task.id) {
    const Task* const notifier = model.find(notice->task);
    return Holder{notice->task, notice->begin_ns, notifier != nullptr && dead_at(model, *notifier, time_ns)};
  }
  std::optional<Holder> killed;
  for (const Task& other : model.tasks()) {
    const Span* const last = other.id == task.id ? nullptr : last_span(model, other, time_ns);
    const bool slept = last != nullptr && last->state == State::blocked && last->partner == object.id &&
                       last->reason == span.reason && last->begin_ns <= notice->begin_ns + kFallingAsleep;
    if (!slept) continue;
    if (!dead_at(model, other, time_ns)) return std::nullopt;  // it may be waking up
    killed = Holder{other.id, last->begin_ns, true};
  }
  return killed;
}

// Who alone can end a wait for an object, if there is one such.
std::optional<Holder> keeper(const Model& model, const Inside& inside, const Object& object, const Task& task,
                             const Span& span, std::int64_t time_ns) {
  if (is_lock(object)) {
    std::vector<Holder> found;
    add_holders(model, object, time_ns, found);
    if (!found.empty()) return found.front();
    if (object.holds.empty()) return silent_holder(model, inside, object, task, span, time_ns);
  } else if (span.reason == BlockReason::thread_join && object.channel != kNone) {
    for (const TaskId feeder : model.channels()[object.channel].feeders) {
      const Task* const thread = model.find(feeder);
      if (thread == nullptr || thread->process != task.process || thread->id == task.id) continue;
      return Holder{feeder, thread->born_ns, dead_at(model, *thread, time_ns)};
    }
  } else if (span.reason == BlockReason::get && object.channel != kNone) {
    // A message of which a part was written when its writer died never ends.
    const bool arrived = model.channels()[object.channel].counts.at(time_ns).pipe > 0;
    const Holder* const writer = inside.find(object.id, false);
    if (!arrived && writer != nullptr && writer->dead) return *writer;
  } else if (span.reason == BlockReason::result) {
    const Pool* const pool = model.pools().find(object.id);
    const TaskId lost_with = pool == nullptr ? 0 : died_with_result(model, *pool, task.id, time_ns);
    if (lost_with != 0) return Holder{lost_with, span.begin_ns, true};
  } else if (is_notified(span.reason)) {
    return waker(model, object, task, span, time_ns);
  }
  return std::nullopt;
}

std::optional<Wait> find_wait(const Model& model, const Inside& inside, const Task& task, std::int64_t time_ns) {
  const Span* const span = model.span_at(task, time_ns);
  if (span == nullptr || span->state != State::blocked) return std::nullopt;
  Wait wait;
  wait.task = task.id;
  wait.reason = span->reason;
  wait.on = span->partner;
  wait.since_ns = span->begin_ns;
  wait.timeout = span->detail != UINT64_MAX;
  if (wait.on != 0 && wait.on < trace::kFirstObject) {
    const Task* const partner = model.find(wait.on);
    wait.whom = wait.on;
    wait.whom_dead = partner != nullptr && dead_at(model, *partner, time_ns);
  } else if (const Object* const object = model.find_object(wait.on)) {
    if (const auto holder = keeper(model, inside, *object, task, *span, time_ns)) {
      wait.whom = holder->task;
      wait.whom_dead = holder->dead;
    }
  }
  return wait;
}

}  // namespace

std::vector<Holder> holders(const Model& model, ObjectId id, std::int64_t time_ns) {
  std::vector<Holder> result;
  const Object* const object = model.find_object(id);
  if (object == nullptr) return result;
  const Inside inside(model, time_ns);
  const auto add = [&](const Object& one) {
    add_holders(model, one, time_ns, result);
    if (const Holder* const found = inside.find(one)) result.push_back(*found);
  };
  add(*object);
  for (const std::uint32_t part : object->parts) {
    if (is_lock(model.objects()[part])) add(model.objects()[part]);
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Holder& left, const Holder& right) { return left.since_ns > right.since_ns; });
  return result;
}

std::optional<Wait> wait_of(const Model& model, const Task& task, std::int64_t time_ns) {
  return find_wait(model, Inside(model, time_ns), task, time_ns);
}

std::vector<Wait> waits(const Model& model, std::int64_t time_ns) {
  const Inside inside(model, time_ns);
  std::vector<Wait> result;
  for (const Task& task : model.tasks()) {
    if (dead_at(model, task, time_ns)) continue;
    if (const auto wait = find_wait(model, inside, task, time_ns)) result.push_back(*wait);
  }
  return result;
}

std::optional<std::int64_t> last_before_stop(const Model& model) {
  constexpr std::size_t kLookedAt = 4096;
  const auto& events = model.events();
  for (std::size_t i = events.size() - std::min(events.size(), kLookedAt); i < events.size(); ++i) {
    if (events[i].event.kind == trace::Kind::stop) return events[i].time_ns - 1;
  }
  return std::nullopt;
}

}  // namespace forklight::timeline
