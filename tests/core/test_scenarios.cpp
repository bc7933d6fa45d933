// The scenarios: claims hold, and the Python twin by real python3 says and does the same.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/scenario/scenario.h"
#include "tests/support/run_lesson.h"

using namespace forklight;
using scenario::Verdict;

namespace {

struct Setting {
  std::string name, value;
};

// Runs both, with the same settings, and compares what SEMANTICS 0.2 calls deterministic.
void compare(const std::string& id, const std::vector<Setting>& changes, bool same_order) {
  const scenario::Scenario& found = scenario::find(id);
  scenario::Settings settings(found.parameters);
  std::vector<std::string> arguments;
  supervisor::RunRequest request{.scenario = id};
  request.python_minor = tests::python_minor();
  for (const Setting& change : changes) {
    settings.set(change.name, change.value);
    arguments.push_back(change.name + "=" + change.value);
    request.settings[change.name] = change.value;
  }
  const auto ours = tests::run_lesson(FORKLIGHT_ENGINE, request);
  const auto theirs = tests::unless_sanitized(ours, [&] {
    return tests::run_python_file(std::string(SOURCE_DIR "/assets/scenarios/") + std::string(found.python_file), arguments);
  });

  CHECK(ours.error == "");
  CHECK(ours.main_status == theirs.status);
  CHECK(tests::normalised(ours.err) == tests::normalised(theirs.err));
  if (same_order) {
    CHECK(ours.out == theirs.out);
  } else {
    CHECK(tests::sorted_lines(ours.out) == tests::sorted_lines(theirs.out));
  }
  for (const scenario::Claim& claim : found.claims) {
    CAPTURE(claim.id);
    CHECK(claim.check(ours.model, settings, true) == Verdict::held);
  }
  CHECK(ours.model.lost_count() == 0);
  for (const timeline::Task& task : ours.model.tasks()) CHECK(task.exit_code().has_value());
}

}  // namespace

TEST_CASE("scenario hello conforms to its Python twin") {
  compare("hello", {{"seconds", "0.2"}}, false);  // three greet at once: their order is nobody's
}

TEST_CASE("scenario exit-codes terminated first conforms to its Python twin") {  // P-30 P-35 P-37
  compare("exit-codes", {{"order", "terminate-first"}}, true);
}

TEST_CASE("scenario exit-codes joined first conforms to its Python twin") {  // P-43
  compare("exit-codes", {{"order", "join-first"}, {"seconds", "1"}}, true);
}

TEST_CASE("scenario exit-codes: lines on the timeline are the lines of the twin") {
  const auto run = tests::run_lesson(FORKLIGHT_ENGINE, {.scenario = "exit-codes"});
  const std::string_view twin = scenario::find("exit-codes").python;
  const auto line_with = [&](std::string_view code) {
    int line = 1;
    for (const char c : twin.substr(0, twin.find(code))) line += c == '\n' ? 1 : 0;
    return line;
  };
  const auto& tasks = run.model.tasks();
  REQUIRE(tasks.size() == 4);
  CHECK(run.model.line_at(tasks[2], tasks[2].death_ns) == line_with("raise RuntimeError"));
  CHECK(run.model.line_at(tasks[3], tasks[3].death_ns) == line_with("time.sleep(seconds)"));
  CHECK(run.model.line_at(tasks[0], tasks[0].death_ns) == line_with("print(process.name"));
}

TEST_CASE("scenario claims: a run that did something else breaks them") {
  auto run = tests::run_lesson(FORKLIGHT_ENGINE, {.scenario = "exit-codes"});
  const scenario::Scenario& found = scenario::find("exit-codes");
  scenario::Settings join_first(found.parameters);
  join_first.set("order", "join-first");  // judged as if it had been the other order
  CHECK(found.claims[0].check(run.model, join_first, true) == Verdict::broken);
  const timeline::Model empty;
  for (const scenario::Claim& claim : found.claims) CHECK(claim.check(empty, join_first, true) != Verdict::pending);
}

TEST_CASE("settings: what is unknown or out of range is refused in one sentence, and changes nothing") {
  scenario::Settings settings(scenario::find("exit-codes").parameters);
  CHECK_THROWS_WITH_AS(settings.set("ordre", "x"), "There is no parameter 'ordre': choose from order, seconds, python.", base::UsageError);
  CHECK_THROWS_WITH_AS(settings.set("order", "x"), "'x' is no value for order: give one of terminate-first, join-first.", base::UsageError);
  for (const char* bad : {"", "abc", "-1", "61", "1e999", "nan", "inf", "1 ", "0x10", "1,5"}) {
    CHECK_THROWS_AS(settings.set("seconds", bad), base::UsageError);
  }
  CHECK(settings.text("seconds") == "3");
  settings.set("seconds", "1.5");
  CHECK(settings.real("seconds") == 1.5);
}

TEST_CASE("scenario: an unknown one is refused by naming those there are, the lessons first, then the surprises in their order") {
  std::string names;
  for (const scenario::Scenario* one : scenario::all()) names += (names.empty() ? "" : ", ") + std::string(one->id);
  CHECK(names.starts_with("hello, exit-codes, start-methods, main-guard, zombie, orphan, daemon, terminate-vs-kill, crash, copy-on-write, queue, pipe, deadlock-join, event, "
                          "shared-memory, killed-with-lock, barrier, condition, gil-vs-processes, gil-io, convoy, switch-interval, race, trade-offs, pool-apply, pool-map, "
                          "pool-imap, pool-event, pool-dead-worker, pool-recycle, surprise-01, surprise-02, surprise-03, "));
  CHECK_THROWS_WITH_AS((void)scenario::find("helo"), ("There is no scenario 'helo': choose from " + names + ".").c_str(), base::UsageError);
}

TEST_CASE("scenario: each offers Python's version, once, and the engine takes it") {  // 0.1
  for (const scenario::Scenario* one : scenario::all()) {
    CAPTURE(std::string(one->id));
    const auto offers = [](const scenario::Parameter& parameter) { return parameter.id == "python"; };
    CHECK(std::count_if(one->parameters.begin(), one->parameters.end(), offers) == 1);
    scenario::Settings settings(one->parameters);
    CHECK(scenario::python_minor(settings, 11) == 11);
    settings.set("python", "3.8");
    CHECK(scenario::python_minor(settings, 11) == 8);
  }
}
