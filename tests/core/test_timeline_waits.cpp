// Who waits for whom, and who for ever, told by hand-written events.
#include <csignal>

#include "core/timeline/waits.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using timeline::Deadlock;
using timeline::find_deadlock;
using timeline::Stuck;

namespace {

constexpr std::uint32_t kA = trace::kFirstObject, kB = kA + 1, kC = kA + 2;
constexpr std::int64_t kNow = 1'000'000'000;

std::vector<TaskId> tasks_of(const std::vector<timeline::Wait>& waits) {
  std::vector<TaskId> tasks;
  for (const timeline::Wait& wait : waits) tasks.push_back(wait.task);
  return tasks;
}

Record has(std::int64_t time_ns, TaskId task, std::uint32_t lock) {
  return event(time_ns, task, Kind::acquire_end, lock, 1, 0);
}

// A producer (2) with its feeder (3) has put more than the pipe holds; MainProcess joins it before reading.
std::vector<Record> join_before_drain() {
  return {begin(1, 1, "MainProcess", 0),
          begin(2, 2, "Process-1"),
          begin_thread(3, 3, "QueueFeederThread", 2),
          object(4, kA, ObjectKind::queue, "Queue-1"),
          event(10, 2, Kind::put_begin, kA, 1, 0, 0, "'xxx…'"),
          event(11, 2, Kind::put_end, kA, 1, 1),
          event(12, 3, Kind::feed, kA, 1),
          blocked(13, 3, BlockReason::send, kA),
          blocked(14, 2, BlockReason::thread_join, 3),
          blocked(15, 1, BlockReason::join, 2)};
}

}  // namespace

TEST_CASE("waits: joining a producer before reading its queue is a ring, and its names are in order (Q-16)") {
  const Deadlock deadlock = find_deadlock(model_of(join_before_drain()), kNow);
  CHECK(deadlock.how == Stuck::cycle);
  CHECK(tasks_of(deadlock.stuck) == std::vector<TaskId>{1, 2, 3});
  REQUIRE(tasks_of(deadlock.chain) == std::vector<TaskId>{1, 2, 3});
  CHECK(deadlock.chain[0].whom == 2);
  CHECK(deadlock.chain[0].reason == BlockReason::join);
  CHECK(deadlock.chain[1].whom == 3);
  CHECK(deadlock.chain[2].whom == 1);
  CHECK(deadlock.chain[2].on == kA);
}

TEST_CASE("waits: somebody who reads the queue, or a join with a timeout, and there is no deadlock (Q-17)") {
  Model reader = model_of(join_before_drain());
  reader.append(std::vector{begin(20, 4, "Process-2")});
  CHECK_FALSE(find_deadlock(reader, kNow));
  // That one is stuck as well.
  reader.append(std::vector{blocked(30, 4, BlockReason::get, kB)});
  CHECK(tasks_of(find_deadlock(reader, kNow).stuck) == std::vector<TaskId>{1, 2, 3, 4});
  std::vector<Record> records = join_before_drain();
  records.back() = blocked(15, 1, BlockReason::join, 2, 5'000'000'000);
  CHECK_FALSE(find_deadlock(model_of(records), kNow));
}

TEST_CASE("waits: a deadlock is one only while it lasts, and only after a moment") {
  std::vector<Record> records = join_before_drain();
  records.push_back(unblocked(2 * kNow, 1, BlockReason::join, 2));
  const Model model = model_of(records);
  CHECK_FALSE(find_deadlock(model, 50'000'000));
  CHECK(find_deadlock(model, 2 * kNow - 1));
  CHECK_FALSE(find_deadlock(model, 2 * kNow));
}

TEST_CASE("waits: who has been sent SIGKILL is not stuck, however long its death takes, nor is who joins it") {
  std::vector<Record> records = join_before_drain();
  records.push_back(event(20, 1, Kind::signal_sent, 2, SIGTERM));  // it may have a handler
  CHECK(find_deadlock(model_of(records), kNow));
  records.push_back(event(30, 1, Kind::signal_sent, 2, SIGKILL));
  CHECK_FALSE(find_deadlock(model_of(records), kNow));
}

TEST_CASE("waits: two locks taken in opposite orders are a ring, whoever else is running") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "A"), begin(3, 3, "B"),
                object(4, kA, ObjectKind::lock, "a", 1), object(5, kB, ObjectKind::lock, "b", 1), has(10, 2, kA),
                has(11, 3, kB), blocked(12, 2, BlockReason::lock, kB), blocked(13, 3, BlockReason::lock, kA)});
  const Deadlock deadlock = find_deadlock(model, kNow);
  CHECK(deadlock.how == Stuck::cycle);
  REQUIRE(tasks_of(deadlock.chain) == std::vector<TaskId>{2, 3});
  CHECK(deadlock.chain[0].whom == 3);
  CHECK(deadlock.chain[1].whom == 2);
}

