// The scenarios in which processes talk, share and meet: the engine against the Python twin by real python3, in every
// variant; claims that hold, and claims that break; endless runs that are stopped.
#include <doctest/doctest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <regex>
#include <sstream>

#include "core/scenario/claims.h"
#include "core/scenario/scenario.h"
#include "tests/support/scenario_runs.h"

using namespace forklight;
using scenario::Verdict;

namespace {

using tests::Both, tests::Changes, tests::check_claims, tests::outline, tests::python_words, tests::request_for, tests::run_both;
using tests::run_python_words, tests::run_until, tests::settings_of, tests::verdict;

// The twin, stopped after that many seconds.
tests::PythonRun python_for(const std::string& seconds, const std::string& id, const Changes& changes) {
  std::vector<std::string> words = {"timeout", "-s", "KILL", seconds};
  for (const std::string& word : python_words(id, changes)) words.push_back(word);
  return run_python_words(words);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool every_line_is(const std::string& text, const std::string& form) {
  const auto lines = lines_of(text);
  return std::all_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return std::regex_match(line, std::regex(form)); });
}

// What random digits there are is nobody's promise.
std::vector<std::string> without_digits(const std::string& text) {
  return tests::sorted_lines(std::regex_replace(text, std::regex("(sent|received) [0-9]\n"), "$1 DIGIT\n"));
}

std::string words_after(const std::string& text, const std::string& word) {
  std::string found;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(word + " ")) found += line.substr(word.size() + 1) + "\n";
  }
  return found;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The directory of a run, for the engine (which inherits our environment) and for python3.
class RunDirectory {
 public:
  RunDirectory()
      : path_(std::filesystem::temp_directory_path() / ("forklight-test-run-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
    ::setenv("FORKLIGHT_RUN_DIR", path_.c_str(), 1);
  }
  ~RunDirectory() {
    ::unsetenv("FORKLIGHT_RUN_DIR");
    std::filesystem::remove_all(path_);
  }
  [[nodiscard]] std::filesystem::path digits() const { return path_ / "digits.txt"; }

 private:
  std::filesystem::path path_;
};

std::size_t count_of(const timeline::Model& model, trace::Kind kind) {
  const auto& events = model.events();
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [&](const auto& ref) { return ref.event.kind == kind; }));
}

// The program's own object of that kind, 0 as long as it is not there.
std::uint32_t object_of(const timeline::Model& model, trace::ObjectKind kind) {
  for (const timeline::EventRef& ref : model.events()) {
    const bool inner = ref.event.b >> 32 != 0;
    if (ref.event.kind == trace::Kind::object_new && ref.event.a == static_cast<std::uint64_t>(kind) && !inner) {
      return ref.event.object;
    }
  }
  return 0;
}

// The same run, if this record had been another one (true: or had never been).
using Forgery = std::function<bool(trace::Record&)>;
Verdict forged(const std::string& id, const tests::LessonRun& run, const Changes& changes, std::string_view claim,
               const Forgery& forgery) {
  tests::LessonRun other;
  other.main_status = run.main_status;
  std::vector<trace::Record> records = run.records;
  std::erase_if(records, forgery);
  other.model.append(records);
  return verdict(id, other, changes, claim);
}

// The first record of a kind on the program's own object of that name, changed or left out.
Forgery first(const tests::LessonRun& run, std::string_view name, trace::Kind kind,
              const std::function<bool(trace::Event&)>& change) {
  const timeline::Object* object = scenario::object_named(run.model, name);
  REQUIRE(object != nullptr);
  return [=, done = false](trace::Record& record) mutable {
    if (done || record.event.kind != kind || record.event.object != object->id) return false;
    done = true;
    return change(record.event);
  };
}

bool left_out(trace::Event&) { return true; }

}  // namespace

// --- queue ----------------------------------------------------------------------------------------------------------

