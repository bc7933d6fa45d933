// Queues, pipes, locks and threads as the timeline knows them, told by hand-written events.
#include <csignal>

#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using timeline::Channel;
using timeline::Fate;
using timeline::Stage;

namespace {

constexpr std::uint32_t kQueue = trace::kFirstObject, kLock = kQueue + 1, kPipe = kQueue + 2;

// A feeder is task 3, a thread of MainProcess; Process-1 (2) reads.
std::vector<Record> a_queue(std::uint64_t maxsize = 0, ObjectKind kind = ObjectKind::queue) {
  return {begin(1, 1, "MainProcess", 0), begin(2, 2, "Process-1"), begin_thread(3, 3, "QueueFeederThread", 1),
          object(5, kQueue, kind, "Queue-1", maxsize)};
}

std::vector<Record> put(std::int64_t time_ns, std::uint64_t message, const std::string& value, TaskId task = 1) {
  return {event(time_ns, task, Kind::put_begin, kQueue, message, 0, 0, value),
          event(time_ns + 1, task, Kind::put_end, kQueue, message, 1)};
}

std::vector<Record> operator+(std::vector<Record> left, const std::vector<Record>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace

TEST_CASE("objects: a queue owns its locks and its semaphore, whichever is told first") {
  const Record inner = object(6, kLock, ObjectKind::lock, "reader lock", 1, kQueue);
  const Record outer = object(6, kQueue, ObjectKind::queue, "Queue-1", 3);
  for (const bool inner_first : {true, false}) {
    const Model model =
        model_of({begin(1, 1, "MainProcess", 0), inner_first ? inner : outer, inner_first ? outer : inner});
    REQUIRE(model.objects().size() == 2);
    const timeline::Object& queue = *model.find_object(kQueue);
    CHECK(queue.name == "Queue-1");
    CHECK(queue.size == 3);
    CHECK(queue.creator == 1);
    CHECK_FALSE(queue.internal());
    REQUIRE(queue.parts.size() == 1);
    CHECK(model.objects()[queue.parts[0]].id == kLock);
    CHECK(model.find_object(kLock)->internal());
    REQUIRE(model.find_channel(kQueue) != nullptr);
    CHECK(model.find_channel(kQueue)->object == kQueue);
    CHECK(model.find_channel(kLock) == nullptr);
  }
}

TEST_CASE("objects: an item is in the deque, with the feeder, in the pipe, with the reader (Q.1)") {
  const Model model = model_of(a_queue() + put(9, 7, "3") +
                               std::vector{event(20, 3, Kind::feed, kQueue, 7), event(30, 3, Kind::sent, kQueue, 7, 12),
                                           event(40, 2, Kind::received, kQueue, 7, 12),
                                           event(50, 2, Kind::get_end, kQueue, 7, 1, 0, "3")});
  const Channel& channel = model.channels().at(0);
  const auto in = [&](std::int64_t time_ns) {
    const auto counts = channel.counts.at(time_ns);
    return std::vector{counts.deque, counts.in(Stage::feeder), counts.pipe, counts.in(Stage::reader)};
  };
  CHECK(in(9) == std::vector{0, 0, 0, 0});
  CHECK(in(10) == std::vector{1, 0, 0, 0});  // put, and nothing in the pipe yet
  CHECK(in(20) == std::vector{0, 1, 0, 0});
  CHECK(in(30) == std::vector{0, 0, 1, 0});
  CHECK(in(40) == std::vector{0, 0, 0, 1});
  CHECK(in(50) == std::vector{0, 0, 0, 0});
  REQUIRE(channel.contents(25, 10).size() == 1);
  const timeline::Message& message = channel.messages[channel.contents(25, 10)[0]];
  CHECK(model.text(message.text) == "3");
  CHECK(message.from == 1);
  CHECK(message.to == 2);
  CHECK(message.bytes == 12);
  CHECK(message.fate == Fate::got);
  CHECK(message.stage_at(25) == Stage::feeder);
  CHECK(channel.contents(50, 10).empty());
  CHECK(channel.feeders == std::vector<TaskId>{3});
  CHECK(channel.writers == std::vector<TaskId>{1});
  CHECK(channel.readers == std::vector<TaskId>{2});
  check_sound(model);
}

TEST_CASE("objects: the events of one message count it once, whichever of its three tasks is heard first") {
  std::vector<Record> records =
      a_queue() + put(10, 7, "3") +
      std::vector{event(12, 3, Kind::feed, kQueue, 7), event(13, 3, Kind::sent, kQueue, 7, 12),
                  event(14, 2, Kind::received, kQueue, 7, 12), event(15, 2, Kind::get_end, kQueue, 7, 1)};
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
  const auto told_before = [&](std::size_t first, std::size_t second) {
    return std::find(order.begin(), order.end(), first) < std::find(order.begin(), order.end(), second);
  };
  do {
    if (!told_before(0, 1) || !told_before(2, 3) || !told_before(4, 5)) continue;
    Model model = model_of(a_queue());
    for (const std::size_t i : order) model.append(std::vector{records[4 + i]});
    const Channel& channel = model.channels().at(0);

    CHECK(channel.messages.size() == 1);
    CHECK(channel.counts.at(100).depth == 0);
    CHECK(channel.messages[0].from == 1);
    check_sound(model);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE(
    "objects: a queue is full from the put that fills it to the get that makes room; what Full refused was never in it "
    "(Q-01)") {
  Model model = model_of(
      a_queue(2) + put(10, 1, "1") + put(20, 2, "2") +
      std::vector{event(22, 1, Kind::put_begin, kQueue, 3, 0, 0, "3"), event(23, 1, Kind::put_end, kQueue, 3, 0)});
  const Channel& channel = model.channels().at(0);
  REQUIRE(channel.full.size() == 1);
  CHECK(channel.full[0].begin_ns == 21);
  CHECK(channel.full[0].end_ns == kOpen);
  CHECK(channel.counts.whole().most.depth == 2);
  model.append(std::vector{event(40, 2, Kind::received, kQueue, 1, 9)});
  CHECK(model.channels()[0].full[0].end_ns == 40);  // get() releases the semaphore before it unpickles
  model.append(std::vector{event(41, 2, Kind::get_end, kQueue, 1, 1)} + put(50, 4, "4"));
  CHECK(model.channels()[0].full.back().begin_ns == 51);
}

TEST_CASE("objects: a pipe is full while somebody waits for room in it (I-20)") {
  Model model = model_of({begin(1, 1, "MainProcess", 0), object(5, kPipe, ObjectKind::pipe, "Pipe-1"),
                          blocked(10, 1, BlockReason::send, kPipe), unblocked(20, 1, BlockReason::send, kPipe),
                          blocked(30, 1, BlockReason::send, kPipe), event(35, 1, Kind::fill, kPipe, 65536, 0),
                          death(40, 1, killed(SIGKILL))});
  const Channel& channel = model.channels().at(0);
  REQUIRE(channel.pipe_full.size() == 2);
  CHECK(channel.pipe_full[0].end_ns == 20);
  CHECK(channel.pipe_full[1].end_ns == 40);
  CHECK(channel.bytes[0].at(35) == 65536);
  CHECK(channel.bytes[1].empty());
}

TEST_CASE("objects: what a killed process had put and not yet sent is gone with it (Q-20)") {
  Model model = model_of(a_queue(2) + put(10, 1, "'sent'") + put(12, 2, "'fed'") + put(14, 3, "'put'") +
                         std::vector{event(20, 3, Kind::feed, kQueue, 1), event(21, 3, Kind::sent, kQueue, 1, 9),
                                     event(22, 3, Kind::feed, kQueue, 2), death(30, 1, killed(SIGKILL))});
  const Channel& channel = model.channels().at(0);
  CHECK(channel.counts.at(29).depth == 3);
  CHECK(channel.counts.at(30).depth == 1);
  CHECK(channel.counts.at(30).pipe == 1);
  CHECK(channel.messages[1].fate == Fate::died);
  CHECK(channel.full.back().end_ns == kOpen);  // its semaphore was never released
  // Where each was as it was lost.
  REQUIRE(channel.losses.size() == 2);
  for (const timeline::Loss& loss : channel.losses) {
    CHECK(loss.gone_ns == 30);
    CHECK(loss.stage == (loss.id == 2 ? timeline::Stage::feeder : timeline::Stage::deque));
  }
  // The word that one was sent all the same may come late.
  model.append(std::vector{event(29, 3, Kind::sent, kQueue, 2, 9), event(40, 2, Kind::get_end, kQueue, 2, 1)});
  CHECK(model.channels()[0].messages[1].fate == Fate::got);
  CHECK(model.channels()[0].losses.size() == 1);
  CHECK(model.channels()[0].counts.at(35).depth == 2);
  CHECK(model.channels()[0].counts.at(40).depth == 1);
  check_sound(model);
}

TEST_CASE("objects: what cannot be pickled is dropped by the feeder, and makes room (Q-06)") {
  const Model model = model_of(
      a_queue(1) + put(10, 1, "<lambda>") +
      std::vector{event(20, 3, Kind::feed, kQueue, 1), event(21, 3, Kind::dropped, kQueue, 1, 0, 0, "PicklingError")});
  const Channel& channel = model.channels().at(0);
  CHECK(channel.messages[0].fate == Fate::dropped);
  CHECK(channel.counts.at(21).depth == 0);
  CHECK(channel.full[0].end_ns == 21);
}

TEST_CASE("objects: contents are the oldest first, and no more than asked for") {
  std::vector<Record> records = a_queue();
  for (std::uint64_t i = 1; i <= 50; ++i)
    records = records + put(static_cast<std::int64_t>(i) * 10, i, std::to_string(i));
  for (std::uint64_t i = 1; i <= 30; ++i) {
    records.push_back(event(600 + static_cast<std::int64_t>(i), 2, Kind::get_end, kQueue, i, 1));
  }
  const Model model = model_of(records);
  const Channel& channel = model.channels().at(0);
  const auto all = channel.contents(1000, 100);
  REQUIRE(all.size() == 20);
  CHECK(channel.messages[all.front()].id == 31);
  CHECK(channel.messages[all.back()].id == 50);
  const auto three = channel.contents(1000, 3);
  REQUIRE(three.size() == 3);
  CHECK(channel.messages[three.back()].id == 33);
  CHECK(channel.contents(15, 10).size() == 1);
  CHECK(channel.contents(0, 10).empty());
}

TEST_CASE("objects: a lock is held from acquire to release, an RLock from its outermost one (E-07)") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "A"), object(5, kLock, ObjectKind::rlock, "RLock-1", 1),
                event(10, 1, Kind::acquire_end, kLock, 1, 0), event(11, 1, Kind::acquire_end, kLock, 1, 0),
                event(13, 1, Kind::release, kLock, 1), event(14, 2, Kind::acquire_end, kLock, 0, 0),
                event(15, 2, Kind::acquire_end, kLock, 1, 0)});
  const auto& holds = model.find_object(kLock)->holds;
  REQUIRE(holds.size() == 2);
  CHECK(holds[0].begin_ns == 10);
  CHECK(holds[0].end_ns == 13);
  CHECK(holds[1].task == 2);
  CHECK(holds[1].end_ns == kOpen);
  CHECK(model.find_object(kLock)->value.at(13) == 1);
}

