// The supervisor: moments of death, zombies, orphans, caps, stopping; and an engine that cannot start.
#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

using namespace forklight;
using timeline::State;

TEST_CASE("supervisor: a zombie's exit code is known before anybody has joined it") {  // P-50
  const auto run = tests::run_test_lesson("zombie");
  REQUIRE(run.model.tasks().size() == 2);
  const timeline::Task& child = run.model.tasks()[1];
  CHECK(child.exit_code() == 7);
  CHECK(child.reaped_by == 1);
  REQUIRE(child.spans.back().state == State::zombie);
  CHECK(child.spans.back().end_ns - child.spans.back().begin_ns > 200 * base::kMillisecond);
  std::size_t death = 0, reap = 0;
  for (std::size_t i = 0; i < run.records.size(); ++i) {
    const trace::Event& event = run.records[i].event;
    if (event.object != child.id) continue;
    if (event.kind == trace::Kind::death) {
      death = i;
      CHECK(event.a == 7 << 8);  // read from /proc while it was a zombie
    }
    if (event.kind == trace::Kind::reap) reap = i;
  }
  CHECK(death < reap);
}

TEST_CASE("supervisor: an orphan is adopted, outlives its parent, and is reaped") {  // P-61
  const auto run = tests::run_test_lesson("orphan dies");
  CHECK(run.main_status == 3);
  REQUIRE(run.model.tasks().size() == 2);
  const timeline::Task& main = run.model.tasks()[0];
  const timeline::Task& orphan = run.model.tasks()[1];
  CHECK(orphan.death_ns > main.death_ns);
  CHECK(orphan.exit_code() == 0);
  CHECK(orphan.reaped_by == 0);
  CHECK(run.model.complete());
  bool adopted = false;
  for (const auto& record : run.records) adopted = adopted || (record.event.kind == trace::Kind::adopted && record.event.object == orphan.id);
  CHECK(adopted);
}

TEST_CASE("supervisor: a hundred children at once, every birth, death and exit code on record") {
  const auto run = tests::run_test_lesson("hundred children");
  CHECK(run.out == "100\n");
  CHECK(run.model.tasks().size() == 101);
  CHECK(run.model.complete());
  for (std::size_t i = 1; i < run.model.tasks().size(); ++i) CHECK(run.model.tasks()[i].exit_code() == static_cast<int>(i - 1));
}

TEST_CASE("supervisor: five hundred children started and joined, nothing lost") {
  supervisor::RunRequest request{.scenario = "five hundred children"};
  request.caps.processes = 600;
  request.observe = observe::Want::nothing;
  const auto run = tests::run_lesson(TEST_ENGINE, request, std::chrono::seconds(100));
  CHECK(run.error == "");
  CHECK(run.out == "500\n");
  CHECK(run.model.tasks().size() == 501);
  CHECK(run.model.complete());
  CHECK(run.model.lost_count() == 0);
  std::size_t starts = 0, joins = 0;
  for (const auto& record : run.records) {
    starts += record.event.kind == trace::Kind::start_end ? 1 : 0;
    joins += record.event.kind == trace::Kind::join_end && record.event.a == 1 ? 1 : 0;
  }
  CHECK(starts == 500);
  CHECK(joins == 500);
  for (std::size_t i = 1; i < run.model.tasks().size(); ++i) {
    const timeline::Task& child = run.model.tasks()[i];
    CHECK(child.exit_code() == static_cast<int>(i % 7));
    CHECK(child.reaped_by == 1);
  }
  CHECK(tests::none_left());
}

TEST_CASE("supervisor: the process cap refuses the start as the system would, and says so") {
  supervisor::RunRequest request{.scenario = "too many"};
  request.caps.processes = 10;
  const auto run = tests::run_lesson(TEST_ENGINE, request);
  CHECK(run.out.find("BlockingIOError: [Errno 11] Resource temporarily unavailable") != std::string::npos);
  CHECK(run.model.cap_hit() == trace::Cap::processes);
  CHECK(run.model.tasks().size() == 10);
  CHECK(run.model.complete());
}

TEST_CASE("supervisor: out of descriptors start fails with Python's error and nothing is left") {
  const auto run = tests::run_lesson(TEST_ENGINE, {.scenario = "no descriptors", .caps = {.processes = 1000}});
  CHECK(run.out.find("OSError: [Errno 24] Too many open files") != std::string::npos);
  CHECK(run.model.complete());
}

TEST_CASE("supervisor: the time limit ends the run") {
  // A slow machine may need more than a second before the child has said that it ignores the signal.
  tests::LessonRun run;
  for (std::int64_t seconds = 1; seconds <= 16 && run.out != "ready\n"; seconds *= 2) {
    run = tests::run_lesson(TEST_ENGINE, {.scenario = "ignores SIGTERM", .caps = {.run_time_s = seconds}});
  }
  CHECK(run.error == "");
  REQUIRE(run.model.tasks().size() == 2);
  CHECK(run.model.cap_hit() == trace::Cap::run_time);
  CHECK(run.model.stopped() == trace::StopReason::run_time);
  CHECK(run.main_status == -SIGTERM);
  CHECK(run.model.tasks().at(1).exit_code() == -SIGKILL);
}

