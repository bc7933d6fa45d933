// Causes and effects: starts, joins, signals, messages and wakes, told by hand-written events.
#include <csignal>

#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using timeline::Flow;
using timeline::FlowKind;

TEST_CASE("model: a start points at the child's begin, whichever is told first") {
  const Record start = event(20, 1, Kind::start_begin, 2, static_cast<std::uint64_t>(trace::StartMethod::forkserver));
  const Record child = begin(35, 2, "Process-1");
  for (const bool child_first : {false, true}) {
    Model model = model_of({begin(10, 1, "MainProcess", 0)});
    model.append(std::vector{child_first ? child : start});
    model.append(std::vector{child_first ? start : child});
    REQUIRE(model.flows().size() == 1);
    CHECK(model.flows()[0].kind == FlowKind::start);
    CHECK(model.flows()[0].from == 1);
    CHECK(model.flows()[0].to == 2);
    CHECK(model.flows()[0].from_ns == 20);
    CHECK(model.flows()[0].to_ns == 35);
    CHECK(model.find(2)->start_method == trace::StartMethod::forkserver);
  }
}

TEST_CASE("model: a child that was asked for is no task before it has shown itself") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), event(20, 1, Kind::start_begin, 2)});
  CHECK(model.find(2) == nullptr);
  REQUIRE(model.flows().size() == 1);
  CHECK(model.flows()[0].to_ns == kOpen);
}

TEST_CASE("model: a start that failed has no arrow but a mark (S-20)") {
  Model model = model_of(
      {begin(10, 1, "MainProcess", 0), event(20, 1, Kind::start_begin, 2), event(21, 1, Kind::start_begin, 3)});
  model.append(std::vector{event(22, 1, Kind::start_failed, 2, 11)});
  REQUIRE(model.flows().size() == 1);
  CHECK(model.flows()[0].to == 3);
  REQUIRE(model.find(1)->marks.size() == 1);
  CHECK(model.find(1)->marks[0].kind == Kind::start_failed);
  CHECK(model.find(1)->marks[0].a == 11);
  model.append(std::vector{begin(30, 3, "Process-2")});
  CHECK(model.flows()[0].to_ns == 30);
}

TEST_CASE("model: a join is caused by the child's death (P-21)") {
  const Model model = model_of(started_and_joined(exited(0)));
  const auto join = std::find_if(model.flows().begin(), model.flows().end(),
                                 [](const timeline::Flow& flow) { return flow.kind == FlowKind::join; });
  REQUIRE(join != model.flows().end());
  CHECK(join->from == 2);
  CHECK(join->to == 1);
  CHECK(join->from_ns == 60);
  CHECK(join->to_ns == 80);
}

TEST_CASE("model: a join that timed out was caused by nobody (P-22)") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), begin(15, 2, "Process-1"),
                                event(20, 1, Kind::join_begin, 2, 5), event(25, 1, Kind::join_end, 2, 0)});
  CHECK(model.flows().empty());
}

TEST_CASE("model: a join told before the death it waited for finds it later, and flows stay in order") {
  Model model = model_of({begin(10, 1, "MainProcess", 0), begin(15, 2, "Process-1"), event(80, 1, Kind::join_end, 2, 1),
                          event(70, 1, Kind::start_begin, 3)});
  model.append(std::vector{event(60, 0, Kind::death, 2, exited(0), 102)});
  REQUIRE(model.flows().size() == 2);
  CHECK(model.flows()[0].kind == FlowKind::join);
  CHECK(model.flows()[0].from_ns == 60);
  model.append(std::vector{begin(90, 3, "Process-2")});
  CHECK(model.flows()[1].to_ns == 90);
  check_sound(model);
}

