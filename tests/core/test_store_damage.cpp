// What is no trace file, or one no more: each gets a sentence, and nothing happens to it or to us.
#include <sys/stat.h>

#include <algorithm>
#include <random>

#include "tests/core/store_files.h"

using namespace forklight;
using namespace forklight::tests;

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
