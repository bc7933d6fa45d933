// Texts of a run, which may hold any bytes, as text that strict readers take. Private to core/store.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace forklight::store {

inline constexpr std::size_t kOutputChunk = std::size_t{64} << 10;  // bytes that are written at a time

// As a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] inline std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// UTF-8 without zeros, which many readers take for the end.
[[nodiscard]] inline std::string cleaned(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
  if (plain) return std::string(text);
  std::string clean = nlohmann::json::parse(json_string(text)).get<std::string>();
  for (std::size_t at = clean.find('\0'); at != std::string::npos; at = clean.find('\0', at)) clean.replace(at, 1, "\xef\xbf\xbd");
  return clean;
}

}  // namespace forklight::store