TEST_CASE("scenario queue: digits go in and come out until it is stopped, as with the twin") {
  const std::vector<Changes> variants = {
      {},
      {{"producers", "3"}, {"consumers", "2"}, {"puts", "50"}, {"gets", "100"}, {"maxsize", "1"}},
      {{"producers", "2"}, {"puts", "100"}, {"gets", "20"}, {"maxsize", "0"}}};
  for (const Changes& changes : variants) {
    const auto run = run_until(request_for("queue", changes),
                               [](const auto& model, auto&) { return count_of(model, trace::Kind::received) >= 6; });
    check_claims("queue", run, settings_of("queue", changes));
    CHECK(run.model.stopped() == trace::StopReason::learner);
    CHECK(every_line_is(run.out, "(put|got) [0-9]"));
    CHECK(words_after(run.out, "got").size() >= 8);
    CHECK(run.err == "");
    const auto theirs = python_for("1.5", "queue", changes);
    CHECK(every_line_is(theirs.out, "(put|got) [0-9]"));
    CHECK(words_after(theirs.out, "got").size() >= 2);
    CHECK(theirs.err == "");
  }
}

TEST_CASE("scenario queue: one producer, one consumer: what is got is what was put, in that order") {
  const Changes changes = {{"puts", "100"}, {"gets", "100"}};
  const auto run = run_until(request_for("queue", changes),
                             [](const auto& model, auto&) { return count_of(model, trace::Kind::received) >= 40; });
  const std::string put = words_after(run.out, "put"), got = words_after(run.out, "got");
  REQUIRE(got.size() >= 40);
  const auto common = std::min(put.size(), got.size());  // a put may not have been printed when the stop came
  CHECK(put.substr(0, common) == got.substr(0, common));
}

TEST_CASE("scenario queue: stopped at any moment no claim breaks and nothing is left") {
  std::mt19937 random(23);
  const Changes changes = {{"producers", "2"}, {"consumers", "2"}, {"puts", "100"}, {"gets", "100"}};
  for (int round = 0; round < 12; ++round) {
    const auto moment = std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 60'000);
    const auto run = run_until(request_for("queue", changes), [&](const auto& model, auto&) {
      return !model.tasks().empty() && std::chrono::steady_clock::now() > moment;
    });
    check_claims("queue", run, settings_of("queue", changes));
  }
}

TEST_CASE("scenario queue: judged by a smaller maxsize the claim breaks") {
  const Changes changes = {{"puts", "100"}, {"gets", "0.2"}, {"maxsize", "8"}};
  const auto run = run_until(request_for("queue", changes),
                             [](const auto& model, auto&) { return count_of(model, trace::Kind::put_end) >= 8; });
  CHECK(verdict("queue", run, changes, "never-more") == Verdict::held);
  CHECK(verdict("queue", run, {{"maxsize", "5"}}, "never-more") == Verdict::broken);
}

TEST_CASE("scenario queue: what comes from nowhere, comes twice or overtakes breaks the claim") {
  struct Told {
    trace::Kind kind;
    std::uint64_t message;
    trace::TaskId task = kind == trace::Kind::received ? 3 : 2;
  };
  const auto judged = [](const std::vector<Told>& story, const Changes& changes = {}) {
    timeline::Model model;
    std::vector<trace::Record> records;
    std::int64_t time = 1000;
    for (const auto& [kind, message, task] : story) {
      records.push_back({{time += 10, kind, 0, trace::kFirstObject, message, 1}, task, {}});
    }
    model.append(records);
    return scenario::find("queue").claims[0].check(model, settings_of("queue", changes), true);
  };
  using enum trace::Kind;
  CHECK(judged({{put_begin, 1}, {put_begin, 2}, {received, 1}, {received, 2}}) == Verdict::held);
  CHECK(judged({{put_begin, 1}, {received, 7}}) == Verdict::broken);
  CHECK(judged({{put_begin, 1}, {received, 1}, {received, 1}}) == Verdict::broken);
  CHECK(judged({{put_begin, 1}, {put_begin, 2}, {received, 2}, {received, 1}}) == Verdict::broken);
  // Of two producers the items may come in any order; of one they may not, whoever gets them.
  const Changes two = {{"producers", "2"}, {"consumers", "2"}};
  CHECK(judged({{put_begin, 1, 2}, {put_begin, 2, 5}, {received, 2}, {received, 1, 4}}, two) == Verdict::held);
  CHECK(judged({{put_begin, 1}, {put_begin, 2}, {received, 2}, {received, 1, 4}}, two) == Verdict::broken);
  // Nothing is left out, but for one that a consumer had in its hands when the end came.
  CHECK(judged({{put_begin, 1}, {put_begin, 2}, {received, 2}}) == Verdict::broken);
  CHECK(judged({{put_begin, 1}, {put_begin, 2}, {received, 2}}, two) == Verdict::held);
  CHECK(judged({{put_begin, 1}, {put_begin, 2}, {put_begin, 3}, {received, 3}}, two) == Verdict::broken);
}

