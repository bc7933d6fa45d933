// The gate on real processes: step, slow, hold and go on, replay; and the learner's signals.
#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "core/base/clock.h"
#include "core/supervisor/engine.h"
#include "core/timeline/model.h"
#include "tests/support/processes.h"

using namespace forklight;
using supervisor::Choice;
using supervisor::Engine;
using supervisor::Pace;
using supervisor::PaceSetting;
using supervisor::Replay;
using trace::AtGate;
using trace::Kind;
using trace::TaskId;

namespace {

// A run at hand, with everything that it has said so far.
struct Live {
  base::Fd out{tests::capture_file()};
  Engine engine;
  std::vector<trace::Record> records;

  Live(const std::string& lesson, PaceSetting pace)
      : engine({.engine = TEST_ENGINE, .stdout_fd = out.get(), .pace = std::move(pace)}, {.scenario = lesson}) {}

  void take() {
    for (auto& batch : engine.take()) std::move(batch.begin(), batch.end(), std::back_inserter(records));
  }
  bool wait_for_end() {
    return tests::wait_until([&] { return take(), engine.finished(); });
  }
  // Until so many stand at the gate, none of them having gone anywhere meanwhile.
  std::vector<AtGate> wait_for_gate(std::size_t count) {
    std::vector<AtGate> list;
    const bool there = tests::wait_until([&] { return take(), (list = engine.pace().at_gate()).size() == count; });
    CHECK_MESSAGE(there, list.size(), " at the gate, not ", count);
    return list;
  }
  std::size_t count(Kind kind) {
    take();
    return static_cast<std::size_t>(std::count_if(records.begin(), records.end(), [&](const auto& r) { return r.event.kind == kind; }));
  }
  // MainProcess at its join, each of the three workers at its first operation.
  std::vector<AtGate> start_workers() {
    for (const std::size_t standing : {1, 1, 2, 3}) {  // its begin, three starts; workers are left standing where they are born
      wait_for_gate(standing);
      REQUIRE(engine.pace().step(1));
    }
    return wait_for_gate(4);
  }
};

// What was let go, as the trace tells it, in the order of the choices.
std::vector<std::pair<TaskId, Kind>> gone(const std::vector<trace::Record>& records) {
  std::map<std::uint32_t, std::pair<TaskId, Kind>> by_ordinal;
  for (const auto& record : records) {
    if (record.event.kind != Kind::let_go) continue;
    const auto ordinal = static_cast<std::uint32_t>(record.event.b);
    CHECK(by_ordinal.emplace(ordinal, std::pair(record.task, static_cast<Kind>(record.event.a))).second);
  }
  std::vector<std::pair<TaskId, Kind>> list;
  for (const auto& [ordinal, one] : by_ordinal) {
    CHECK(ordinal == list.size() + 1);
    list.push_back(one);
  }
  return list;
}

// Steps through a run to its end, choosing at random; returns what was chosen.
std::vector<std::pair<TaskId, Kind>> choose_at_random(Live& live, std::mt19937& random, std::size_t most = SIZE_MAX) {
  std::vector<std::pair<TaskId, Kind>> chosen;
  CHECK(tests::wait_until([&] {
    live.take();
    if (const auto list = live.engine.pace().at_gate(); !list.empty() && chosen.size() < most) {
      const AtGate& one = list[random() % list.size()];
      if (live.engine.pace().step(one.task)) chosen.emplace_back(one.task, one.operation);
      // As slowly as a person: what it does is done before the next one goes. Who waits for another does not come back.
      (void)tests::wait_until(
          [&] {
            const auto now = live.engine.pace().at_gate();
            return std::any_of(now.begin(), now.end(), [&](const AtGate& other) { return other.task == one.task; });
          },
          std::chrono::milliseconds(one.operation == Kind::output ? 5000 : 10));
    }
    return live.engine.finished() || chosen.size() >= most;
  }));
  return chosen;
}

std::vector<std::tuple<std::string, Kind, std::uint64_t>> plain(const std::vector<Choice>& choices) {
  std::vector<std::tuple<std::string, Kind, std::uint64_t>> list;
  for (const Choice& choice : choices) list.emplace_back(choice.task, choice.operation, choice.number);
  return list;
}

}  // namespace

