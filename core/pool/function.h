// What a pool's workers call: a function of the program, which travels by its name, with arguments and a result that are pickled.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ipc/message.h"
#include "core/process/target.h"

namespace forklight::pool {

using ipc::Message;
using ipc::Value;
using process::Args;
using process::PythonError;

// What one call is given: f(*args, **kwds).
class Arguments {
 public:
  Arguments(std::span<const Value> list, const Value& named) noexcept : list_(list), named_(&named) {}

  [[nodiscard]] std::size_t size() const noexcept { return list_.size(); }
  [[nodiscard]] const Value& operator[](std::size_t index) const;  // TypeError as of a call with too few, where there is none
  [[nodiscard]] const Value& named(std::string_view name) const;   // KeyError where there is none

 private:
  std::span<const Value> list_;
  const Value* named_;
};

// Lives as long as the program: workers of every start method find it by its place in the executable.
struct Function {
  std::string_view name;  // as in the twin: "square"
  Message (*call)(const Arguments& arguments);
  process::Scope scope = process::Scope::module;
};
inline constexpr std::string_view kLambda = "<lambda>";  // the name of a function that cannot be pickled (L-19)

// For the wire. Throws the error of pickling it (L-19).
[[nodiscard]] std::int64_t pickled(const Function& function);
// The function of that place, in a worker that was started by `method`: AttributeError for one that an import does not find (S-22).
[[nodiscard]] const Function& unpickled(std::int64_t place, trace::StartMethod method);
// The same of an initializer, which is a target.
[[nodiscard]] std::int64_t pickled(const process::Target& target);
[[nodiscard]] const process::Target& unpickled_target(std::int64_t place, trace::StartMethod method);

// An exception whose class takes more arguments than it hands on: it is pickled well, and unpickling it raises TypeError(`why`) (L-17).
struct FragileError : PythonError {
  FragileError(std::string type, std::string message, std::string why) : PythonError(std::move(type), std::move(message)), why_not(std::move(why)) {}
  std::string why_not;
};

// What map and imap go through: a list, or a generator, which is asked by the thread that hands out the tasks (L-36) and may raise (L-20).
class Iterable {
 public:
  using Generator = std::function<std::optional<Message>()>;
  Iterable(std::vector<Message> items) : items_(std::move(items)) {}
  Iterable(std::initializer_list<Message> items) : items_(items) {}
  explicit Iterable(Generator generator) : generator_(std::move(generator)) {}

  [[nodiscard]] std::optional<Message> next();
  // None for a generator.
  [[nodiscard]] std::optional<std::size_t> length() const noexcept;
  // list(iterable): asks a generator for everything now.
  void list();

 private:
  std::vector<Message> items_;
  std::size_t place_ = 0;
  Generator generator_;
};
[[nodiscard]] Iterable range(std::int64_t begin, std::int64_t end);

// initializer(*initargs), in each worker before its first task: a target of the program, or under fork anything callable.
struct Initializer {
  const process::Target* target = nullptr;
  Args args = {};
  std::function<void()> lambda = {};
};

}  // namespace forklight::pool
