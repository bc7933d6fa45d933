// The command line, as a person in a terminal and as a program meets it.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/cli/duration.h"
#include "app/cli/report.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

using namespace forklight;
using nlohmann::json;
using tests::Finished;

namespace {

Finished cli(std::vector<std::string> words) {
  words.insert(words.begin(), FORKLIGHT);
  return tests::run_program(words, std::chrono::seconds(40), {"LANG=C.UTF-8", "LC_ALL=", "DISPLAY=", "WAYLAND_DISPLAY="});
}

std::filesystem::path scratch(const std::string& name) {
  return std::filesystem::temp_directory_path() / ("forklight-cli-" + std::to_string(::getpid()) + "-" + name);
}

// One sentence: one line, and a full stop.
void one_sentence(const Finished& finished, int status) {
  CHECK(finished.status == status);
  CHECK(finished.out == "");
  CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
  CHECK(finished.err.find('.') != std::string::npos);
}

}  // namespace

TEST_CASE("cli: list names every scenario and its parameters") {
  const Finished finished = cli({"list"});
  CHECK(finished.status == 0);
  for (const char* word : {"hello", "exit-codes", "order=terminate-first", "join-first"}) CHECK(finished.out.find(word) != std::string::npos);
}

TEST_CASE("cli: run prints what Python would, then processes and claims") {
  const Finished finished = cli({"run", "exit-codes"});
  CHECK(finished.status == 0);
  CHECK(finished.out.starts_with("nothing wrong here\nProcess-1 0\nProcess-2 1\nProcess-3 -15\n\n"));
  CHECK(finished.out.find("−15 SIGTERM") != std::string::npos);
  CHECK(finished.out.find("(held)") != std::string::npos);
  CHECK(finished.err.starts_with("Process Process-2:\nTraceback (most recent call last):\n"));
}

TEST_CASE("cli: --json gives one object on stdout and everything else on stderr") {
  const Finished finished = cli({"run", "exit-codes", "--set", "order=join-first", "--set", "seconds=1", "--json"});
  CHECK(finished.status == 0);
  const json object = json::parse(finished.out);
  REQUIRE(object["processes"].size() == 4);
  const int expected[] = {0, 0, 1, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    const json& process = object["processes"][i];
    CHECK(process["exitcode"] == expected[i]);
    CHECK(process["pid"].is_number_integer());
    CHECK(process["name"] == (i == 0 ? "MainProcess" : "Process-" + std::to_string(i)));
    if (i > 0) CHECK(process["parent"] == "MainProcess");
  }
  for (const json& claim : object["claims"]) CHECK(claim["held"] == true);
  CHECK(finished.err.find("slept to the end") != std::string::npos);
}

TEST_CASE("cli: a claim that does not hold is exit status 3") {
  const Finished finished = cli({"run", "hello", "--for", "300ms"});
  CHECK(finished.status == 3);
  CHECK(finished.out.find("did not hold") != std::string::npos);
  CHECK(finished.out.find("stopped before its own end") != std::string::npos);
}

TEST_CASE("cli: a saved run shows the same again") {
  const auto file = scratch("saved.flt");
  const Finished run = cli({"run", "exit-codes", "--save", file.string()});
  CHECK(run.status == 0);
  const Finished shown = cli({"show", file.string()});
  CHECK(shown.status == 0);
  CHECK(shown.out.starts_with(run.out));
  CHECK(shown.out.substr(run.out.size()).starts_with("Recorded "));  // when, with what, where
  CHECK(shown.err == run.err);
  const json object = json::parse(cli({"show", file.string(), "--json"}).out);
  CHECK(object["processes"][3]["exitcode"] == -15);
  std::filesystem::remove(file);
}

TEST_CASE("cli: wrong usage is one sentence and status 2") {
  one_sentence(cli({"run", "nope"}), 2);
  one_sentence(cli({"run"}), 2);
  one_sentence(cli({"run", "hello", "--set", "nope=1"}), 2);
  one_sentence(cli({"run", "hello", "--set", "seconds"}), 2);
  one_sentence(cli({"run", "hello", "--set", "seconds=many"}), 2);
  one_sentence(cli({"run", "hello", "--for", "soon"}), 2);
  one_sentence(cli({"run", "hello", "--bogus"}), 2);
  one_sentence(cli({"--lang", "fr", "list"}), 2);
  one_sentence(cli({"--theme", "pink"}), 2);
  one_sentence(cli({"--size", "huge"}), 2);
}

TEST_CASE("cli: what the machine refuses is one sentence and status 1") {
  one_sentence(cli({}), 1);  // no display
  one_sentence(cli({"show", "/nowhere/run.flt"}), 1);
  one_sentence(cli({"show", "/etc/passwd"}), 1);
  one_sentence(cli({"show", "/tmp"}), 1);
  one_sentence(cli({"run", "hello", "--save", "/nowhere/run.flt"}), 1);
  one_sentence(cli({"run", "hello", "--save", "/tmp"}), 1);
}

TEST_CASE("cli: without a display the sentence shows the way to the terminal") {
  CHECK(cli({}).err.find("forklight run exit-codes") != std::string::npos);
}

TEST_CASE("cli: out of descriptors is a sentence, and nothing is half-started") {
  const Finished finished = tests::run_program({"sh", "-c", "ulimit -n 6; exec " FORKLIGHT " run hello"});
  CHECK(finished.status == 1);
  CHECK(finished.err.find("ulimit -n") != std::string::npos);
}

