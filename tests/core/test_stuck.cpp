// Who waits for ever because somebody was killed, found in the traces of real processes: the same programs that the conformance tests
// compare with python3, looked at just before they give up.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/timeline/waits.h"
#include "tests/support/run_lesson.h"

using namespace forklight;
using timeline::Deadlock;
using timeline::Stuck;
using timeline::Task;
using timeline::Wait;
using trace::BlockReason;

namespace {

std::int64_t when_said(const timeline::Model& model, const std::string& text) {
  for (const timeline::ConsoleLine& line : model.console()) {
    if (line.text.find(text) != std::string::npos) return line.time_ns;
  }
  FAIL("not said: ", text);
  return 0;
}

const Task& process_of(const timeline::Model& model, timeline::TaskId id) {
  const Task* task = model.find(id);
  REQUIRE(task != nullptr);
  return task->is_thread() ? *model.find(task->process) : *task;
}

// Runs the lesson, and asks who is stuck as it prints `left`: threads of MainProcess, while that itself goes on; and the
// end of their chain is the process that was killed. Gives back the waits of those who are stuck.
std::vector<Wait> stuck_for_the_dead(const char* lesson, BlockReason reason) {
  const auto run = tests::run_test_lesson(lesson);
  CHECK(run.error == "");
  const std::int64_t when = when_said(run.model, "left\n") - 1;
  const Deadlock deadlock = timeline::find_deadlock(run.model, when);
  CHECK(deadlock.how == Stuck::dead);
  REQUIRE(!deadlock.chain.empty());
  const Wait& last = deadlock.chain.back();
  CHECK(last.reason == reason);
  CHECK(last.whom_dead);
  const Task& dead = process_of(run.model, last.whom);
  CHECK(dead.id != 1);
  CHECK(dead.death_ns < when);
  CHECK(*dead.exit_code() < 0);
  for (const Wait& wait : deadlock.stuck) CHECK(wait.task != 1);
  // While the victim lived nobody was stuck.
  CHECK_FALSE(timeline::find_deadlock(run.model, dead.death_ns - 1));
  return deadlock.stuck;
}

}  // namespace

TEST_CASE("E-30 stuck: who notifies a waiter that was killed waits for the dead, and who wants the lock waits for that") {
  const auto stuck = stuck_for_the_dead("E-30 a waiter is killed in Condition.wait", BlockReason::condition);
  REQUIRE(stuck.size() == 2);
  CHECK(stuck[1].reason == BlockReason::lock);
  CHECK(stuck[1].whom == stuck[0].task);
}
TEST_CASE("E-31 stuck: set() after a waiter was killed, and is_set() after that") {
  const auto stuck = stuck_for_the_dead("E-31 a waiter is killed in Event.wait", BlockReason::event);
  REQUIRE(stuck.size() == 2);
  CHECK(stuck[1].whom == stuck[0].task);
}
TEST_CASE("E-32 stuck: the last at a barrier where one was killed") {
  CHECK(stuck_for_the_dead("E-32 a waiter is killed in Barrier.wait", BlockReason::barrier).size() == 1);
}
TEST_CASE("E-30 Q-25 stuck: task_done() after a process was killed in join()") {
  const auto stuck = stuck_for_the_dead("E-30 Q-25 a process is killed in JoinableQueue.join()", BlockReason::queue_join);
  REQUIRE(stuck.size() == 2);
  CHECK(stuck[1].whom == stuck[0].task);
}
TEST_CASE("Q-21 stuck: get() after a reader was killed in it") {
  CHECK(stuck_for_the_dead("Q-21 a reader that is killed in get() takes the lock with it", BlockReason::lock).size() == 2);
}
TEST_CASE("Q-21 L-24 stuck: SimpleQueue.get() after an idle reader was killed in it") {
  CHECK(stuck_for_the_dead("Q-21 L-24 a reader that is killed in SimpleQueue.get()", BlockReason::lock).size() == 1);
}
TEST_CASE("Q-22 stuck: the readers of half an item, whose writer was killed") {
  CHECK(!stuck_for_the_dead("Q-22 a writer that is killed in the middle of a big item", BlockReason::get).empty());
}
