#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <limits>

#include "core/base/error.h"
#include "core/store/database.h"
#include "core/store/format.h"
#include "core/store/output_file.h"
#include "core/store/store.h"
#include "core/timeline/model.h"

namespace forklight::store {

namespace fs = std::filesystem;
using base::Failure;

namespace {

// SQLite's integers are signed: a and b keep their 64 bits.
std::int64_t stored(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value);
}

void bind_time(Statement& insert, int parameter, std::int64_t time_ns) {
  if (time_ns == timeline::kOpen) {
    insert.bind_null(parameter);
  } else {
    insert.bind(parameter, time_ns);
  }
}

void write_meta(Database& database, const Run& run) {
  Statement insert(database, "INSERT INTO meta VALUES(?, ?)");
  const auto write = [&](std::string_view key, std::string_view value) {
    if (value.size() > kMaxText) throw Failure(fmt::format("The {} of this run is too long to be saved.", key));
    insert.bind(1, key);
    insert.bind(2, value);
    insert.run();
  };
  const Meta& meta = run.meta;
  write("scenario", meta.scenario);
  write("program_version", meta.program_version);
  write("python_file", meta.python_file);
  write("python", meta.python);
  write("cpp_file", meta.cpp_file);
  write("cpp", meta.cpp);
  write("recorded_at", meta.recorded_at);
  write("machine", meta.machine);
  if (!meta.python_version.empty()) write("python_version", meta.python_version);
  if (!meta.predictions.empty()) write("predictions", meta.predictions);
  if (!meta.view.empty()) write("view", meta.view);
  for (const auto& [name, value] : meta.settings) write(std::string(kSettingPrefix) + name, value);

  std::int64_t begin_ns = run.records.empty() ? 0 : std::numeric_limits<std::int64_t>::max();
  for (const trace::Record& record : run.records) begin_ns = std::min(begin_ns, record.event.time_ns);
  write("begin_ns", std::to_string(begin_ns));
}

void write_kinds(Database& database) {
  Statement insert(database, "INSERT INTO kind VALUES(?, ?, ?, ?, ?)");
  const auto write = [&](std::int64_t value, std::string_view name, std::string_view object, std::string_view a,
                         std::string_view b) {
    insert.bind(1, value);
    insert.bind(2, name);
    insert.bind(3, object);
    insert.bind(4, a);
    insert.bind(5, b);
    insert.run();
  };
#define X(value, name, object, a, b) write(value, #name, object, a, b);
  FORKLIGHT_EVENT_KINDS(X)
#undef X
}

void write_events(Database& database, std::span<const trace::Record> records) {
  Statement insert(database, "INSERT INTO event VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const trace::Record& record : records) {
    const trace::Event& event = record.event;
    if (is_sample(event.kind)) continue;
    if (record.text.size() > kMaxText) throw Failure("A text of this run is longer than 16 MB and cannot be saved.");
    if (event.time_ns < 0 || event.time_ns > kMaxTime) throw Failure("An event of this run has no valid time.");
    insert.bind(1, event.time_ns);
    insert.bind(2, std::int64_t{record.task});
    insert.bind(3, static_cast<std::int64_t>(event.kind));
    insert.bind(4, std::int64_t{event.line});
    insert.bind(5, std::int64_t{event.object});
    insert.bind(6, stored(event.a));
    insert.bind(7, stored(event.b));
    if (record.text.empty()) {
      insert.bind_null(8);
    } else {
      insert.bind(8, record.text);
    }
    insert.run();
  }
}

// One row a figure, in bytes; a state by the code of its letter, and the core, where it is known, in the next row.
void write_samples(Database& database, std::span<const trace::Record> records) {
  Statement insert(database, "INSERT INTO sample VALUES(?, ?, ?, ?)");
  for (const trace::Record& record : records) {
    const trace::Event& event = record.event;
    if (!is_sample(event.kind)) continue;
    if (event.time_ns < 0 || event.time_ns > kMaxTime) throw Failure("A sample of this run has no valid time.");
    const auto write = [&](std::string_view name, std::uint64_t value) {
      insert.bind(1, event.time_ns);
      insert.bind(2, std::int64_t{record.task});
      insert.bind(3, name);
      insert.bind(4, static_cast<std::int64_t>(value));
      insert.run();
    };
    if (event.kind == trace::Kind::state) {
      write(kStateSample, event.a & 0xff);
      if (event.b != 0) write(kCoreSample, event.b - 1);
      continue;
    }
    const std::array<std::uint64_t, kMemorySamples.size()> kib{event.a >> 32, event.a & 0xffffffffU, event.b >> 32,
                                                               event.b & 0xffffffffU};
    for (std::size_t i = 0; i < kib.size(); ++i) write(kMemorySamples[i], kib[i] * 1024);
  }
}

// The kinds that say who lived, what was shared and what was printed: the model need not see the others to fill task,
// object and console.
bool is_for_people(trace::Kind kind) noexcept {
  using trace::Kind;
  return kind == Kind::task_begin || kind == Kind::start_begin || kind == Kind::born || kind == Kind::death ||
         kind == Kind::reap || kind == Kind::exit || kind == Kind::output || kind == Kind::object_new;
}

void write_derived(Database& database, std::span<const trace::Record> records) {
  timeline::Model model;
  for (const trace::Record& record : records) {
    if (is_for_people(record.event.kind)) model.append({&record, 1});
  }
  Statement task_insert(database, "INSERT INTO task VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const timeline::Task& task : model.tasks()) {
    task_insert.bind(1, std::int64_t{task.id});
    task_insert.bind(2, task.name);
    task_insert.bind(3, std::int64_t{task.parent});
    task_insert.bind(4, std::int64_t{task.process});
    task_insert.bind(5, std::int64_t{task.pid});
    task_insert.bind(6, std::int64_t{task.tid});
    task_insert.bind(7, task.born_ns);
    bind_time(task_insert, 8, task.death_ns);
    bind_time(task_insert, 9, task.reaped_ns);
    if (const std::optional<int> code = task.exit_code()) {
      task_insert.bind(10, std::int64_t{*code});
    } else {
      task_insert.bind_null(10);
    }
    task_insert.run();
  }
  Statement object_insert(database, "INSERT INTO object VALUES(?, ?, ?, ?, ?, ?, ?)");
  for (const timeline::Object& object : model.objects()) {
    object_insert.bind(1, std::int64_t{object.id});
    object_insert.bind(2, class_name(object.kind));
    object_insert.bind(3, object.name);
    object_insert.bind(4, std::int64_t{object.owner});
    object_insert.bind(5, std::int64_t{object.size});
    object_insert.bind(6, std::int64_t{object.creator});
    object_insert.bind(7, object.born_ns);
    object_insert.run();
  }
  Statement console_insert(database, "INSERT INTO console VALUES(?, ?, ?, ?)");
  for (const timeline::ConsoleLine& line : model.console()) {
    console_insert.bind(1, line.time_ns);
    console_insert.bind(2, std::int64_t{line.task});
    console_insert.bind(3, std::int64_t{line.stream});
    console_insert.bind(4, line.text);
    console_insert.run();
  }
}

void write_notes(Database& database, std::span<const Note> notes) {
  Statement insert(database, "INSERT INTO note VALUES(?, ?, ?, ?)");
  for (const Note& note : notes) {
    if (note.text.size() > kMaxText) throw Failure("A note on this run is longer than 16 MB and cannot be saved.");
    if (note.time_ns < 0 || note.end_ns < note.time_ns || note.end_ns > kMaxTime) throw Failure("A note on this run has no valid time.");
    insert.bind(1, note.time_ns);
    insert.bind(2, note.end_ns);
    insert.bind(3, std::int64_t{note.task});
    insert.bind(4, note.text);
    insert.run();
  }
}

void write_database(const Run& run, const fs::path& file) {
  Database database(file, Database::Mode::create);
  // The file is nobody's before it is renamed, so it needs no journal; the commit still waits until the disk has it
  // all.
  database.execute(fmt::format(
      "PRAGMA page_size=16384; PRAGMA journal_mode=OFF; PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE;"
      "PRAGMA application_id={}; PRAGMA user_version={}; BEGIN",
      kApplicationId, kFormatVersion));
  for (const Table& table : read_tables()) database.execute(std::string(table.sql));
  database.execute(std::string(note_table().sql));
  database.execute(std::string(other_tables()));
  write_meta(database, run);
  write_kinds(database);
  write_events(database, run.records);
  write_samples(database, run.records);
  write_derived(database, run.records);
  write_notes(database, run.notes);
  database.execute("COMMIT");
}

std::string refusal(const fs::path& file, const SqlError& error) {
  const bool full = error.code == SQLITE_FULL || error.system_error == ENOSPC;
  if (full) return fmt::format("The disk is too full to save {}: make room, or save elsewhere.", file.string());
  return fmt::format("{} could not be written ({}): save it in another folder.", file.string(),
                     error.system_error != 0 ? base::error_text(error.system_error) : error.what());
}

}  // namespace

void save(const Run& run, const fs::path& file) {
  try {
    TemporaryFile temporary(file);
    write_database(run, temporary.path());
    temporary.take_place();
  } catch (const SqlError& error) {
    throw Failure(refusal(file, error));
  } catch (const fs::filesystem_error& error) {
    throw Failure(
        fmt::format("{} could not be replaced ({}): save under another name.", file.string(), error.code().message()));
  } catch (const std::bad_alloc&) {
    throw Failure(fmt::format("There is not enough memory to save {}: close other programs.", file.string()));
  }
}

}  // namespace forklight::store
