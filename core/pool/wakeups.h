// What a pool's threads wait with inside one process. A signal interrupts the wait, as it does Python's (L-37). For core/pool alone.
#pragma once

#include <semaphore.h>

#include "core/sync/raw.h"
#include "core/sync/sync.h"

namespace forklight::pool {

// Counts what has been said and not been heard yet, like a threading.Semaphore.
class Wakeups {
 public:
  Wakeups() noexcept { ::sem_init(&count_, 0, 0); }
  ~Wakeups() { ::sem_destroy(&count_); }
  Wakeups(const Wakeups&) = delete;
  Wakeups& operator=(const Wakeups&) = delete;

  void post() noexcept { ::sem_post(&count_); }
  // Hears one; false if none came within `timeout` seconds (none: for ever). Throws what a handler of a signal throws.
  bool take(const sync::Waiting& waiting, sync::Timeout timeout = {});

 private:
  sem_t count_;
};

}  // namespace forklight::pool
