// The GIL's history, one for each interpreter: who had the lock and when, who asked its holder to drop it, who was handed it, and what
// each thread got of it. Built by Model from what the threads themselves say (G.6).
//
// A drop and a take around a blocking call that nobody disturbed are not among the events: a thread that runs Python has the lock.
#pragma once

#include <cstdint>
#include <vector>

#include "core/timeline/objects.h"
#include "core/timeline/steps.h"

namespace forklight::timeline {

// How a thread came to let the lock go. unseen: nobody said; another has it.
enum class GilEnd : std::uint8_t { lasts, request, blocking, thread_end, tick, unseen };

// A thread had the lock. Holds are sorted and do not overlap.
struct GilHold {
  std::int64_t begin_ns, end_ns;  // kOpen while it lasts
  TaskId task;
  TaskId from;  // who had it before, as the taker said; 0: taken without a word, nobody wanted it
  GilEnd how;

  [[nodiscard]] bool handed_over() const noexcept { return from != 0 && from != task; }
};

// A waiter whose interval has passed asks the holder to drop the lock (G.2); the holder sees it at its next check (G.4).
struct GilRequest {
  std::int64_t begin_ns, end_ns;  // until the lock was let go; kOpen while it is not
  std::int64_t seen_ns;           // the check at which the holder saw it, kOpen if it did not
  TaskId by, of;
  trace::CheckPlace place;  // where it was seen

  // Until it was seen, or let go unseen, or now.
  [[nodiscard]] std::int64_t age_ns(std::int64_t now_ns) const noexcept;
};

// What one thread got of a lock.
struct GilThread {
  TaskId task = 0;
  std::int64_t held_ns = 0, waited_ns = 0, switch_ns = 0;  // of what has ended; the last: forced switches (G.3)
  std::int64_t holding_since_ns = kOpen, waiting_since_ns = kOpen;
  std::uint64_t takes = 0, waits = 0, asked = 0, dropped = 0;  // the last: on request

  [[nodiscard]] std::int64_t held_until(std::int64_t now_ns) const noexcept;
  [[nodiscard]] std::int64_t waited_until(std::int64_t now_ns) const noexcept;
};

class Gil {
 public:
  Gil(ObjectId object, TaskId process) : object_(object), process_(process) {}

  [[nodiscard]] ObjectId object() const noexcept { return object_; }
  [[nodiscard]] TaskId process() const noexcept { return process_; }
  [[nodiscard]] trace::GilMode mode() const noexcept { return mode_; }
  [[nodiscard]] bool is_lock() const noexcept { return mode_ != trace::GilMode::free_threaded; }
  // Empty as long as its process has one thread: that has it whenever it runs.
  [[nodiscard]] const std::vector<GilHold>& holds() const noexcept { return holds_; }
  [[nodiscard]] const std::vector<GilRequest>& requests() const noexcept { return requests_; }  // by begin
  [[nodiscard]] const std::vector<GilThread>& threads() const noexcept { return threads_; }     // as they came
  [[nodiscard]] const GilThread* find(TaskId task) const noexcept;
  [[nodiscard]] std::uint64_t hand_overs() const noexcept { return hand_overs_; }
  [[nodiscard]] std::uint64_t forced() const noexcept { return forced_; }  // of these, after a request

  [[nodiscard]] const GilHold* at(std::int64_t time_ns) const noexcept;  // who has it then; nullptr: nobody
  // The switch interval, ns; CPython's own 5 ms until something else was said.
  [[nodiscard]] std::int64_t interval_ns(std::int64_t time_ns) const noexcept;
  // The request that the holder of a time has not answered yet, the oldest; nullptr if there is none.
  [[nodiscard]] const GilRequest* pending(std::int64_t time_ns) const noexcept;
  // How long those turns lasted that a request ended, shortest first, ns: at 5 ms a little more than that (G.8).
  [[nodiscard]] std::vector<std::int64_t> forced_turns() const;

 private:
  friend class Model;
  GilThread& thread(TaskId task);
  GilHold* last_hold(TaskId task) noexcept;
  void set_end(GilHold& hold, std::int64_t end_ns) noexcept;

  void begin_hold(TaskId task, std::int64_t time_ns, TaskId from);
  void end_hold(TaskId task, std::int64_t time_ns, GilEnd how);
  void retract(TaskId task, std::int64_t since_ns);  // it did not take it after all
  [[nodiscard]] bool is_free(std::int64_t time_ns) const noexcept;
  void begin_wait(TaskId task, std::int64_t time_ns);
  void end_wait(TaskId task, std::int64_t time_ns);
  void ask(const GilRequest& request);
  void see(TaskId holder, std::int64_t time_ns, trace::CheckPlace place);
  void answer(TaskId holder, std::int64_t time_ns);  // 0: whoever was asked
  void cut(TaskId task, std::int64_t time_ns);       // it died
  void forget(TaskId task);                          // it never was a thread of this interpreter

  ObjectId object_;
  TaskId process_;
  trace::GilMode mode_ = trace::GilMode::gil;
  bool contended_ = false;  // its process has more than one thread: holds are kept
  std::vector<GilHold> holds_;
  std::vector<GilRequest> requests_;
  std::vector<GilThread> threads_;
  Steps<std::int64_t> interval_;
  std::uint64_t hand_overs_ = 0, forced_ = 0;
};

// A computation counted in units.
struct Work {
  std::int64_t begin_ns, end_ns;  // kOpen while it lasts
  std::uint64_t units, check_sum;
  TaskId task;
  trace::WorkKind kind;
};

}  // namespace forklight::timeline