TEST_CASE("gate: at pace real nobody is held, and nothing of it is on record") {
  Live live("pace lines", {});
  CHECK(live.wait_for_end());
  CHECK(live.count(Kind::held) == 0);
  CHECK(live.count(Kind::let_go) == 0);
  CHECK(live.engine.pace().at_gate().empty());
}

TEST_CASE("gate: at pace step every task is born at the gate, and just the chosen one goes") {
  Live live("pace lines", {.pace = Pace::step});
  auto list = live.wait_for_gate(1);
  CHECK(list[0].task == 1);
  CHECK(list[0].operation == Kind::task_begin);
  list = live.start_workers();
  std::map<TaskId, AtGate> before;
  for (const AtGate& one : list) before.emplace(one.task, one);
  CHECK(before.at(1).operation == Kind::join_begin);
  CHECK(before.at(1).object == 2);
  for (const TaskId worker : {2u, 3u, 4u}) CHECK(before.at(worker).operation == Kind::task_begin);

  const std::int64_t stepped = base::now_ns();
  REQUIRE(live.engine.pace().step(3));
  CHECK(tests::wait_until([&] {
    const auto now = live.engine.pace().at_gate();
    return std::any_of(now.begin(), now.end(), [](const AtGate& one) { return one.task == 3 && one.operation == Kind::output; });
  }));
  for (const AtGate& one : live.wait_for_gate(4)) {
    if (one.task == 3) continue;
    CHECK(one.since_ns == before.at(one.task).since_ns);
    CHECK(one.number == before.at(one.task).number);
  }
  live.take();
  for (const auto& record : live.records) {
    // The supervisor may note births at any time, and the kernel's word comes when it comes.
    const bool silent = record.task != 3 && record.task != 0 && !trace::is_kernels(record.event.kind);
    CHECK_FALSE((silent && record.event.time_ns > stepped));
  }
  CHECK(tests::captured(live.out.get()).empty());  // it is about to print, and has not
  CHECK_FALSE(live.engine.pace().step(99));        // nobody of that number
}

TEST_CASE("gate: without a name the one goes that came first") {
  Live live("pace lines", {.pace = Pace::step});
  live.start_workers();
  std::size_t standing = 4;
  for (int i = 0; i < 8; ++i) {
    const auto list = live.wait_for_gate(standing);
    CHECK(std::is_sorted(list.begin(), list.end(), [](const AtGate& x, const AtGate& y) { return x.since_ns < y.since_ns; }));
    const TaskId first = list.front().task;
    if (first == 1) --standing;  // it is in its join then
    REQUIRE(live.engine.pace().step());
    CHECK(tests::wait_until([&] { return live.count(Kind::let_go) == static_cast<std::size_t>(5 + i); }));
    const auto last = std::find_if(live.records.rbegin(), live.records.rend(), [](const auto& r) { return r.event.kind == Kind::let_go; });
    CHECK(last->task == first);
  }
}

TEST_CASE("gate: the order chosen is the order of what was let go") {
  std::mt19937 random(7);
  for (int round = 0; round < 3; ++round) {
    Live live("pace lines", {.pace = Pace::step});
    const auto chosen = choose_at_random(live, random);
    live.take();
    CHECK(gone(live.records) == chosen);
    timeline::Model model;
    model.append(live.records);
    CHECK(model.complete());
    CHECK(model.tasks().size() == 4);
  }
}

