// Processes that a signal has stopped, and that another lets go on. The kernel stops all threads of one at once; what each
// was doing waits, and goes on with SIGCONT.
//
// Known from the signals on record. Who knows it from elsewhere (the state in /proc, say) calls stop_process() and
// continue_process() with the time at which it was seen.
#include <algorithm>

#include "core/timeline/model.h"

namespace forklight::timeline {

namespace {
constexpr int kSigKill = 9, kSigCont = 18, kSigStop = 19;  // as Linux counts them on all but a few machines, and as traces hold them
}

void Model::apply_signal(TaskId target, int signal, std::int64_t time_ns, TaskId by) {
  if (signal == kSigStop) stop_process(target, time_ns, by);
  if (signal == kSigCont) continue_process(target, time_ns);
  const auto found = slots_.find(target);
  if (signal == kSigKill && found != slots_.end()) found->second.kill_sent_ns = std::min(found->second.kill_sent_ns, time_ns);
}

void Model::stop_process(TaskId process, std::int64_t time_ns, TaskId by) {
  const auto main = slots_.find(process);
  if (main == slots_.end()) return;
  stop_task(main->second, time_ns, by);
  for (const TaskId thread : main->second.threads) stop_task(slots_.at(thread), time_ns, by);
}

void Model::continue_process(TaskId process, std::int64_t time_ns) {
  const auto main = slots_.find(process);
  if (main == slots_.end()) return;
  continue_task(main->second, time_ns);
  for (const TaskId thread : main->second.threads) continue_task(slots_.at(thread), time_ns);
}

void Model::stop_task(Slot& slot, std::int64_t time_ns, TaskId by) {
  Task& task = tasks_[slot.position];
  if (slot.stop || task.death_ns != kOpen || task.spans.empty() || task.spans.back().end_ns != kOpen) return;
  Span& last = task.spans.back();
  time_ns = std::max({time_ns, last.begin_ns, slot.last_own_ns});  // who writes is not stopped yet
  slot.stop = {time_ns, by, last, slot.crowds};
  end_crowding(slot, time_ns);  // others may make room that it does not see
  last.end_ns = time_ns;
  task.spans.push_back({time_ns, kOpen, kSigStop, by, last.line, State::stopped, {}});
}

void Model::continue_task(Slot& slot, std::int64_t time_ns) {
  Task& task = tasks_[slot.position];
  if (!slot.stop || task.death_ns != kOpen) return;
  Span goes_on = slot.stop->under;
  const std::uint32_t crowds = slot.stop->crowds;
  slot.stop.reset();
  Span& last = task.spans.back();
  last.end_ns = goes_on.begin_ns = std::max(time_ns, last.begin_ns);
  task.spans.push_back(goes_on);
  crowd_again(slot, crowds, goes_on.begin_ns);
}

// Takes the stop back, as if the signal had not been heard of.
void Model::unstop(Slot& slot) {
  Task& task = tasks_[slot.position];
  if (!slot.stop) return;
  crowd_again(slot, slot.stop->crowds, slot.stop->since_ns);
  slot.stop.reset();
  if (task.spans.empty() || task.spans.back().state != State::stopped) return;
  task.spans.pop_back();
  task.spans.back().end_ns = kOpen;  // what it was doing ended where the stop began
}

bool Model::is_stopped(TaskId task) const noexcept {
  const auto found = slots_.find(task);
  return found != slots_.end() && found->second.stop.has_value() && tasks_[found->second.position].death_ns == kOpen;
}

bool Model::is_doomed(TaskId process, std::int64_t time_ns) const noexcept {
  const auto found = slots_.find(process);
  return found != slots_.end() && found->second.kill_sent_ns <= time_ns;
}

}  // namespace forklight::timeline
