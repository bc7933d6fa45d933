// The first half of the surprises (SEMANTICS, part T): the engine and real python3 say and do the same, as 0.2 compares it; what each asks, and
// what its claims make of other runs. Each comparison is a line of a table in the test's output: number, same or not, why.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <regex>

#include "core/base/clock.h"
#include "core/scenario/claims.h"
#include "core/scenario/question.h"
#include "core/timeline/waits.h"
#include "tests/support/scenario_runs.h"

using namespace forklight;
using namespace forklight::tests;
using scenario::Verdict;

namespace {

void tell(const std::string& id, bool same, const std::string& why) { std::fprintf(stderr, "  %-12s %-9s %s\n", id.c_str(), same ? "same" : "DIFFERENT", why.c_str()); }

using Shown = std::vector<std::string> (*)(const std::string& out);

std::vector<std::string> in_order(const std::string& out) { return {normalised(out)}; }
std::vector<std::string> in_any_order(const std::string& out) { return sorted_lines(normalised(out)); }

// Both to their ends, and a line of the table: the same output, tracebacks by their first and last lines, the same exit code.
LessonRun compare(const std::string& id, const Changes& changes, const std::string& why, Shown shown = in_order) {
  CAPTURE(id);
  for (const auto& [name, value] : changes) CAPTURE(value);
  Both both = run_both(id, changes);
  CHECK(shown(both.ours.out) == shown(both.theirs.out));
  CHECK(outline(both.ours.err) == outline(both.theirs.err));
  const bool same = shown(both.ours.out) == shown(both.theirs.out) && outline(both.ours.err) == outline(both.theirs.err) && both.ours.main_status == both.theirs.status;
  tell(id, same, why);
  return std::move(both.ours);
}

// What its questions turn out to be answered with, each seen somewhere in the run.
std::string answers_of(const std::string& id, const LessonRun& run, const Changes& changes) {
  CAPTURE(id);
  const scenario::Settings settings = settings_of(id, changes);
  const std::int64_t now = timeline::last_before_stop(run.model).value_or(run.model.end_ns());
  std::string all;
  for (const scenario::Question& question : scenario::questions(scenario::find(id))) {
    const auto answer = question.answer({run.model, settings, now, true});
    REQUIRE_MESSAGE(answer.has_value(), std::string(question.id));
    CHECK(scenario::place_of(question, answer->choice).has_value());
    CHECK((run.model.find(answer->task) != nullptr || run.model.find_object(answer->task) != nullptr));
    CHECK(answer->time_ns > run.model.begin_ns());
    all += (all.empty() ? "" : " ") + std::string(answer->choice);
  }
  return all;
}

// A variant that never ends, stopped as soon as somebody waits for ever; python3's is killed after some seconds. Both have said the same by then.
LessonRun compare_hang(const std::string& id, const Changes& changes, const std::string& why) {
  CAPTURE(id);
  LessonRun ours = run_until(request_for(id, changes), [](const timeline::Model& model, auto&) { return static_cast<bool>(timeline::find_deadlock(model, base::now_ns(), base::kSecond)); });
  const PythonRun theirs = kSanitized ? PythonRun{ours.out, ours.err, -SIGKILL} : [&] {
    std::vector<std::string> words = {"timeout", "-s", "KILL", "5"};
    for (const std::string& word : python_words(id, changes)) words.push_back(word);
    return run_python_words(words);
  }();
  CHECK(ours.model.stopped().has_value());
  CHECK(theirs.status == -SIGKILL);
  CHECK(normalised(ours.out) == normalised(theirs.out));
  CHECK(static_cast<bool>(timeline::find_deadlock(ours.model, *timeline::last_before_stop(ours.model))));
  check_claims(id, ours, settings_of(id, changes));
  tell(id, ours.model.stopped().has_value() && theirs.status == -SIGKILL && normalised(ours.out) == normalised(theirs.out), why);
  return ours;
}

// As another version: the claims hold there too.
LessonRun as_version(const std::string& id, Changes changes, const std::string& version) {
  changes.emplace_back("python", version);
  supervisor::RunRequest request = request_for(id, changes);
  request.python_minor = scenario::python_minor(settings_of(id, changes), 11);
  LessonRun run = run_lesson(FORKLIGHT_ENGINE, request);
  CHECK(run.error == "");
  CAPTURE(version);
  check_claims(id, run, settings_of(id, changes));
  return run;
}

}  // namespace

TEST_CASE("surprise-01: numbers belong to objects") {  // P-01 P-04
  const LessonRun run = compare("surprise-01", {}, "every line: names and who started whom");
  CHECK(answers_of("surprise-01", run, {}) == "second colon");
}

TEST_CASE("surprise-02: what a child finds") {  // S-03 S-04
  const LessonRun run = compare("surprise-02", {}, "every line: the global and the module, three ways");
  CHECK(answers_of("surprise-02", run, {}) == "fork");
}

TEST_CASE("surprise-03: the same address, other memory") {  // S-03
  const LessonRun run = compare("surprise-03", {}, "every line but the address, which is the same in parent and child in both");
  CHECK(answers_of("surprise-03", run, {}) == "empty same");
}

TEST_CASE("surprise-04: no finally, no atexit") {  // P-37 0.1
  const LessonRun run = compare("surprise-04", {}, "exit code, and that nothing ran");
  CHECK(answers_of("surprise-04", run, {}) == "none");
  const Changes returns{{"end", "returns"}};
  const LessonRun returned = compare("surprise-04", returns, "end=returns: finally, and atexit as the version has it");
  CHECK(answers_of("surprise-04", returned, returns) == (python_minor() >= 13 ? "both" : "finally"));
  CHECK(answers_of("surprise-04", as_version("surprise-04", returns, "3.12"), returns) == "finally");
  CHECK(answers_of("surprise-04", as_version("surprise-04", returns, "3.13"), returns) == "both");
  CHECK(verdict("surprise-04", returned, {}, "code") == Verdict::broken);
  CHECK(verdict("surprise-04", returned, {}, "cleans-up") == Verdict::broken);
}

