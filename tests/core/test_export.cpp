// Runs for other programs, read by one that is not ours: python3's own parsers (tests/support/read_trace.py).

#include "core/base/json.h"
#include "core/store/export.h"
#include "core/store/output_file.h"
#include "tests/core/store_files.h"
#include "tests/core/timeline_events.h"
#include "tests/support/processes.h"

using namespace forklight;
using namespace forklight::tests;
using nlohmann::json;

namespace {

constexpr std::uint32_t kQueue = trace::kFirstObject, kLock = kQueue + 1;

// A process that is joined, a value that goes through a queue, one that does not arrive, a lock, a memory sample, a core; and texts that
// break a careless writer.
std::vector<Record> records() {
  std::vector<Record> all = started_and_joined(exited(3));
  const std::vector<Record> more = {
      object(11, kQueue, ObjectKind::queue, "tasks \"and\",\nmore", 2),
      object(12, kLock, ObjectKind::lock, "Lock-1"),
      event(36, 2, Kind::acquire_begin, kLock, kForEver),
      event(37, 2, Kind::acquire_end, kLock, 1, 0),
      event(38, 2, Kind::put_begin, kQueue, 1, 0, 9, "'a, \"b\"\n'"),
      event(39, 2, Kind::put_end, kQueue, 1, 1, 9),
      event(41, 2, Kind::feed, kQueue, 1),
      event(42, 2, Kind::sent, kQueue, 1, 20),
      event(43, 2, Kind::put_begin, kQueue, 2, 0, 9, "2"),
      event(44, 2, Kind::put_end, kQueue, 2, 1, 9),
      event(45, 2, Kind::release, kLock, 1),
      event(50, 2, Kind::output, 0, 1, 8, 10, std::string("=1\0\xff\xc3中,\"\r\n", 12)),
      event(55, 2, Kind::memory, 0, 2000ULL << 32 | 1000, 500ULL << 32 | 1500),
      event(76, 1, Kind::get_begin, kQueue, kForEver),
      event(77, 1, Kind::received, kQueue, 1, 20),
      event(78, 1, Kind::get_end, kQueue, 1, 1, 12, "'a, \"b\"\n'"),
      event(13, 1, Kind::cpu_in, 1, 101ULL << 32 | 101),
      event(33, 1, Kind::cpu_out, 1, 101ULL << 32 | 101, 1)};
  all.insert(all.end(), more.begin(), more.end());
  std::stable_sort(all.begin(), all.end(), [](const Record& x, const Record& y) { return x.event.time_ns < y.event.time_ns; });
  return all;
}

json read_by_python(const std::string& format, const fs::path& file) {
  const Finished finished = run_program({"python3", SOURCE_DIR "/tests/support/read_trace.py", format, file.string()});
  REQUIRE_MESSAGE(finished.status == 0, finished.err);
  return json::parse(finished.out);
}

std::string refusal_of(const std::function<void()>& act) {
  try {
    act();
    return {};
  } catch (const base::Failure& failure) {
    return failure.what();
  }
}

}  // namespace

TEST_CASE("export: Python's json reads processes, threads, states, arrows, counters and exit codes") {
  const Folder folder;
  const fs::path file = folder / "run.json";
  store::export_json(sample_run().meta, model_of(records()), std::vector<store::Note>{{51, 51, 2, "look \"here\""}}, file);
  const json found = read_by_python("json", file);
  CHECK(found["about"]["scenario"] == "exit-codes");
  CHECK(found["about"]["settings"]["order"] == "join-first");
  CHECK(found["about"]["program_version"] == "0.1.0");
  CHECK(found["processes"] == json{"CPU cores", "MainProcess", "Process-1"});
  CHECK(found["threads"] == json{"CPU 1", "MainThread", "MainThread"});
  CHECK(found["exits"] == json{{"MainProcess", 0}, {"Process-1", 3}});
  CHECK(found["labels"] == json{"exit code 0", "exit code 3"});
  const json& life = found["lives"]["Process-1"];
  CHECK(life["exit_code"] == "3");
  CHECK(life["parent"] == "MainProcess");
  CHECK(life["start_method"] == "spawn");
  CHECK(life["reaped_by"] == "MainProcess");
  CHECK(life["pid"] == "102");
  const auto states = found["states"].get<std::vector<std::string>>();
  for (const char* state : {"running", "waiting: join", "zombie"}) CHECK(std::find(states.begin(), states.end(), state) != states.end());
  CHECK(found["flows"]["start"] == 1);
  CHECK(found["flows"]["join"] == 1);
  CHECK(found["flows"]["message"] == 1);  // the second one never arrived
  CHECK(found["values"] == json{"'a, \"b\"\n'"});
  CHECK(found["beside"] == json{"Lock-1 held by Process-1"});
  CHECK(found["counters"]["MainProcess: tasks \"and\", more: messages"].back() == 0);  // what never arrived went with its process
  CHECK(found["counters"]["Process-1: memory: RSS"] == json{2000 * 1024});
  CHECK(found["counters"]["Process-1: memory: shared"] == json{1500 * 1024});
  CHECK(found["notes"] == json{"look \"here\""});
  CHECK(folder.files() == 1);
}

