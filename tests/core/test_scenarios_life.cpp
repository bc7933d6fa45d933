// The scenarios of a process's life and end: the engine against the Python twin by real python3, in every variant; claims that hold, and
// claims that break.
#include <doctest/doctest.h>

#include <cstdlib>

#include "core/base/clock.h"
#include "core/scenario/claims.h"
#include "tests/support/rounds.h"
#include "tests/support/scenario_runs.h"

using namespace forklight;
using scenario::Verdict;
using tests::Changes, tests::sorted_lines;

namespace {

// Both say the same, in whatever order different processes speak.
tests::LessonRun conforms(const std::string& id, const Changes& changes) {
  CAPTURE(id);
  for (const auto& [name, value] : changes) CAPTURE(value);
  tests::Both both = tests::run_both(id, changes);
  CHECK(sorted_lines(both.ours.out) == sorted_lines(both.theirs.out));
  CHECK(tests::outline(both.ours.err) == tests::outline(both.theirs.err));
  return std::move(both.ours);
}

const timeline::Task& task(const tests::LessonRun& run, std::string_view name) {
  const timeline::Task* found = scenario::task_named(run.model, name);
  REQUIRE(found != nullptr);
  return *found;
}

bool has_zombie(const timeline::Task& task) {
  return std::any_of(task.spans.begin(), task.spans.end(), [](const auto& span) { return span.state == timeline::State::zombie; });
}

}  // namespace

TEST_CASE("scenario zombie conforms to its Python twin, whoever asks") {  // P-50 P-51 P-52
  for (const char* reaper : {"join", "active-children", "another-start", "at-the-end"}) {
    const auto run = conforms("zombie", {{"reaper", reaper}, {"seconds", "0.8"}});
    const timeline::Task& child = task(run, "Process-1");
    CHECK(has_zombie(child));
    CHECK(child.reaped_by == 1);
    // Nobody asks as long as that, or half a second more at the end. (How long the child lives is the machine's business.)
    const bool at_end = std::string(reaper) == "at-the-end";
    CHECK(child.reaped_ns - child.born_ns > (at_end ? 1300 : 800) * base::kMillisecond);
  }
}

TEST_CASE("scenario orphan conforms to its Python twin, however the parent ends") {  // P-61 P-62 P-63
  for (const char* parent : {"killed", "terminated", "leaves"}) {
    for (const char* child : {"normal", "daemon"}) {
      const auto run = conforms("orphan", {{"parent", parent}, {"child", child}, {"seconds", "0.3"}});
      // Forklight is who adopts it, and who reaps it in the end.
      CHECK(task(run, "Process-1:1").reaped_by == 0);
      CHECK(task(run, "Process-1:1").adopted_ns >= task(run, "Process-1").death_ns);
      CHECK(task(run, "Process-1:1").adopted_ns < task(run, "Process-1:1").death_ns);
      CHECK(task(run, "Process-1").adopted_ns == timeline::kOpen);  // dead before MainProcess was
    }
  }
}

TEST_CASE("scenario daemon conforms to its Python twin, however MainProcess ends") {  // P-55 P-57 P-58 P-59 P-60 P-61
  for (const char* what : {"main-returns", "main-raises", "main-leaves", "daemon-has-children"}) {
    conforms("daemon", {{"what", what}, {"seconds", "1"}});
  }
}

TEST_CASE("scenario crash conforms to its Python twin: a process dies alone, a thread takes all along") {  // P-36
  conforms("crash", {{"workers", "processes"}, {"seconds", "0.3"}});
  const auto run = conforms("crash", {{"workers", "threads"}, {"seconds", "0.3"}});
  CHECK(run.main_status == -11);
}

TEST_CASE("scenario terminate-vs-kill conforms to its Python twin") {  // P-37 P-40 P-41 P.3
  const auto run = conforms("terminate-vs-kill", {{"how", "terminate"}, {"seconds", "0.5"}});
  CHECK(task(run, "cleans_up").exit_code() == 143);
  CHECK(std::count_if(run.records.begin(), run.records.end(), [](const auto& record) { return record.event.kind == trace::Kind::handler_begin; }) == 1);
  conforms("terminate-vs-kill", {{"how", "kill"}, {"seconds", "0.5"}});
}

TEST_CASE("scenario copy-on-write conforms to its Python twin" * doctest::skip(!tests::kMemoryIsOurs)) {  // M-06 M-07 M-10 M-11
  // How much memory an interpreter has besides the block is its own affair; how much moves is not.
  const auto moved = [](const std::string& out) {
    std::vector<long> numbers;
    for (std::size_t at = 0; (at = out.find("private ", at)) != std::string::npos; at += 8) numbers.push_back(std::atol(out.c_str() + at + 8));
    REQUIRE(numbers.size() == 11);  // MainProcess, the child ten times, MainProcess
    std::vector<long> steps;
    for (std::size_t i = 2; i < 10; ++i) steps.push_back(numbers[i] - numbers[i - 1]);
    return steps;
  };
  for (const char* child : {"writes", "reads", "reads-objects"}) {
    CAPTURE(child);
    const tests::Both both = tests::run_both("copy-on-write", {{"child", child}, {"megabytes", "32"}, {"seconds", "0.2"}});
    CHECK(both.ours.err == "");
    const auto ours = moved(both.ours.out), theirs = moved(both.theirs.out);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      CAPTURE(i);
      CHECK(std::abs(ours[i] - theirs[i]) <= 2);
    }
  }
}