TEST_CASE("model: terminate points at the death that it caused (P-37)") {
  const Model model =
      model_of({begin(10, 1, "MainProcess", 0), begin(15, 2, "Process-1"),
                event(50, 1, Kind::signal_sent, 2, SIGTERM, 102), event(55, 0, Kind::death, 2, killed(SIGTERM), 102)});
  REQUIRE(model.flows().size() == 1);
  CHECK(model.flows()[0].kind == FlowKind::signal);
  CHECK(model.flows()[0].detail == SIGTERM);
  CHECK(model.flows()[0].from_ns == 50);
  CHECK(model.flows()[0].to_ns == 55);
}

TEST_CASE("model: a signal that was handled, or came too late, ends where it was sent (P-38)") {
  const Record sent = event(50, 1, Kind::signal_sent, 2, SIGTERM, 102);
  const std::vector<Record> deaths{event(55, 0, Kind::death, 2, exited(0), 102),
                                   event(55, 0, Kind::death, 2, killed(SIGKILL), 102),
                                   event(45, 0, Kind::death, 2, killed(SIGTERM), 102)};
  for (const Record& death : deaths) {
    const Model model = model_of({begin(10, 1, "MainProcess", 0), begin(15, 2, "Process-1"), sent, death});
    REQUIRE(model.flows().size() == 1);
    CHECK(model.flows()[0].to_ns == 50);
  }
}

TEST_CASE("model: a signal of the supervisor is marked on its target") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), event(50, 0, Kind::signal_sent, 1, SIGSTOP, 101)});
  REQUIRE(model.find(1)->marks.size() == 1);
  CHECK(model.find(1)->marks[0].a == SIGSTOP);
  CHECK(model.tasks().size() == 1);
}

namespace {

constexpr std::uint32_t kQueue = trace::kFirstObject, kOther = kQueue + 1;

std::vector<Flow> of_kind(const Model& model, FlowKind kind) {
  std::vector<Flow> flows;
  std::copy_if(model.flows().begin(), model.flows().end(), std::back_inserter(flows),
               [&](const Flow& flow) { return flow.kind == kind; });
  return flows;
}

}  // namespace

TEST_CASE("flows: a message goes from its put to its get, with its value") {
  Model model = model_of(
      {begin(1, 1, "MainProcess", 0), begin(2, 2, "Process-1"), object(5, kQueue, ObjectKind::queue, "Queue-1"),
       event(10, 1, Kind::put_begin, kQueue, 7, 0, 0, "3"), event(12, 1, Kind::put_end, kQueue, 7, 1)});
  REQUIRE(of_kind(model, FlowKind::message).size() == 1);
  CHECK(model.flows()[0].from == 1);
  CHECK(model.flows()[0].from_ns == 12);
  CHECK(model.flows()[0].to == 0);
  CHECK(model.flows()[0].to_ns == kOpen);
  model.append(std::vector{event(20, 3, Kind::feed, kQueue, 7), event(22, 3, Kind::sent, kQueue, 7, 20),
                           event(24, 2, Kind::received, kQueue, 7, 20),
                           event(26, 2, Kind::get_end, kQueue, 7, 1, 0, "3")});
  REQUIRE(of_kind(model, FlowKind::message).size() == 1);
  const Flow& flow = model.flows()[0];
  CHECK(flow.to == 2);
  CHECK(flow.to_ns == 26);
  CHECK(flow.detail == 7);
  CHECK(flow.object == kQueue);
  CHECK(model.text(flow.text) == "3");
}

TEST_CASE("flows: a message that is told of as received before it is as sent has one arrow all the same") {
  Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "Process-1"), object(5, kQueue, ObjectKind::pipe, "Pipe-1"),
                event(20, 2, Kind::received, kQueue, 9, 30), event(21, 2, Kind::get_end, kQueue, 9, 1, 0, "'x'")});
  model.append(std::vector{event(23, 1, Kind::sent, kQueue, 9, 30, 0, "'x'")});
  REQUIRE(of_kind(model, FlowKind::message).size() == 1);
  CHECK(model.flows()[0].from == 1);
  CHECK(model.flows()[0].to == 2);
  CHECK(model.flows()[0].from_ns <= model.flows()[0].to_ns);
  CHECK(model.channels()[0].messages.size() == 1);
  CHECK(model.channels()[0].counts.at(100).depth == 0);
}

