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
  Runtime::current().exit_functions().add(std::move(name), std::move(function));
}

FORKLIGHT_EVERY_CHILD void ExitFunctions::add(std::string name, std::function<void()> function) { entries_.push_back({std::move(name), std::move(function)}); }

FORKLIGHT_EVERY_CHILD void ExitFunctions::add_own() {
  if (!std::exchange(has_own_, true)) entries_.push_back({"_exit_function", {}});
}

FORKLIGHT_EVERY_CHILD void ExitFunctions::clear() noexcept {
  entries_.clear();
  has_own_ = false;
}

FORKLIGHT_EVERY_CHILD void ExitFunctions::run() {
  while (!entries_.empty()) {
    const Entry last = std::move(entries_.back());
    entries_.pop_back();
    try {
      if (last.function) {
        last.function();
      } else {
        Runtime::current().finish_children();
      }
    } catch (const PythonError& error) {  // P-66
      const std::string where = fmt::format(" atexit callback: <function {} at 0x{:x}>", last.name, reinterpret_cast<std::uintptr_t>(&last));
      write_stderr(ignored(where, error, Runtime::current().context().program));
    }
  }
}

}  // namespace forklight::process