TEST_CASE("export: a pid that came a second time is another process, and threads are of their process") {
  const Folder folder;
  const fs::path file = folder / "run.json";
  std::vector<Record> all = started_and_joined(killed(15));
  all.pop_back();
  all.pop_back();
  all.push_back(event(81, 1, Kind::start_begin, 3));
  all.push_back(event(85, 3, Kind::task_begin, 0, 102ULL << 32 | 102, 1, 0, "Process-2"));
  all.push_back(begin_thread(86, 4, "Thread-1", 1));
  store::export_json({}, model_of(all), {}, file);
  const json found = read_by_python("json", file);
  CHECK(found["processes"] == json{"MainProcess", "Process-1", "Process-2"});
  CHECK(found["threads"] == json{"MainThread", "MainThread", "MainThread", "Thread-1"});
  CHECK(found["exits"] == json{{"Process-1", -15}});
  CHECK(found["lives"]["Process-2"]["pid"] == "102");
}

TEST_CASE("export: Python's csv reads every event, whatever its text") {
  const Folder folder;
  const fs::path file = folder / "run.csv";
  const std::vector<Record> all = records();
  store::export_csv(model_of(all), file);
  const json found = read_by_python("csv", file);
  CHECK(found["columns"] ==
        json{"time_ns", "task", "name", "pid", "tid", "event", "line", "object", "object_name", "a", "a_means", "b", "b_means", "text"});
  REQUIRE(found["rows"].size() == all.size());
  const auto row = [&](const char* event) {
    const auto at = std::find_if(found["rows"].begin(), found["rows"].end(), [&](const json& one) { return one["event"] == event; });
    REQUIRE(at != found["rows"].end());
    return *at;
  };
  CHECK(row("put_begin")["text"] == "'a, \"b\"\n'");
  CHECK(row("put_begin")["object_name"] == "tasks \"and\", more");  // names take one line
  CHECK(row("put_begin")["line"] == "9");
  CHECK(row("put_begin")["name"] == "Process-1");
  CHECK(row("put_begin")["pid"] == "102");
  CHECK(row("output")["text"] == "=1\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd中,\"\r\n");
  CHECK(row("join_begin")["a"] == "-1");
  CHECK(row("join_begin")["a_means"] == "timeout or -1");
  CHECK(row("death")["name"] == "supervisor");
  CHECK(row("cpu_in")["object"] == "1");
}

TEST_CASE("export: the sample with kinds of a later version and odd bytes goes through both") {
  const Folder folder;
  const Run run = sample_run();
  store::export_json(run.meta, model_of(run.records), {}, folder / "run.json");
  store::export_csv(model_of(run.records), folder / "run.csv");
  CHECK(read_by_python("json", folder / "run.json")["exits"]["Process-1"] == -9);
  CHECK(read_by_python("csv", folder / "run.csv")["rows"].size() == run.records.size());
}

TEST_CASE("export: what cannot be written is one sentence, and what was there stays") {
  const Folder folder;
  const Model model = model_of(sample_run(20'000).records);
  for (const auto& [name, act] : std::map<std::string, std::function<void(const fs::path&)>>{
           {"run.json", [&](const fs::path& file) { store::export_json({}, model, {}, file); }},
           {"run.csv", [&](const fs::path& file) { store::export_csv(model, file); }}}) {
    const fs::path file = folder / name, nowhere = folder / "none" / name;
    check_sentence(refusal_of([&] { act(nowhere); }), folder / "none", "There is no folder");
    check_sentence(refusal_of([&] { act(folder.path()); }), folder.path(), "is a folder");
    check_sentence(refusal_of([&] { act("/dev/full"); }), "/dev/full", "is a device or a pipe");
    write(file, "before");
    {
      const FileSizeLimit limit(100'000);
      check_sentence(refusal_of([&] { act(file); }), file, "save it in another folder");
    }
    CHECK(bytes_of(file) == "before");
    act(file);
    CHECK(bytes_of(file).size() > 100'000);
  }
  CHECK(folder.files() == 2);
  if (geteuid() == 0) return;  // root may write anywhere
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  check_sentence(refusal_of([&] { store::export_csv(model, folder / "new.csv"); }), folder / "new.csv", "Permission denied");
  fs::permissions(folder.path(), fs::perms::owner_all);
}
