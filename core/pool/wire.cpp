#include "core/pool/wire.h"

#include <fmt/format.h>

#include "core/process/python.h"

namespace forklight::pool {

namespace {

// Places in a task and in a failure on the wire.
enum TaskField : std::size_t { kJob, kChunk, kFirst, kHow, kFunction, kItems, kNamed };
enum FailureField : std::size_t { kType, kMessage, kCause, kWhyNot, kExitCode };

}  // namespace

Message Task::message() const {
  Value list = Value::array();
  list.get_ref<Value::array_t&>().reserve(items.size());
  const Message* unsendable = nullptr;
  for (const Message& item : items) {
    if (!item.sendable() && unsendable == nullptr) unsendable = &item;
    list.push_back(item.object() ? item.object()->value() : item.value());
  }
  Value wire = Value::array({job, chunk, first, static_cast<int>(how), how == How::reraise ? 0 : pickled(*function), std::move(list), named});
  if (unsendable != nullptr) return Message::containing(*unsendable, std::move(wire));
  return wire;
}

std::string Task::shown() const {
  const std::string_view name = function != nullptr ? function->name : "raise";
  if (count() > 1) return fmt::format("{} {}–{}", name, first, first + count() - 1);
  std::string arguments;
  for (const Message& item : items) {
    if (!arguments.empty()) arguments += ", ";
    arguments += item.sendable() ? ipc::repr(item.value(), 24) : repr_of(item);
    if (arguments.size() > 48) break;
  }
  return fmt::format("{}({})", name, arguments);
}

Received::Received(Value&& wire)
    : job(wire.at(kJob)), chunk(wire.at(kChunk)), first(wire.at(kFirst)), how(static_cast<How>(wire.at(kHow).get<int>())), function(wire.at(kFunction)),
      items(std::move(wire.at(kItems))), named(std::move(wire.at(kNamed))) {}

Failure::Failure(const PythonError& error) : type(error.type()), message(error.message()), cause(error.cause()) {
  if (const auto* fragile = dynamic_cast<const FragileError*>(&error)) why_not = fragile->why_not;
}

Failure::Failure(const Value& wire)
    : type(wire.at(kType)), message(wire.at(kMessage)), cause(wire.at(kCause)), why_not(wire.at(kWhyNot)), exit_code(wire.at(kExitCode)) {
  if (!why_not.empty()) throw PythonError("TypeError", why_not);
}

void Failure::check(const Value& outcome) {
  if (outcome.size() > 1) (void)Failure(outcome);
}

Value Failure::wire() const { return Value::array({type, message, cause, why_not, exit_code}); }

PythonError Failure::error() const {
  PythonError error(type, message);
  error.set_cause(cause);
  return error;
}

void Failure::raise() const {
  if (type == "SystemExit") throw process::SystemExit{exit_code, {}};
  throw error();
}

Outcome Outcome::from(Value&& wire) {
  if (wire.size() == 1) return {std::move(wire.at(0)), {}};
  return {nullptr, Failure(wire)};
}

Value wire_of(Outcome&& outcome) {
  if (outcome.failure) return outcome.failure->wire();
  Value wire = Value::array();
  wire.push_back(std::move(outcome.value));
  return wire;
}

std::string repr_of(const PythonError& error) {
  const std::string_view type = error.type();
  const auto dot = type.rfind('.');
  const std::string_view name = dot == std::string_view::npos ? type : type.substr(dot + 1);
  return fmt::format("{}({})", name, error.message().empty() ? std::string() : ipc::repr(Value(error.message()), 4096));
}

std::string repr_of(const Message& message) {
  if (message.sendable()) return ipc::repr(message.value());
  const PythonError refusal = message.refusal();
  if (refusal.type() != "RuntimeError") return "<function <lambda> at 0x7f0000000000>";
  const std::string& text = refusal.message();
  return fmt::format("<{}(owner=None)>", text.substr(0, text.find(' ')));
}

std::string joined(std::span<const Value> arguments) {
  std::string text;
  for (const Value& argument : arguments) {
    if (!text.empty()) text += ", ";
    text += ipc::repr(argument, 40);
    if (text.size() > 60) break;
  }
  return text;
}

bool is_exception(const PythonError& error) noexcept { return error.type() != "KeyboardInterrupt" && error.type() != "GeneratorExit"; }

bool is_os_error(const PythonError& error) noexcept {
  return error.type() == "OSError" || error.message().starts_with("[Errno ");
}

}  // namespace forklight::pool