TEST_CASE("waits: a lock taken twice by one task is a ring of one") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), object(4, kA, ObjectKind::lock, "a", 1), has(10, 1, kA),
                                blocked(12, 1, BlockReason::lock, kA)});
  const Deadlock deadlock = find_deadlock(model, kNow);
  CHECK(deadlock.how == Stuck::cycle);
  REQUIRE(deadlock.chain.size() == 1);
  CHECK(deadlock.chain[0].whom == 1);
}

TEST_CASE("waits: a lock that a killed process holds is held for ever, and it is known who died with it (E-12)") {
  Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "Process-1"), begin(3, 3, "Process-2"),
                object(4, kA, ObjectKind::lock, "Lock-1", 1), has(10, 2, kA), blocked(20, 1, BlockReason::lock, kA)});
  REQUIRE(timeline::holders(model, kA, 25).size() == 1);
  CHECK_FALSE(timeline::holders(model, kA, 25)[0].dead);
  CHECK_FALSE(find_deadlock(model, kNow));
  model.append(std::vector{death(30, 2, killed(SIGKILL))});
  const auto holders = timeline::holders(model, kA, kNow);
  REQUIRE(holders.size() == 1);
  CHECK(holders[0].task == 2);
  CHECK(holders[0].since_ns == 10);
  CHECK(holders[0].dead);
  CHECK(model.find(holders[0].task)->exit_code() == -SIGKILL);
  CHECK(timeline::holders(model, kA, 5).empty());
  // Process-2 is running, and can do nothing about it.
  const Deadlock deadlock = find_deadlock(model, kNow);
  CHECK(deadlock.how == Stuck::dead);
  REQUIRE(deadlock.chain.size() == 1);
  CHECK(deadlock.chain[0].whom == 2);
  CHECK(deadlock.chain[0].whom_dead);
}

TEST_CASE("waits: who joins somebody who waits for the dead is told after him (E-12)") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), begin(3, 3, "P2"),
                                object(4, kA, ObjectKind::lock, "L", 1), has(10, 2, kA), death(11, 2, exited(0)),
                                blocked(20, 3, BlockReason::lock, kA), blocked(21, 1, BlockReason::join, 3)});
  const Deadlock deadlock = find_deadlock(model, kNow);
  CHECK(deadlock.how == Stuck::dead);
  CHECK(tasks_of(deadlock.chain) == std::vector<TaskId>{1, 3});
}

