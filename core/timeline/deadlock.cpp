// Who waits for ever: what is left of those who are blocked when everybody is taken out whom somebody else can let go.
#include <algorithm>

#include "core/timeline/waits.h"

namespace forklight::timeline {

using trace::BlockReason;

namespace {

// How a wait may end.
enum class Let : std::uint8_t {
  go,      // it ends by itself, or is ending
  whom,    // by one task alone
  anybody  // by whoever else can do something
};

Let how_it_ends(const Model& model, const Wait& wait, std::int64_t time_ns) {
  if (wait.timeout) return Let::go;
  switch (wait.reason) {
    case BlockReason::output:  // the viewer reads it
    case BlockReason::feed:    // of that no run is stuck
    case BlockReason::requests:
      return Let::go;
    case BlockReason::join:
    case BlockReason::wait:
    case BlockReason::thread_join:
      if (wait.whom == 0) return Let::anybody;
      return wait.whom_dead ? Let::go : Let::whom;
    case BlockReason::lock: {
      if (wait.whom != 0) return Let::whom;
      const Object* const object = model.find_object(wait.on);
      // Nobody has it: it is just being taken. Of a silent one that is not known.
      const bool is_free = object != nullptr && !object->holds.empty() && object->value.at(time_ns) > 0;
      return is_free ? Let::go : Let::anybody;
    }
    case BlockReason::semaphore: {
      const Object* const object = model.find_object(wait.on);
      return object != nullptr && !object->value.empty() && object->value.at(time_ns) > 0 ? Let::go : Let::anybody;
    }
    case BlockReason::get:
    case BlockReason::recv:
    case BlockReason::poll: {
      if (wait.whom != 0) return Let::whom;
      const Channel* const channel = model.find_channel(wait.on);
      return channel != nullptr && channel->counts.at(time_ns).pipe > 0 ? Let::go : Let::anybody;
    }
    case BlockReason::event: {
      if (wait.whom != 0) return Let::whom;
      const Object* const object = model.find_object(wait.on);
      return object != nullptr && object->value.at(time_ns) > 0 ? Let::go : Let::anybody;
    }
    case BlockReason::queue_join: {
      if (wait.whom != 0) return Let::whom;
      const Channel* const channel = model.find_channel(wait.on);
      const bool done = channel != nullptr && !channel->unfinished.empty() && channel->unfinished.at(time_ns) <= 0;
      return done ? Let::go : Let::anybody;
    }
    default:  // put, send, condition, barrier
      return wait.whom != 0 ? Let::whom : Let::anybody;
  }
}

bool has_items(const Model& model, const Wait& feeder, std::int64_t time_ns) {
  const Channel* const channel = model.find_channel(feeder.on);
  return channel != nullptr && channel->counts.at(time_ns).deque > 0;
}

// What the fixpoint knows of a task.
struct Node {
  const Task* task;
  Wait wait;
  Let let = Let::go;
  bool stuck = false;
};

std::size_t place_of(const std::vector<Node>& nodes, TaskId id) {
  const auto node = std::lower_bound(nodes.begin(), nodes.end(), id,
                                     [](const Node& left, TaskId right) { return left.task->id < right; });
  return static_cast<std::size_t>(node - nodes.begin());
}

bool is_stuck(const std::vector<Node>& nodes, TaskId id) {
  const std::size_t place = place_of(nodes, id);
  return place < nodes.size() && nodes[place].task->id == id && nodes[place].stuck;
}

// Somebody who could have let it go, had he not been stuck himself: who used the same object, else the first of another
// process, else any other. 0: there is nobody.
TaskId likely(const Model& model, const std::vector<Node>& nodes, const Node& waiter) {
  const auto can = [&](TaskId id) { return id != waiter.task->id && is_stuck(nodes, id); };
  constexpr std::size_t kLookedAt = 16;
  const Object* object = model.find_object(waiter.wait.on);
  if (object != nullptr && object->internal() && object->channel == kNone) object = model.find_object(object->owner);
  const Channel* const channel = object == nullptr ? nullptr : model.find_channel(object->id);
  if (channel != nullptr) {
    const bool wants_reader = waiter.wait.reason == BlockReason::put || waiter.wait.reason == BlockReason::send ||
                              waiter.wait.reason == BlockReason::queue_join;
    const std::vector<TaskId>& users = wants_reader ? channel->readers : channel->writers;
    for (std::size_t i = 0; i < std::min(users.size(), kLookedAt); ++i) {
      const TaskId id = users[i];
      if (can(id)) return id;
    }
  }
  if (object != nullptr && can(object->creator)) return object->creator;
  TaskId other = 0;
  for (const Node& node : nodes) {
    if (!node.stuck || node.task == waiter.task) continue;
    if (node.task->process != waiter.task->process) return node.task->id;
    if (other == 0) other = node.task->id;
  }
  return other;
}

// Follows who waits for whom until it comes to where it has been, to somebody dead, or to nobody. Nothing if it comes
// to where an earlier walk has been: that has told it. `walked`: by which walk each node was met, 0 = by none.
Deadlock name_chain(const Model& model, const std::vector<Node>& nodes, std::size_t first,
                    std::vector<std::size_t>& walked) {
  Deadlock result;
  std::vector<Wait>& chain = result.chain;
  const std::size_t walk = first + 1;
  for (std::size_t at = first;;) {
    const Node& node = nodes[at];
    if (walked[at] == walk) {
      result.how = Stuck::cycle;
      const auto seen =
          std::find_if(chain.begin(), chain.end(), [&](const Wait& wait) { return wait.task == node.task->id; });
      chain.erase(chain.begin(), seen);
      // Told from its oldest task on.
      const auto oldest = std::min_element(chain.begin(), chain.end(),
                                           [](const Wait& left, const Wait& right) { return left.task < right.task; });
      std::rotate(chain.begin(), oldest, chain.end());
      return result;
    }
    if (walked[at] != 0) return {};
    walked[at] = walk;
    Wait& wait = chain.emplace_back(node.wait);
    if (wait.whom_dead) {
      result.how = Stuck::dead;
      return result;
    }
    if (node.let == Let::anybody) wait.whom = likely(model, nodes, node);
    if (wait.whom == 0) {
      result.how = Stuck::nobody;
      return result;
    }
    at = place_of(nodes, wait.whom);
  }
}

}  // namespace

Deadlock find_deadlock(const Model& model, std::int64_t time_ns, std::int64_t settle_ns) {
  std::vector<Node> nodes;
  nodes.reserve(model.tasks().size());
  std::size_t stuck = 0, helpers = 0;  // helpers: those who may let anybody go
  const std::vector<Wait> blocked = waits(model, time_ns);
  auto wait = blocked.begin();
  for (const Task& task : model.tasks()) {
    Node& node = nodes.emplace_back();
    node.task = &task;
    const bool waits_now = wait != blocked.end() && wait->task == task.id;
    if (waits_now) {
      node.wait = *wait++;
      node.let = model.is_doomed(task.process, time_ns) ? Let::go : how_it_ends(model, node.wait, time_ns);
      node.stuck = node.let != Let::go && time_ns - node.wait.since_ns >= settle_ns;
    }
    // A feeder without items helps nobody before one of its process has put one.
    // Nor does a helper of multiprocessing before somebody asks for it.
    const bool idle = waits_now && (node.wait.reason == BlockReason::requests ||
                                    (node.wait.reason == BlockReason::feed && !has_items(model, node.wait, time_ns)));
    stuck += node.stuck ? 1 : 0;
    helpers += task.alive_at(time_ns) && !node.stuck && !idle ? 1 : 0;
  }
  // Takes out, again and again, those whom somebody outside can let go. Children before parents: joins wait for them.
  for (bool changed = stuck > 0; changed;) {
    changed = false;
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
      if (!node->stuck) continue;
      const bool goes =
          node->let == Let::anybody ? helpers > 0 : !node->wait.whom_dead && !is_stuck(nodes, node->wait.whom);
      if (!goes) continue;
      node->stuck = false;
      changed = true;
      --stuck;
      ++helpers;
    }
  }
  Deadlock deadlock;
  if (stuck == 0) return deadlock;
  // A ring says more than a chain to somebody dead, and that more than that nobody is left.
  std::vector<std::size_t> walked(nodes.size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].stuck) continue;
    deadlock.stuck.push_back(nodes[i].wait);
    Deadlock named = name_chain(model, nodes, i, walked);
    if (named.how == Stuck::no || (deadlock.how != Stuck::no && named.how >= deadlock.how)) continue;
    deadlock.how = named.how;
    deadlock.chain = std::move(named.chain);
  }
  return deadlock;
}

}  // namespace forklight::timeline
