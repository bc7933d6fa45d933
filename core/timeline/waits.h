// Who waits for whom at a time, and which of them for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/timeline/model.h"

namespace forklight::timeline {

// A task that is blocked.
struct Wait {
  TaskId task = 0;
  trace::BlockReason reason{};
  std::uint32_t on = 0;  // the task or object it waits for, 0 = not known
  std::int64_t since_ns = 0;
  bool timeout = false;  // it will go on by itself
  // The one who alone can let it go: the child of a join, the holder of a lock, the feeder of a thread_join, the sleeper
  // whom a notifier has woken, the notifier itself for all the others. 0: whoever else is alive (get, recv, put, send,
  // event, condition, semaphore, barrier …).
  TaskId whom = 0;
  bool whom_dead = false;  // whom cannot do it any more (E-12, E-30); a join of a dead child just has not returned yet
};

struct Holder {
  TaskId task;
  std::int64_t since_ns;
  bool dead;  // it died with it: Model::find(task) has its name and exit code
};

enum class Stuck : std::uint8_t {
  no,
  cycle,   // they wait for each other in a ring
  dead,    // the last one of the chain waits for somebody who is dead
  nobody,  // nobody is left who could
};

struct Deadlock {
  Stuck how = Stuck::no;
  std::vector<Wait> stuck;  // all who wait for ever, in order of birth
  // What to say: each one's `whom` is the next one's `task`, filled in also where it might be anybody (then `whom` is a
  // likely one: who used the object before). A cycle's last leads back to its first; a chain ends with the dead one or
  // with `whom` 0.
  std::vector<Wait> chain;

  [[nodiscard]] explicit operator bool() const noexcept { return how != Stuck::no; }
};

// Who has a lock (or units of a semaphore) at a time, the latest first. Of an object that has inner locks (a Queue, a
// Value), those who have one of these.
[[nodiscard]] std::vector<Holder> holders(const Model& model, ObjectId object, std::int64_t time_ns);

// What a task waits for; nothing if it does not.
[[nodiscard]] std::optional<Wait> wait_of(const Model& model, const Task& task, std::int64_t time_ns);

// Everybody who is blocked at a time, in order of birth.
[[nodiscard]] std::vector<Wait> waits(const Model& model, std::int64_t time_ns);

// Those who can never go on, whatever the others do. Never a false alarm about those who are just being woken: only
// waits that have lasted `settle_ns` count. Well under 1 ms for 500 tasks.
[[nodiscard]] Deadlock find_deadlock(const Model& model, std::int64_t time_ns, std::int64_t settle_ns = 100'000'000);

// The last moment before a run was stopped, of which the above can be asked once it is over; nothing if it came to its own end.
[[nodiscard]] std::optional<std::int64_t> last_before_stop(const Model& model);

}  // namespace forklight::timeline