TEST_CASE("flows: bytes without an id are tied in the order of the pipe (I-09)") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "Process-1"), object(5, kQueue, ObjectKind::pipe, "Pipe-1"),
                event(10, 1, Kind::sent, kQueue, 0, 4), event(11, 1, Kind::sent, kQueue, 0, 5),
                event(20, 2, Kind::received, kQueue, 0, 4), event(21, 2, Kind::get_end, kQueue, 0, 1),
                event(22, 2, Kind::received, kQueue, 0, 5), event(23, 2, Kind::get_end, kQueue, 0, 1),
                // And one whose receiver was quicker to tell.
                event(30, 2, Kind::received, kQueue, 0, 6), event(31, 2, Kind::get_end, kQueue, 0, 1),
                event(32, 1, Kind::sent, kQueue, 0, 6)});
  const auto flows = of_kind(model, FlowKind::message);
  REQUIRE(flows.size() == 3);
  CHECK(flows[0].from_ns == 10);
  CHECK(flows[0].to_ns == 21);
  CHECK(flows[1].from_ns == 11);
  CHECK(flows[1].to_ns == 23);
  CHECK(flows[2].from == 1);
  CHECK(flows[2].to_ns == 31);
  check_sound(model);
}

TEST_CASE("flows: a set wakes those who wait, and nobody who comes later (E-18)") {
  Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "A"), begin(3, 3, "B"),
                object(5, kOther, ObjectKind::event, "Event-1"), event(10, 2, Kind::wait_begin, kOther, kForEver),
                event(20, 1, Kind::set, kOther, 1), event(25, 2, Kind::wait_end, kOther, 1, 1),
                event(30, 3, Kind::wait_begin, kOther, kForEver), event(31, 3, Kind::wait_end, kOther, 1, 1)});
  const auto wakes = of_kind(model, FlowKind::wake);
  REQUIRE(wakes.size() == 1);
  CHECK(wakes[0].from == 1);
  CHECK(wakes[0].to == 2);
  CHECK(wakes[0].from_ns == 20);
  CHECK(wakes[0].to_ns == 25);
  CHECK(wakes[0].object == kOther);
  CHECK(wakes[0].detail == 1);
}

TEST_CASE("flows: a set that is told after the wake that it caused is its cause") {
  Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "A"), object(5, kOther, ObjectKind::event, "Event-1"),
                event(10, 2, Kind::wait_begin, kOther, kForEver), event(25, 2, Kind::wait_end, kOther, 1, 1)});
  CHECK(of_kind(model, FlowKind::wake).empty());
  model.append(std::vector{event(27, 1, Kind::set, kOther, 1)});
  const auto wakes = of_kind(model, FlowKind::wake);
  REQUIRE(wakes.size() == 1);
  CHECK(wakes[0].from_ns == 25);
  CHECK(wakes[0].to_ns == 25);
}

TEST_CASE("flows: of three waiters a notify points at those that it woke (E-17)") {
  std::vector<Record> records{begin(1, 1, "MainProcess", 0), object(5, kOther, ObjectKind::condition, "Condition-1")};
  for (const TaskId task : {2U, 3U, 4U}) {
    records.push_back(begin(static_cast<std::int64_t>(task), task, "W"));
    records.push_back(event(10, task, Kind::wait_begin, kOther, 5));
  }
  records.push_back(event(20, 1, Kind::notify, kOther, 1, 2));
  records.push_back(event(22, 2, Kind::wait_end, kOther, 1, 1));
  records.push_back(event(23, 3, Kind::wait_end, kOther, 1, 1));
  records.push_back(event(30, 4, Kind::wait_end, kOther, 0));
  CHECK(of_kind(model_of(records), FlowKind::wake).size() == 2);
}

