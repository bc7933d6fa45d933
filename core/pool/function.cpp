#include "core/pool/function.h"

#include <fmt/format.h>

#include "core/process/runtime.h"

// The executable's first byte and the one after its last, by the linker: it is the same file in every process of a run, wherever it lies.
extern "C" const char __executable_start, _end;

namespace forklight::pool {

using process::Scope;

namespace {

int python_minor() { return process::Runtime::current().context().python_minor; }

std::uintptr_t address(const void* what) noexcept { return reinterpret_cast<std::uintptr_t>(what); }

template <typename Callable>
std::int64_t place_of(const Callable& callable) {
  if (callable.name == kLambda) throw process::cannot_pickle_lambda(python_minor());
  if (callable.scope == Scope::function) throw process::cannot_pickle_local(callable.name, python_minor());
  const std::uintptr_t begin = address(&__executable_start), at = address(&callable);
  if (at < begin || at >= address(&_end)) {
    throw PythonError("_pickle.PicklingError", fmt::format("Can't pickle {}: it does not live as long as the program", callable.name));
  }
  return static_cast<std::int64_t>(at - begin);
}

template <typename Callable>
const Callable& found(std::int64_t place, trace::StartMethod method) {
  const auto& callable = *reinterpret_cast<const Callable*>(address(&__executable_start) + static_cast<std::uintptr_t>(place));
  if (callable.scope == Scope::guarded && method != trace::StartMethod::fork) {
    throw process::target_not_found(callable.name, process::Runtime::current().context().program.file, python_minor());
  }
  return callable;
}

}  // namespace

const Value& Arguments::operator[](std::size_t index) const {
  if (index >= list_.size()) throw PythonError("TypeError", "missing a required argument");
  return list_[index];
}

const Value& Arguments::named(std::string_view name) const {
  const auto found = named_->find(std::string(name));
  if (found == named_->end()) throw PythonError("KeyError", fmt::format("'{}'", name));
  return *found;
}

std::int64_t pickled(const Function& function) { return place_of(function); }

std::int64_t pickled(const process::Target& target) { return place_of(target); }

const Function& unpickled(std::int64_t place, trace::StartMethod method) { return found<Function>(place, method); }

const process::Target& unpickled_target(std::int64_t place, trace::StartMethod method) { return found<process::Target>(place, method); }

std::optional<Message> Iterable::next() {
  if (generator_) return generator_();
  if (place_ == items_.size()) return std::nullopt;
  return std::move(items_[place_++]);
}

std::optional<std::size_t> Iterable::length() const noexcept {
  if (generator_) return std::nullopt;
  return items_.size();
}

void Iterable::list() {
  if (!generator_) return;
  while (auto item = generator_()) items_.push_back(*std::move(item));
  generator_ = nullptr;
}

Iterable range(std::int64_t begin, std::int64_t end) {
  std::vector<Message> items;
  for (std::int64_t i = begin; i < end; ++i) items.emplace_back(i);
  return items;
}

}  // namespace forklight::pool