TEST_CASE("cli: a process refused is one sentence, whichever process it is") {
  if (::getuid() != 0) return;  // the limit counts all of a user's processes: only one who has none will do
  const auto place = scratch("bin");
  std::filesystem::create_directories(place);
  for (const char* program : {FORKLIGHT, FORKLIGHT_ENGINE}) {
    std::filesystem::copy_file(program, place / std::filesystem::path(program).filename());
  }
  bool refused_in_the_lesson = false;
  for (int limit = 1; limit <= 8; ++limit) {  // forklight's own, its thread, the engine, MainProcess, a child …
    const std::string script = "ulimit -u " + std::to_string(limit) + "; exec " + (place / "forklight").string() + " run hello";
    const Finished finished =
        tests::run_program({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c", script}, std::chrono::seconds(20));
    CAPTURE(limit);
    CAPTURE(finished.err);
    if (finished.status == 0) continue;  // enough for all of them
    CHECK(finished.status == 1);
    CHECK(finished.err.find("ulimit -u") != std::string::npos);
    refused_in_the_lesson = refused_in_the_lesson || finished.err.find("BlockingIOError") != std::string::npos;
  }
  CHECK(refused_in_the_lesson);
  std::filesystem::remove_all(place);
}

TEST_CASE("cli: Ctrl+C ends the run in order") {
  const auto out = scratch("interrupted");
  const std::string script = FORKLIGHT " run exit-codes --set order=join-first --set seconds=60 > " + out.string() +
                             " 2>/dev/null & pid=$!; sleep 0.7; kill -INT $pid; wait $pid; echo $?";
  const Finished finished = tests::run_program({"bash", "-c", "set -m; " + script});
  CHECK(finished.out.find("130") != std::string::npos);
  CHECK(tests::none_left());
  std::filesystem::remove(out);
}

TEST_CASE("cli: what hangs by design is stopped after the given time, and said to hang: who waits for whom; nothing is left") {  // Q-16 Q-21 Q-22
  const Finished reader = cli({"run", "surprise-13", "--set", "get=for-ever", "--set", "hang=2"});
  CHECK(reader.status == 0);
  CHECK(reader.out.find("It hung for ") != std::string::npos);
  CHECK(reader.out.find("MainProcess waits for queue's reader lock, held by Process-1, which is dead") != std::string::npos);
  const Finished join = cli({"run", "surprise-11", "--set", "join=for-ever", "--set", "hang=2"});
  CHECK(join.status == 0);
  CHECK(join.out.find("MainProcess waits for Process-2 to end") != std::string::npos);
  CHECK(join.out.find("Process-2 waits for its feeder thread") != std::string::npos);
  const Finished writer = cli({"run", "surprise-14", "--set", "asks=main-process", "--set", "hang=2", "--json"});
  CHECK(writer.status == 0);
  const json object = json::parse(writer.out);
  CHECK(object["stopped"] == true);
  REQUIRE_FALSE(object["hung"].empty());
  CHECK(object["hung"][0].get<std::string>().find("MainProcess waits for something in queue") != std::string::npos);
  CHECK(tests::none_left());
  // What comes to its own end is left to it, and does not hang.
  const Finished empty = cli({"run", "surprise-13", "--set", "hang=0.5"});
  CHECK(empty.status == 0);
  CHECK(empty.out.find("get raised Empty, and there is data") != std::string::npos);
  CHECK(empty.out.find("It hung") == std::string::npos);
}

TEST_CASE("cli: in Chinese") {
  const Finished finished = cli({"--lang", "zh-CN", "run", "exit-codes"});
  CHECK(finished.out.find("退出码") != std::string::npos);
  CHECK(finished.out.find("成立") != std::string::npos);
}

TEST_CASE("cli: lengths of time") {
  using namespace std::chrono_literals;
  CHECK(app::cli::parse_duration("2s") == 2s);
  CHECK(app::cli::parse_duration("500ms") == 500ms);
  CHECK(app::cli::parse_duration("1.5min") == 90s);
  CHECK(app::cli::parse_duration("3") == 3s);
  for (const char* bad : {"", "s", "0s", "-1s", "2h", "1e300", "nan", "2 s"}) CHECK_THROWS_AS((void)app::cli::parse_duration(bad), base::UsageError);
}

TEST_CASE("cli: tables align by what the eye sees") {
  const std::string text = app::cli::table({{"进程"}, {"n", true}}, {{"a", "1"}, {"退出码", "100"}});
  CHECK(text == "进程      n\na         1\n退出码  100\n");
}

TEST_CASE("cli: --pace slow=N holds real processes, and --replay lets fresh ones go in the same order") {
  const auto file = scratch("slow.flt");
  const Finished slow = cli({"run", "hello", "--set", "seconds=0.2", "--pace", "slow=50", "--save", file.string()});
  CHECK(slow.status == 0);
  const auto replayed = scratch("replayed.flt");
  const Finished again = cli({"run", "--replay", file.string(), "--save", replayed.string()});
  CHECK(again.status == 0);
  CHECK(again.err == slow.err);
  // The second run was held, too, and let go by choices: it can be replayed itself.
  CHECK(cli({"run", "--replay", replayed.string()}).status == 0);
  std::filesystem::remove(replayed);
  one_sentence(cli({"run", "exit-codes", "--replay", file.string()}), 2);
  one_sentence(cli({"run", "hello", "--replay", file.string(), "--pace", "real"}), 2);
  std::filesystem::remove(file);
}

TEST_CASE("cli: a run in which nobody was held cannot be replayed; a pace that there is not is refused") {
  const auto file = scratch("real.flt");
  CHECK(cli({"run", "hello", "--set", "seconds=0.2", "--save", file.string()}).status == 0);
  one_sentence(cli({"run", "--replay", file.string()}), 2);
  std::filesystem::remove(file);
  for (const char* pace : {"step", "slow=0", "slow=51", "slow=", "slowly", "fast"}) one_sentence(cli({"run", "hello", "--pace", pace}), 2);
}