TEST_CASE("gate: slow lets so many operations a second through, one at a time") {
  Live live("pace for ever", {.pace = Pace::slow, .rate = 40});
  CHECK(tests::wait_until([&] { return live.count(Kind::let_go) >= 10; }));
  const std::int64_t begin = base::now_ns();
  const std::size_t before = live.count(Kind::let_go);
  // They go on, never faster than that; how much slower is the machine's affair.
  const auto seconds = [](std::int64_t since) { return static_cast<double>(base::now_ns() - since) / 1e9; };
  CHECK(tests::wait_until([&] { return live.count(Kind::let_go) >= before + 20; }));
  CHECK(static_cast<double>(live.count(Kind::let_go) - before) <= 40 * seconds(begin) + 5);

  live.engine.pace().set_slow(2);  // another rate counts at once
  const std::int64_t turned = base::now_ns();
  const std::size_t then = live.count(Kind::let_go);
  CHECK(tests::wait_until([&] { return live.count(Kind::let_go) >= then + 3; }));
  CHECK(static_cast<double>(live.count(Kind::let_go) - then) <= 2 * seconds(turned) + 3);
}

TEST_CASE("gate: going on lets everybody go, and holding again holds them") {
  Live live("pace for ever", {});
  CHECK(tests::wait_until([&] { return live.count(Kind::sleep_end) > 50; }));
  live.engine.pace().hold();
  CHECK(live.engine.pace().held());
  live.wait_for_gate(3);  // MainProcess is in its join
  CHECK(tests::wait_until([&] { return live.count(Kind::held) == 3; }));  // what they did before has been read
  const std::size_t naps = live.count(Kind::sleep_begin);
  CHECK_FALSE(tests::wait_until([&] { return live.count(Kind::sleep_begin) != naps; }, std::chrono::milliseconds(50)));
  live.engine.pace().go_on();
  CHECK(live.engine.pace().pace() == Pace::real);
  CHECK(tests::wait_until([&] { return live.count(Kind::sleep_begin) > naps + 100; }));
  const std::size_t held = live.count(Kind::held);
  CHECK(held == 3);
  CHECK(live.engine.pace().at_gate().empty());
  live.engine.pace().hold();
  live.wait_for_gate(3);
}

TEST_CASE("gate: after a hold it goes on at the pace before") {
  Live live("pace for ever", {.pace = Pace::slow, .rate = 50});
  CHECK(tests::wait_until([&] { return live.count(Kind::let_go) >= 5; }));
  live.engine.pace().hold();
  CHECK(live.engine.pace().pace() == Pace::step);
  live.engine.pace().go_on();
  CHECK(live.engine.pace().pace() == Pace::slow);
  live.engine.pace().set_step();
  CHECK_FALSE(live.engine.pace().held());
  live.engine.pace().go_on();
  CHECK(live.engine.pace().pace() == Pace::real);
}

TEST_CASE("gate: switched to and fro without a pause, nobody is left standing") {
  Live live("pace a while", {});
  std::mt19937 random(99);
  for (int i = 0; i < 400; ++i) {
    live.engine.pace().hold();
    if (random() % 2 == 0) ::usleep(static_cast<useconds_t>(random() % 2000));
    live.engine.pace().go_on();
    if (random() % 2 == 0) ::usleep(static_cast<useconds_t>(random() % 500));
  }
  CHECK(live.wait_for_end());
  CHECK(tests::captured(live.out.get()).size() == 9 * 4);
}

TEST_CASE("gate: killed while it stands there, a task is dead and nothing is left") {
  Live live("pace lines", {.pace = Pace::step});
  live.start_workers();
  live.engine.signal(3, SIGKILL);
  live.wait_for_gate(3);  // gone from the list as well
  live.engine.pace().set_real();
  CHECK(live.wait_for_end());
  timeline::Model model;
  model.append(live.records);
  CHECK(model.complete());
  CHECK(model.find(3)->exit_code() == -SIGKILL);
  CHECK(model.find(2)->exit_code() == 0);
  CHECK(model.find(4)->exit_code() == 0);
  bool by_learner = false;
  for (const auto& record : live.records) {
    by_learner = by_learner || (record.event.kind == Kind::learner && record.event.object == 3 && record.event.b == SIGKILL &&
                                record.event.a == static_cast<std::uint64_t>(trace::LearnerAct::signal));
  }
  CHECK(by_learner);
}

