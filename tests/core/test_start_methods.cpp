// Start methods where versions differ (SEMANTICS 0.1), and what they leave behind: the versions that this machine's python3 is not.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "core/process/start_method.h"
#include "tests/support/lessons.h"
#include "tests/support/processes.h"
#include "tests/support/rounds.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

tests::LessonRun run_as(int python_minor, const char* lesson) {
  supervisor::RunRequest request;
  request.scenario = lesson;
  request.python_minor = python_minor;
  auto run = tests::run_lesson(TEST_ENGINE, request);
  CHECK(run.error == "");
  CHECK(run.model.complete());
  return run;
}

const timeline::Task* task_named(const tests::LessonRun& run, const std::string& name) {
  for (const timeline::Task& task : run.model.tasks()) {
    if (task.name == name) return &task;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("0.1 the default start method and the order of all of them follow the version") {
  using process::StartMethod;
  CHECK(process::default_start_method(8) == StartMethod::fork);
  CHECK(process::default_start_method(13) == StartMethod::fork);
  CHECK(process::default_start_method(14) == StartMethod::forkserver);
  CHECK(process::all_start_methods(13).front() == StartMethod::fork);
  CHECK(process::all_start_methods(14).front() == StartMethod::forkserver);
}

TEST_CASE("S-28 forkserver without a main guard: since 3.14 the server dies and start fails") {
  const auto run = run_as(14, "S-27 forkserver without a main guard");
  CHECK(run.main_status == 1);
  CHECK(run.err.find("ConnectionResetError: [Errno 104] Connection reset by peer") != std::string::npos);
  CHECK(run.err.find("An attempt has been made to start a new process") != std::string::npos);
}

TEST_CASE("S-05 the program is imported by every child before 3.14 and once by the server since then") {
  const auto tops = [](const tests::LessonRun& run) {
    std::size_t count = 0;
    for (const trace::Record& record : run.records) count += record.event.kind == trace::Kind::import_end ? 1 : 0;
    return count;
  };
  CHECK(tops(run_as(13, "P-35 an uncaught exception under every method")) == 2);  // the spawned child and the server's
  const auto since = run_as(14, "P-35 an uncaught exception under every method");
  CHECK(tops(since) == 2);
  const timeline::Task* server = task_named(since, "forkserver");
  REQUIRE(server != nullptr);
  std::size_t in_server = 0;
  for (const trace::Record& record : since.records) in_server += record.event.kind == trace::Kind::import_end && record.task == server->id ? 1 : 0;
  CHECK(in_server == 1);
}

TEST_CASE("S-22 S-20 error texts of 3.14") {
  CHECK(run_as(14, "S-22 a target under the main guard is not found").err.find("AttributeError: module '__mp_main__' has no attribute 'guarded'") !=
        std::string::npos);
  CHECK(run_as(14, "S-06 S-20 a lambda runs under fork alone").out.find("it's not found as __main__.<lambda>") != std::string::npos);
}

TEST_CASE("S-02 the forkserver is born once and ends when its clients are gone") {
  const auto run = run_as(11, "S-01 S-02 P-02 three methods and their names and exit codes");
  const timeline::Task* server = task_named(run, "forkserver");
  REQUIRE(server != nullptr);
  CHECK(server->exit_code() == 0);
  const timeline::Task* main = run.model.find(1);
  REQUIRE(main != nullptr);
  // MainProcess's descriptors close before the kernel tells of its death: the server may even be quicker to die.
  const auto& events = run.model.events();
  const auto leaves = std::find_if(events.rbegin(), events.rend(), [](const auto& ref) { return ref.task == 1 && ref.event.kind == trace::Kind::exit; });
  REQUIRE(leaves != events.rend());
  CHECK(server->death_ns > leaves->event.time_ns);
  CHECK(tests::none_left());
}

TEST_CASE("S-15 the tracker is a task of its own, started by who needs it first, and ends when the last writer is gone") {
  const auto run = run_as(11, "S-15 one resource tracker for the tree, from the first start under spawn on");
  const timeline::Task* tracker = task_named(run, std::string(trace::kResourceTracker));
  REQUIRE(tracker != nullptr);
  std::size_t trackers = 0;
  for (const timeline::Task& task : run.model.tasks()) trackers += task.name == trace::kResourceTracker ? 1 : 0;
  CHECK(trackers == 1);
  CHECK(tracker->parent == 1);
  CHECK(tracker->exit_code() == 0);
  CHECK(tracker->id < task_named(run, "SpawnProcess-2")->id);  // by order of their starts: who comes to its own program first is open
  // Whoever could write has left before it; the forkserver could not.
  std::map<trace::TaskId, std::int64_t> left_ns;
  for (const trace::Record& record : run.records) {
    if (record.event.kind == trace::Kind::exit) left_ns[record.task] = record.event.time_ns;
  }
  for (const timeline::Task& task : run.model.tasks()) {
    if (task.name != trace::kForkserver) CHECK(left_ns[task.id] <= left_ns[tracker->id]);
  }
  // It does nothing, and is shown so.
  CHECK(std::any_of(tracker->spans.begin(), tracker->spans.end(), [](const timeline::Span& span) {
    return span.state == timeline::State::blocked && span.reason == trace::BlockReason::requests;
  }));
  CHECK(run.err == "");
  CHECK(tests::none_left());
}

TEST_CASE("S-15 what was registered by a process that left without its end is told of") {
  const auto run = run_as(11, "S-15 what a killed process had registered is told of by the tracker");
  CHECK(run.main_status == 3);
  // A lock is one semaphore; an event is five: its condition's lock and three, and its flag.
  CHECK(run.err.find("resource_tracker: There appear to be 6 leaked semaphore objects to clean up at shutdown") != std::string::npos);
}

TEST_CASE("S-15 SIGINT and SIGTERM do not meet the tracker") {
  const auto run = run_as(11, "S-15 SIGINT and SIGTERM do not meet the tracker");
  CHECK(run.out == "done\n");
  CHECK(task_named(run, std::string(trace::kResourceTracker))->exit_code() == 0);
}

TEST_CASE("S-15 a tracker that was killed is replaced") {
  const auto run = run_as(11, "S-15 a tracker that was killed is replaced");
  CHECK(run.out == "0\n");
  CHECK(run.err.find("process died unexpectedly, relaunching") != std::string::npos);
  // The first may have been killed before it had said its name.
  std::size_t trackers = 0;
  for (const timeline::Task& task : run.model.tasks()) trackers += task.name == trace::kResourceTracker || task.name.empty() ? 1 : 0;
  CHECK(trackers == 2);
}

std::size_t count_named(const tests::LessonRun& run, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(run.model.tasks().begin(), run.model.tasks().end(), [&](const auto& task) { return task.name == name; }));
}

TEST_CASE("S-02 S-15 threads that start the first processes at once share one server and one tracker") {
  const auto run = run_as(11, "S-02 S-15 threads that start the first processes at once");
  CHECK(run.out == "0 children left\n");
  CHECK(run.err == "");
  CHECK(count_named(run, trace::kForkserver) == 1);
  CHECK(count_named(run, trace::kResourceTracker) == 1);
  CHECK(tests::none_left());
}

TEST_CASE("G-07 threads without a GIL start and join processes at once: each has its own name, and is reaped once") {
  const auto run = run_as(13, "G-07 threads without a GIL that start and join processes at once");
  CHECK(run.out == "100 ended with 0, 0 children left, next is Process-20101\n");
  CHECK(run.err == "");
  std::map<trace::TaskId, int> reaped;
  for (const trace::Record& record : run.records) {
    if (record.event.kind == trace::Kind::reap) ++reaped[record.event.object];
  }
  for (const timeline::Task& task : run.model.tasks()) {
    if (!task.is_thread()) CHECK(reaped[task.id] == 1);
  }
  CHECK(tests::none_left());
}

// How many die in a second is nobody's promise, and so not how often it is said.
TEST_CASE("S-29 a pool without a main guard: each worker dies as it is born and is replaced, without an end") {
  const auto* lesson = tests::find_lesson("S-29 a pool without a main guard");
  REQUIRE(lesson != nullptr);
  const auto ours = run_as(tests::python_minor(), "S-29 a pool without a main guard");
  const auto theirs = tests::run_python(std::string(lesson->python));
  CHECK(ours.out == "no end\n");
  CHECK(theirs.out == ours.out);
  CHECK(ours.main_status == theirs.status);
  for (const std::string* err : {&ours.err, &theirs.err}) {
    CHECK(err->find("An attempt has been made to start a new process before the") != std::string::npos);
    CHECK(err->find("freeze_support()") != std::string::npos);
  }
  std::size_t died = 0;
  for (const timeline::Task& task : ours.model.tasks()) died += task.name.starts_with("SpawnPoolWorker-") && task.exit_code() == 1 ? 1 : 0;
  CHECK(died >= 3);
  CHECK(tests::none_left());
}

TEST_CASE("S-30 error text of 3.14") {
  CHECK(run_as(14, "S-30 a program that was given with -c").err.find("AttributeError: module '__main__' has no attribute 'says'") != std::string::npos);
}

TEST_CASE("M-02 M-03 M-04 M-05 what idle children have of their own: fork least, spawn most, the forkserver's between") {
  const auto run = run_as(11, "M idle children");
  const auto kib = [&](const std::string& who) {
    const auto at = run.out.find(who + " ");
    REQUIRE(at != std::string::npos);
    return std::atol(run.out.c_str() + at + who.size() + 1);
  };
  CHECK(kib("parent") > 8 * 1024);  // M-01: alone, what it has is its own
  CHECK(kib("fork") < kib("forkserver"));
  CHECK(kib("forkserver") < kib("spawn"));
  CHECK(kib("fork") < 2 * 1024);
  // M-05: the helpers have memory too, and it is looked at like everybody's.
  for (const std::string_view helper : {trace::kForkserver, trace::kResourceTracker}) {
    const timeline::Task* task = task_named(run, std::string(helper));
    REQUIRE(task != nullptr);
    const auto* kernel = run.model.kernel().find(task->id);
    REQUIRE(kernel != nullptr);
    CHECK(kernel->memory.whole().most.private_pages > 0);
  }
}

TEST_CASE("M-08 M-09 M-10 M-12 M-14 M-15 what a forked child copies by what it does" * doctest::skip(!tests::kMemoryIsOurs)) {
  const auto run = run_as(11, "M what a forked child copies");
  CAPTURE(run.out);
  const auto grown = [&](const std::string& what) {
    const auto at = run.out.find(what + " ");
    REQUIRE(at != std::string::npos);
    return std::atol(run.out.c_str() + at + what.size() + 1);
  };
  CHECK(grown("len") == 0);
  CHECK(grown("iterates") >= 31);            // M-07, M-13: a count in every object
  CHECK(grown("iterates") <= 33);
  CHECK(grown("overwrites") >= 5);           // the list's own pointers, 8 bytes for each object of 40
  CHECK(grown("overwrites") <= 8);
  CHECK(grown("scans-bytes") == 0);
  CHECK(grown("iterates-one-object") == 0);  // one page
  CHECK(grown("collects") >= 31);            // the collector's words before each object
  CHECK(grown("collects-frozen") == 0);
  CHECK(grown("parent") >= 64);              // what a child writes is the child's: the parent's is as it was
}
