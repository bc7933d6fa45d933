// Somebody asks for a result: the gate, and the wait on record from its begin to how it ended. For core/pool alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/gil/blocking.h"
#include "core/sync/sync.h"
#include "core/trace/recorder.h"

namespace forklight::pool {

class Getting {
 public:
  // `what`: part() of a job and the item asked for, or kAll.
  Getting(std::uint32_t object, std::uint64_t what, const sync::Timeout& timeout) : object_(object), what_(what) {
    const std::int64_t limit = timeout ? std::llround(std::clamp(*timeout, 0.0, 1e9) * 1e9) : gil::kNoTimeout;
    trace::Recorder& recorder = trace::Recorder::current();
    recorder.gate(trace::Kind::result_wait, object);
    recorder.record(trace::Kind::result_wait, object, what, static_cast<std::uint64_t>(limit));
  }
  ~Getting() { trace::Recorder::current().record(trace::Kind::result_got, object_, what_, how_); }
  Getting(const Getting&) = delete;
  Getting& operator=(const Getting&) = delete;

  // It has come: a value, or something to raise. Without this it has not come in time.
  void end(bool good) noexcept { how_ = good ? 1 : 2; }

 private:
  std::uint32_t object_;
  std::uint64_t what_;
  std::uint64_t how_ = 0;
};

}  // namespace forklight::pool