TEST_CASE("waits: a queue whose reader was killed while it waited in the pipe cannot be read any more (Q-21)") {
  // The reader's lock tells nothing itself: who waits says who had it, once.
  const auto waits_for_lock = event(20, 3, Kind::block_begin, kB, reason(BlockReason::lock) | 2ULL << 32, kForEver);
  Model model = model_of(
      {begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), begin(3, 3, "P2"), object(4, kA, ObjectKind::queue, "Queue-1"),
       object(4, kB, ObjectKind::lock, "reader lock", 1, kA), blocked(10, 2, BlockReason::get, kA), waits_for_lock});
  CHECK(timeline::wait_of(model, *model.find(3), 30)->whom == 2);
  CHECK_FALSE(find_deadlock(model, kNow));
  model.append(std::vector{death(40, 2, killed(SIGKILL))});
  const Deadlock deadlock = find_deadlock(model, kNow);
  CHECK(deadlock.how == Stuck::dead);
  CHECK(tasks_of(deadlock.stuck) == std::vector<TaskId>{3});
  REQUIRE(timeline::holders(model, kA, kNow).size() == 1);
  CHECK(timeline::holders(model, kA, kNow)[0].dead);
  REQUIRE(timeline::holders(model, kB, kNow).size() == 1);
  CHECK(timeline::holders(model, kB, kNow)[0].task == 2);
}

TEST_CASE("waits: a writer that was killed in the middle of a message stops its readers (Q-22)") {
  const Model model = model_of(
      {begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), begin_thread(3, 3, "QueueFeederThread", 2),
       object(4, kA, ObjectKind::queue, "Queue-1"), object(4, kB, ObjectKind::lock, "writer lock", 1, kA),
       blocked(10, 3, BlockReason::send, kA), blocked(11, 1, BlockReason::get, kA), death(20, 2, killed(SIGKILL))});
  const Deadlock deadlock = find_deadlock(model, kNow);
  CHECK(deadlock.how == Stuck::dead);
  REQUIRE(deadlock.chain.size() == 1);
  CHECK(deadlock.chain[0].whom == 3);
}

TEST_CASE("waits: a feeder that was killed in its call to write, before it waited there, stops the readers as well (Q-22)") {
  std::vector<Record> records{begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), begin_thread(3, 3, "QueueFeederThread", 2),
                              object(4, kA, ObjectKind::queue, "Queue-1"), object(4, kB, ObjectKind::lock, "writer lock", 1, kA),
                              event(5, 2, Kind::put_begin, kA, 70), event(6, 2, Kind::put_end, kA, 70, 1),
                              event(7, 2, Kind::put_begin, kA, 71), event(8, 2, Kind::put_end, kA, 71, 1),
                              event(9, 3, Kind::feed, kA, 70), blocked(11, 1, BlockReason::get, kA), death(20, 2, killed(SIGKILL))};
  const Deadlock deadlock = find_deadlock(model_of(records), kNow);
  CHECK(deadlock.how == Stuck::dead);
  REQUIRE(deadlock.chain.size() == 1);
  CHECK(deadlock.chain[0].whom == 3);
  // Through with it, it had the lock no more: the reader waits for nobody in particular.
  records.insert(records.end() - 2, event(10, 3, Kind::sent, kA, 70, 20));
  records.insert(records.end() - 1, event(12, 1, Kind::received, kA, 70, 20));
  CHECK(find_deadlock(model_of(records), kNow).how != Stuck::dead);
}