TEST_CASE("flows: the last one at a barrier wakes the others, and not itself (E-19)") {
  std::vector<Record> records{begin(1, 1, "MainProcess", 0), object(5, kOther, ObjectKind::barrier, "Barrier-1", 3)};
  for (const TaskId task : {2U, 3U, 4U}) {
    records.push_back(begin(static_cast<std::int64_t>(task), task, "P"));
    records.push_back(event(10 + task, task, Kind::wait_begin, kOther, kForEver));
    records.push_back(event(20 + task, task, Kind::wait_end, kOther, 1, 1));
  }
  records.push_back(event(15, 4, Kind::barrier_full, kOther, 1, 3));
  const auto wakes = of_kind(model_of(records), FlowKind::wake);
  REQUIRE(wakes.size() == 2);
  CHECK(wakes[0].from == 4);
  CHECK(wakes[1].from == 4);
}

TEST_CASE("flows: who waited for a lock was woken by its last release; who did not wait by nobody") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "A"), object(5, kOther, ObjectKind::lock, "Lock-1"),
                event(10, 1, Kind::acquire_begin, kOther, kForEver), event(11, 1, Kind::acquire_end, kOther, 1, 0),
                event(12, 2, Kind::acquire_begin, kOther, kForEver), blocked(13, 2, BlockReason::lock, kOther),
                event(20, 1, Kind::release, kOther, 1), unblocked(21, 2, BlockReason::lock, kOther),
                event(22, 2, Kind::acquire_end, kOther, 1, 0), event(30, 2, Kind::release, kOther, 1),
                event(40, 1, Kind::acquire_begin, kOther, kForEver), event(41, 1, Kind::acquire_end, kOther, 1, 0)});
  const auto wakes = of_kind(model, FlowKind::wake);
  REQUIRE(wakes.size() == 1);
  CHECK(wakes[0].from == 1);
  CHECK(wakes[0].to == 2);
  CHECK(wakes[0].from_ns == 20);
  CHECK(wakes[0].to_ns == 22);
}

TEST_CASE("flows: the last task_done wakes who joins the queue (Q-25)") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "A"),
                object(5, kQueue, ObjectKind::joinable_queue, "JoinableQueue-1"),
                event(10, 1, Kind::put_begin, kQueue, 1, 0, 0, "1"), event(11, 1, Kind::put_end, kQueue, 1, 1),
                blocked(12, 1, BlockReason::queue_join, kQueue), event(20, 2, Kind::task_done, kQueue, 0),
                unblocked(21, 1, BlockReason::queue_join, kQueue)});
  const auto wakes = of_kind(model, FlowKind::wake);
  REQUIRE(wakes.size() == 1);
  CHECK(wakes[0].from == 2);
  CHECK(wakes[0].to == 1);
  CHECK(model.channels()[0].unfinished.at(15) == 1);
  CHECK(model.channels()[0].unfinished.at(20) == 0);
}

TEST_CASE("flows: a late cause moves only what lies after it, and messages under way still find their arrows") {
  Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "A"), object(5, kQueue, ObjectKind::queue, "q"),
                object(5, kOther, ObjectKind::event, "e"), event(10, 2, Kind::wait_begin, kOther, kForEver),
                event(30, 2, Kind::wait_end, kOther, 1, 1), event(31, 1, Kind::put_begin, kQueue, 7, 0, 0, "7"),
                event(32, 1, Kind::put_end, kQueue, 7, 1)});
  model.append(std::vector{event(25, 1, Kind::set, kOther, 1)});
  model.append(std::vector{event(40, 2, Kind::get_end, kQueue, 7, 1)});
  REQUIRE(model.flows().size() == 2);
  CHECK(model.flows()[0].kind == FlowKind::wake);
  CHECK(model.flows()[0].from_ns == 25);
  CHECK(model.flows()[1].kind == FlowKind::message);
  CHECK(model.flows()[1].to_ns == 40);
  check_sound(model);
}