TEST_CASE("gate: a run is stopped while everybody stands there, or dropped") {
  {
    Live live("pace lines", {.pace = Pace::step});
    live.start_workers();
    live.engine.stop();
    CHECK(live.wait_for_end());
    timeline::Model model;
    model.append(live.records);
    CHECK(model.complete());
    for (const auto& task : model.tasks()) CHECK(task.exit_code() == -SIGTERM);
  }
  {
    Live live("pace lines", {.pace = Pace::step});
    live.start_workers();
  }
  CHECK(tests::children_of(::getpid()).empty());
}

TEST_CASE("learner: stops a task and lets it go on; others do not notice") {
  Live live("pace for ever", {});
  CHECK(tests::wait_until([&] { return live.count(Kind::sleep_end) > 20; }));
  timeline::Model model;
  model.append(live.records);
  const pid_t pid = model.find(2)->pid;
  live.engine.signal(2, SIGSTOP);
  CHECK(tests::wait_until([&] { return tests::state_of(pid) == 'T'; }));
  const auto naps_of = [&](TaskId task) {
    live.take();
    return std::count_if(live.records.begin(), live.records.end(),
                         [&](const auto& r) { return r.task == task && r.event.kind == Kind::sleep_begin; });
  };
  ::usleep(5'000);  // what it had published
  const auto stopped_at = naps_of(2), other_at = naps_of(3);
  CHECK(tests::wait_until([&] { return naps_of(3) > other_at + 20; }));
  CHECK(naps_of(2) == stopped_at);
  live.engine.signal(2, SIGCONT);
  CHECK(tests::wait_until([&] { return naps_of(2) > stopped_at + 20; }));
  CHECK(live.count(Kind::learner) == 2);

  live.engine.signal(2, SIGTERM);
  CHECK(tests::wait_until([&] { return live.count(Kind::death) == 1; }));
  live.engine.signal(2, SIGTERM);   // it is dead
  live.engine.signal(99, SIGTERM);  // nobody
  live.engine.signal(3, SIGINT);    // not a learner's
  live.engine.signal(3, SIGTERM);
  CHECK(tests::wait_until([&] { return live.count(Kind::death) == 2; }));
  CHECK(live.count(Kind::learner) == 4);
}

TEST_CASE("learner: a task that is stopped at the gate goes when it is continued") {
  Live live("pace lines", {.pace = Pace::step});
  live.start_workers();
  live.engine.signal(2, SIGSTOP);
  live.take();
  CHECK(tests::wait_until([&] { return live.count(Kind::learner) == 1; }));
  timeline::Model model;
  model.append(live.records);
  CHECK(tests::wait_until([&] { return tests::state_of(model.find(2)->pid) == 'T'; }));
  REQUIRE(live.engine.pace().step(2));
  live.engine.signal(2, SIGCONT);
  const auto list = live.wait_for_gate(4);
  CHECK(std::any_of(list.begin(), list.end(), [](const AtGate& one) { return one.task == 2 && one.operation == Kind::output; }));
}

TEST_CASE("replay: fresh processes follow the choices of an earlier run") {
  std::mt19937 random(4711);
  for (int round = 0; round < 3; ++round) {
    Live first("pace lines", {.pace = Pace::step});
    (void)choose_at_random(first, random);
    first.take();
    const Replay replay = supervisor::choices_of(first.records);
    CHECK(replay.choices.size() == 23);
    CHECK(replay.then == Pace::real);

    Live second("pace lines", {.pace = Pace::replay, .replay = replay});
    CHECK(second.wait_for_end());
    CHECK_FALSE(second.engine.pace().departure());
    CHECK(second.engine.pace().progress().made == replay.choices.size());
    CHECK(plain(supervisor::choices_of(second.records).choices) == plain(replay.choices));
    CHECK(tests::captured(second.out.get()) == tests::captured(first.out.get()));
    // Of the program's own: what the kernel says comes when it comes.
    const auto last = [](const std::vector<trace::Record>& records) {
      return std::find_if(records.rbegin(), records.rend(), [](const auto& record) { return !trace::is_kernels(record.event.kind); })->event.kind;
    };
    CHECK(last(first.records) == last(second.records));
  }
}

TEST_CASE("replay: choices that began in the middle of a run begin there again") {
  std::mt19937 random(31);
  Live first("pace a while", {});
  CHECK(tests::wait_until([&] { return first.count(Kind::sleep_end) > 400; }));
  first.engine.pace().hold();
  first.wait_for_gate(3);
  (void)choose_at_random(first, random, 20);
  first.engine.pace().go_on();
  CHECK(tests::wait_until([&] { return first.count(Kind::output) >= 2; }));
  first.engine.pace().hold();
  (void)choose_at_random(first, random);
  first.take();
  const Replay replay = supervisor::choices_of(first.records);

  Live second("pace a while", {.pace = Pace::replay, .replay = replay});
  CHECK(second.wait_for_end());
  CHECK_FALSE(second.engine.pace().departure());
  CHECK(second.engine.pace().progress().made == replay.choices.size());
}

TEST_CASE("replay: a run that was left standing is left standing again") {
  std::mt19937 random(5);
  Live first("pace lines", {.pace = Pace::step});
  (void)choose_at_random(first, random, 9);
  first.engine.stop();
  CHECK(first.wait_for_end());
  const Replay replay = supervisor::choices_of(first.records);
  CHECK(replay.choices.size() == 9);
  CHECK(replay.then == Pace::step);
  Live second("pace lines", {.pace = Pace::replay, .replay = replay});
  CHECK(tests::wait_until([&] { return second.engine.pace().pace() == Pace::step; }));
  CHECK_FALSE(second.engine.pace().departure());
  // Perhaps one more: who was on its way to the gate when the first run was stopped did not stand there, and is let go by nobody's choice.
  CHECK(tests::wait_until([&] { return second.count(Kind::let_go) >= 9; }));
}

TEST_CASE("replay: another program cannot follow, says so, and stands") {
  std::mt19937 random(815);
  Live first("pace lines", {.pace = Pace::step});
  (void)choose_at_random(first, random);
  first.take();
  const Replay replay = supervisor::choices_of(first.records);

  Live other("pace other lines", {.pace = Pace::replay, .replay = replay});
  CHECK(tests::wait_until([&] { return other.engine.pace().departure().has_value(); }));
  const auto departure = *other.engine.pace().departure();
  CHECK(departure.why == supervisor::Departure::Why::other_operation);
  CHECK(departure.expected.task == "Process-2");
  CHECK(departure.expected.operation == Kind::output);
  CHECK(departure.met == Kind::sleep_begin);
  CHECK(other.engine.pace().pace() == Pace::step);
  CHECK(other.wait_for_gate(other.engine.pace().at_gate().size()).size() >= 1);
}

TEST_CASE("replay: who does not come is waited for two seconds") {
  Replay replay{{{"MainProcess", Kind::task_begin, 0}, {"Process-9", Kind::task_begin, 0}}};
  Live live("pace for ever", {.pace = Pace::replay, .replay = replay});
  CHECK(tests::wait_until([&] { return live.engine.pace().progress().made == 1; }));
  const std::int64_t begin = base::now_ns();
  CHECK(tests::wait_until([&] { return live.engine.pace().departure().has_value(); }));
  CHECK(base::now_ns() - begin > 1'500 * base::kMillisecond);
  CHECK(live.engine.pace().departure()->why == supervisor::Departure::Why::late);
  CHECK(live.engine.pace().departure()->position == 1);
  CHECK(live.engine.pace().pace() == Pace::step);
}

TEST_CASE("replay: a run that ends before its choices do says so") {
  Replay replay{{{"MainProcess", Kind::task_begin, 0}, {"Process-9", Kind::task_begin, 0}}};
  Live live("pace lines", {.pace = Pace::replay, .replay = replay});
  CHECK(live.wait_for_end());
  REQUIRE(live.engine.pace().departure());
  CHECK(live.engine.pace().departure()->why == supervisor::Departure::Why::run_ended);
  CHECK(live.engine.pace().departure()->expected.task == "Process-9");
}
