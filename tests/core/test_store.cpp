// Trace files: what comes back, and what is said of files that are none of ours, damaged, or cannot be written.
#include <sys/stat.h>

#include <algorithm>

#include "core/timeline/model.h"
#include "tests/core/store_files.h"

using namespace forklight;
using namespace forklight::tests;

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

TEST_CASE("store: people can ask with SQL which objects were shared, and whose threads there were") {
  const Folder folder;
  constexpr std::uint32_t kQueue = trace::kFirstObject;
  Run run = sample_run(0);
  const std::int64_t time = run.records.back().event.time_ns;
  const auto kind = [](trace::ObjectKind one) { return static_cast<std::uint64_t>(one); };
  run.records.push_back({{time, Kind::object_new, 0, kQueue, kind(trace::ObjectKind::queue), 3}, 1, "Queue-1"});
  run.records.push_back(
      {{time, Kind::object_new, 0, kQueue + 1, kind(trace::ObjectKind::lock), std::uint64_t{kQueue} << 32 | 1},
       1,
       "reader lock"});
  run.records.push_back({{time, Kind::object_new, 0, kQueue + 2, 999, 0}, 1, "of the future"});
  run.records.push_back({{time + 5, Kind::task_begin, 0, 0, 77ULL << 32 | 99, 1}, 3, "QueueFeederThread"});
  run.records.push_back({{time + 9, Kind::exit, 0, 0, 0, 0}, 3, ""});
  store::save(run, folder / "a.flt");
  CHECK(query(folder / "a.flt", "SELECT type, name, id - 1073741824, max(owner - 1073741824, -1), size FROM object") ==
        std::vector<std::string>{"Queue|Queue-1|0|-1|3", "Lock|reader lock|1|0|1", "?|of the future|2|-1|0"});
  CHECK(query(folder / "a.flt", "SELECT process, tid, death_ns - born_ns, exit_code FROM task WHERE id = 3") ==
        std::vector<std::string>{"1|99|4|NULL"});
  CHECK(query(folder / "a.flt", "SELECT object_name FROM events WHERE kind = 'object_new' LIMIT 1") ==
        std::vector<std::string>{"Queue-1"});
  check_same(store::open(folder / "a.flt"), run);
}

TEST_CASE("store: the version that the lesson behaved as comes back") {
  const Folder folder;
  Run run = sample_run();
  run.meta.python_version = "3.11";
  store::save(run, folder / "run.flt");
  CHECK(store::open(folder / "run.flt").meta.python_version == "3.11");
}
