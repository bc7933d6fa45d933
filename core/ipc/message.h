// A value on its way between processes: what Python pickles, here as CBOR; and its short repr, as Python prints it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/process/facts.h"
#include "core/process/process.h"
#include "core/process/thread.h"

namespace forklight::ipc {

// None, bool, int (64 bit), float, str, bytes (json binary), list, dict with str keys.
using Value = nlohmann::json;

// A list or a dict that is changed after it was put: copies name the same one, as Python's variables do.
class Object {
 public:
  explicit Object(Value value) : state_(std::make_shared<State>()) { state_->value = std::move(value); }
  void change(const std::function<void(Value&)>& how) {
    const std::lock_guard lock(state_->mutex);
    how(state_->value);
  }
  [[nodiscard]] Value value() const {
    const std::lock_guard lock(state_->mutex);
    return state_->value;
  }

 private:
  struct State {
    std::mutex mutex;
    Value value;
  };
  std::shared_ptr<State> state_;
};

// A value, or a thing that cannot be sent, which is found out when it is pickled: in send(), or in a queue's feeder.
class Message {
 public:
  Message() = default;  // None
  template <typename T>
    requires std::is_constructible_v<Value, T>
  Message(T&& value) : value_(std::forward<T>(value)) {}
  // What it is when it is pickled: in a queue that is later, by the feeder.
  Message(const Object& object) : value_(object.value()), object_(object) {}
  // Lock, Event, Queue …: "<Class> objects should only be shared between processes through inheritance" (E.3).
  template <typename T>
    requires requires { T::kPythonClass; }
  Message(const T&) noexcept : unsendable_(&T::kPythonClass) {}
  // E.3: a Process carries a key, a Thread carries a lock of threading.
  Message(const process::Process&) noexcept : unsendable_(&kProcess) {}
  Message(const process::Thread&) noexcept : unsendable_(&kThread) {}
  // A lambda or a nested function: the PicklingError that `python_minor` gives.
  [[nodiscard]] static Message lambda();

  // Something that contains what cannot be sent: it is that which is refused when it is pickled. `value` is for who asks what it was.
  [[nodiscard]] static Message containing(const Message& unsendable, Value value);

  [[nodiscard]] bool sendable() const noexcept { return unsendable_ == nullptr; }
  [[nodiscard]] const Value& value() const noexcept { return value_; }  // of an Object: when this message was made
  [[nodiscard]] const std::optional<Object>& object() const noexcept { return object_; }
  // The error of pickling it; valid where it is not sendable.
  [[nodiscard]] process::PythonError refusal() const;

 private:
  static constexpr std::string_view kProcess = "Process", kThread = "Thread", kLambda = "function";
  Value value_;
  std::optional<Object> object_;
  const std::string_view* unsendable_ = nullptr;  // the Python class of what it is, kept by that class
};

// No payload of a message is shorter: a queue's reader, whom nobody else writes to, asks for the shortest frame at once (frame_io.h).
inline constexpr std::size_t kShortest = 16;

// The payload of a frame, appended: 0x80 (as a pickle begins), the message's id (7 bytes, little-endian), CBOR, 0xff up to kShortest.
// Throws the refusal of what cannot be sent.
void encode(std::uint64_t id, const Message& message, std::vector<std::uint8_t>& out);

struct Decoded {
  std::uint64_t id;
  Value value;
};
// Throws UnpicklingError for bytes that are no message of ours (I-12), EOFError for none at all.
[[nodiscard]] Decoded decode(std::span<const std::uint8_t> payload);

// repr(): None, True, 3.0, 'it''s', b'\x00', [1, 2], {'a': 1}; at most `limit` characters, then "…".
[[nodiscard]] std::string repr(const Value& value, std::size_t limit = 60);

}  // namespace forklight::ipc
