// The inside of a Future: the executor's manager thread settles it. For core/pool alone.
#pragma once

#include <mutex>
#include <vector>

#include "core/pool/future.h"
#include "core/pool/wakeups.h"
#include "core/pool/wire.h"

namespace forklight::pool {

struct Future::State : std::enable_shared_from_this<State> {
  enum class Stage : std::uint8_t { pending, running, cancelled, finished };

  State(std::uint32_t executor, std::uint32_t number) noexcept : object(executor), job(number) {}

  const std::uint32_t object, job;

  // False if it was cancelled; then it never runs.
  bool set_running();
  // Nothing if it was cancelled, or is settled.
  void settle(Outcome outcome, trace::JobEnd how);
  bool cancel();
  // Its stage when it is settled, or when the time is over.
  Stage wait(Timeout timeout);
  [[nodiscard]] Stage stage() const;
  // Valid when finished.
  [[nodiscard]] const Outcome& outcome() const noexcept { return outcome_; }
  void add_callback(std::function<void(const Future&)> callback);

 private:
  void end(trace::JobEnd how);
  void call(const std::function<void(const Future&)>& callback);

  mutable std::mutex mutex_;
  Stage stage_ = Stage::pending;
  Outcome outcome_;
  std::vector<std::function<void(const Future&)>> callbacks_;
  Wakeups end_;  // said once, and handed on by each who hears it
};

}  // namespace forklight::pool
