#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <new>

#include "core/base/error.h"
#include "core/store/database.h"
#include "core/store/format.h"
#include "core/store/store.h"

namespace forklight::store {

namespace fs = std::filesystem;
using base::Failure;

namespace {

// Something in the file is not as save() would have written it. Turned into the sentence on damaged files.
struct Damage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The first bytes of every SQLite file (https://www.sqlite.org/fileformat.html), looked at before SQLite is let at it.
class Header {
 public:
  explicit Header(const fs::path& file) {
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in)
      throw Failure(
          fmt::format("{} may not be read ({}): ask its owner for a copy.", file.string(), base::error_text(errno)));
    in.read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
    size_ = static_cast<std::size_t>(in.gcount());
  }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool whole() const noexcept { return size_ == bytes_.size(); }
  // True as well of a beginning that was cut off before the end of the mark.
  [[nodiscard]] bool is_sqlite() const noexcept {
    return std::equal(kMark.begin(), kMark.begin() + std::min(kMark.size(), size_), bytes_.begin());
  }
  [[nodiscard]] std::uint32_t application_id() const noexcept { return number(68, 4); }
  [[nodiscard]] std::uint32_t user_version() const noexcept { return number(60, 4); }
  [[nodiscard]] std::uint64_t file_size() const noexcept {
    const std::uint32_t page = number(16, 2);
    return std::uint64_t{page == 1 ? 65536 : page} * number(28, 4);
  }

 private:
  static constexpr std::string_view kMark{"SQLite format 3\0", 16};

  [[nodiscard]] std::uint32_t number(std::size_t offset, std::size_t length) const noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < length; ++i) value = value << 8 | static_cast<unsigned char>(bytes_[offset + i]);
    return value;
  }

  std::array<char, 100> bytes_{};
  std::size_t size_ = 0;
};

// Tells whose file it is. Returns its size.
std::uint64_t check_file(const fs::path& file) {
  const std::string name = file.string();
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found)
    throw Failure(fmt::format("There is no file {}: check the name.", name));
  if (status.type() == fs::file_type::none)
    throw Failure(fmt::format("{} cannot be reached ({}): check the name.", name, error.message()));
  if (fs::is_directory(status)) throw Failure(fmt::format("{} is a folder: choose a trace file (.flt) in it.", name));
  // A pipe would keep us waiting, a device might never end.
  if (!fs::is_regular_file(status))
    throw Failure(fmt::format("{} is a device or a pipe: choose a trace file (.flt).", name));

  const Header header(file);
  if (header.empty())
    throw Failure(fmt::format("{} is empty: it was never saved completely; save the run again.", name));
  if (!header.is_sqlite())
    throw Failure(fmt::format("{} is not a Forklight trace file: choose a file saved by Forklight (.flt).", name));
  const std::uint64_t size = fs::file_size(file);
  const auto cut_short = [&] {
    return Failure(fmt::format("{} is cut short ({} bytes are there): copy or save it again.", name, size));
  };
  if (!header.whole()) throw cut_short();
  if (header.application_id() != kApplicationId) {
    throw Failure(fmt::format("{} is a database of another program: choose a file saved by Forklight (.flt).", name));
  }
  if (header.user_version() > static_cast<std::uint32_t>(kFormatVersion)) {
    throw Failure(
        fmt::format("{} was written by a newer Forklight (format {}); this one reads up to {}: update Forklight.", name,
                    header.user_version(), kFormatVersion));
  }
  if (size < header.file_size()) throw cut_short();
  return size;
}

