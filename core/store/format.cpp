#include "core/store/format.h"

#include <array>

namespace forklight::store {

// One statement each, exactly as SQLite keeps it in sqlite_schema. Changing a character makes a new format: raise
// kFormatVersion. No NOT NULL here: quick_check would visit every row for it, and open() looks at every value anyway.
std::span<const Table> read_tables() noexcept {
  static constexpr std::array<Table, 3> kTables{{
      {"meta", "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT)"},
      {"event",
       "CREATE TABLE event(id INTEGER PRIMARY KEY, time_ns INTEGER, task INTEGER, kind INTEGER, line INTEGER, "
       "object INTEGER, a INTEGER, b INTEGER, text TEXT)"},
      {"sample", "CREATE TABLE sample(time_ns INTEGER, task INTEGER, name TEXT, value REAL)"},
  }};
  return kTables;
}

Table note_table() noexcept {
  return {"note", "CREATE TABLE note(time_ns INTEGER, end_ns INTEGER, task INTEGER, text TEXT)"};
}

std::string_view older_note_table() noexcept {
  return "CREATE TABLE note(time_ns INTEGER, task INTEGER, text TEXT)";
}

std::string_view other_tables() noexcept {
  return R"sql(
    CREATE TABLE kind(value INTEGER PRIMARY KEY, name TEXT, object TEXT, a TEXT, b TEXT);
    CREATE TABLE task(id INTEGER PRIMARY KEY, name TEXT, parent INTEGER, process INTEGER, pid INTEGER, tid INTEGER,
                      born_ns INTEGER, death_ns INTEGER, reaped_ns INTEGER, exit_code INTEGER);
    CREATE TABLE object(id INTEGER PRIMARY KEY, type TEXT, name TEXT, owner INTEGER, size INTEGER, creator INTEGER,
                        born_ns INTEGER);
    CREATE TABLE console(time_ns INTEGER, task INTEGER, stream INTEGER, text TEXT);
    CREATE VIEW events AS
      SELECT event.id,
             (event.time_ns - (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'begin_ns')) / 1e6 AS ms,
             CASE event.task WHEN 0 THEN 'supervisor' ELSE coalesce(task.name, 'task ' || event.task) END AS task,
             coalesce(kind.name, 'kind ' || event.kind) AS kind,
             event.line, event.object, object.name AS object_name, event.a, event.b, event.text
        FROM event LEFT JOIN task ON task.id = event.task LEFT JOIN kind ON kind.value = event.kind
             LEFT JOIN object ON object.id = event.object;
  )sql";
}

std::string_view class_name(trace::ObjectKind kind) noexcept {
  using enum trace::ObjectKind;
  switch (kind) {
    case pipe:
      return "Pipe";
    case queue:
      return "Queue";
    case simple_queue:
      return "SimpleQueue";
    case joinable_queue:
      return "JoinableQueue";
    case lock:
      return "Lock";
    case rlock:
      return "RLock";
    case semaphore:
      return "Semaphore";
    case bounded_semaphore:
      return "BoundedSemaphore";
    case condition:
      return "Condition";
    case event:
      return "Event";
    case barrier:
      return "Barrier";
    case value:
      return "Value";
    case array:
      return "Array";
    case gil:
      return "GIL";
    case pool:
      return "Pool";
    case executor:
      return "ProcessPoolExecutor";
  }
  return "?";
}

}  // namespace forklight::store
