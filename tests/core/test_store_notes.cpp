// Notes in trace files: they come back, older files have none, and what is none of ours is refused.
#include "tests/core/store_files.h"

using namespace forklight;
using namespace forklight::tests;

namespace {

Run run_with_notes() {
  Run run = sample_run();
  const std::int64_t begin = run.records.front().event.time_ns;
  run.notes = {{begin + 5, begin + 5, 1, "Here it waits"}, {begin + 20, begin + 90, 0, "等了这么久"}, {begin + 30, begin + 30, 2, ""}};
  return run;
}

void change(const fs::path& file, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  char* message = nullptr;
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
  CHECK_MESSAGE(code == SQLITE_OK, message);
  sqlite3_free(message);
  sqlite3_close(database);
}

}  // namespace

TEST_CASE("store: notes come back with their run, stretches and bookmarks too") {
  const Folder folder;
  const Run run = run_with_notes();
  store::save(run, folder / "run.flt");
  const Run again = store::open(folder / "run.flt");
  check_same(again, run);
  CHECK(again.notes == run.notes);
}

TEST_CASE("store: a file with the older table of notes, or with none, opens without any") {
  const Folder folder;
  store::save(run_with_notes(), folder / "older.flt");
  change(folder / "older.flt", "DROP TABLE note; CREATE TABLE note(time_ns INTEGER, task INTEGER, text TEXT)");
  CHECK(store::open(folder / "older.flt").notes.empty());
  store::save(run_with_notes(), folder / "none.flt");
  change(folder / "none.flt", "DROP TABLE note");
  const Run none = store::open(folder / "none.flt");
  CHECK(none.notes.empty());
  check_same(none, sample_run());
}

TEST_CASE("store: notes that are not as they are written are refused, before they are read") {
  const Folder folder;
  for (const char* sql : {"DROP TABLE note; CREATE VIEW note AS SELECT 1 AS time_ns, 2 AS end_ns, 3 AS task, 'x' AS text",
                          "CREATE TRIGGER more AFTER INSERT ON note BEGIN DELETE FROM event; END", "UPDATE note SET end_ns = time_ns - 1",
                          "UPDATE note SET time_ns = -1", "UPDATE note SET text = x'00'", "UPDATE note SET task = 'MainProcess'"}) {
    CAPTURE(sql);
    store::save(run_with_notes(), folder / "run.flt");
    change(folder / "run.flt", sql);
    CHECK_THROWS_AS((void)store::open(folder / "run.flt"), base::Failure);
  }
}

TEST_CASE("store: a note that ends before it begins is not saved") {
  const Folder folder;
  Run run = run_with_notes();
  run.notes[0].end_ns = run.notes[0].time_ns - 1;
  CHECK_THROWS_AS(store::save(run, folder / "run.flt"), base::Failure);
  CHECK(folder.files() == 0);
}
