// What a worker does with a task that it has taken, for Pool and ProcessPoolExecutor alike. For core/pool alone.
#pragma once

#include "core/pool/wire.h"
#include "core/trace/recorder.h"

namespace forklight::pool {

class Runner {
 public:
  Runner(std::uint32_t pool, trace::StartMethod method) noexcept : pool_(pool), method_(method) {}

  // Finds the function; says that the task is begun. AttributeError for one that this process has not (S-22).
  [[nodiscard]] const Function* begin(const Received& task) const;
  // Calls it as often as the task says. Its result may be one that cannot be pickled. Throws what the function throws: what raises ends a
  // chunk (L-12).
  [[nodiscard]] Message run(const Received& task, const Function* function) const;
  // The result is on its way.
  void end(const Received& task, bool good) const noexcept;

  [[nodiscard]] std::uint32_t pool() const noexcept { return pool_; }

 private:
  [[nodiscard]] Message call(const Function& function, std::uint64_t item, std::span<const Value> arguments, const Value& named) const;

  std::uint32_t pool_;
  trace::StartMethod method_;
};

// The text of the cause of an exception that comes from a worker (L-10): `type` is RemoteTraceback's, `frames` those of the library.
[[nodiscard]] std::string remote_traceback(std::string_view type, const PythonError& error, std::string_view frames);

// What a worker was given to run first.
void initialize(const std::function<void()>& by_fork, const Value& place, trace::StartMethod method, const Args& initargs);
// The initializer as a worker of this start method gets it: by memory under fork, else by its place. Throws what cannot be pickled.
struct First {
  std::function<void()> by_fork;
  Value place;
};
[[nodiscard]] First first_of(const Initializer& initializer, trace::StartMethod method);

}  // namespace forklight::pool
