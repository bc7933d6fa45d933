// Trace files: what comes back, and what is said of files that are none of ours, damaged, or cannot be written.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <random>

#include "core/base/error.h"
#include "core/store/store.h"
#include "core/timeline/model.h"

namespace {

namespace fs = std::filesystem;
using namespace forklight;
using store::Run;
using trace::Kind;
using trace::Record;

// A folder of its own for each test case, gone at its end.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "forklight-store-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] long files() const { return std::distance(fs::directory_iterator(path_), fs::directory_iterator()); }

 private:
  fs::path path_;
};

Run sample_run(int events = 40) {
  Run run;
  run.meta = {"exit-codes",
              {{"order", "join-first"}, {"delay", "0.5"}, {"", "odd"}},
              "0.1.0",
              "exit-codes.py",
              "print('é中')\n",
              "exit_codes.cpp",
              "int main() {}\n",
              "2026-01-02T03:04:05Z",
              "Linux 6.1 x86_64, 2 cores"};
  std::int64_t time = 5'000'000'000;
  run.records.push_back({{time, Kind::task_begin, 0, 0, 77ULL << 32 | 77, 0}, 1, "MainProcess"});
  run.records.push_back({{time += 10, Kind::start_begin, 3, 2, 1, 0}, 1, ""});
  run.records.push_back({{time += 10, Kind::task_begin, 0, 0, 78ULL << 32 | 78, 1}, 2, "Process-1"});
  for (int i = 0; i < events; ++i) {
    run.records.push_back({{time += 7, Kind::output, 9, 0, 1, 6}, 2, "line " + std::to_string(i) + "\n"});
  }
  run.records.push_back({{time += 10, Kind::block_begin, 4, 2, 0, ~0ULL}, 1, ""});
  run.records.push_back({{time += 10, Kind{4711}, 65535, UINT32_MAX, ~0ULL, 1ULL << 63}, UINT32_MAX, "of the future"});
  run.records.push_back({{time += 10, Kind::output, 0, 0, 2, 4}, 2, std::string("a\0\xff\xc3", 4)});
  run.records.push_back({{time += 10, Kind::death, 0, 2, 9, 78}, 0, ""});
  run.records.push_back({{time += 10, Kind::reap, 0, 2, 9, 78}, 1, ""});
  return run;
}

