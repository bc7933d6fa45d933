#include "core/ipc/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/ipc/cbor.h"
#include "core/process/runtime.h"

namespace forklight::ipc {

using process::PythonError;

Message Message::lambda() {
  Message message;
  message.unsendable_ = &kLambda;
  return message;
}

Message Message::containing(const Message& unsendable, Value value) {
  Message message(std::move(value));
  message.unsendable_ = unsendable.unsendable_;
  return message;
}

PythonError Message::refusal() const {
  if (unsendable_ == &kProcess) return {"TypeError", "Pickling an AuthenticationString object is disallowed for security reasons"};
  if (unsendable_ == &kThread) return {"TypeError", "cannot pickle '_thread.lock' object"};
  if (*unsendable_ == "Pool") return {"NotImplementedError", "pool objects cannot be passed between processes or pickled"};  // E.3
  if (unsendable_ != &kLambda) return {"RuntimeError", fmt::format("{} objects should only be shared between processes through inheritance", *unsendable_)};
  return process::cannot_pickle_lambda(process::Runtime::current().context().python_minor);
}

namespace {
constexpr std::uint8_t kBegin = 0x80;  // what a pickle begins with: nothing that is sent by hand looks like a message by chance
constexpr std::size_t kIdSize = 7;
constexpr std::uint8_t kPadding = 0xff;
}  // namespace

void encode(std::uint64_t id, const Message& message, std::vector<std::uint8_t>& out) {
  if (!message.sendable()) throw message.refusal();
  const std::size_t begin = out.size();
  std::array<std::uint8_t, 1 + kIdSize> head{kBegin};
  for (std::size_t i = 0; i < kIdSize; ++i) head[1 + i] = static_cast<std::uint8_t>(id >> (8 * i));
  out.insert(out.end(), head.begin(), head.end());
  append_cbor(out, message.object() ? message.object()->value() : message.value());
  if (out.size() < begin + kShortest) out.resize(begin + kShortest, kPadding);
}

Decoded decode(std::span<const std::uint8_t> payload) {
  // I-12, in the words of the C unpickler.
  if (payload.empty()) throw PythonError("EOFError", "Ran out of input");
  if (const std::uint8_t first = payload[0]; first != kBegin) {
    const bool shown = first >= 0x20 && first <= 0x7e && first != '\'' && first != '\\';
    throw PythonError("_pickle.UnpicklingError", shown ? fmt::format("invalid load key, '{}'.", static_cast<char>(first))
                                                       : fmt::format("invalid load key, '\\x{:02x}'.", first));
  }
  if (payload.size() >= kShortest) {
    std::uint64_t id = 0;
    for (std::size_t i = 0; i < kIdSize; ++i) id |= std::uint64_t{payload[1 + i]} << (8 * i);
    auto rest = payload.subspan(1 + kIdSize);
    auto value = read_cbor(rest);
    const bool padded = payload.size() == kShortest && std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == kPadding; });
    if (value && (rest.empty() || padded)) return {id, *std::move(value)};
  }
  throw PythonError("_pickle.UnpicklingError", "pickle data was truncated");
}

namespace {

// As Python writes characters that a terminal cannot show.
void append_character(std::string& out, unsigned char byte, char quote, bool is_bytes) {
  switch (byte) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\\':
      out += "\\\\";
      return;
    default:
      break;
  }
  if (byte == static_cast<unsigned char>(quote)) {
    out += '\\';
    out += quote;
  } else if (byte < 0x20 || byte == 0x7f || (is_bytes && byte >= 0x80)) {
    out += fmt::format("\\x{:02x}", byte);
  } else {
    out += static_cast<char>(byte);  // UTF-8 as it is
  }
}

template <typename Bytes>
void append_quoted(std::string& out, const Bytes& bytes, bool is_bytes, std::size_t limit) {
  const bool single = std::find(bytes.begin(), bytes.end(), '\'') != bytes.end();
  const bool both = single && std::find(bytes.begin(), bytes.end(), '"') != bytes.end();
  const char quote = single && !both ? '"' : '\'';
  if (is_bytes) out += 'b';
  out += quote;
  for (const auto byte : bytes) {
    if (out.size() > limit) return;  // cut by the caller
    append_character(out, static_cast<unsigned char>(byte), quote, is_bytes);
  }
  out += quote;
}

std::string float_repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  // The shortest text that reads back the same; Python shows at least one digit after the point, and exponents from 1e16 on.
  const double size = std::fabs(value);
  if (size != 0 && (size >= 1e16 || size < 1e-4)) return fmt::format("{}", value);
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void append_number(std::string& out, auto number) {
  const fmt::format_int text(number);
  out.append(text.data(), text.size());
}

void append(std::string& out, const Value& value, std::size_t limit) {
  if (out.size() > limit) return;
  switch (value.type()) {
    case Value::value_t::null:
    case Value::value_t::discarded:
      out += "None";
      break;
    case Value::value_t::boolean:
      out += value.get<bool>() ? "True" : "False";
      break;
    case Value::value_t::number_integer:
      append_number(out, value.get<std::int64_t>());
      break;
    case Value::value_t::number_unsigned:
      append_number(out, value.get<std::uint64_t>());
      break;
    case Value::value_t::number_float:
      out += float_repr(value.get<double>());
      break;
    case Value::value_t::string:
      append_quoted(out, value.get_ref<const std::string&>(), false, limit);
      break;
    case Value::value_t::binary:
      append_quoted(out, value.get_binary(), true, limit);
      break;
    case Value::value_t::array: {
      const char* separator = "[";
      if (value.empty()) out += '[';
      for (const Value& item : value) {
        out += separator;
        append(out, item, limit);
        separator = ", ";
      }
      out += ']';
      break;
    }
    case Value::value_t::object: {
      const char* separator = "{";
      if (value.empty()) out += '{';
      for (const auto& [key, item] : value.items()) {
        out += separator;
        append_quoted(out, key, false, limit);
        out += ": ";
        append(out, item, limit);
        separator = ", ";
      }
      out += '}';
      break;
    }
  }
}

}  // namespace

std::string repr(const Value& value, std::size_t limit) {
  std::string text;
  append(text, value, limit);
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not in the middle of a character
  return text.substr(0, end) + "…";
}

}  // namespace forklight::ipc
