// The second half of the surprises (SEMANTICS, part T): the engine and real python3 tell the same, as 0.2 compares it; and the answers to what
// they ask. Each comparison is a line of a table in the test's output: number, same or not, why.
#include <fmt/format.h>

#include <cstdio>
#include <regex>

#include "core/base/clock.h"
#include "core/scenario/question.h"
#include "tests/support/rounds.h"
#include "tests/support/scenario_runs.h"

using namespace forklight;
using namespace forklight::tests;

namespace {

// How a number in what they print is compared.
enum class Promise { exact, nobodys_promise };

std::string without_numbers(const std::string& text) {
  static const std::regex number("[0-9]+(\\.[0-9]+)?");
  return std::regex_replace(text, number, "N");
}

struct Row {
  std::string number;
  bool same;
  std::string why;
};
void tell(const Row& row) { std::fprintf(stderr, "  %-12s %-9s %s\n", row.number.c_str(), row.same ? "same" : "DIFFERENT", row.why.c_str()); }

Both compare(const std::string& id, const Changes& changes, Promise promise, const std::string& why) {
  CAPTURE(id);
  const Both both = run_both(id, changes);
  const auto shown = [&](const std::string& text) { return promise == Promise::exact ? normalised(text) : without_numbers(normalised(text)); };
  const bool same = shown(both.ours.out) == shown(both.theirs.out) && normalised(both.ours.err) == normalised(both.theirs.err) && both.ours.main_status == both.theirs.status;
  CHECK(shown(both.ours.out) == shown(both.theirs.out));
  CHECK(normalised(both.ours.err) == normalised(both.theirs.err));
  tell({id, same, why});
  return both;
}

// The number behind a text in what one of them printed.
double number_in(const std::string& out, const std::string& words) {
  const auto place = out.find(words);
  REQUIRE_MESSAGE(place != std::string::npos, words, " is not in ", out);
  return std::strtod(out.c_str() + place + words.size(), nullptr);
}

// What a run's questions turn out to be answered with.
std::string answers_of(const std::string& id, const LessonRun& run, const Changes& changes) {
  const scenario::Settings settings = settings_of(id, changes);
  std::string all;
  for (const scenario::Question& question : scenario::questions(scenario::find(id))) {
    const auto answer = question.answer({run.model, settings, run.model.end_ns(), true});
    REQUIRE_MESSAGE(answer.has_value(), question.id);
    CHECK(scenario::place_of(question, answer->choice).has_value());
    CHECK(run.model.find(answer->task) != nullptr);
    CHECK(answer->time_ns > run.model.begin_ns());
    all += (all.empty() ? "" : " ") + std::string(answer->choice);
  }
  return all;
}

}  // namespace

TEST_CASE("surprise-15: a lock whose holder is gone") {  // E-12 E-13
  const Both both = compare("surprise-15", {{"patience", "0.2"}}, Promise::exact, "every line");
  CHECK(answers_of("surprise-15", both.ours, {}) == "with");
}

TEST_CASE("surprise-16: a Value and +=") {  // E-40 E-41
  const Both both = compare("surprise-16", {}, Promise::nobodys_promise, "how many are lost is nobody's promise; with get_lock() none in both");
  for (const std::string& out : {both.ours.out, both.theirs.out}) {
    CHECK(number_in(out, "plain: ") <= 40000);
    CHECK(number_in(out, "locked: ") == 40000);
  }
  CHECK(answers_of("surprise-16", both.ours, {}) == (number_in(both.ours.out, "plain: ") < 40000 ? "fewer" : "all"));
}

TEST_CASE("surprise-17: what fits into a pipe") {  // I-20 I-21
  const Both both = compare("surprise-17", {}, Promise::exact, "every capacity, pipe and socket pair");
  CHECK(answers_of("surprise-17", both.ours, {}) == "half");
}

TEST_CASE("surprise-18: a task whose worker vanishes") {  // L-21 L-50 L-51
  const Both both = compare("surprise-18", {{"patience", "1"}}, Promise::exact, "every line, error texts too");
  CHECK(answers_of("surprise-18", both.ours, {{"patience", "1"}}) == "nothing raises");
}

TEST_CASE("surprise-19: an idle worker is killed") {  // L-24
  const Both both = compare("surprise-19", {}, Promise::exact, "every line");
  CHECK(answers_of("surprise-19", both.ours, {}) == "nothing");
}

