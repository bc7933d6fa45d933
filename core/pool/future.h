// concurrent.futures.Future: what ProcessPoolExecutor.submit() gives back at once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/pool/function.h"
#include "core/sync/sync.h"

namespace forklight::pool {

using sync::Timeout;

// A handle. CancelledError for one that was cancelled; TimeoutError (the builtin one since 3.11) for one that is not done in time.
class Future {
 public:
  Value result(Timeout timeout = {}) const;                                   // or raises what the call raised
  [[nodiscard]] std::optional<PythonError> exception(Timeout timeout = {}) const;
  bool cancel() const;  // only before the call went to the call queue (L-58)
  [[nodiscard]] bool cancelled() const;
  [[nodiscard]] bool running() const;
  [[nodiscard]] bool done() const;
  // Called once it is done or cancelled, by the thread that brings that about; at once if it is. What it raises is said on stderr, no more.
  void add_done_callback(std::function<void(const Future& future)> callback) const;
  [[nodiscard]] std::uint32_t job() const noexcept;
  [[nodiscard]] std::string repr() const;  // "<Future at 0x7f… state=finished returned int>"

  struct State;

 private:
  friend class Executor;
  friend class Results;
  explicit Future(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace forklight::pool
