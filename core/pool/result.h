// What Pool gives back at once for a job: AsyncResult, and the iterator of imap.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/pool/function.h"
#include "core/sync/sync.h"

namespace forklight::pool {

class ApplyJob;
class IMapJob;
using sync::Timeout;

// Called by the thread that handles results, before get() returns; exactly one of them (L-14). What one raises ends that thread (L-15).
struct Callbacks {
  std::function<void(const Value& value)> callback = {};
  std::function<void(const PythonError& error)> error_callback = {};
};

// A handle; of map_async the value is the list of all.
class AsyncResult {
 public:
  // Waits, and gives the value or raises what the function raised (L-10). multiprocessing.TimeoutError (L-07). Again, the same (L-09).
  Value get(Timeout timeout = {}) const;
  void wait(Timeout timeout = {}) const;
  [[nodiscard]] bool ready() const noexcept;
  [[nodiscard]] bool successful() const;  // ValueError: … not ready (L-08)
  [[nodiscard]] std::uint32_t job() const noexcept;

 private:
  friend class Pool;
  AsyncResult(std::shared_ptr<ApplyJob> job, bool is_map) noexcept : job_(std::move(job)), is_map_(is_map) {}
  std::shared_ptr<ApplyJob> job_;
  bool is_map_;
};

// imap, imap_unordered: gives the items as they come, in the order of the input or of their completion.
class ResultIterator {
 public:
  // The next one; none at the end. Raises what this item's call raised; the others can still be had (L-13), unless they came in chunks.
  // multiprocessing.TimeoutError (L-38); a timeout can be given only where the chunk size is 1: AttributeError.
  [[nodiscard]] std::optional<Value> next(Timeout timeout = {});

 private:
  friend class Pool;
  ResultIterator(std::shared_ptr<IMapJob> job, bool chunks) noexcept : job_(std::move(job)), chunks_(chunks) {}
  std::optional<Value> next_outcome(Timeout timeout);

  std::shared_ptr<IMapJob> job_;
  bool chunks_;           // each outcome is a list of several
  Value chunk_ = Value::array();
  std::size_t place_ = 0;  // in it
  bool over_ = false;
};

}  // namespace forklight::pool
