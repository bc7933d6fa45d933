// What is made of the GIL's steps (G.1 to G.6): who had it when, who waited, who asked, what each thread got.
#include <iterator>
#include <map>

#include "core/timeline/rounds.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using timeline::Gil;
using timeline::GilEnd;
using timeline::GilHold;
using trace::CheckPlace;
using trace::DropReason;
using trace::kFirstObject;

namespace {

constexpr std::uint32_t kGil = kFirstObject;

// MainProcess, whose thread 2 takes the lock from it by a forced switch (G.6's time line, interval 50), and gives it back.
std::vector<Record> forced_switch() {
  return {begin(0, 1, "MainProcess", 0),
          object(5, kGil, ObjectKind::gil, "GIL-1"),
          begin_thread(10, 2, "Thread-1", 1),
          event(11, 2, Kind::gil_want, kGil, 1),
          event(11, 2, Kind::gil_wait, kGil, 50, 1),
          event(61, 2, Kind::gil_timeout, kGil, 1),
          event(62, 2, Kind::gil_request, kGil, 1, 1),
          event(63, 2, Kind::gil_wait, kGil, 50, 1),
          event(66, 1, Kind::eval_check, kGil, u64(CheckPlace::loop_end), 4),
          event(67, 1, Kind::gil_drop, kGil, u64(DropReason::request)),
          event(68, 1, Kind::switch_wait, kGil),
          event(70, 2, Kind::gil_wake, kGil, 0),
          event(71, 2, Kind::gil_take, kGil, 1, 2),
          event(73, 1, Kind::switch_done, kGil, 2, 5),
          event(74, 1, Kind::gil_want, kGil, 2),
          event(74, 1, Kind::gil_wait, kGil, 50, 2),
          event(100, 2, Kind::gil_drop, kGil, u64(DropReason::thread_end)),
          event(102, 2, Kind::exit),
          event(103, 1, Kind::gil_wake, kGil, 0),
          event(104, 1, Kind::gil_take, kGil, 2, 3)};
}

// No two have it at one time; what each had is what its sum says.
void check_sound(const Model& model, const Gil& gil) {
  tests::check_sound(model);
  std::map<TaskId, std::int64_t> held;
  for (std::size_t i = 0; i < gil.holds().size(); ++i) {
    const GilHold& hold = gil.holds()[i];
    CHECK(hold.begin_ns <= hold.end_ns);
    if (i > 0) CHECK(gil.holds()[i - 1].end_ns <= hold.begin_ns);
    if (hold.end_ns != kOpen) held[hold.task] += hold.end_ns - hold.begin_ns;
  }
  for (const timeline::GilThread& thread : gil.threads()) CHECK(thread.held_ns == held[thread.task]);
}

}  // namespace

TEST_CASE("gil: a forced switch, from the request to the hand-over and back (G.3, G.6)") {
  const Model model = model_of(forced_switch());
  REQUIRE(model.gils().size() == 1);
  const Gil& gil = model.gils()[0];
  check_sound(model, gil);
  REQUIRE(gil.holds().size() == 3);
  CHECK(gil.holds()[0].task == 1);
  CHECK(gil.holds()[0].end_ns == 67);
  CHECK(gil.holds()[0].how == GilEnd::request);
  CHECK(gil.holds()[1].task == 2);
  CHECK(gil.holds()[1].begin_ns == 71);
  CHECK(gil.holds()[1].handed_over());
  CHECK(gil.holds()[1].how == GilEnd::thread_end);
  CHECK(gil.holds()[2].task == 1);
  CHECK(gil.holds()[2].end_ns == kOpen);
  CHECK(gil.hand_overs() == 2);
  CHECK(gil.forced() == 1);
  CHECK(gil.at(80)->task == 2);
  CHECK(gil.at(69) == nullptr);  // dropped, and not yet taken
  CHECK(gil.interval_ns(62) == 50);

  REQUIRE(gil.requests().size() == 1);
  const timeline::GilRequest& request = gil.requests()[0];
  CHECK(request.by == 2);
  CHECK(request.of == 1);
  CHECK(request.seen_ns == 66);
  CHECK(request.end_ns == 67);
  CHECK(request.age_ns(1000) == 4);
  CHECK(gil.pending(65) == &request);
  CHECK(gil.pending(68) == nullptr);

  CHECK(states(*model.find(2)) == std::vector<State>{State::gil_wait, State::running});
  CHECK(states(*model.find(1)) == std::vector<State>{State::running, State::gil_switch, State::gil_wait, State::running});
  // Nothing lies between a drop and the wait for the switch, nor between the switch and the next wait.
  CHECK(model.find(1)->spans[1].begin_ns == 67);
  CHECK(model.find(1)->spans[2].begin_ns == 73);
  CHECK(model.find(2)->spans[0].detail == 1);  // who had it
  CHECK(model.find(2)->spans[0].partner == kGil);

  const timeline::GilThread* thread = gil.find(2);
  REQUIRE(thread != nullptr);
  CHECK(thread->held_ns == 29);
  CHECK(thread->waited_ns == 61);
  CHECK(thread->asked == 1);
  CHECK(gil.find(1)->dropped == 1);
  CHECK(gil.find(1)->switch_ns == 5);
  CHECK(gil.find(1)->held_until(110) == 67 + 6);
  CHECK(gil.forced_turns() == std::vector<std::int64_t>{67});
}