void check_same(const Run& left, const Run& right) {
  CHECK(left.meta.scenario == right.meta.scenario);
  CHECK(left.meta.settings == right.meta.settings);
  CHECK(left.meta.program_version == right.meta.program_version);
  CHECK(left.meta.python_file == right.meta.python_file);
  CHECK(left.meta.python == right.meta.python);
  CHECK(left.meta.cpp_file == right.meta.cpp_file);
  CHECK(left.meta.cpp == right.meta.cpp);
  CHECK(left.meta.recorded_at == right.meta.recorded_at);
  CHECK(left.meta.machine == right.meta.machine);
  REQUIRE(left.records.size() == right.records.size());
  for (std::size_t i = 0; i < left.records.size(); ++i) {
    const Record& a = left.records[i];
    const Record& b = right.records[i];
    const bool same = a.task == b.task && a.text == b.text && a.event.time_ns == b.event.time_ns &&
                      a.event.kind == b.event.kind && a.event.line == b.event.line &&
                      a.event.object == b.event.object && a.event.a == b.event.a && a.event.b == b.event.b;
    CHECK_MESSAGE(same, "record ", i);
  }
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// What open() says of a file; empty if it opens.
std::string refusal(const fs::path& file) {
  try {
    (void)store::open(file);
    return {};
  } catch (const base::Failure& failure) {
    return failure.what();
  }
}

std::string save_refusal(const Run& run, const fs::path& file) {
  try {
    store::save(run, file);
    return {};
  } catch (const base::Failure& failure) {
    return failure.what();
  }
}

bool says(const std::string& sentence, const std::string& part) {
  return sentence.find(part) != std::string::npos;
}

// One sentence that names the file and ends as a sentence does.
void check_sentence(const std::string& sentence, const fs::path& file, const std::string& part) {
  CAPTURE(sentence);
  CHECK(says(sentence, file.string()));
  CHECK(says(sentence, part));
  CHECK(sentence.ends_with('.'));
  CHECK_FALSE(says(sentence, "\n"));
}

// Runs SQL on a file, as somebody with the sqlite3 program would.
void tamper(const fs::path& file, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  char* message = nullptr;
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
  const std::string said = message != nullptr ? message : "";
  CAPTURE(said);
  sqlite3_free(message);
  sqlite3_close(database);
  REQUIRE(code == SQLITE_OK);
}

std::vector<std::string> query(const fs::path& file, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  std::vector<std::string> rows;
  const auto add = [](void* to, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i) {
      if (i > 0) row += '|';
      row += values[i] != nullptr ? values[i] : "NULL";
    }
    static_cast<std::vector<std::string>*>(to)->push_back(row);
    return 0;
  };
  CHECK(sqlite3_exec(database, sql.c_str(), add, &rows, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  return rows;
}

// The size that files may have, for as long as it lives; writing beyond it fails as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

TEST_CASE("store: a run comes back as it was saved, unknown kinds and odd bytes included") {
  const Folder folder;
  const Run run = sample_run();
  store::save(run, folder / "run.flt");
  check_same(store::open(folder / "run.flt"), run);
  CHECK(folder.files() == 1);
}

TEST_CASE("store: an empty run and a long text come back") {
  const Folder folder;
  store::save(Run{}, folder / "empty.flt");
  check_same(store::open(folder / "empty.flt"), Run{});
  Run run = sample_run();
  run.records[4].text.assign(3'000'000, 'x');
  store::save(run, folder / "long.flt");
  check_same(store::open(folder / "long.flt"), run);
}

TEST_CASE("store: names with spaces, question marks, percent signs and Chinese are names") {
  const Folder folder;
  for (const char* name : {"a b.flt", "what?mode=memory#1.flt", "100%41.flt", "进程.flt", "no-extension"}) {
    store::save(sample_run(), folder / name);
    check_same(store::open(folder / name), sample_run());
    CHECK(fs::exists(folder / name));
  }
  CHECK(folder.files() == 5);
}

TEST_CASE("store: a record that arrived late comes back in its place") {
  const Folder folder;
  Run run = sample_run();
  Run late = run;
  std::rotate(late.records.begin() + 3, late.records.begin() + 4, late.records.end());
  store::save(late, folder / "late.flt");
  check_same(store::open(folder / "late.flt"), run);
}

TEST_CASE("store: people can query tasks, console and named events with SQL (P-36)") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  store::save(sample_run(2), file);
  CHECK(query(file, "SELECT id, name, parent, pid, exit_code FROM task WHERE id < 9 ORDER BY id") ==
        std::vector<std::string>{"1|MainProcess|0|77|NULL", "2|Process-1|1|78|-9"});
  CHECK(query(file, "SELECT task, stream, text FROM console LIMIT 1") == std::vector<std::string>{"2|1|line 0\n"});
  CHECK(query(file, "SELECT ms, task, kind FROM events WHERE id IN (1, 2)") ==
        std::vector<std::string>{"0.0|MainProcess|task_begin", "1.0e-05|MainProcess|start_begin"});
  CHECK(query(file, "SELECT b FROM kind WHERE name = 'start_begin' OR name = 'task_begin'") ==
        std::vector<std::string>{"parent task", ""});
  CHECK(query(file, "PRAGMA integrity_check") == std::vector<std::string>{"ok"});
  CHECK(query(file, "SELECT count(*) FROM sample") == std::vector<std::string>{"0"});
}

TEST_CASE("store: opening changes nothing, beside the file neither") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  store::save(sample_run(), file);
  const std::string before = bytes_of(file);
  const auto time = fs::last_write_time(file);
  write(folder / "run.flt-journal", "a journal that is none");
  check_same(store::open(file), sample_run());
  CHECK(bytes_of(file) == before);
  CHECK(fs::last_write_time(file) == time);
  CHECK(folder.files() == 2);
}

TEST_CASE("store: an open file that was put into WAL mode is read without making files") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  store::save(sample_run(), file);
  tamper(file, "PRAGMA journal_mode=WAL");
  check_same(store::open(file), sample_run());
  CHECK(folder.files() == 1);
}

TEST_CASE("store: what is no trace file is named and said to be none") {
  const Folder folder;
  check_sentence(refusal(folder / "none.flt"), folder / "none.flt", "There is no file");
  check_sentence(refusal(folder.path()), folder.path(), "is a folder");
  write(folder / "text.flt", "import multiprocessing\n" + std::string(5000, '#'));
  check_sentence(refusal(folder / "text.flt"), folder / "text.flt", "not a Forklight trace file");
  write(folder / "empty.flt", "");
  check_sentence(refusal(folder / "empty.flt"), folder / "empty.flt", "is empty");
  tamper(folder / "foreign.flt", "CREATE TABLE event(id)");
  check_sentence(refusal(folder / "foreign.flt"), folder / "foreign.flt", "database of another program");
  REQUIRE(mkfifo((folder / "pipe.flt").c_str(), 0600) == 0);
  check_sentence(refusal(folder / "pipe.flt"), folder / "pipe.flt", "is a device or a pipe");
  check_sentence(refusal("/dev/zero"), "/dev/zero", "is a device or a pipe");
  check_sentence(refusal(folder / "text.flt/run.flt"), folder / "text.flt/run.flt", "check the name");
}

