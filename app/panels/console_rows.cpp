#include "app/panels/console_rows.h"

#include <fmt/format.h>

namespace forklight::app::panels {
namespace {

// Length of the UTF-8 character at the start of the bytes, 0 if there is none: overlong forms and surrogates are none.
std::size_t utf8_length(std::string_view bytes) {
  const auto at = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = at(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : (lead & 0xf0u) == 0xe0      ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > bytes.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((at(i) & 0xc0u) != 0x80) return 0;
  if (lead == 0xe0 && at(1) < 0xa0) return 0;
  if (lead == 0xed && at(1) > 0x9f) return 0;
  if (lead == 0xf0 && at(1) < 0x90) return 0;
  if (lead == 0xf4 && at(1) > 0x8f) return 0;
  return length;
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    std::size_t length = utf8_length(bytes);
    if (byte == '\t') {
      text += "    ";
    } else if (byte == '\r') {
      // part of a line's end, or a return to its begin: nothing to see
    } else if (length == 0 || byte < 0x20 || byte == 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
      length = 1;
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text;
}

void ConsoleRows::update(const timeline::Model& model) {
  const auto& writes = model.console();
  const bool goes_on = writes.size() >= taken_ && (taken_ == 0 || writes[taken_ - 1].time_ns == last_time_ns_);
  if (!goes_on) {
    rows_.clear();
    taken_ = 0;
    open_ = false;
  }
  grew_ = taken_ < writes.size();
  for (; taken_ < writes.size(); ++taken_) {
    add(writes[taken_]);
    last_time_ns_ = writes[taken_].time_ns;
  }
}

void ConsoleRows::add(const timeline::ConsoleLine& write) {
  std::string_view rest = write.text;
  bool first = true;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string text = printable(rest.substr(0, end));
    const bool whole = end != std::string_view::npos;
    // print(…, end="") and what follows it are one line, if nobody else wrote in between.
    const bool goes_on =
        open_ && !rows_.empty() && rows_.back().task == write.task && rows_.back().stream == write.stream;
    if (goes_on)
      rows_.back().text += text;
    else
      rows_.push_back({write.time_ns, write.task, write.stream, first, text});
    first = false;
    open_ = !whole;
    rest.remove_prefix(whole ? end + 1 : rest.size());
  }
}

}  // namespace forklight::app::panels