// The schema first: it is text that others may have written, and what hangs on a table (a CHECK, an index over an
// expression) would run as soon as the table is looked at.
void check_database(const Database& database) {
  Statement extras(
      database,
      "SELECT count(*) FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name COLLATE NOCASE IN ('meta', 'event', 'sample')");
  bool as_written = extras.next() && extras.integer(0) == static_cast<std::int64_t>(read_tables().size());
  for (const Table& table : read_tables()) {
    Statement schema(database, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?");
    schema.bind(1, table.name);
    as_written = as_written && schema.next() && schema.text(0) == table.sql;
  }
  if (!as_written) throw Damage("its tables are not as Forklight writes them");
  for (const Table& table : read_tables()) {
    Statement check(database, fmt::format("PRAGMA quick_check({})", table.name));
    if (!check.next() || check.text(0) != "ok") throw Damage("its pages do not fit together");
  }
}

// Whether there are notes to read. Nothing may hang on their table either.
bool has_notes(const Database& database) {
  Statement schema(database, "SELECT type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name COLLATE NOCASE IN ('note')");
  if (!schema.next()) return false;
  const bool is_table = schema.text(0) == "table", ours = schema.text(1) == note_table().sql, older = schema.text(1) == older_note_table();
  if (!is_table || (!ours && !older) || schema.next()) throw Damage("its notes are not as Forklight writes them");
  if (older) return false;
  Statement check(database, "PRAGMA quick_check(note)");
  if (!check.next() || check.text(0) != "ok") throw Damage("its pages do not fit together");
  return true;
}

std::string checked_text(const Statement& row, int column) {
  const int type = row.type(column);
  if (type == SQLITE_NULL) return {};
  if (type != SQLITE_TEXT) throw Damage("a text is none");
  const std::string_view text = row.text(column);
  if (text.size() > kMaxText) throw Damage("a text is longer than 16 MB");
  return std::string(text);
}

std::int64_t checked_integer(const Statement& row, int column, std::int64_t minimum, std::int64_t maximum) {
  if (row.type(column) != SQLITE_INTEGER) throw Damage("a number is missing");
  const std::int64_t value = row.integer(column);
  if (value < minimum || value > maximum) throw Damage("a number is out of range");
  return value;
}

std::uint64_t checked_bits(const Statement& row, int column) {
  return static_cast<std::uint64_t>(checked_integer(row, column, INT64_MIN, INT64_MAX));
}

Meta read_meta(const Database& database) {
  Meta meta;
  const std::map<std::string_view, std::string*> places{
      {"scenario", &meta.scenario},       {"program_version", &meta.program_version},
      {"python_file", &meta.python_file}, {"python", &meta.python},
      {"cpp_file", &meta.cpp_file},       {"cpp", &meta.cpp},
      {"recorded_at", &meta.recorded_at}, {"machine", &meta.machine},
      {"python_version", &meta.python_version},
      {"predictions", &meta.predictions}, {"view", &meta.view}};
  Statement rows(database, "SELECT key, value FROM meta");
  while (rows.next()) {
    const std::string key = checked_text(rows, 0);
    if (const auto place = places.find(key); place != places.end()) {
      *place->second = checked_text(rows, 1);
    } else if (key.starts_with(kSettingPrefix)) {
      meta.settings[key.substr(kSettingPrefix.size())] = checked_text(rows, 1);
    }
  }
  return meta;
}

// The rows of one moment and one task make one record of its memory; they stand together, "rss" first.
void read_samples(const Database& database, std::vector<trace::Record>& records) {
  Statement rows(database, "SELECT time_ns, task, name, CAST(value AS INTEGER) FROM sample ORDER BY rowid");
  while (rows.next()) {
    const std::int64_t time_ns = checked_integer(rows, 0, 0, kMaxTime);
    const auto task = static_cast<trace::TaskId>(checked_integer(rows, 1, 0, UINT32_MAX));
    const std::string name = checked_text(rows, 2);
    const auto value = static_cast<std::uint64_t>(checked_integer(rows, 3, 0, std::int64_t{UINT32_MAX} * 1024));
    if (name == kStateSample) {
      records.push_back({{time_ns, trace::Kind::state, 0, 0, value & 0xff, 0}, task, {}});
      continue;
    }
    if (name == kCoreSample) {
      trace::Record* const state = records.empty() ? nullptr : &records.back();
      const bool known = state != nullptr && state->event.kind == trace::Kind::state && state->task == task && state->event.time_ns == time_ns;
      if (!known || value > INT16_MAX) throw Damage("a sample stands alone");
      state->event.b = value + 1;
      continue;
    }
    const auto figure = std::find(kMemorySamples.begin(), kMemorySamples.end(), name) - kMemorySamples.begin();
    if (figure == static_cast<std::ptrdiff_t>(kMemorySamples.size())) continue;  // of a later Forklight
    if (figure == 0) records.push_back({{time_ns, trace::Kind::memory, 0, 0, 0, 0}, task, {}});
    trace::Record* const last = records.empty() ? nullptr : &records.back();
    if (last == nullptr || last->event.kind != trace::Kind::memory || last->task != task || last->event.time_ns != time_ns) {
      throw Damage("a sample stands alone");
    }
    std::uint64_t& where = figure < 2 ? last->event.a : last->event.b;
    where |= value / 1024 << (figure % 2 == 0 ? 32 : 0);
  }
}

std::vector<trace::Record> read_events(const Database& database, std::uint64_t file_size) {
  std::vector<trace::Record> records;
  {
    // A hint only: a row takes ten bytes at least, so a made-up id does not make us ask for memory without end.
    Statement last(database, "SELECT max(id) FROM event");
    const std::int64_t count = last.next() ? last.integer(0) : 0;
    if (count > 0) records.reserve(std::min(static_cast<std::uint64_t>(count), file_size / 10));
  }
  Statement rows(database, "SELECT time_ns, task, kind, line, object, a, b, text FROM event ORDER BY id");
  while (rows.next()) {
    trace::Record& record = records.emplace_back();
    trace::Event& event = record.event;
    event.time_ns = checked_integer(rows, 0, 0, kMaxTime);
    record.task = static_cast<trace::TaskId>(checked_integer(rows, 1, 0, UINT32_MAX));
    event.kind = static_cast<trace::Kind>(checked_integer(rows, 2, 0, UINT16_MAX));
    event.line = static_cast<std::uint16_t>(checked_integer(rows, 3, 0, UINT16_MAX));
    event.object = static_cast<std::uint32_t>(checked_integer(rows, 4, 0, UINT32_MAX));
    event.a = checked_bits(rows, 5);
    event.b = checked_bits(rows, 6);
    if (rows.type(7) != SQLITE_NULL) record.text = checked_text(rows, 7);
  }
  read_samples(database, records);
  // Rows are in the order in which a live run's events arrived; a late one finds its place here.
  const auto by_time = [](const trace::Record& left, const trace::Record& right) {
    return left.event.time_ns < right.event.time_ns;
  };
  if (!std::is_sorted(records.begin(), records.end(), by_time)) {
    std::stable_sort(records.begin(), records.end(), by_time);
  }
  return records;
}

std::vector<Note> read_notes(const Database& database) {
  std::vector<Note> notes;
  if (!has_notes(database)) return notes;
  Statement rows(database, "SELECT time_ns, end_ns, task, text FROM note ORDER BY time_ns, rowid");
  while (rows.next()) {
    Note& note = notes.emplace_back();
    note.time_ns = checked_integer(rows, 0, 0, kMaxTime);
    note.end_ns = checked_integer(rows, 1, note.time_ns, kMaxTime);
    note.task = static_cast<trace::TaskId>(checked_integer(rows, 2, 0, UINT32_MAX));
    note.text = checked_text(rows, 3);
  }
  return notes;
}

}  // namespace

Run open(const fs::path& file) {
  try {
    const std::uint64_t size = check_file(file);
    Database database(file, Database::Mode::read);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_limit(database.handle(), SQLITE_LIMIT_LENGTH, static_cast<int>(2 * kMaxText));
    check_database(database);
    Run run;
    run.meta = read_meta(database);
    run.records = read_events(database, size);
    run.notes = read_notes(database);
    return run;
  } catch (const Damage& damage) {
    throw Failure(fmt::format("{} is damaged ({}): use another copy of it.", file.string(), damage.what()));
  } catch (const SqlError& error) {
    throw Failure(fmt::format("{} is damaged ({}): use another copy of it.", file.string(), error.what()));
  } catch (const fs::filesystem_error& error) {
    throw Failure(fmt::format("{} cannot be read ({}): check the disk.", file.string(), error.code().message()));
  } catch (const std::bad_alloc&) {
    throw Failure(fmt::format("{} is too large for this machine's memory: open it on a larger one.", file.string()));
  }
}

}  // namespace forklight::store