TEST_CASE("store: a file of a newer version is said to be one") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  store::save(sample_run(), file);
  tamper(file, "PRAGMA user_version=2");
  check_sentence(refusal(file), file,
                 "was written by a newer Forklight (format 2); this one reads up to 1: update Forklight");
}

TEST_CASE("store: a file that may not be read is said to be so") {
  if (geteuid() == 0) {
    MESSAGE("skipped: root may read everything");
    return;
  }
  const Folder folder;
  store::save(sample_run(), folder / "run.flt");
  fs::permissions(folder / "run.flt", fs::perms::none);
  check_sentence(refusal(folder / "run.flt"), folder / "run.flt", "may not be read (Permission denied)");
}

TEST_CASE("store: a file cut short anywhere is said to be cut short") {
  const Folder folder;
  store::save(sample_run(2000), folder / "run.flt");
  const std::string whole = bytes_of(folder / "run.flt");
  std::vector<std::size_t> lengths{
      1, 2, 15, 16, 17, 68, 99, 100, 101, 511, 512, 513, 4096, 16383, 16384, 16385, whole.size() - 1};
  for (std::size_t length = 3; length < whole.size(); length += whole.size() / 97) lengths.push_back(length);
  for (const std::size_t length : lengths) {
    CAPTURE(length);
    write(folder / "cut.flt", whole.substr(0, length));
    check_sentence(refusal(folder / "cut.flt"), folder / "cut.flt", "is cut short");
  }
}

TEST_CASE("store: bytes that changed give a run or a sentence, nothing else") {
  const Folder folder;
  store::save(sample_run(300), folder / "run.flt");
  const std::string whole = bytes_of(folder / "run.flt");
  const fs::path file = folder / "flipped.flt";
  std::mt19937 random(3);
  int refused = 0;
  for (int round = 0; round < 600; ++round) {
    std::string bytes = whole;
    const int flips = 1 + round % 8;
    for (int i = 0; i < flips; ++i) {
      // Every other flip in the first page: header, schema.
      const std::size_t range = i % 2 == 0 ? 16384 : bytes.size();
      bytes[random() % range] = static_cast<char>(random() & 0xff);
    }
    if (round % 5 == 0)
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(random() % (bytes.size() - 4096)), 4096, '\0');
    write(file, bytes);
    const std::string sentence = refusal(file);
    if (sentence.empty()) continue;
    ++refused;
    CHECK(sentence.starts_with(file.string()));
    CHECK(sentence.ends_with('.'));
  }
  CHECK(refused > 100);
}

TEST_CASE("store: values that no run can have are refused") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  for (const char* sql :
       {"UPDATE event SET time_ns = -1 WHERE id = 2", "UPDATE event SET time_ns = 9223372036854775807 WHERE id = 2",
        "UPDATE event SET time_ns = NULL WHERE id = 2", "UPDATE event SET kind = 65536 WHERE id = 3",
        "UPDATE event SET kind = 'join_end' WHERE id = 3", "UPDATE event SET task = -1 WHERE id = 3",
        "UPDATE event SET object = 4294967296 WHERE id = 3", "UPDATE event SET line = 70000 WHERE id = 3",
        "UPDATE event SET a = 1.5 WHERE id = 3", "UPDATE event SET text = x'00' WHERE id = 3",
        "UPDATE event SET text = printf('%.*c', 17000000, 'x') WHERE id = 3",
        "UPDATE event SET text = printf('%.*c', 60000000, 'x') WHERE id = 3",
        "UPDATE meta SET value = x'00' WHERE key = 'scenario'"}) {
    CAPTURE(sql);
    store::save(sample_run(), file);
    tamper(file, sql);
    check_sentence(refusal(file), file, "is damaged");
  }
}

