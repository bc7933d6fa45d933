#include "core/process/atexit.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/every_child.h"
#include "core/process/facts.h"
#include "core/process/output.h"
#include "core/process/runtime.h"
#include "core/process/traceback.h"

namespace forklight::process {

void atexit_register(std::string name, std::function<void()> function) {
  Runtime::current().add_exit_function(std::move(name), std::move(function));
}

FORKLIGHT_EVERY_CHILD void ExitFunctions::add(std::string name, std::function<void()> function) { entries_.push_back({std::move(name), std::move(function)}); }

FORKLIGHT_EVERY_CHILD void ExitFunctions::add_own() {
  if (!std::exchange(has_own_, true)) entries_.push_back({"_exit_function", {}});
}

FORKLIGHT_EVERY_CHILD void ExitFunctions::clear() noexcept {
  entries_.clear();
  has_own_ = false;
}

FORKLIGHT_EVERY_CHILD std::optional<ExitFunctions::Entry> ExitFunctions::take_last() {
  if (entries_.empty()) return std::nullopt;
  std::optional<Entry> last(std::move(entries_.back()));
  entries_.pop_back();
  return last;
}

FORKLIGHT_EVERY_CHILD void ExitFunctions::Entry::run() const {
  try {
    if (function) {
      function();
    } else {
      Runtime::current().finish_children();
    }
  } catch (const PythonError& error) {  // P-66
    const std::string where = fmt::format(" atexit callback: <function {} at 0x{:x}>", name, reinterpret_cast<std::uintptr_t>(this));
    write_stderr(ignored(where, error, Runtime::current().context().program));
  }
}

}  // namespace forklight::process
