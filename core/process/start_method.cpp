#include "core/process/start_method.h"

#include <fmt/format.h>

#include <optional>

#include "core/process/facts.h"
#include "core/process/runtime.h"

namespace forklight::process {
namespace {

thread_local std::optional<StartMethod> concrete;

std::optional<StartMethod> find(std::string_view name) {
  for (const StartMethod method : {StartMethod::fork, StartMethod::spawn, StartMethod::forkserver}) {
    if (name_of(method) == name) return method;
  }
  return std::nullopt;
}

StartMethod find_or_raise(std::string_view name) {
  const auto method = find(name);
  if (!method) throw PythonError("ValueError", fmt::format("cannot find context for '{}'", name));  // S-35
  return *method;
}

}  // namespace

std::string_view name_of(StartMethod method) noexcept {
  switch (method) {
    case StartMethod::spawn:
      return "spawn";
    case StartMethod::forkserver:
      return "forkserver";
    case StartMethod::fork:
      break;
  }
  return "fork";
}

StartMethod default_start_method(int python_minor) noexcept { return python_minor >= 14 ? StartMethod::forkserver : StartMethod::fork; }

std::span<const StartMethod> all_start_methods(int python_minor) noexcept {
  static constexpr StartMethod kBefore[] = {StartMethod::fork, StartMethod::spawn, StartMethod::forkserver};
  static constexpr StartMethod kSince[] = {StartMethod::forkserver, StartMethod::fork, StartMethod::spawn};
  return python_minor >= 14 ? kSince : kBefore;
}

void set_start_method(std::string_view name, bool force) {
  const auto held = Runtime::current().hold();
  if (Runtime::current().start_method() && !force) throw PythonError(Fact::S_34);
  Runtime::current().set_start_method(find_or_raise(name));
}

void set_start_method(StartMethod method, bool force) { set_start_method(name_of(method), force); }

StartMethod get_start_method() {
  Runtime& runtime = Runtime::current();
  const auto held = runtime.hold();  // it is settled by the first who asks
  if (!runtime.start_method()) runtime.set_start_method(default_start_method(runtime.context().python_minor));
  return *runtime.start_method();
}

Context Context::get(std::string_view name) { return Context(find_or_raise(name)); }

void Context::set_start_method(std::string_view) { throw PythonError(Fact::S_36); }

Context::Within::Within(StartMethod method) noexcept : before_(std::exchange(concrete, method)) {}

Context::Within::~Within() { concrete = before_; }

Making making() { return concrete ? Making{*concrete, true} : Making{get_start_method(), false}; }

}  // namespace forklight::process
