// Start methods where versions differ (SEMANTICS 0.1), and what they leave behind: the versions that this machine's python3 is not.
#include <doctest/doctest.h>

#include "core/process/start_method.h"
#include "tests/support/processes.h"
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
  CHECK(server->death_ns > main->death_ns);
  CHECK(tests::none_left());
}