TEST_CASE("scenario queue: what the learner puts is got and printed like anything else") {
  bool put = false;
  const auto run = run_until(request_for("queue", {{"puts", "0.2"}, {"gets", "100"}}),
                             [&](const auto& model, supervisor::Engine& live) {
                               const auto object = object_of(model, trace::ObjectKind::queue);
                               if (object != 0 && !std::exchange(put, true))
                                 live.act({{"act", "put"}, {"object", object}, {"value", "mine"}});
                               return scenario::lines_that_say(model, "got mine") == 1;
                             });
  check_claims("queue", run, settings_of("queue", {}));
}

// --- pipe -----------------------------------------------------------------------------------------------------------

TEST_CASE("scenario pipe: digits go into the file until it is stopped, as with the twin") {
  const RunDirectory directory;
  const Changes changes = {{"rate", "50"}};
  const auto run = run_until(request_for("pipe", changes),
                             [](const auto& model, auto&) { return count_of(model, trace::Kind::received) >= 10; });
  check_claims("pipe", run, settings_of("pipe", changes));
  CHECK(run.out.starts_with("writing to " + directory.digits().string() + "\n"));
  CHECK(every_line_is(run.out, "writing to .*|(sent|received) [0-9]"));
  const std::string received = words_after(run.out, "received");
  CHECK(received.size() >= 18);
  CHECK(content(directory.digits()).starts_with(received));  // on disk before it is printed
  const auto theirs = python_for("1.5", "pipe", changes);
  CHECK(every_line_is(theirs.out, "writing to .*|(sent|received) [0-9]"));
  CHECK(words_after(theirs.out, "received").size() >= 2);
}

TEST_CASE("scenario pipe: the writer closes: the reader gets the rest, and then EOFError") {  // I-04 I-05
  const RunDirectory directory;
  const Both both = run_both("pipe", {{"ending", "writer-closes"}, {"rate", "50"}});
  CHECK(without_digits(both.ours.out) == without_digits(both.theirs.out));
  CHECK(outline(both.ours.err) == outline(both.theirs.err));
  CHECK(words_after(both.ours.out, "received") == words_after(both.ours.out, "sent"));
  CHECK(words_after(both.ours.out, "received").size() == 10);
  const auto judged = [&](trace::Kind kind, const std::function<bool(trace::Event&)>& change) {
    const Changes changes = {{"ending", "writer-closes"}, {"rate", "50"}};
    return forged("pipe", both.ours, changes, "order", first(both.ours, "pipe", kind, change));
  };
  using enum trace::Kind;
  CHECK(judged(fill, left_out) == Verdict::held);
  CHECK(judged(received, left_out) == Verdict::broken);    // one is missing
  CHECK(judged(send_begin, left_out) == Verdict::broken);  // comes from nowhere
  CHECK(judged(received, [](auto& event) { return ++event.a, false; }) == Verdict::broken);
}