TEST_CASE("objects: another task may release a Lock (E-02)") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "A"), object(5, kLock, ObjectKind::lock, "L", 1),
                event(10, 1, Kind::acquire_end, kLock, 1, 0), event(20, 2, Kind::release, kLock, 1)});
  CHECK(model.find_object(kLock)->holds.at(0).end_ns == 20);
}

TEST_CASE("objects: what was never told to be made is known by what is done with it") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), event(10, 1, Kind::put_end, kQueue, 4, 1),
                                event(11, 1, Kind::set, kLock, 1), event(12, 1, Kind::acquire_end, 7, 1, 0)});
  REQUIRE(model.objects().size() == 2);
  CHECK(model.find_object(kQueue)->kind == ObjectKind::queue);
  CHECK(model.channels().at(0).counts.at(10).deque == 1);
  CHECK(model.find_object(kLock)->kind == ObjectKind::event);
  CHECK(model.find_object(7) == nullptr);  // ids below are tasks
}

TEST_CASE("threads: a thread is of its process, ends by itself or with it, and is no zombie") {
  Model model = model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "Process-1"), begin_thread(3, 3, "Thread-1", 2),
                          begin_thread(4, 4, "Thread-2", 2), event(20, 3, Kind::exit)});
  CHECK(model.find(3)->process == 2);
  CHECK(model.find(3)->is_thread());
  CHECK_FALSE(model.find(2)->is_thread());
  CHECK(model.find(2)->process == 2);
  CHECK(model.find(3)->death_ns == 20);
  CHECK(model.find(4)->death_ns == kOpen);
  model.append(std::vector{death(50, 2, killed(SIGKILL)), event(60, 1, Kind::reap, 2, killed(SIGKILL), 102)});
  CHECK(model.find(3)->death_ns == 20);
  CHECK(model.find(4)->death_ns == 50);
  CHECK(states(*model.find(4)) == std::vector{State::running});
  CHECK_FALSE(model.find(4)->exit_code().has_value());
  model.append(std::vector{death(70, 1, exited(0)), event(71, 0, Kind::reap, 1, exited(0), 101)});
  CHECK(model.complete());
  check_sound(model);
}

