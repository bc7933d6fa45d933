// What a program has and cannot send: a forked child simply has it too (S-06); under spawn and forkserver start() raises TypeError (S-23).
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/base/fd.h"
#include "core/process/args.h"

namespace forklight::process {

// threading.Lock(): of the threads of one process. A forked child has a copy of its own, held if it was held (S-12).
class ThreadLock {
 public:
  void acquire();
  [[nodiscard]] bool try_acquire() { return mutex_->try_lock(); }  // acquire(blocking=False)
  void release() { mutex_->unlock(); }
  [[noreturn]] void depart(Departure& out) const;  // TypeError: cannot pickle '_thread.lock' object
  [[noreturn]] static ThreadLock arrive(Arrival& in);

 private:
  std::shared_ptr<std::mutex> mutex_ = std::make_shared<std::mutex>();
};

// open(path): a text file, for reading. A forked child reads on where its parent was: they share the place in the file.
class TextFile {
 public:
  explicit TextFile(const std::string& path);  // OSError
  [[nodiscard]] std::string read(std::size_t bytes) const;
  [[nodiscard]] int fileno() const noexcept { return fd_->get(); }
  [[noreturn]] void depart(Departure& out) const;  // TypeError: cannot pickle '_io.TextIOWrapper' object
  [[noreturn]] static TextFile arrive(Arrival& in);

 private:
  std::shared_ptr<base::Fd> fd_;
};

}  // namespace forklight::process