TEST_CASE("gil: a blocking call that nobody disturbs lets it go and takes it again, without a word (G.5)") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"),
                                begin_thread(10, 2, "Thread-1", 1), event(10, 2, Kind::gil_want, kGil, 1),
                                blocked(20, 1, BlockReason::thread_join, 2), event(21, 2, Kind::gil_take, kGil, 1, 2),
                                event(30, 2, Kind::sleep_begin, 0, 100), event(40, 2, Kind::sleep_end, 0, 100),
                                event(50, 2, Kind::exit), unblocked(52, 1, BlockReason::thread_join, 2)});
  const Gil& gil = model.gils()[0];
  check_sound(model, gil);
  REQUIRE(gil.holds().size() == 4);
  CHECK(gil.holds()[0].how == GilEnd::blocking);
  CHECK(gil.holds()[0].end_ns == 20);
  CHECK(gil.holds()[2].begin_ns == 40);
  CHECK(gil.holds()[2].from == 0);
  CHECK(gil.holds()[3].begin_ns == 52);
  CHECK(gil.at(35) == nullptr);
  CHECK(gil.hand_overs() == 1);
}

TEST_CASE("gil: who comes back from a blocking call and finds it taken has waited since the call ended") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"),
                                begin_thread(10, 2, "Thread-1", 1), event(10, 2, Kind::gil_want, kGil, 1),
                                event(20, 1, Kind::sleep_begin, 0, 10), event(21, 2, Kind::gil_take, kGil, 1, 2),
                                event(30, 1, Kind::sleep_end, 0, 10), event(32, 1, Kind::gil_want, kGil, 2),
                                event(90, 1, Kind::gil_take, kGil, 2, 3)});
  const Gil& gil = model.gils()[0];
  check_sound(model, gil);
  CHECK(states(*model.find(1)) == std::vector<State>{State::running, State::sleeping, State::gil_wait, State::running});
  CHECK(model.find(1)->spans[2].begin_ns == 30);
  CHECK(gil.find(1)->waited_ns == 60);
  CHECK(gil.at(31)->task == 2);
}

TEST_CASE("gil: the later of two threads may be heard first") {
  std::vector<Record> records = forced_switch();
  const auto of = [&](TaskId task) {
    std::vector<Record> own;
    std::copy_if(records.begin(), records.end(), std::back_inserter(own), [&](const Record& record) { return record.task == task; });
    return own;
  };
  Model model;
  model.append(std::vector<Record>(records.begin(), records.begin() + 3));
  std::vector<Record> second = of(2), first = of(1);
  second.erase(second.begin());
  first.erase(first.begin(), first.begin() + 2);
  model.append(second);
  model.append(first);
  const Gil& gil = model.gils()[0];
  check_sound(model, gil);
  REQUIRE(gil.holds().size() == 3);
  CHECK(gil.holds()[0].end_ns == 67);
  CHECK(gil.holds()[0].how == GilEnd::request);
  CHECK(gil.find(1)->held_until(110) == 67 + 6);
  CHECK(gil.hand_overs() == 2);
  CHECK(gil.forced() == 1);
}

TEST_CASE("gil: who came back to a lock that looked free, for its new holder had not been heard of, never had it") {
  Model model;
  model.append(std::vector<Record>{begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"), begin_thread(10, 2, "Thread-1", 1),
                                   event(10, 2, Kind::gil_want, kGil, 1), event(20, 1, Kind::sleep_begin, 0, 10), event(30, 1, Kind::sleep_end, 0, 10),
                                   event(32, 1, Kind::gil_want, kGil, 2)});
  model.append(std::vector<Record>{event(21, 2, Kind::gil_take, kGil, 1, 2)});
  const Gil& gil = model.gils()[0];
  check_sound(model, gil);
  REQUIRE(gil.at(31) != nullptr);
  CHECK(gil.at(31)->task == 2);
  CHECK(gil.holds().back().end_ns == kOpen);
}