TEST_CASE("threads: a thread may tell of itself before its process does") {
  Model model = model_of({begin(1, 1, "MainProcess", 0), begin_thread(3, 3, "Thread-1", 2)});
  CHECK_FALSE(model.find(3)->is_thread());
  model.append(std::vector{begin(2, 2, "Process-1")});
  CHECK(model.find(3)->process == 2);
}

TEST_CASE("spans: a task held at the gate is that until it is let go") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), object(5, kQueue, ObjectKind::queue, "q"),
                                event(10, 1, Kind::held, kQueue, static_cast<std::uint64_t>(Kind::put_begin)),
                                event(30, 1, Kind::let_go, kQueue, static_cast<std::uint64_t>(Kind::put_begin))});
  CHECK(states(*model.find(1)) == std::vector{State::running, State::held, State::running});
  const Span& span = model.find(1)->spans[1];
  CHECK(span.partner == kQueue);
  CHECK(span.detail == static_cast<std::uint64_t>(Kind::put_begin));
  CHECK(span.end_ns == 30);
}

TEST_CASE("spans: a wait knows its reason, its partner and its timeout, whatever else its reason carries") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0),
                                event(10, 1, Kind::block_begin, kLock, reason(BlockReason::lock) | 2ULL << 32, 500)});
  const Span& span = model.find(1)->spans[1];
  CHECK(span.reason == BlockReason::lock);
  CHECK(span.partner == kLock);
  CHECK(span.detail == 500);
}
