// Trace files: NAME.flt, an SQLite database that anybody can query (tables meta, kind, task, object, event, console,
// sample, note).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/trace/event.h"

namespace forklight::store {

inline constexpr int kFormatVersion = 1;

// What a run is besides its events: all that another machine needs to show it.
struct Meta {
  std::string scenario;                         // id
  std::map<std::string, std::string> settings;  // parameter → value
  std::string program_version;                  // Forklight's
  std::string python_file, python;              // the twin as it was
  std::string cpp_file, cpp;
  std::string recorded_at;  // UTC, ISO 8601
  std::string machine;      // kernel and cores: "Linux 6.1 x86_64, 2 cores"
  std::string predictions = {};  // what was predicted of it, as JSON; "" = nobody was asked
  std::string view = {};  // what was in sight when it was saved, as JSON; "" = all of it
  std::string python_version = {};  // that the lesson behaved as: "3.11"; "" in files of before
};

// What a person wrote on a run: at a moment of it, or along a stretch.
struct Note {
  std::int64_t time_ns = 0, end_ns = 0;  // the same where it is about a moment
  trace::TaskId task = 0;                // or the object that it stands at, 0 = the run
  std::string text;                      // UTF-8

  [[nodiscard]] bool is_stretch() const noexcept { return end_ns > time_ns; }
  bool operator==(const Note&) const = default;
};

struct Run {
  Meta meta;
  std::vector<trace::Record> records;  // in run order
  std::vector<Note> notes = {};        // by time
};

// Writes a run: to a temporary name beside `file`, then renamed over it; an existing file is replaced whole or not at
// all. Throws base::Failure with one sentence (no permission, disk full, no such directory); nothing half-written
// stays.
void save(const Run& run, const std::filesystem::path& file);

// Reads a run; the file is opened read-only and never changed. Throws base::Failure with one sentence when it is
// missing, unreadable, no trace file, damaged, or of a newer version.
[[nodiscard]] Run open(const std::filesystem::path& file);

}  // namespace forklight::store
