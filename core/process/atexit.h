// atexit.register(): what a process does last, if it ends in order.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace forklight::process {

// `name` is the function's, for the message if it raises.
void atexit_register(std::string name, std::function<void()> function);

// The list of one process, last registered first. Multiprocessing's own exit function, which ends the children, has a place in it: where
// it was imported, at the first start() or the first queue or lock (P.3).
class ExitFunctions {
 public:
  void add(std::string name, std::function<void()> function);
  // Where multiprocessing's own stands, unless it has a place already.
  void add_own();
  // In a forked child: the parent's functions are the parent's.
  void clear() noexcept;

  struct Entry {
    std::string name;
    std::function<void()> function;  // none: multiprocessing's own
    // What raises says so on stderr.
    void run() const;
  };
  // The one to run next, which is then none of the list any more; nothing if the list is empty.
  [[nodiscard]] std::optional<Entry> take_last();

 private:
  std::vector<Entry> entries_;
  bool has_own_ = false;
};

}  // namespace forklight::process
