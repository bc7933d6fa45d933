// What goes through a pool's two pipes: tasks to the workers, outcomes back. For core/pool alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/pool/function.h"

namespace forklight::pool {

// How a worker calls its function: once with (args, kwds); for each of the items (mapstar, starmapstar); or it raises what an iterator
// raised in the parent (L-20).
enum class How : std::uint8_t { call, map, starmap, reraise };

struct Task {
  std::uint32_t job = 0, chunk = 0;  // which result it belongs to, and its place there
  std::uint32_t first = 0;           // the place of its first item in the input
  How how = How::call;
  const Function* function = nullptr;
  std::vector<Message> items;  // arguments of the one call, or one for each call
  Value named = nullptr;

  [[nodiscard]] std::uint32_t count() const noexcept { return how == How::map || how == How::starmap ? static_cast<std::uint32_t>(items.size()) : 1; }
  // What is pickled; throws where the function cannot be (L-19). What an argument refuses, it refuses when it is sent.
  [[nodiscard]] Message message() const;
  // "square(4)", "square 4–7": for the timeline.
  [[nodiscard]] std::string shown() const;
};

// A task as a worker has it.
struct Received {
  std::uint32_t job, chunk, first;
  How how;
  std::int64_t function;
  Value items, named;

  explicit Received(Value&& wire);
};

// An exception on its way to another process.
struct Failure {
  std::string type, message;
  std::string cause;    // the text of its RemoteTraceback, empty where it has none
  std::string why_not;  // of a FragileError
  int exit_code = 0;    // of a SystemExit

  Failure() = default;
  explicit Failure(const PythonError& error);
  explicit Failure(const Value& wire);  // TypeError: why_not (L-17)
  [[nodiscard]] Value wire() const;
  static void check(const Value& outcome);  // the same TypeError, of an outcome on the wire
  [[nodiscard]] PythonError error() const;  // raised here and now
  [[noreturn]] void raise() const;
};

// What became of a task: (True, value) or (False, exception).
struct Outcome {
  Value value;
  std::optional<Failure> failure;

  [[nodiscard]] bool good() const noexcept { return !failure.has_value(); }
  [[nodiscard]] static Outcome from(Value&& wire);
};
[[nodiscard]] Value wire_of(Outcome&& outcome);

// repr() of an exception and of what cannot be pickled, for MaybeEncodingError (L-18).
[[nodiscard]] std::string repr_of(const PythonError& error);
[[nodiscard]] std::string repr_of(const Message& message);
// The reprs of arguments: "4, 'a'".
[[nodiscard]] std::string joined(std::span<const Value> arguments);

// What `except Exception` does not catch.
[[nodiscard]] bool is_exception(const PythonError& error) noexcept;
[[nodiscard]] bool is_os_error(const PythonError& error) noexcept;

// a of an event about a part of a job.
[[nodiscard]] constexpr std::uint64_t part(std::uint32_t job, std::uint32_t place) noexcept { return std::uint64_t{job} << 32 | place; }
inline constexpr std::uint32_t kAll = UINT32_MAX;

}  // namespace forklight::pool
