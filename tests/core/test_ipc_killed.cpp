// SIGKILL for anybody, more than a thousand times at random moments: the others see what Python's would, the engine never hangs, each exit code is right and
// nothing is left. The programs are in tests/support/lessons_killed.cpp.
#include <doctest/doctest.h>
#include <signal.h>

#include <random>

#include "core/supervisor/engine.h"
#include "core/timeline/model.h"
#include "tests/support/processes.h"
#include "tests/support/rounds.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

constexpr int kRounds = tests::rounds(200);

// All its findings are right; their number is known.
void finds(const char* lesson, int findings) {
  const auto run = tests::run_test_lesson(lesson);
  CHECK(run.error == "");
  CHECK(run.err == "");
  CHECK(run.out == std::to_string(findings) + " \n");
  CHECK(run.main_status == 0);
  CHECK(run.model.complete());
}

// A round: a run under way, one of its processes killed at a random moment, the rest stopped; and everything is gone.
void kill_and_stop(std::mt19937& random, bool main_itself) {
  supervisor::RunRequest request;
  request.scenario = "traffic of all kinds";
  const base::Fd out(tests::capture_file()), err(tests::capture_file());
  supervisor::Engine live({.engine = TEST_ENGINE, .stdout_fd = out.get(), .stderr_fd = err.get()}, request);
  timeline::Model model;
  std::vector<std::pair<trace::TaskId, pid_t>> born;
  const auto take = [&] {
    for (const auto& records : live.take()) {
      for (const trace::Record& record : records) {
        if (record.event.kind == trace::Kind::born) born.emplace_back(record.event.object, static_cast<pid_t>(record.event.a));
      }
      model.append(records);
    }
  };
  const std::size_t wanted = 1 + random() % 7;  // of the seven processes: also while the others are being started
  REQUIRE(tests::wait_until([&] { return take(), born.size() >= wanted; }));
  tests::wait_until([] { return false; }, std::chrono::milliseconds(random() % 8));
  const auto [task, pid] = born[main_itself ? 0 : random() % born.size()];
  REQUIRE(::kill(pid, SIGKILL) == 0);
  tests::wait_until([] { return false; }, std::chrono::milliseconds(random() % 4));
  live.stop();
  REQUIRE(tests::wait_until([&] { return take(), live.finished(); }, std::chrono::seconds(40)));
  take();
  CHECK(live.error() == "");
  CHECK(model.complete());
  REQUIRE(model.find(task) != nullptr);
  CHECK(model.find(task)->exit_code() == -SIGKILL);
}

void kill_and_stop_often(int rounds, bool main_itself) {
  std::mt19937 random(main_itself ? 4711 : 815);
  const std::size_t descriptors = tests::open_descriptors();
  for (int round = 0; round < rounds; ++round) kill_and_stop(random, main_itself);
  CHECK(tests::none_left());
  CHECK(tests::open_descriptors() == descriptors);
}

}  // namespace

TEST_CASE("Q-20 Q-21 killed producers, two hundred times: what arrives is whole and in order") { finds("killed producers", kRounds); }
TEST_CASE("Q-21 killed consumers, two hundred times: the rest comes in order, or nothing does") { finds("killed consumers", kRounds); }
TEST_CASE("Q-22 killed in the middle of big items, two hundred times: the others stay blocked, and can be ended") {
  finds("killed in the middle of big items", 2 * kRounds + 1);
}
TEST_CASE("I-04 I-06 I-07 I-13 killed peers, two hundred times: the end, a broken pipe or a reset, at once") { finds("killed peers", kRounds); }
TEST_CASE("E-31 killed sleepers, a hundred times: who sets the event is frozen, or goes on") { finds("killed sleepers", kRounds + 1); }
TEST_CASE("E-12 killed holders, two hundred times: what they held stays held") { finds("killed holders", 2 * kRounds + 1); }
TEST_CASE("killed: anybody in traffic of all kinds, a hundred times, and the run can be stopped") { kill_and_stop_often(kRounds / 2, false); }
TEST_CASE("killed: MainProcess in traffic of all kinds, a hundred times, and the run can be stopped") { kill_and_stop_often(kRounds / 2, true); }