TEST_CASE("waits: who notifies a sleeper that was killed waits for the dead, whoever else is running (E-30, E-31, E-32)") {
  const std::pair<BlockReason, ObjectKind> kinds[] = {{BlockReason::condition, ObjectKind::condition},
                                                      {BlockReason::event, ObjectKind::event},
                                                      {BlockReason::barrier, ObjectKind::barrier},
                                                      {BlockReason::queue_join, ObjectKind::joinable_queue}};
  for (const auto& [why, kind] : kinds) {
    // P1 sleeps there and is killed; P2 notifies it; P3 comes to the object later; MainProcess goes on.
    std::vector<Record> records{begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), begin(3, 3, "P2"), begin(4, 4, "P3"),
                                object(5, kA, kind, "it"), blocked(10, 2, why, kA), death(20, 2, killed(SIGKILL))};
    if (kind == ObjectKind::event) records.push_back(event(29, 3, Kind::set, kA, 1));  // set, and still nobody gets past
    records.push_back(event(30, 3, Kind::notify_begin, kA, 1, 1));
    records.push_back(blocked(31, 3, why, kA));
    records.push_back(blocked(40'000'000, 4, why, kA));
    const Deadlock deadlock = find_deadlock(model_of(records), kNow);
    CHECK(deadlock.how == Stuck::dead);
    CHECK(tasks_of(deadlock.stuck) == std::vector<TaskId>{3, 4});
    REQUIRE(tasks_of(deadlock.chain) == std::vector<TaskId>{3});
    CHECK(deadlock.chain[0].whom == 2);
    CHECK(deadlock.chain[0].whom_dead);
    CHECK(deadlock.stuck[1].whom == 3);
    CHECK_FALSE(deadlock.stuck[1].whom_dead);
    // Before the notice it is no matter that somebody died there.
    CHECK_FALSE(find_deadlock(model_of(records), 25));
    // The notifier killed as well: what it held stays held, for whoever comes.
    records.push_back(death(50'000'000, 3, killed(SIGKILL)));
    const Deadlock after = find_deadlock(model_of(records), kNow);
    CHECK(after.how == Stuck::dead);
    REQUIRE(tasks_of(after.chain) == std::vector<TaskId>{4});
    CHECK(after.chain[0].whom == 3);
    CHECK(after.chain[0].whom_dead);
  }
}

TEST_CASE("waits: a notice that ends, or that a living sleeper can still answer, is no deadlock (E-30)") {
  std::vector<Record> records{begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), begin(3, 3, "P2"), begin(4, 4, "P3"),
                              object(5, kA, ObjectKind::event, "it"), blocked(10, 2, BlockReason::event, kA),
                              blocked(11, 4, BlockReason::event, kA), death(20, 2, killed(SIGKILL)),
                              event(30, 3, Kind::notify_begin, kA, 1, 2), blocked(31, 3, BlockReason::event, kA)};
  CHECK_FALSE(find_deadlock(model_of(records), kNow));  // stopped, perhaps: it may still wake up
  records.push_back(unblocked(40, 4, BlockReason::event, kA));
  CHECK(find_deadlock(model_of(records), kNow).how == Stuck::dead);
  records.push_back(unblocked(2 * kNow, 3, BlockReason::event, kA));
  records.push_back(event(2 * kNow + 1, 3, Kind::notify_end, kA, 1));
  const Model model = model_of(records);
  CHECK(find_deadlock(model, 2 * kNow - 1).how == Stuck::dead);
  CHECK_FALSE(find_deadlock(model, 2 * kNow + 1));
  REQUIRE(model.find_object(kA)->notices.size() == 1);
  CHECK(model.find_object(kA)->notices[0].end_ns == 2 * kNow + 1);
}

TEST_CASE("waits: notices that are over at once leave nothing behind") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), object(5, kA, ObjectKind::event, "it"),
                                event(30, 1, Kind::notify_begin, kA, 1, 2), event(3000, 1, Kind::notify_end, kA, 1)});
  CHECK(model.find_object(kA)->notices.empty());
}

TEST_CASE("waits: one who was told to have a silent lock, and went on, does not have it for ever") {
  Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), begin(3, 3, "P2"),
                object(4, kA, ObjectKind::queue, "Queue-1"), object(4, kB, ObjectKind::lock, "reader lock", 1, kA),
                event(20, 3, Kind::block_begin, kB, reason(BlockReason::lock) | 2ULL << 32, kForEver),
                event(30, 2, Kind::sleep_begin, 0, 5), death(40, 2, exited(0))});
  CHECK(timeline::wait_of(model, *model.find(3), kNow)->whom == 0);
  CHECK_FALSE(find_deadlock(model, kNow));
}