TEST_CASE("scenario claims of a life: judged by other settings they break") {
  const Changes join{{"reaper", "join"}}, at_end{{"reaper", "at-the-end"}, {"seconds", "0.5"}};
  CHECK(tests::verdict("zombie", tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("zombie", at_end)), join, "reaped") == Verdict::broken);
  const Changes processes{{"workers", "processes"}}, threads{{"workers", "threads"}, {"seconds", "0.2"}};
  const auto crashed = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("crash", threads));
  CHECK(tests::verdict("crash", crashed, processes, "code") == Verdict::broken);
  CHECK(tests::verdict("crash", crashed, processes, "neighbour") == Verdict::broken);
  const Changes returns{{"what", "main-returns"}}, leaves{{"what", "main-leaves"}, {"seconds", "1"}};
  const auto left = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("daemon", leaves));
  for (const char* claim : {"daemon-code", "waited-for", "cleans-up"}) {
    CAPTURE(claim);
    CHECK(tests::verdict("daemon", left, returns, claim) == Verdict::broken);
  }
  const auto told = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("terminate-vs-kill", {{"seconds", "0.5"}}));
  CHECK(tests::verdict("terminate-vs-kill", told, {{"how", "kill"}}, "codes") == Verdict::broken);
  CHECK(tests::verdict("terminate-vs-kill", told, {{"how", "kill"}}, "cleaned-up") == Verdict::broken);
  if (tests::kMemoryIsOurs) {
    const auto read = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("copy-on-write", {{"child", "reads"}, {"seconds", "0.2"}}));
    CHECK(tests::verdict("copy-on-write", read, {{"child", "writes"}}, "copied") == Verdict::broken);
    CHECK(tests::verdict("copy-on-write", read, {{"megabytes", "256"}}, "shared-first") == Verdict::broken);
  }
  const auto killed = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("orphan", {{"seconds", "0.2"}}));
  CHECK(tests::verdict("orphan", killed, {{"parent", "leaves"}}, "code") == Verdict::broken);
}

TEST_CASE("scenario main-guard conforms to its Python twin") {  // S-27
  for (const char* guard : {"missing", "present"}) {
    for (const char* method : {"fork", "spawn", "forkserver"}) conforms("main-guard", {{"guard", guard}, {"method", method}});
  }
}

TEST_CASE("scenario main-guard since 3.14: the forkserver dies and start fails") {  // S-28
  supervisor::RunRequest request{.scenario = "main-guard", .settings = {{"method", "forkserver"}}};
  request.python_minor = 14;
  const auto run = tests::run_lesson(FORKLIGHT_ENGINE, request);
  CHECK(run.main_status == 1);
  tests::check_claims("main-guard", run, tests::settings_of("main-guard", {{"method", "forkserver"}}));
}

TEST_CASE("scenario start-methods conforms to its Python twin") {  // S-02 S-03 S-05
  const tests::Both both = tests::run_both("start-methods", {{"megabytes", "20"}});
  const auto without_numbers = [](const std::string& text) {  // times and sizes are nobody's promise
    std::vector<std::string> lines;
    for (const std::string& line : sorted_lines(text)) {
      if (line.find(" ms") == std::string::npos && line.find("of its own") == std::string::npos) lines.push_back(line);
    }
    return lines;
  };
  CHECK(without_numbers(both.ours.out) == without_numbers(both.theirs.out));
  CHECK(without_numbers(both.ours.out).size() == 12);
}

TEST_CASE("scenarios of processes and life hold their claims as every version") {  // 0.1
  const std::pair<const char*, Changes> lessons[] = {{"exit-codes", {{"seconds", "1"}}},
                                                     {"start-methods", {{"megabytes", "4"}}},
                                                     {"start-methods", {{"method", "default"}, {"megabytes", "4"}}},
                                                     {"main-guard", {{"method", "forkserver"}}},
                                                     {"main-guard", {{"method", "spawn"}}},
                                                     {"zombie", {{"seconds", "0.5"}}},
                                                     {"orphan", {{"seconds", "0.2"}}},
                                                     {"daemon", {{"seconds", "1"}}},
                                                     {"terminate-vs-kill", {{"seconds", "0.5"}}},
                                                     {"crash", {{"seconds", "0.2"}}}};
  for (const char* version : {"3.8", "3.12", "3.13", "3.14"}) {
    for (auto [id, changes] : lessons) {
      changes.emplace_back("python", version);
      CAPTURE(version);
      CAPTURE(id);
      supervisor::RunRequest request = tests::request_for(id, changes);
      request.python_minor = scenario::python_minor(tests::settings_of(id, changes), 11);
      const auto run = tests::run_lesson(FORKLIGHT_ENGINE, request);
      CHECK(run.error == "");
      tests::check_claims(id, run, tests::settings_of(id, changes));
    }
  }
}