TEST_CASE("scenario pipe: the reader closes: the writer gets BrokenPipeError") {  // I-06
  const RunDirectory directory;
  const Both both = run_both("pipe", {{"ending", "reader-closes"}, {"rate", "20"}});
  // How many are sent before the close is seen is a matter of time; how many are received is not.
  CHECK(words_after(both.ours.out, "received").size() == 10);
  CHECK(words_after(both.theirs.out, "received").size() == 10);
  CHECK(outline(both.ours.err) == outline(both.theirs.err));
  CHECK(both.ours.out.ends_with("exit codes 1 0\n"));
  CHECK(both.theirs.out.ends_with("exit codes 1 0\n"));
}

TEST_CASE("scenario pipe: a full disk is the reader's error, and then a broken pipe") {
  const RunDirectory directory;
  std::filesystem::create_symlink("/dev/full", directory.digits());
  const auto ours = tests::run_lesson(FORKLIGHT_ENGINE, request_for("pipe", {{"rate", "50"}}));
  const auto theirs = run_python_words(python_words("pipe", {{"rate", "50"}}));
  for (const std::string* err : {&ours.err, &theirs.err}) {
    CHECK(err->find("\nOSError: [Errno 28] No space left on device\n") != std::string::npos);
    CHECK(err->find("\nBrokenPipeError: [Errno 32] Broken pipe\n") != std::string::npos);
  }
  CHECK(ours.out.ends_with("exit codes 1 1\n"));
  CHECK(theirs.out.ends_with("exit codes 1 1\n"));
  CHECK(ours.model.complete());
}

TEST_CASE("scenario pipe: a directory that is not there is one of the reader's errors") {
  const RunDirectory directory;
  std::filesystem::remove_all(directory.digits().parent_path());
  const auto ours = tests::run_lesson(FORKLIGHT_ENGINE, request_for("pipe", {{"rate", "50"}}));
  const auto theirs = run_python_words(python_words("pipe", {{"rate", "50"}}));
  CHECK(outline(ours.err) == outline(theirs.err));
  CHECK(ours.err.find("FileNotFoundError: [Errno 2] No such file or directory: '" + directory.digits().string() +
                      "'") != std::string::npos);
}

TEST_CASE("scenario pipe: without a directory of the run it makes one, and says where") {
  const auto run = run_until(request_for("pipe", {}),
                             [](const auto& model, auto&) { return count_of(model, trace::Kind::received) >= 1; });
  const std::filesystem::path path = words_after(run.out, "writing").substr(3, run.out.find('\n') - 11);
  CHECK(path.parent_path().parent_path() == std::filesystem::temp_directory_path());
  CHECK(std::filesystem::remove(path));
  std::filesystem::remove(path.parent_path());
}

TEST_CASE("scenario pipe: the learner closes the reader's end: the run ends by itself, and no claim breaks") {
  const RunDirectory directory;
  bool closed = false;
  const auto run = run_until(request_for("pipe", {{"rate", "50"}}), [&](const auto& model, supervisor::Engine& live) {
    const bool going = count_of(model, trace::Kind::received) >= 2;
    if (going && !std::exchange(closed, true)) {
      live.act({{"act", "close"}, {"object", object_of(model, trace::ObjectKind::pipe)}, {"task", 3}, {"end", 0}});
    }
    return scenario::lines_that_say(model, "BrokenPipeError: [Errno 32] Broken pipe") == 1 &&
           model.find(1)->exit_code();
  });
  CHECK(!run.model.stopped());
  check_claims("pipe", run, settings_of("pipe", {{"rate", "50"}}));
}

// --- deadlock-join --------------------------------------------------------------------------------------------------

TEST_CASE("scenario deadlock-join: what fits into the pipe passes, as with the twin") {
  const Both both = run_both("deadlock-join", {{"size", "65000"}});
  CHECK(both.ours.out == both.theirs.out);
  CHECK(both.ours.err == both.theirs.err);
}

TEST_CASE("scenario deadlock-join: taken out first it passes, as with the twin") {
  for (const char* size : {"70000", "5000000"}) {
    const Both both = run_both("deadlock-join", {{"order", "drain-first"}, {"size", size}});
    CHECK(both.ours.out == both.theirs.out);
    CHECK(both.ours.err == both.theirs.err);
  }
}