TEST_CASE("store: tables that are not what they seem are refused before they are looked at") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  for (const char* sql :
       {"DROP TABLE event; CREATE VIEW event AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS id, 1 AS time_ns, 1 AS task, 1 AS kind, 1 AS line, 1 AS object, 1 AS a, 1 AS b, '' AS text FROM n",
        "DROP TABLE event", "DROP TABLE meta", "ALTER TABLE event ADD COLUMN more AS (length(zeroblob(1000000000)))",
        "CREATE INDEX slow ON event(hex(zeroblob(1000)))",
        "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM event; END"}) {
    CAPTURE(sql);
    store::save(sample_run(), file);
    tamper(file, sql);
    check_sentence(refusal(file), file, "its tables are not as Forklight writes them");
  }
}

TEST_CASE("store: rows that read well but lie in the wrong order are found by the check of the pages") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  store::save(sample_run(), file);
  const auto page = std::stoul(query(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'event'").at(0));
  std::string bytes = bytes_of(file);
  const std::size_t cells =
      (page - 1) * 16384 + 8;  // behind the head of a leaf page: two bytes for the place of each row
  REQUIRE(bytes[cells - 8] == 0x0d);
  std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(cells),
                   bytes.begin() + static_cast<std::ptrdiff_t>(cells + 2),
                   bytes.begin() + static_cast<std::ptrdiff_t>(cells + 2));
  write(file, bytes);
  check_sentence(refusal(file), file, "its pages do not fit together");
}

TEST_CASE("store: a made-up row number does not ask for memory") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  store::save(sample_run(), file);
  tamper(file, "UPDATE event SET id = 9223372036854775807 WHERE id = (SELECT max(id) FROM event)");
  check_same(store::open(file), sample_run());
}

TEST_CASE("store: saving replaces a file, through a link as well") {
  const Folder folder;
  store::save(sample_run(1), folder / "run.flt");
  store::save(sample_run(2), folder / "run.flt");
  check_same(store::open(folder / "run.flt"), sample_run(2));
  fs::create_symlink("run.flt", folder / "link.flt");
  store::save(sample_run(3), folder / "link.flt");
  CHECK(fs::is_symlink(folder / "link.flt"));
  check_same(store::open(folder / "run.flt"), sample_run(3));
  CHECK(folder.files() == 2);
}

TEST_CASE("store: a place that cannot be written to is named with the reason") {
  const Folder folder;
  const Run run = sample_run();
  check_sentence(save_refusal(run, folder / "no/run.flt"), folder / "no", "There is no folder");
  check_sentence(save_refusal(run, folder.path()), folder.path(), "is a folder");
  check_sentence(save_refusal(run, "/proc/forklight.flt"), "/proc/forklight.flt", "could not be written");
  check_sentence(save_refusal(run, "/dev/null"), "/dev/null", "is a device or a pipe");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_FALSE(save_refusal(run, "").empty());
  if (geteuid() != 0) {
    store::save(run, folder / "kept.flt");
    fs::permissions(folder / "kept.flt", fs::perms::owner_read);
    check_sentence(save_refusal(run, folder / "kept.flt"), folder / "kept.flt",
                   "may not be changed (Permission denied)");
    fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
    check_sentence(save_refusal(run, folder / "new.flt"), folder / "new.flt", "Permission denied");
    fs::permissions(folder.path(), fs::perms::owner_all);
  }
}

TEST_CASE("store: a save that fails half-way leaves the old file and nothing else") {
  const Folder folder;
  const fs::path file = folder / "run.flt";
  store::save(sample_run(1), file);
  const std::string before = bytes_of(file);
  {
    const FileSizeLimit limit(100'000);
    check_sentence(save_refusal(sample_run(100'000), file), file, "save it in another folder");
  }
  CHECK(bytes_of(file) == before);
  CHECK(folder.files() == 1);
}

TEST_CASE("store: a run that could not be read again is not saved") {
  const Folder folder;
  Run run = sample_run();
  run.records[4].text.assign((16U << 20) + 1, 'x');
  CHECK(says(save_refusal(run, folder / "run.flt"), "longer than 16 MB"));
  run = sample_run();
  run.records[4].event.time_ns = -1;
  CHECK_FALSE(save_refusal(run, folder / "run.flt").empty());
  CHECK(folder.files() == 0);
}

TEST_CASE("store: a hundred thousand events go through the model as they did before they were saved") {
  const Folder folder;
  const Run run = sample_run(100'000);
  store::save(run, folder / "run.flt");
  const Run back = store::open(folder / "run.flt");
  timeline::Model before, after;
  before.append(run.records);
  after.append(back.records);
  CHECK(before.event_count() == after.event_count());
  CHECK(before.console().size() == after.console().size());
  CHECK(after.find(2)->exit_code() == -SIGKILL);
  CHECK(before.end_ns() == after.end_ns());
}