TEST_CASE("waits: those who sleep, run, have a timeout, wait for output or stand at the gate are not stuck") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), begin(3, 3, "P2"), begin(4, 4, "P3"),
                                blocked(10, 1, BlockReason::output, 0), event(10, 2, Kind::sleep_begin, 0, 5),
                                blocked(10, 3, BlockReason::get, kA, 7), event(10, 4, Kind::held, kA, 70)});
  CHECK_FALSE(find_deadlock(model, kNow));
  CHECK(timeline::waits(model, kNow).size() == 2);
  CHECK(timeline::waits(model, 5).empty());
  CHECK_FALSE(find_deadlock(Model(), kNow));
}

TEST_CASE("waits: get on a queue that nobody will put into: nobody is left") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), object(4, kA, ObjectKind::queue, "Queue-1"),
                                blocked(10, 1, BlockReason::get, kA)});
  const Deadlock deadlock = find_deadlock(model, kNow);
  CHECK(deadlock.how == Stuck::nobody);
  REQUIRE(deadlock.chain.size() == 1);
  CHECK(deadlock.chain[0].whom == 0);
}

TEST_CASE("waits: a feeder without items helps nobody, and is not stuck itself") {
  Model model = model_of({begin(1, 1, "MainProcess", 0), begin_thread(3, 3, "QueueFeederThread", 1),
                          object(4, kA, ObjectKind::queue, "Queue-1"), blocked(5, 3, BlockReason::feed, kA),
                          blocked(10, 1, BlockReason::get, kB)});
  const Deadlock deadlock = find_deadlock(model, kNow);
  CHECK(tasks_of(deadlock.stuck) == std::vector<TaskId>{1});
  // With an item in the deque it is about to send it.
  model.append(std::vector{event(11, 1, Kind::put_end, kA, 1, 1)});
  CHECK_FALSE(find_deadlock(model, kNow));
}

TEST_CASE("waits: a message that has arrived, a lock that is free, an event that is set: those are just waking up") {
  std::vector<Record> records{begin(1, 1, "MainProcess", 0),
                              begin(2, 2, "P1"),
                              object(4, kA, ObjectKind::pipe, "Pipe-1"),
                              object(4, kB, ObjectKind::lock, "L", 1),
                              object(4, kC, ObjectKind::event, "E"),
                              event(5, 1, Kind::set, kC, 1),
                              has(5, 1, kB),
                              event(6, 1, Kind::release, kB, 1),
                              event(6, 2, Kind::sent, kA, 1, 5),
                              blocked(9, 1, BlockReason::join, 2)};
  const std::vector<std::pair<BlockReason, std::uint32_t>> waits{
      {BlockReason::recv, kA}, {BlockReason::lock, kB}, {BlockReason::event, kC}};
  for (const auto& [why, on] : waits) {
    std::vector<Record> with = records;
    with.push_back(blocked(10, 2, why, on));
    CHECK_FALSE(find_deadlock(model_of(with), kNow));
  }
  records.push_back(blocked(10, 2, BlockReason::barrier, kC));
  CHECK(find_deadlock(model_of(records), kNow));
}

TEST_CASE("waits: a join of a child that is dead has just not returned yet") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "P1"), blocked(10, 1, BlockReason::join, 2),
                                death(20, 2, exited(0))});
  CHECK_FALSE(find_deadlock(model, kNow));
}

TEST_CASE("waits: parties that a barrier waits for in vain, with the one who joins them, are stuck (E-19)") {
  std::vector<Record> records{begin(1, 1, "MainProcess", 0), object(4, kA, ObjectKind::barrier, "Barrier-1", 3),
                              blocked(9, 1, BlockReason::join, 2)};
  for (const TaskId task : {2U, 3U}) {
    records.push_back(begin(5, task, "P"));
    records.push_back(blocked(10, task, BlockReason::barrier, kA));
  }
  const Deadlock deadlock = find_deadlock(model_of(records), kNow);
  CHECK(deadlock.stuck.size() == 3);
  CHECK(deadlock.how == Stuck::cycle);
}
