// What a trace file looks like inside: the mark that tells it from other SQLite files, its tables, its limits. Private
// to core/store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/trace/kinds.h"

namespace forklight::store {

inline constexpr std::uint32_t kApplicationId = 0x464C5431;      // "FLT1", in bytes 68-71 of the file
inline constexpr std::size_t kMaxText = std::size_t{16} << 20;   // bytes of one text
inline constexpr std::int64_t kMaxTime = std::int64_t{1} << 61;  // ns: differences and sums of two stay in range
inline constexpr std::string_view kSettingPrefix = "setting.";   // of meta keys

// Names in table sample: what the kinds `memory` (in this order) and `state` say. All other kinds are rows of table event.
inline constexpr std::array<std::string_view, 4> kMemorySamples{"rss", "pss", "private", "shared"};
inline constexpr std::string_view kStateSample = "state";
inline constexpr std::string_view kCoreSample = "core";  // it was last on, counted from 0
[[nodiscard]] constexpr bool is_sample(trace::Kind kind) noexcept {
  return kind == trace::Kind::state || kind == trace::Kind::memory;
}

// The tables that a reader relies on, in the very words that the file must hold: a view or a virtual table by the same
// name could do anything.
struct Table {
  std::string_view name, sql;
};
[[nodiscard]] std::span<const Table> read_tables() noexcept;

// Read where it is there in these words. Files from before notes could be written have it in the older ones, empty, or not at all; who
// reads files and knows no notes never looks at it: one format.
[[nodiscard]] Table note_table() noexcept;
[[nodiscard]] std::string_view older_note_table() noexcept;

// What is there for people and their SQL alone.
[[nodiscard]] std::string_view other_tables() noexcept;

// As Python calls it: "Queue"; "?" for one that this version does not know.
[[nodiscard]] std::string_view class_name(trace::ObjectKind kind) noexcept;

}  // namespace forklight::store
