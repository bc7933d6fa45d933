#include "core/pool/result.h"

#include <fmt/format.h>

#include "core/pool/getting.h"
#include "core/pool/jobs.h"

namespace forklight::pool {

using process::Fact;

Value AsyncResult::get(Timeout timeout) const {
  Getting getting(job_->object(), part(job_->number(), kAll), timeout);
  if (!job_->wait(timeout)) throw PythonError(Fact::L_07);
  const Outcome& outcome = job_->outcome();
  getting.end(outcome.good());
  if (outcome.failure) outcome.failure->raise();
  return outcome.value;
}

void AsyncResult::wait(Timeout timeout) const {
  Getting getting(job_->object(), part(job_->number(), kAll), timeout);
  if (job_->wait(timeout)) getting.end(job_->outcome().good());
}

bool AsyncResult::ready() const noexcept { return job_->ready(); }

bool AsyncResult::successful() const {
  if (!ready()) {
    throw PythonError("ValueError", fmt::format("<multiprocessing.pool.{} object at {}> not ready", is_map_ ? "MapResult" : "ApplyResult",
                                                fmt::ptr(job_.get())));
  }
  return job_->outcome().good();
}

std::uint32_t AsyncResult::job() const noexcept { return job_->number(); }

std::optional<Value> ResultIterator::next_outcome(Timeout timeout) {
  Getting getting(job_->object(), part(job_->number(), job_->given()), timeout);
  auto outcome = job_->next(timeout);
  getting.end(!outcome || outcome->good());
  if (!outcome) return std::nullopt;
  if (outcome->failure) outcome->failure->raise();
  return std::move(outcome->value);
}

std::optional<Value> ResultIterator::next(Timeout timeout) {
  if (!chunks_) return next_outcome(timeout);
  // What Python has here is a generator around the iterator: it has no timeout, and once it has raised it is over.
  if (timeout) throw PythonError("AttributeError", "'generator' object has no attribute 'next'");
  while (place_ == chunk_.size()) {
    if (over_) return std::nullopt;
    over_ = true;
    auto chunk = next_outcome({});
    if (!chunk) return std::nullopt;
    over_ = false;
    chunk_ = *std::move(chunk);
    place_ = 0;
  }
  return chunk_.at(place_++);
}

}  // namespace forklight::pool