TEST_CASE("supervisor: the time that the learner holds a run does not count against its limit") {
  supervisor::Engine engine({.engine = TEST_ENGINE, .pace = {.pace = supervisor::Pace::step}}, {.scenario = "ignores SIGTERM", .caps = {.run_time_s = 1}});
  std::vector<trace::Record> records;
  const auto capped = [&] {
    for (const auto& batch : engine.take()) records.insert(records.end(), batch.begin(), batch.end());
    return std::any_of(records.begin(), records.end(), [](const trace::Record& record) { return record.event.kind == trace::Kind::cap; });
  };
  CHECK_FALSE(tests::wait_until(capped, std::chrono::milliseconds(2500)));
  CHECK(engine.pace().at_gate().size() == 1);
  engine.pace().set_real();
  CHECK(tests::wait_until(capped));  // from then on it does
  CHECK(tests::wait_until([&] { return (void)engine.take(), engine.finished(); }));
}

TEST_CASE("engine: stop is SIGTERM to all, and SIGKILL to who does not listen") {
  supervisor::Engine engine({.engine = TEST_ENGINE}, {.scenario = "ignores SIGTERM"});
  std::vector<trace::Record> records;
  const auto take = [&] {
    for (auto& batch : engine.take()) std::move(batch.begin(), batch.end(), std::back_inserter(records));
  };
  CHECK(tests::wait_until([&] {
    take();
    for (const auto& record : records) {
      if (record.event.kind == trace::Kind::output) return true;
    }
    return false;
  }));
  engine.stop();
  CHECK(tests::wait_until([&] { return take(), engine.finished(); }));
  timeline::Model model;
  model.append(records);
  CHECK(model.stopped() == trace::StopReason::learner);
  CHECK(model.tasks().at(0).exit_code() == -SIGTERM);
  CHECK(model.tasks().at(1).exit_code() == -SIGKILL);
  CHECK(engine.error() == "");
}

TEST_CASE("engine: stopped at any moment, every exit code is known and everything is reaped") {
  std::mt19937 random(815);
  for (int round = 0; round < 40; ++round) {
    supervisor::Engine engine({.engine = TEST_ENGINE}, {.scenario = "busy tree"});
    std::vector<trace::Record> records;
    const auto take = [&] {
      for (auto& batch : engine.take()) std::move(batch.begin(), batch.end(), std::back_inserter(records));
    };
    const auto moment = std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 40'000);
    CHECK(tests::wait_until([&] { return take(), !records.empty() && std::chrono::steady_clock::now() > moment; }));
    engine.stop();
    CHECK(tests::wait_until([&] { return take(), engine.finished(); }));
    timeline::Model model;
    model.append(records);
    CHECK(model.complete());
    for (const timeline::Task& task : model.tasks()) {
      CAPTURE(task.name);
      CHECK(task.exit_code().has_value());
    }
  }
}

TEST_CASE("engine: dropped in the middle it takes everything with it") {
  for (int i = 0; i < 10; ++i) {
    supervisor::Engine engine({.engine = TEST_ENGINE}, {.scenario = "busy tree"});
    CHECK(tests::wait_until([&] { return !engine.take().empty(); }));
  }
  CHECK(tests::children_of(::getpid()).empty());
}

// A run of it, from where its process has left the group on.
void with_one_away(const std::function<void(supervisor::Engine&)>& end) {
  supervisor::Engine engine({.engine = TEST_ENGINE}, {.scenario = "leaves the group"});
  CHECK(tests::wait_until([&] {
    const auto batches = engine.take();
    const auto says = [](const trace::Record& record) { return record.event.kind == trace::Kind::output; };
    return std::any_of(batches.begin(), batches.end(), [&](const auto& batch) { return std::any_of(batch.begin(), batch.end(), says); });
  }));
  end(engine);
}

TEST_CASE("engine: a process that has left the group does not outlive a killed supervisor") {
  with_one_away([](supervisor::Engine& engine) {
    ::kill(engine.supervisor_pid(), SIGKILL);
    CHECK(tests::wait_until([&] { return (void)engine.take(), engine.finished(); }));
    CHECK(tests::children_of(::getpid()).empty());
  });
  CHECK(tests::none_left());
}

TEST_CASE("engine: nor does it outlive a run that is dropped") {
  with_one_away([](supervisor::Engine&) {});
  CHECK(tests::wait_until([] { return tests::children_of(::getpid()).empty(); }));
  CHECK(tests::none_left());
}

TEST_CASE("engine: no descriptor is left after runs") {
  (void)tests::run_test_lesson("hundred children");
  const std::size_t before = tests::open_descriptors();
  for (int i = 0; i < 5; ++i) (void)tests::run_test_lesson("zombie");
  CHECK(tests::open_descriptors() == before);
}

TEST_CASE("engine: an unknown lesson is refused in one sentence") {
  const auto run = tests::run_test_lesson("no such lesson");
  CHECK(run.error.find("There is no scenario 'no such lesson'") != std::string::npos);
  CHECK(run.records.empty());
}

TEST_CASE("engine: a missing or broken engine binary is one sentence") {
  CHECK_THROWS_AS((supervisor::Engine({.engine = "/nowhere/forklight-engine"}, {.scenario = "hello"})), base::Failure);
  const auto file = std::filesystem::temp_directory_path() / "forklight-not-executable";
  std::ofstream(file) << "nothing";
  CHECK_THROWS_AS((supervisor::Engine({.engine = file}, {.scenario = "hello"})), base::Failure);
  std::filesystem::remove(file);
}

TEST_CASE("engine: started by hand it says what to do") {
  const auto finished = tests::run_program({FORKLIGHT_ENGINE});
  CHECK(finished.status == 2);
  CHECK(finished.err.find("started by forklight") != std::string::npos);
}