TEST_CASE("surprise-20: with a Pool") {  // L-26
  const Both both = compare("surprise-20", {}, Promise::exact, "every line, the pool's repr too");
  CHECK(answers_of("surprise-20", both.ours, {}) == "nothing");
}

TEST_CASE("surprise-21: imap runs ahead") {  // L-36
  const Both both = compare("surprise-21", {}, Promise::nobodys_promise, "the results exactly; how many were taken follows the size of a task on the wire");
  for (const std::string& out : {both.ours.out, both.theirs.out}) {
    CHECK(out.starts_with("result 0\nresult 1\nresult 2\nresult 3\nresult 4\n"));
    CHECK(number_in(out, "taken from the generator: ") > 100);
  }
  CHECK(answers_of("surprise-21", both.ours, {}) == "hundreds");
}

TEST_CASE("surprise-22: two threads, two processes") {  // G.8
  const Both both = compare("surprise-22", {{"rounds", "3"}}, Promise::nobodys_promise, "times are the machine's; two threads use one core in both");
  for (const std::string& out : {both.ours.out, both.theirs.out}) {
    const auto line = out.substr(out.find("thread x 2: "));
    CHECK(number_in(line, "on ") <= 1.1);
  }
  static_cast<void>(answers_of("surprise-22", both.ours, {}));
}

TEST_CASE("surprise-23: late by the switch interval") {  // G.8
  const Both both = compare("surprise-23", {{"messages", "20"}}, Promise::nobodys_promise, "latencies: at least an interval beside a thread that computes, in both");
  for (const std::string& out : {both.ours.out, both.theirs.out}) {
    CHECK(number_in(out, "interval 5.0 ms, 1 computing: ") >= 4);
    CHECK(number_in(out, "interval 0.5 ms, 1 computing: ") >= 0.4);
  }
  CHECK(answers_of("surprise-23", both.ours, {}) != "at-once");
}

TEST_CASE("surprise-24: x += 1 and x = f(x)") {  // G.4
  const Both both = compare("surprise-24", {{"rounds", "500"}}, Promise::nobodys_promise, "x += 1 loses as its version does; by x = f(x) how many is nobody's promise");
  const auto in_place = [](const std::string& out) { return number_in(out, "in_place: lost "); };
  if (python_minor() >= 10) {
    CHECK(in_place(both.ours.out) == 0);
    CHECK(in_place(both.theirs.out) == 0);
    CHECK(answers_of("surprise-24", both.ours, {}).starts_with("none"));
  }
  // Before 3.10 between any two instructions: some, sooner or later.
  bool lost = false;
  for (int i = 0; i < 5 && !lost; ++i) lost = in_place(run_lesson(FORKLIGHT_ENGINE, {.scenario = "surprise-24", .settings = {{"python", "3.8"}}, .python_minor = 8}).out) > 0;
  CHECK(lost);
}

TEST_CASE("surprise-25: one call of C") {  // G.5
  const Both both = compare("surprise-25", {}, Promise::nobodys_promise, "times; the other thread stands still as long as sum() takes, in both");
  for (const std::string& out : {both.ours.out, both.theirs.out}) {
    CHECK(number_in(out, "stood still for ") >= 0.6 * number_in(out, "sum: took "));
  }
  CHECK(answers_of("surprise-25", both.ours, {}).starts_with("whole"));
}

TEST_CASE("surprise-26: to read is to copy" * doctest::skip(!tests::kMemoryIsOurs)) {  // M-07 M-11
  const Both both = compare("surprise-26", {}, Promise::nobodys_promise, "megabytes: most of the list, none of the array, in both");
  for (const std::string& out : {both.ours.out, both.theirs.out}) {
    CHECK(number_in(out, "after sum() ") - number_in(out, "list: own memory ") >= 33);
    const std::string array = out.substr(out.find("array: "));
    CHECK(number_in(array, "after sum() ") - number_in(array, "own memory ") <= 2);
  }
  CHECK(answers_of("surprise-26", both.ours, {}) == "all");
}

TEST_CASE("surprise-27: a lambda, and spawn") {  // S-06 S-20
  const Both both = compare("surprise-27", {}, Promise::exact, "every line, but for the address");
  CHECK(answers_of("surprise-27", both.ours, {}) == "start-fails");
}

TEST_CASE("surprise-28: a list in a list of the manager's") {  // E-60 E-61
  const Both both = compare("surprise-28", {}, Promise::exact, "every line");
  CHECK(answers_of("surprise-28", both.ours, {}) == "same");
}