TEST_CASE("scenario deadlock-join: joined first it hangs, as the twin does") {
  const auto run = run_until(request_for("deadlock-join", {}), [](const timeline::Model& model, auto&) {
    const timeline::Task* main = model.find(1);
    if (main == nullptr || scenario::lines_that_say(model, "put has returned") == 0) return false;
    const timeline::Span& last = main->spans.back();  // nothing need happen after it
    return last.state == timeline::State::blocked && last.reason == trace::BlockReason::join;
  });
  check_claims("deadlock-join", run, settings_of("deadlock-join", {}));
  CHECK(run.out == "put has returned\n");
  CHECK(run.main_status == -SIGTERM);
  const auto theirs = python_for("1.5", "deadlock-join", {});
  CHECK(theirs.out == run.out);
  CHECK(theirs.status == -SIGKILL);
  // Judged as if it had to pass, a run that was stopped proves nothing; one that passed breaks the claim that it hangs.
  const auto passed = tests::run_lesson(FORKLIGHT_ENGINE, request_for("deadlock-join", {{"order", "drain-first"}}));
  CHECK(verdict("deadlock-join", passed, {}, "hangs") == Verdict::broken);
}

// --- event ----------------------------------------------------------------------------------------------------------

TEST_CASE("scenario event: inherited, A and B take turns as in the twin") {  // E-18
  const Both both = run_both("event", {{"seconds", "0.02"}});
  CHECK(both.ours.out == both.theirs.out);
  CHECK(both.ours.err == both.theirs.err);
  CHECK(verdict("event", both.ours, {{"handed", "as-argument"}}, "by-turns") == Verdict::broken);
  CHECK(verdict("event", both.ours, {{"handed", "as-argument"}}, "refused") == Verdict::broken);
  const auto judged = [&](std::string_view name, trace::Kind kind, const std::function<bool(trace::Event&)>& change) {
    return forged("event", both.ours, {{"seconds", "0.02"}}, "by-turns", first(both.ours, name, kind, change));
  };
  using enum trace::Kind;
  CHECK(judged("event", clear, left_out) == Verdict::broken);
  CHECK(judged("event", set, left_out) == Verdict::broken);
  CHECK(judged("event", wait_begin, left_out) == Verdict::held);
  CHECK(judged("tasks", get_end, left_out) == Verdict::broken);
  // Of any one put the feeder may have been quicker than the record of its end: so none of them is said to have succeeded.
  CHECK(forged("event", both.ours, {{"seconds", "0.02"}}, "by-turns", [&](trace::Record& record) {
          if (record.event.kind == put_end) record.event.b = 0;
          return false;
        }) == Verdict::broken);
}

TEST_CASE("scenario event: as an argument it never arrives, as in the twin") {  // Q-26 E.3
  const Both both = run_both("event", {{"handed", "as-argument"}});
  CHECK(both.ours.out == both.theirs.out);
  CHECK(outline(both.ours.err) == outline(both.theirs.err));
  CHECK(outline(both.ours.err).size() == 18);
  CHECK(verdict("event", both.ours, {}, "by-turns") == Verdict::broken);
  CHECK(verdict("event", both.ours, {}, "refused") == Verdict::broken);
}

TEST_CASE("scenario event: a learner who sets it out of turn breaks no claim") {
  bool set = false;
  const auto run =
      run_until(request_for("event", {{"seconds", "0.05"}}), [&](const auto& model, supervisor::Engine& live) {
        const bool a_is_done = scenario::lines_that_say(model, "B clears") >= 1;
        if (a_is_done && !std::exchange(set, true))
          live.act({{"act", "set"}, {"object", object_of(model, trace::ObjectKind::event)}});
        return scenario::lines_that_say(model, "B clears") >= 3;
      });
  CHECK(verdict("event", run, {}, "by-turns") == Verdict::held);
}

// --- shared-memory --------------------------------------------------------------------------------------------------

