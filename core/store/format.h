// What a trace file looks like inside: the mark that tells it from other SQLite files, its tables, its limits. Private
// to core/store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace forklight::store {

inline constexpr std::uint32_t kApplicationId = 0x464C5431;      // "FLT1", in bytes 68-71 of the file
inline constexpr std::size_t kMaxText = std::size_t{16} << 20;   // bytes of one text
inline constexpr std::int64_t kMaxTime = std::int64_t{1} << 61;  // ns: differences and sums of two stay in range
inline constexpr std::string_view kSettingPrefix = "setting.";   // of meta keys

// The tables that a reader relies on, in the very words that the file must hold: a view or a virtual table by the same
// name could do anything.
struct Table {
  std::string_view name, sql;
};
[[nodiscard]] std::span<const Table> read_tables() noexcept;

// What is there for people and their SQL alone.
[[nodiscard]] std::string_view other_tables() noexcept;

}  // namespace forklight::store
