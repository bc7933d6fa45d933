// multiprocessing's start methods and contexts: who may choose one, and what Python takes if nobody does.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "core/trace/kinds.h"

namespace forklight::process {

using trace::StartMethod;

[[nodiscard]] std::string_view name_of(StartMethod method) noexcept;  // "forkserver"
// What Python 3.MINOR takes on Linux: fork up to 3.13, forkserver from 3.14 (0.1).
[[nodiscard]] StartMethod default_start_method(int python_minor) noexcept;
// multiprocessing.get_all_start_methods(): the default first (0.1).
[[nodiscard]] std::span<const StartMethod> all_start_methods(int python_minor) noexcept;

// Once a process; also any use that needs the default settles it. RuntimeError: context has already been set (S-34).
void set_start_method(std::string_view name, bool force = false);  // ValueError: cannot find context for 'bogus' (S-35)
void set_start_method(StartMethod method, bool force = false);
// Settles it.
[[nodiscard]] StartMethod get_start_method();
// What is made now is made in this context, as with multiprocessing.get_context(…).Queue().
class Context {
 public:
  explicit constexpr Context(StartMethod method) noexcept : method_(method) {}
  // get_context("spawn"); ValueError: cannot find context for 'bogus' (S-35).
  [[nodiscard]] static Context get(std::string_view name);

  template <typename T, typename... Arguments>
  [[nodiscard]] T make(Arguments&&... arguments) const {
    const Within within(method_);
    return T(std::forward<Arguments>(arguments)...);
  }
  // ValueError: cannot set start method of concrete context (S-36).
  [[noreturn]] static void set_start_method(std::string_view name);
  [[nodiscard]] constexpr StartMethod method() const noexcept { return method_; }

 private:
  struct Within {
    explicit Within(StartMethod method) noexcept;
    ~Within();
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    std::optional<StartMethod> before_;
  };
  StartMethod method_;
};

// The context that something made now belongs to; `concrete` if it was asked for by name.
struct Making {
  StartMethod method;
  bool concrete;
};
[[nodiscard]] Making making();

}  // namespace forklight::process
