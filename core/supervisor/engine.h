// A run from the viewer's side: starts forklight-engine, collects what its processes record, and sees to it that nothing stays behind.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/observe/observer.h"
#include "core/supervisor/pace.h"
#include "core/supervisor/protocol.h"
#include "core/trace/collector.h"

namespace forklight::supervisor {

struct EngineOptions {
  std::filesystem::path engine;       // the forklight-engine binary
  int stdout_fd = 1, stderr_fd = 2;   // what the lesson prints to
  std::function<void()> on_news = {};  // called from the collector's thread when there is something to take
  trace::RegionSize region = {};
  PaceSetting pace = {};  // what the run begins with
  // The run is held as soon as a record is collected that this is true of, once: whoever is under way comes to the gate at its next operation.
  std::function<bool(const trace::Record&)> hold_at = {};
};

class Engine {
 public:
  // Starts a run. Throws base::Failure, in one sentence, if the engine cannot be started.
  Engine(const EngineOptions& options, const RunRequest& request);
  // Ends the run at once if it is still going on, and waits until nothing of it is left.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Asks for the end, as the learner does: children before their parents, SIGTERM each and SIGKILL to who does
  // not listen; half a second for all. Returns at once.
  void stop();
  // Sends a signal to the process of a task, as the learner: SIGTERM, SIGKILL, SIGSTOP or SIGCONT. Nothing happens if it has ended.
  void signal(trace::TaskId task, int signal);
  // Ctrl+C: SIGINT to every process of the run at once, as the learner.
  void interrupt();
  // The learner's act on a shared object: see Learner::act. A refusal comes back through take_refusal().
  void act(nlohmann::json what);
  // The record that it was to be held at has been met, and it is held.
  [[nodiscard]] bool moment_met() const noexcept { return moment_met_.load(std::memory_order_acquire); }
  // One sentence of why an act could not be done, once; empty if there is none.
  [[nodiscard]] std::string take_refusal();
  // How fast it goes, and who goes next.
  [[nodiscard]] PaceControl& pace() noexcept { return *pace_; }
  // What has been recorded since the last call, as it was collected: each batch in time order, those of the lesson one after the other, and
  // between them what the kernel says, which may come some milliseconds late. Never waits for more, nor copies it. `used`: batches that are
  // needed no more; at a million messages a second fresh memory for them would cost as much as all the rest of collecting.
  using Batch = std::vector<trace::Record>;
  [[nodiscard]] std::vector<Batch> take(std::vector<Batch> used = {});
  // No process of the run is left, and take() has given everything.
  [[nodiscard]] bool finished() const noexcept;
  // One sentence if the engine refused or broke; empty otherwise. Valid once finished.
  [[nodiscard]] std::string error() const;

  [[nodiscard]] pid_t supervisor_pid() const noexcept { return supervisor_; }
  // CPU time of this process that sampling /proc has cost so far.
  [[nodiscard]] std::int64_t sampling_cost_ns() const noexcept { return sampling_cost_ns_; }

 private:
  void collect(observe::Want want, std::function<bool(const trace::Record&)> hold_at);
  void bury_supervisor();
  bool end_strays() const;

  trace::Region region_;
  std::optional<PaceControl> pace_;
  base::Fd control_;
  pid_t supervisor_ = -1;
  std::atomic<pid_t> group_{0};  // the lesson's process group, once known
  std::function<void()> on_news_;

  mutable std::mutex mutex_;  // guards the four below
  std::vector<Batch> batches_, spare_;
  std::string error_, refusal_;
  std::atomic<bool> ended_{false}, moment_met_{false};
  std::atomic<std::int64_t> sampling_cost_ns_{0};
  std::thread collector_;
};

}  // namespace forklight::supervisor