TEST_CASE("surprise-05: a handler that fork takes along") {  // P-38 P-39
  const LessonRun run = compare("surprise-05", {}, "every line: who runs the handler, both exit codes");
  CHECK(answers_of("surprise-05", run, {}) == "0 -15");
}

TEST_CASE("surprise-06: starting one buries another") {  // P-50 P-52
  const LessonRun run = compare("surprise-06", {}, "the kernel's letter before and after, the exit code");
  CHECK(answers_of("surprise-06", run, {}) == "start");
  const timeline::Task* first = scenario::task_named(run.model, "Process-1");
  REQUIRE(first != nullptr);
  CHECK(first->reaped_by == 1);
}

TEST_CASE("surprise-07: the last line is not the end") {  // P-58 P-59
  const Changes quick{{"seconds", "1.5"}};
  const LessonRun run = compare("surprise-07", quick, "every line: who finishes and who cleans up");
  CHECK(answers_of("surprise-07", run, quick) == "normal");
}

TEST_CASE("surprise-08: the daemon of one who was killed") {  // P-62
  const LessonRun run = compare("surprise-08", {}, "every line: the exit code, and that the daemon lives on");
  CHECK(answers_of("surprise-08", run, {}) == "lives");
}

TEST_CASE("surprise-09: empty right after put") {  // Q-03 Q-04
  // How often is nobody's promise, and so is the one look after it.
  const auto without_luck = [](const std::string& out) -> std::vector<std::string> {
    return {std::regex_replace(std::regex_replace(out, std::regex("True [0-9]+ times"), "True N times"), std::regex("qsize 1 and empty (True|False)\na moment"), "qsize 1 and empty LUCK\na moment")};
  };
  const LessonRun run = compare("surprise-09", {}, "qsize 1, empty False later; how often True is nobody's promise", without_luck);
  CHECK(answers_of("surprise-09", run, {}).ends_with(" one"));
}

TEST_CASE("surprise-10: what cannot be pickled disappears") {
  const LessonRun run = compare("surprise-10", {}, "every line, the traceback's first and last");
  CHECK(answers_of("surprise-10", run, {}) == "thread");
  CHECK(answers_of("surprise-10", as_version("surprise-10", {}, "3.14"), {}) == "thread");
}

TEST_CASE("surprise-11: joined before it is read") {  // Q-16 Q-17
  const LessonRun run = compare("surprise-11", {}, "both sizes: alive after join, exit code after get");
  CHECK(answers_of("surprise-11", run, {}) == "big");
  const Changes for_ever{{"join", "for-ever"}};
  CHECK(answers_of("surprise-11", compare_hang("surprise-11", for_ever, "join=for-ever: both hang in the second join"), for_ever) == "big");
}

TEST_CASE("surprise-12: put, then os._exit") {
  // The feeder of some may have been quick, on a busy machine: how many are lost is not exact.
  const auto without_count = [](const std::string& out) -> std::vector<std::string> { return {std::regex_replace(out, std::regex("lost [1-9][0-9]* of"), "lost SOME of")}; };
  const LessonRun run = compare("surprise-12", {}, "that results are lost, and the exit code 0", without_count);
  CHECK(answers_of("surprise-12", run, {}) != "all");
  // They were never in a pipe: they died in the deque, or in the feeder's hand.
  std::size_t died = 0;
  for (const timeline::Channel& channel : run.model.channels()) {
    for (const timeline::Message& message : channel.messages) died += message.fate == timeline::Fate::died ? 1 : 0;
  }
  CHECK(died > 0);
  compare("surprise-12", {{"end", "killed"}}, "end=killed: that results are lost, and -9", without_count);
  const Changes returns{{"end", "returns"}};
  const LessonRun returned = compare("surprise-12", returns, "end=returns: none is lost");
  CHECK(answers_of("surprise-12", returned, returns) == "all");
  CHECK(verdict("surprise-12", returned, {}, "lost") == Verdict::broken);
  CHECK(verdict("surprise-12", returned, {}, "in-deque") == Verdict::broken);
}

TEST_CASE("surprise-13: killed in get") {  // Q-21 E-12
  const LessonRun run = compare("surprise-13", {}, "empty, qsize, the lock's repr, Empty");
  CHECK(answers_of("surprise-13", run, {}) == "empty");
  const Changes for_ever{{"get", "for-ever"}};
  CHECK(answers_of("surprise-13", compare_hang("surprise-13", for_ever, "get=for-ever: both hang in get"), for_ever) == "hangs");
}

TEST_CASE("surprise-14: killed in the middle of an item") {  // Q-22 E-12
  const LessonRun run = compare("surprise-14", {}, "the lock's repr, and that get(timeout=0.5) waits");
  CHECK(answers_of("surprise-14", run, {}) == "never");
  const Changes main{{"asks", "main-process"}};
  CHECK(answers_of("surprise-14", compare_hang("surprise-14", main, "asks=main-process: both hang in get, timeout or not"), main) == "never");
}

TEST_CASE("surprises 01 to 14 hold their claims as every version") {  // 0.1
  for (const char* version : {"3.8", "3.13", "3.14"}) {
    for (const char* id : {"surprise-01", "surprise-02", "surprise-03", "surprise-04", "surprise-05", "surprise-06", "surprise-08", "surprise-09", "surprise-10", "surprise-12"}) as_version(id, {}, version);
  }
}
