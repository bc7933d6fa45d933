// A value on its way between processes: what Python pickles, here as CBOR; and its short repr, as Python prints it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/process/facts.h"

namespace forklight::ipc {

// None, bool, int (64 bit), float, str, bytes (json binary), list, dict with str keys.
using Value = nlohmann::json;

// A value, or a thing that cannot be sent, which is found out when it is pickled: in send(), or in a queue's feeder.
class Message {
 public:
  Message() = default;  // None
  template <typename T>
    requires std::is_constructible_v<Value, T>
  Message(T&& value) : value_(std::forward<T>(value)) {}
  // Lock, Event, Queue …: "<Class> objects should only be shared between processes through inheritance" (E.3).
  template <typename T>
    requires requires { T::kPythonClass; }
  Message(const T&) : refusal_type_("RuntimeError"), refusal_(inheritance_text(T::kPythonClass)) {}
  // A lambda or a nested function: the PicklingError that `python_minor` gives.
  [[nodiscard]] static Message lambda();

  [[nodiscard]] bool sendable() const noexcept { return refusal_.empty(); }
  [[nodiscard]] const Value& value() const noexcept { return value_; }
  // The error of pickling it; valid where it is not sendable.
  [[nodiscard]] process::PythonError refusal() const;

 private:
  static std::string inheritance_text(std::string_view python_class);

  Value value_;
  std::string refusal_type_, refusal_;
};

// The payload of a frame: the message's id (8 bytes, little-endian), then CBOR. Throws the refusal of what cannot be sent.
[[nodiscard]] std::vector<std::uint8_t> encode(std::uint64_t id, const Message& message);

struct Decoded {
  std::uint64_t id;
  Value value;
};
// Throws UnpicklingError for bytes that are no message of ours (I-12).
[[nodiscard]] Decoded decode(std::span<const std::uint8_t> payload);

// repr(): None, True, 3.0, 'it''s', b'\x00', [1, 2], {'a': 1}; at most `limit` characters, then "…".
[[nodiscard]] std::string repr(const Value& value, std::size_t limit = 60);

}  // namespace forklight::ipc
