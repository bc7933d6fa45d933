// Processes that SIGSTOP stops and SIGCONT lets go on, in the model.
#include <doctest/doctest.h>
#include <signal.h>

#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;

namespace {

Record by_learner(std::int64_t time_ns, TaskId task, int signal) {
  return event(time_ns, 0, Kind::learner, task, static_cast<std::uint64_t>(trace::LearnerAct::signal),
               static_cast<std::uint64_t>(signal));
}

}  // namespace

TEST_CASE("model: a process that the learner stops is stopped until it is told to go on, and goes on with what it did") {
  Model model = model_of({begin(10, 1, "MainProcess", 0), blocked(20, 1, trace::BlockReason::join, 2), by_learner(50, 1, SIGSTOP)});
  CHECK(model.is_stopped(1));
  model.append(std::vector{by_learner(80, 1, SIGCONT), unblocked(90, 1, trace::BlockReason::join, 2)});
  const Task& task = *model.find(1);
  CHECK(states(task) == std::vector{State::running, State::blocked, State::stopped, State::blocked, State::running});
  CHECK(task.spans[2].begin_ns == 50);
  CHECK(task.spans[2].end_ns == 80);
  CHECK(task.spans[2].partner == 0);
  CHECK(task.spans[3].partner == 2);
  CHECK(task.spans[3].reason == trace::BlockReason::join);
  CHECK_FALSE(model.is_stopped(1));
  check_sound(model);
}

TEST_CASE("model: another process of the lesson can stop one, and is named") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), begin(20, 2, "Process-1"),
                                event(40, 1, Kind::signal_sent, 2, SIGSTOP, 102), event(70, 1, Kind::signal_sent, 2, SIGCONT, 102)});
  const Task& task = *model.find(2);
  CHECK(states(task) == std::vector{State::running, State::stopped, State::running});
  CHECK(task.spans[1].partner == 1);
  CHECK(states(*model.find(1)) == std::vector{State::running});
}

TEST_CASE("model: threads are stopped with their process") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), begin_thread(20, 2, "Thread-1", 1),
                                event(30, 2, Kind::sleep_begin, 0, 500), by_learner(50, 1, SIGSTOP), by_learner(60, 1, SIGCONT)});
  CHECK(states(*model.find(2)) == std::vector{State::running, State::sleeping, State::stopped, State::sleeping});
  CHECK(model.find(2)->spans.back().detail == 500);
}

TEST_CASE("model: who still writes is not stopped yet") {
  // The signal is on record before it arrives; and what was written before may be read after.
  Model model = model_of({begin(10, 1, "MainProcess", 0), by_learner(50, 1, SIGSTOP), blocked(55, 1, trace::BlockReason::get, 0)});
  CHECK(states(*model.find(1)) == std::vector{State::running, State::blocked, State::stopped});
  CHECK(model.find(1)->spans[2].begin_ns == 55);
  model.append(std::vector{by_learner(90, 1, SIGCONT)});
  CHECK(states(*model.find(1)) == std::vector{State::running, State::blocked, State::stopped, State::blocked});
  check_sound(model);

  Model busy = model_of({begin(10, 1, "MainProcess", 0), event(60, 1, Kind::output, 0, 1, 3, 0, "hi\n")});
  busy.append(std::vector{by_learner(50, 1, SIGSTOP)});
  CHECK(busy.find(1)->spans[1].begin_ns == 60);

  Model late = model_of({begin(10, 1, "MainProcess", 0)});
  late.append(std::vector{by_learner(50, 1, SIGSTOP)});
  late.append(std::vector{blocked(40, 1, trace::BlockReason::get, 0)});
  CHECK(states(*late.find(1)) == std::vector{State::running, State::blocked, State::stopped});
  CHECK(late.find(1)->spans[1].begin_ns == 40);
  CHECK(late.find(1)->spans[2].begin_ns == 50);
  check_sound(late);
}

TEST_CASE("model: who is stopped while it waits for room no longer keeps the queue full") {
  const std::uint32_t queue = trace::kFirstObject;
  Model model = model_of({begin(10, 1, "MainProcess", 0), object(12, queue, ObjectKind::queue, "queue", 5),
                          blocked(20, 1, trace::BlockReason::put, queue), by_learner(50, 1, SIGSTOP)});
  const auto& full = model.find_channel(queue)->full;
  REQUIRE(full.size() == 1);
  CHECK(full[0].begin_ns == 20);
  CHECK(full[0].end_ns == 50);
  model.append(std::vector{by_learner(80, 1, SIGCONT), unblocked(85, 1, trace::BlockReason::put, queue)});
  REQUIRE(model.find_channel(queue)->full.size() == 2);
  CHECK(model.find_channel(queue)->full[1].begin_ns == 80);
  CHECK(model.find_channel(queue)->full[1].end_ns == 85);
  // One that had room before the signal came: as if it had been told in the right order.
  Model late = model_of({begin(10, 1, "MainProcess", 0), object(12, queue, ObjectKind::queue, "queue", 5),
                         blocked(20, 1, trace::BlockReason::put, queue)});
  late.append(std::vector{by_learner(50, 1, SIGSTOP)});
  late.append(std::vector{unblocked(52, 1, trace::BlockReason::put, queue)});
  CHECK(late.find_channel(queue)->full.back().end_ns != timeline::kOpen);
  CHECK(late.find_channel(queue)->full.back().end_ns <= 52);
}

TEST_CASE("model: a second SIGSTOP and a SIGCONT to one that runs change nothing") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), by_learner(20, 1, SIGCONT), by_learner(30, 1, SIGSTOP),
                                by_learner(40, 1, SIGSTOP), by_learner(50, 1, SIGTERM)});
  CHECK(states(*model.find(1)) == std::vector{State::running, State::stopped});
  CHECK(model.find(1)->spans[1].begin_ns == 30);
}

TEST_CASE("model: a stopped process that is killed is a zombie, and stopped no more") {
  Model model = model_of({begin(10, 1, "MainProcess", 0), by_learner(30, 1, SIGSTOP), death(60, 1, killed(SIGKILL))});
  CHECK(states(*model.find(1)) == std::vector{State::running, State::stopped, State::zombie});
  CHECK(model.find(1)->spans[1].end_ns == 60);
  CHECK_FALSE(model.is_stopped(1));
  model.append(std::vector{event(25, 1, Kind::output, 0, 1, 3, 0, "hi\n"), by_learner(70, 1, SIGCONT)});
  CHECK(states(*model.find(1)) == std::vector{State::running, State::stopped, State::zombie});
  check_sound(model);
}