TEST_CASE("scenario shared-memory: threads, own memory and a Value with its lock count as in the twin") {  // E-41
  for (const char* share : {"threads", "own-memory", "value-with-lock"}) {
    for (const Changes& more : {Changes{}, Changes{{"workers", "4"}, {"times", "200"}, {"pause", "0"}}}) {
      Changes changes = more;
      changes.emplace_back("share", share);
      CAPTURE(std::string(share));
      const Both both = run_both("shared-memory", changes);
      CHECK(tests::sorted_lines(both.ours.out) == tests::sorted_lines(both.theirs.out));
      CHECK(both.ours.err == both.theirs.err);
      if (std::string(share) != "value-with-lock") continue;
      const auto judged = [&](const std::function<bool(trace::Event&)>& change) {
        return forged("shared-memory", both.ours, changes, "result", first(both.ours, "value", trace::Kind::store, change));
      };
      CHECK(judged([](auto&) { return false; }) == Verdict::held);
      CHECK(judged(left_out) == Verdict::broken);
      CHECK(judged([](auto& event) { return ++event.a, false; }) == Verdict::broken);
    }
  }
}

TEST_CASE("scenario shared-memory: a Value without its lock loses some, as in the twin") {  // E-40
  const Both both = run_both("shared-memory", {{"share", "value"}});
  for (const std::string* out : {&both.ours.out, &both.theirs.out}) {
    CHECK(every_line_is(*out, "(expected|counted) [0-9]+"));
    CHECK(words_after(*out, "expected") == "100\n");
    const int counted = std::atoi(words_after(*out, "counted").c_str());
    CHECK(counted >= 50);  // a pause as long as this one: nobody falls far behind
    CHECK(counted < 100);
  }
  CHECK(verdict("shared-memory", both.ours, {{"share", "value-with-lock"}}, "result") == Verdict::broken);
  CHECK(verdict("shared-memory", both.ours, {{"share", "own-memory"}}, "result") == Verdict::broken);
}

// --- killed-with-lock -----------------------------------------------------------------------------------------------

TEST_CASE("scenario killed-with-lock: killed, returned, raised: the lock is as in the twin") {  // E-12 E-13
  const std::pair<const char*, const char*> variants[] = {
      {"kill", "return"}, {"return", "exception"}, {"exception", "kill"}};
  for (const auto& [how, another] : variants) {
    CAPTURE(std::string(how));
    const Both both = run_both("killed-with-lock", {{"how", how}, {"seconds", "0.2"}});
    CHECK(both.ours.out == both.theirs.out);
    CHECK(tests::normalised(both.ours.err) == tests::normalised(both.theirs.err));
    CHECK(verdict("killed-with-lock", both.ours, {{"how", another}}, "code") == Verdict::broken);
    const Verdict stays = verdict("killed-with-lock", both.ours, {{"how", another}}, "stays-held");
    CHECK(stays == (std::string(how) == "kill" ? Verdict::held : Verdict::broken));
  }
}

// --- barrier and condition ------------------------------------------------------------------------------------------

// Where nobody's time is meant to run out, it is long: a busy machine must not break a barrier.
TEST_CASE("scenario barrier: all come, one is late, one is missing: as in the twin") {  // E-19 E-20
  const std::pair<std::string, Changes> variants[] = {
      {"all-come", {{"seconds", "10"}}},
      {"all-come", {{"seconds", "10"}, {"parties", "2"}, {"rounds", "5"}}},
      {"all-come", {{"seconds", "10"}, {"parties", "6"}, {"rounds", "1"}}},
      {"one-is-late", {}},
      {"abort", {{"seconds", "10"}}},
      {"abort", {{"seconds", "10"}, {"parties", "2"}}},
  };
  for (const auto& [what, settings] : variants) {
    Changes changes = settings, other = settings;
    changes.emplace_back("what", what);
    other.emplace_back("what", what == "all-come" ? "one-is-late" : "all-come");
    const Both both = run_both("barrier", changes);
    CAPTURE(both.ours.out);
    CAPTURE(both.theirs.out);
    CHECK(tests::sorted_lines(both.ours.out) == tests::sorted_lines(both.theirs.out));
    CHECK(both.ours.err == both.theirs.err);
    CHECK(verdict("barrier", both.ours, other, "numbers") == Verdict::broken);
    CHECK(verdict("barrier", both.ours, other, "broken") == Verdict::broken);
    if (what != "all-come") continue;
    const auto judged = [&](trace::Kind kind, const std::function<bool(trace::Event&)>& change) {
      return forged("barrier", both.ours, changes, "numbers", first(both.ours, "barrier", kind, change));
    };
    using enum trace::Kind;
    CHECK(judged(object_new, [](auto&) { return false; }) == Verdict::held);
    CHECK(judged(barrier_full, left_out) == Verdict::broken);
    CHECK(judged(barrier_full, [](auto& event) { return --event.b, false; }) == Verdict::broken);
    CHECK(judged(wait_end, left_out) == Verdict::broken);
    CHECK(judged(wait_end, [](auto& event) { return event.a = 2, false; }) == Verdict::broken);
  }
}