TEST_CASE("gil: each process has its own; a thread that dies with its process holds it to the end (G-09)") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"), begin(10, 2, "Process-1"),
                                event(11, 2, Kind::object_new, kGil + 1, u64(ObjectKind::gil), 0, 0, "GIL-2"),
                                begin_thread(12, 3, "Thread-1", 2), event(13, 3, Kind::gil_want, kGil + 1, 2),
                                event(20, 2, Kind::sleep_begin, 0, 100), event(21, 3, Kind::gil_take, kGil + 1, 2, 2),
                                death(50, 2, killed(9))});
  REQUIRE(model.gils().size() == 2);
  CHECK(model.gils()[0].process() == 1);
  CHECK(model.gils()[0].holds().empty());  // one thread: it has it whenever it runs
  const Gil& gil = model.gils()[1];
  check_sound(model, gil);
  CHECK(gil.process() == 2);
  CHECK(model.gil_of(3) == &gil);
  CHECK(gil.holds().back().task == 3);
  CHECK(gil.holds().back().end_ns == 50);
}

TEST_CASE("gil: the interval is CPython's 5 ms until somebody sets it, the learner too (G.1)") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"),
                                event(20, 1, Kind::gil_interval, kGil, 500'000, 0), event(30, 0, Kind::gil_interval, kGil, 50'000'000, 1)});
  const Gil& gil = model.gils()[0];
  CHECK(gil.interval_ns(10) == 5'000'000);
  CHECK(gil.interval_ns(25) == 500'000);
  CHECK(gil.interval_ns(35) == 50'000'000);
}

TEST_CASE("gil: free threads have no lock to hold (G-07); another mode is another lock of the same thread") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"),
                                object(5, kGil + 1, ObjectKind::gil, "GIL-2", u64(trace::GilMode::free_threaded)),
                                begin_thread(10, 2, "Thread-1", 1), event(15, 2, Kind::work_begin, 0, 7, 0),
                                event(25, 2, Kind::work_end, 0, 7, 99)});
  CHECK(model.gil_of(1)->object() == kGil + 1);
  CHECK(model.gil_of(2)->object() == kGil + 1);
  CHECK_FALSE(model.gil_of(2)->is_lock());
  CHECK(model.gil_of(2)->holds().empty());
  REQUIRE(model.works().size() == 1);
  CHECK(model.works()[0].units == 7);
  CHECK(model.works()[0].check_sum == 99);
  CHECK(model.works()[0].end_ns == 25);
}

TEST_CASE("gil: who changes the kind of its lock has the old one no more") {
  std::vector<Record> records = forced_switch();
  records.push_back(object(200, kGil + 1, ObjectKind::gil, "GIL-2", u64(trace::GilMode::free_threaded)));
  const Model model = model_of(records);
  CHECK(model.gil_of(1)->object() == kGil + 1);
  CHECK(model.gils()[0].holds().back().end_ns == 200);
  CHECK(model.gils()[0].at(210) == nullptr);
  check_sound(model, model.gils()[0]);
}

TEST_CASE("gil: a thread of another interpreter has another lock, and never had this one (G-04)") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"), object(2, kGil + 1, ObjectKind::gil, "GIL-2"),
                                blocked(5, 1, BlockReason::thread_join, 2), begin_thread(10, 2, "Thread-1", 1),
                                event(11, 2, Kind::gil_take, kGil + 1, 0, 1), event(30, 2, Kind::exit), unblocked(35, 1, BlockReason::thread_join, 2)});
  CHECK(model.gil_of(1)->object() == kGil);
  CHECK(model.gil_of(2)->object() == kGil + 1);
  CHECK(model.gils()[0].find(2) == nullptr);
  CHECK(model.gils()[0].at(20) == nullptr);
  REQUIRE(model.gils()[1].at(20) != nullptr);
  CHECK(model.gils()[1].at(20)->task == 2);
  check_sound(model, model.gils()[0]);
  check_sound(model, model.gils()[1]);
}

TEST_CASE("gil: lost events leave nobody holding it twice") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"),
                                begin_thread(10, 2, "Thread-1", 1), event(11, 2, Kind::gil_want, kGil, 1),
                                event(20, 2, Kind::gil_take, kGil, 1, 2), event(60, 1, Kind::lost, 0, 9, 15),
                                event(70, 1, Kind::gil_take, kGil, 2, 3), event(80, 2, Kind::gil_take, kGil, 1, 4)});
  const Gil& gil = model.gils()[0];
  check_sound(model, gil);
  CHECK(gil.at(75)->task == 1);
  CHECK(gil.at(85)->task == 2);
}

