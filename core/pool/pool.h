// multiprocessing.Pool as CPython builds it: worker processes, two SimpleQueues, and three threads that keep them going (L.1).
//
//   apply, map, imap ─▶ task queue ─▶ [task handler] ─▶ inqueue ─▶ workers ─▶ outqueue ─▶ [result handler] ─▶ get()
//                                                                   ▲ [worker handler]: joins the dead, starts others in their place
//
// A Pool is a handle, like a Python variable; when the last one is dropped the pool is terminated (L-35). A task whose worker dies is lost,
// and whoever waits for its result waits for ever (L-21): so it is in Python.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/pool/result.h"
#include "core/process/process.h"

namespace forklight::pool {

struct PoolOptions {
  Initializer initializer = {};
  std::optional<int> maxtasksperchild = {};
  std::string label = {};  // its name on the timeline; empty: Pool-N
};

class Pool {
 public:
  static constexpr std::string_view kPythonClass = "Pool";
  // In the context that it is made in (start_method.h); without a number as many workers as there are processors (L-31). ValueError (L-30).
  explicit Pool(std::optional<int> processes = {}, PoolOptions options = {});

  // Each of these: ValueError: Pool not running (L-28).
  Value apply(const Function& function, std::vector<Message> args = {}, Value kwds = nullptr);
  AsyncResult apply_async(const Function& function, std::vector<Message> args = {}, Value kwds = nullptr, Callbacks callbacks = {});
  Value map(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize = {});
  AsyncResult map_async(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize = {}, Callbacks callbacks = {});
  // Each item is a list of arguments.
  Value starmap(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize = {});
  AsyncResult starmap_async(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize = {}, Callbacks callbacks = {});
  ResultIterator imap(const Function& function, Iterable iterable, std::int64_t chunksize = 1);  // ValueError: Chunksize must be 1+ (L-06)
  ResultIterator imap_unordered(const Function& function, Iterable iterable, std::int64_t chunksize = 1);

  void close();      // no new jobs; the workers end when all results have come
  void terminate();  // takes the task pipe's lock, SIGTERM to the workers, joins all: hangs where nobody gives the lock back (L-24)
  void join();       // ValueError: Pool is still running (L-29)

  [[nodiscard]] std::string repr() const;
  [[nodiscard]] std::vector<process::Process> workers() const;  // Python's _pool: who replaces whom shows in their names (L-21)
  [[nodiscard]] std::uint32_t object() const noexcept;

  struct Machine;  // what the threads keep alive
  struct Owner;    // what handles and unfinished jobs keep alive

 private:
  AsyncResult submit_map(const Function& function, Iterable iterable, std::optional<std::int64_t> chunksize, Callbacks callbacks, bool star);
  ResultIterator submit_imap(const Function& function, Iterable iterable, std::int64_t chunksize, bool ordered);
  std::shared_ptr<Owner> owner_;
};

// divmod(length, 4 · workers), rounded up (L-04); 0 for an empty input.
[[nodiscard]] std::size_t default_chunksize(std::size_t length, std::size_t workers) noexcept;

// with pool: terminated on every way out (L-26). ValueError: Pool not running.
class With {
 public:
  explicit With(Pool pool);
  ~With() noexcept(false) { pool_.terminate(); }
  With(const With&) = delete;
  With& operator=(const With&) = delete;

 private:
  Pool pool_;
};

}  // namespace forklight::pool