TEST_CASE("scenario condition: as many wake as are notified, as in the twin") {  // E-16 E-17
  const std::pair<std::string, Changes> variants[] = {
      {"2", {{"seconds", "2"}}},
      {"0", {{"seconds", "0.5"}}},
      {"8", {{"seconds", "10"}}},
      {"5", {{"seconds", "2"}, {"waiters", "8"}}},
      {"1", {{"seconds", "10"}, {"waiters", "1"}}},
  };
  for (const auto& [notify, settings] : variants) {
    Changes changes = settings, other = settings;
    changes.emplace_back("notify", notify);
    other.emplace_back("notify", notify == "0" ? "1" : "0");
    const Both both = run_both("condition", changes);
    CAPTURE(both.ours.out);
    CAPTURE(both.theirs.out);
    CHECK(tests::sorted_lines(both.ours.out) == tests::sorted_lines(both.theirs.out));
    CHECK(both.ours.err == both.theirs.err);
    CHECK(verdict("condition", both.ours, other, "woken") == Verdict::broken);
    const auto judged = [&](trace::Kind kind, const std::function<bool(trace::Event&)>& change) {
      return forged("condition", both.ours, changes, "woken", first(both.ours, "condition", kind, change));
    };
    using enum trace::Kind;
    CHECK(judged(object_new, [](auto&) { return false; }) == Verdict::held);
    CHECK(judged(trace::Kind::notify, left_out) == Verdict::broken);
    CHECK(judged(trace::Kind::notify, [](auto& event) { return ++event.b, false; }) == Verdict::broken);
    CHECK(judged(wait_end, [](auto& event) { return event.a ^= 1, false; }) == Verdict::broken);
  }
}

TEST_CASE("scenarios barrier and condition: held at the gate, timeouts run out, and no claim breaks") {
  const std::pair<std::string, Changes> variants[] = {{"barrier", {{"parties", "6"}, {"rounds", "1"}}},
                                                      {"condition", {}}};
  for (const auto& [id, changes] : variants) {
    const auto run = run_until(
        request_for(id, changes),
        [](const auto& model, auto&) { return model.find(1) != nullptr && model.find(1)->exit_code(); },
        {.pace = trace::Pace::slow, .rate = 3}, std::chrono::seconds(60));
    check_claims(id, run, settings_of(id, changes));
    CHECK(scenario::held_at_gate(run.model));
    // It really went another way than it would have at its own pace.
    const bool broken = run.out.find("finds the barrier broken") != std::string::npos;
    CHECK((id == "barrier" ? broken : scenario::lines_that_say(run.model, "woken") < 2));
  }
}

TEST_CASE("scenario claims: at the end of a run that did nothing no claim is pending") {
  const timeline::Model empty;
  for (const scenario::Scenario* one : scenario::all()) {
    for (const scenario::Claim& claim : one->claims) {
      CAPTURE(claim.id);
      CHECK(claim.check(empty, scenario::Settings(one->parameters), true) != Verdict::pending);
      CHECK(claim.check(empty, scenario::Settings(one->parameters), false) != Verdict::broken);
    }
  }
}