TEST_CASE("gil: latency is the wait after each blocking call, none where it was free (G.8)") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kGil, ObjectKind::gil, "GIL-1"), begin_thread(5, 2, "reader", 1),
                                blocked(10, 2, BlockReason::recv, kGil + 1), unblocked(20, 2, BlockReason::recv, kGil + 1),
                                event(21, 2, Kind::gil_want, kGil, 1), event(80, 2, Kind::gil_take, kGil, 1, 2),
                                blocked(90, 2, BlockReason::recv, kGil + 1), unblocked(95, 2, BlockReason::recv, kGil + 1),
                                blocked(97, 2, BlockReason::lock, kGil + 2), unblocked(98, 2, BlockReason::lock, kGil + 2),
                                event(99, 2, Kind::sleep_begin, 0, 5)});
  CHECK(timeline::latencies(*model.find(2), 0, kOpen) == std::vector<std::int64_t>{60, 0});
  CHECK(timeline::latencies(*model.find(2), 90, kOpen) == std::vector<std::int64_t>{0});
}

namespace {

Record says(std::int64_t time_ns, std::string text) { return event(time_ns, 1, Kind::output, 0, 1, text.size(), 0, std::move(text)); }

// One worker takes 100, two threads 110, two processes 55: in each the same 40 units.
std::vector<Record> three_rounds() {
  std::vector<Record> records{begin(0, 1, "MainProcess", 0), says(10, "the same job\nstage threads 1\n")};
  const auto work = [&](std::int64_t from, std::int64_t to, TaskId task, std::uint64_t units) {
    records.push_back(event(from, task, Kind::work_begin, 0, units));
    records.push_back(event(to, task, Kind::work_end, 0, units, 5));
  };
  const auto thread = [&](std::int64_t from, std::int64_t to, TaskId task, std::uint64_t units) {
    records.push_back(begin_thread(from, task, "Thread", 1));
    work(from + 1, to - 1, task, units);
    records.push_back(event(to, task, Kind::exit));
  };
  thread(20, 110, 2, 40);
  records.push_back(says(200, "stage threads 2\n"));
  thread(201, 300, 3, 20);
  thread(202, 310, 4, 20);
  records.push_back(says(400, "stage processes 2\n"));
  for (const TaskId task : {5, 6}) {
    records.push_back(begin(401, task, "Process"));
    work(402, 450, task, 20);
    records.push_back(death(455, task, exited(0)));
  }
  std::stable_sort(records.begin(), records.end(), [](const Record& left, const Record& right) { return left.event.time_ns < right.event.time_ns; });
  records.push_back(death(500, 1, exited(0)));
  return records;
}

}  // namespace

TEST_CASE("rounds: the program's own words say where each begins; it ends with its last worker") {
  const Model model = model_of(three_rounds());
  const auto rounds = timeline::rounds_of(model);
  REQUIRE(rounds.size() == 3);
  CHECK(rounds[0].name == "threads");
  CHECK(rounds[0].workers == 1);
  CHECK(rounds[0].begin_ns == 10);
  CHECK(rounds[0].end_ns == 110);
  CHECK(rounds[1].end_ns == 310);
  CHECK(rounds[2].name == "processes");
  CHECK(rounds[2].end_ns == 455);
  const timeline::RoundCost cost = timeline::cost_of(model, rounds[2], model.end_ns());
  CHECK(cost.wall_ns == 55);
  CHECK(cost.units == 40);
  CHECK(timeline::rounds_of(model_of({begin(0, 1, "MainProcess", 0), says(5, "stage one\nstage\nbackstage x 2\nstage x 0\n")})).empty());
}

TEST_CASE("rounds: speed-up is against the first with one worker, and Amdahl's part is what ran in parallel") {
  const Model model = model_of(three_rounds());
  const auto lines = timeline::speed_ups(model, timeline::rounds_of(model));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].points.size() == 2);
  CHECK(lines[0].points[0].times == doctest::Approx(1));
  CHECK(lines[0].points[1].times == doctest::Approx(100.0 / 110));
  CHECK(lines[1].points[0].times == doctest::Approx(100.0 / 55));
  CHECK(*timeline::amdahl(lines[0].points, 0) == doctest::Approx(0));
  CHECK(*timeline::amdahl(lines[1].points, 0) == doctest::Approx(0.9));
  CHECK(timeline::amdahl_speed_up(0.9, 2) == doctest::Approx(100.0 / 55));
  // Of four workers on two cores the law says nothing.
  const std::vector<timeline::SpeedUp> points{{1, 1}, {2, 2}, {4, 2}};
  CHECK(*timeline::amdahl(points, 2) == doctest::Approx(1));
  CHECK_FALSE(timeline::amdahl(std::span(points).first(1), 0).has_value());
}

TEST_CASE("gil: what a thread had in its hand, and what it overwrote, are marks on its lane") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), begin_thread(5, 2, "Thread-1", 1), event(10, 2, Kind::in_hand, kGil + 5, 41, 0),
                                event(20, 2, Kind::update_lost, kGil + 5, 41, 57)});
  REQUIRE(model.find(2)->marks.size() == 2);
  CHECK(model.find(2)->marks[1].kind == Kind::update_lost);
  CHECK(model.find(2)->marks[1].b == 57);
}
