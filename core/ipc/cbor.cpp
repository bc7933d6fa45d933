#include "core/ipc/cbor.h"

#include <bit>
#include <limits>
#include <string>

namespace forklight::ipc {

using Value = nlohmann::json;

namespace {

enum Major : std::uint8_t { kUnsigned = 0, kNegative = 1, kBytes = 2, kText = 3, kArray = 4, kMap = 5, kSimple = 7 };
constexpr std::uint8_t kFalse = 0xf4, kTrue = 0xf5, kNull = 0xf6, kDouble = 0xfb;
constexpr int kDeepest = 500;  // lists in lists: more would be garbage that eats the stack

void append_big_endian(std::vector<std::uint8_t>& out, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(number >> shift));
}

void append_head(std::vector<std::uint8_t>& out, Major major, std::uint64_t number) {
  const auto top = static_cast<std::uint8_t>(major << 5);
  if (number < 24) {
    out.push_back(static_cast<std::uint8_t>(top | number));
  } else if (number <= 0xff) {
    out.push_back(top | 24);
    append_big_endian(out, number, 1);
  } else if (number <= 0xffff) {
    out.push_back(top | 25);
    append_big_endian(out, number, 2);
  } else if (number <= 0xffffffff) {
    out.push_back(top | 26);
    append_big_endian(out, number, 4);
  } else {
    out.push_back(top | 27);
    append_big_endian(out, number, 8);
  }
}

template <typename Bytes>
void append_string(std::vector<std::uint8_t>& out, Major major, const Bytes& bytes) {
  append_head(out, major, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) noexcept : rest_(bytes) {}

  [[nodiscard]] std::span<const std::uint8_t> rest() const noexcept { return rest_; }

  bool value(Value& out, int depth) {
    std::uint64_t number = 0;
    if (rest_.empty() || depth > kDeepest) return false;
    const std::uint8_t first = rest_[0];
    rest_ = rest_.subspan(1);
    if (first >> 5 == kSimple) return simple(out, first);
    if (!head(first & 0x1f, number)) return false;
    switch (first >> 5) {
      case kUnsigned:
        out = number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ? Value(static_cast<std::int64_t>(number)) : Value(number);
        return true;
      case kNegative:
        out = static_cast<std::int64_t>(~number);
        return number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
      case kBytes: {
        std::span<const std::uint8_t> bytes;
        if (!take(number, bytes)) return false;
        out = Value::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
        return true;
      }
      case kText: {
        std::string text;
        if (!string(number, text)) return false;
        out = std::move(text);
        return true;
      }
      case kArray:
        return array(out, number, depth);
      case kMap:
        return map(out, number, depth);
      default:
        return false;
    }
  }

 private:
  bool take(std::uint64_t count, std::span<const std::uint8_t>& bytes) noexcept {
    if (count > rest_.size()) return false;
    bytes = rest_.first(count);
    rest_ = rest_.subspan(count);
    return true;
  }

  bool big_endian(std::size_t count, std::uint64_t& number) noexcept {
    std::span<const std::uint8_t> bytes;
    if (!take(count, bytes)) return false;
    number = 0;
    for (const std::uint8_t byte : bytes) number = number << 8 | byte;
    return true;
  }

  bool head(int low, std::uint64_t& number) noexcept {
    number = static_cast<std::uint64_t>(low);
    return low < 24 || (low < 28 && big_endian(std::size_t{1} << (low - 24), number));
  }

  bool string(std::uint64_t size, std::string& text) {
    std::span<const std::uint8_t> bytes;
    if (!take(size, bytes)) return false;
    text.assign(bytes.begin(), bytes.end());
    return true;
  }

  bool simple(Value& out, std::uint8_t first) {
    std::uint64_t bits = 0;
    if (first == kNull) {
      out = nullptr;
    } else if (first == kFalse || first == kTrue) {
      out = first == kTrue;
    } else if (first == kDouble && big_endian(8, bits)) {
      out = std::bit_cast<double>(bits);
    } else {
      return false;
    }
    return true;
  }

  bool array(Value& out, std::uint64_t count, int depth) {
    if (count > rest_.size()) return false;  // each takes a byte at least
    out = Value::array();
    for (; count > 0; --count) {
      if (!value(out.emplace_back(), depth + 1)) return false;
    }
    return true;
  }

  bool map(Value& out, std::uint64_t count, int depth) {
    if (count > rest_.size()) return false;
    out = Value::object();
    for (; count > 0; --count) {
      std::uint64_t size = 0;
      std::string key;
      if (rest_.empty() || rest_[0] >> 5 != kText) return false;
      const int low = rest_[0] & 0x1f;
      rest_ = rest_.subspan(1);
      if (!head(low, size) || !string(size, key) || !value(out[key], depth + 1)) return false;
    }
    return true;
  }

  std::span<const std::uint8_t> rest_;
};

}  // namespace

void append_cbor(std::vector<std::uint8_t>& out, const Value& value) {
  switch (value.type()) {
    case Value::value_t::null:
    case Value::value_t::discarded:
      out.push_back(kNull);
      break;
    case Value::value_t::boolean:
      out.push_back(value.get<bool>() ? kTrue : kFalse);
      break;
    case Value::value_t::number_integer: {
      const auto number = value.get<std::int64_t>();
      if (number >= 0) {
        append_head(out, kUnsigned, static_cast<std::uint64_t>(number));
      } else {
        append_head(out, kNegative, ~static_cast<std::uint64_t>(number));
      }
      break;
    }
    case Value::value_t::number_unsigned:
      append_head(out, kUnsigned, value.get<std::uint64_t>());
      break;
    case Value::value_t::number_float:
      out.push_back(kDouble);
      append_big_endian(out, std::bit_cast<std::uint64_t>(value.get<double>()), 8);
      break;
    case Value::value_t::string:
      append_string(out, kText, value.get_ref<const std::string&>());
      break;
    case Value::value_t::binary:
      append_string(out, kBytes, value.get_binary());
      break;
    case Value::value_t::array:
      append_head(out, kArray, value.size());
      for (const Value& item : value) append_cbor(out, item);
      break;
    case Value::value_t::object:
      append_head(out, kMap, value.size());
      for (const auto& [key, item] : value.items()) {
        append_string(out, kText, key);
        append_cbor(out, item);
      }
      break;
  }
}

std::optional<Value> read_cbor(std::span<const std::uint8_t>& bytes) {
  Reader reader(bytes);
  Value value;
  if (!reader.value(value, 0)) return std::nullopt;
  bytes = reader.rest();
  return value;
}

}  // namespace forklight::ipc
