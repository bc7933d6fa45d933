// The learner's acts of a run, done again by a replay at their place in the order, on fresh real processes.
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>

#include "core/supervisor/engine.h"
#include "core/timeline/model.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

using namespace forklight;
using nlohmann::json;
using supervisor::Deed;
using supervisor::Replay;
using trace::Kind;
using trace::LearnerAct;
using trace::Pace;

namespace {

struct Live {
  supervisor::Engine engine;
  std::vector<trace::Record> records;
  timeline::Model model;
  std::string said;

  Live(const char* lesson, supervisor::PaceSetting pace) : engine({.engine = TEST_ENGINE, .pace = std::move(pace)}, {.scenario = lesson}) {}
  void take() {
    for (const auto& fresh : engine.take()) {
      records.insert(records.end(), fresh.begin(), fresh.end());
      model.append(fresh);
    }
    said.clear();
    for (const auto& line : model.console()) said += line.text;
  }
  bool until(const std::function<bool()>& condition) {
    return tests::wait_until([&] {
      take();
      return condition();
    });
  }
  // Steps, one at a time and who came first, until the condition holds. Who was let go has a moment to come back: what it did is seen then.
  bool step_until(const std::function<bool()>& condition) {
    return until([&] {
      if (condition()) return true;
      const auto standing = engine.pace().at_gate();
      if (standing.empty() || !engine.pace().step(standing.front().task)) return false;
      const auto back = [&, task = standing.front().task] { return take(), stands(task) || condition(); };
      (void)tests::wait_until(back, std::chrono::milliseconds(100));
      return condition();
    });
  }
  bool stands(trace::TaskId task) {
    const auto list = engine.pace().at_gate();
    return std::any_of(list.begin(), list.end(), [&](const auto& one) { return one.task == task; });
  }
  bool is_blocked(const char* name, trace::BlockReason reason) const {
    return std::any_of(model.tasks().begin(), model.tasks().end(), [&](const timeline::Task& task) {
      return task.name == name && !task.spans.empty() && task.spans.back().state == timeline::State::blocked &&
             task.spans.back().reason == reason;
    });
  }
  std::uint32_t object(trace::ObjectKind kind) const {
    for (const timeline::Object& one : model.objects())
      if (one.kind == kind && !one.internal()) return one.id;
    return 0;
  }
  std::size_t acts() const {
    return static_cast<std::size_t>(
        std::count_if(records.begin(), records.end(), [](const auto& record) { return record.event.kind == Kind::learner; }));
  }
};

std::vector<std::string> sorted_words(const Live& live) { return tests::sorted_lines(live.said); }

// Runs the choices of a run again, to its end; checks that all of it could be followed. `in_order`: what was said came at the gate, one by one.
void follow(Live& first, const char* lesson, bool in_order = true) {
  const Replay replay = supervisor::choices_of(first.records);
  Live second(lesson, {.pace = Pace::replay, .replay = replay});
  REQUIRE(second.until([&] { return second.engine.finished(); }));
  CHECK_FALSE(second.engine.pace().departure());
  CHECK(second.engine.pace().progress().made == replay.choices.size());
  CHECK(second.engine.take_refusal().empty());
  CHECK(sorted_words(second) == sorted_words(first));
  if (in_order) CHECK(second.said == first.said);
  const Replay again = supervisor::choices_of(second.records);
  REQUIRE(again.deeds.size() == replay.deeds.size());
  for (std::size_t i = 0; i < again.deeds.size(); ++i) {
    CHECK(again.deeds[i].what == replay.deeds[i].what);
    CHECK(again.deeds[i].position == replay.deeds[i].position);
    CHECK(again.deeds[i].value == replay.deeds[i].value);
    CHECK(again.deeds[i].number == replay.deeds[i].number);
  }
  for (const timeline::Task& task : first.model.tasks()) CHECK(second.model.find(task.id)->exit_code() == task.exit_code());
}

}  // namespace

TEST_CASE("replay: an event that was set and cleared by hand is set and cleared again, at the same places") {
  Live first("learner: waits", {.pace = Pace::step});
  REQUIRE(first.step_until([&] { return first.is_blocked("Process-1", trace::BlockReason::event); }));
  const std::uint32_t event = first.object(trace::ObjectKind::event);
  first.engine.act({{"act", "set"}, {"object", event}});
  REQUIRE(first.until([&] { return first.acts() == 1; }));
  // It naps until the event is cleared: how often is decided by when that is.
  const auto naps = [&] {
    return std::count_if(first.records.begin(), first.records.end(), [](const auto& r) { return r.event.kind == Kind::sleep_begin; });
  };
  REQUIRE(first.step_until([&] { return naps() >= 4; }));
  REQUIRE(first.until([&] { return first.stands(2); }));
  first.engine.act({{"act", "clear"}, {"object", event}});
  REQUIRE(first.until([&] { return first.acts() == 2; }));
  REQUIRE(first.step_until([&] { return first.engine.finished(); }));
  CHECK(first.said == "ready\nset\ncleared\n");
  const Replay replay = supervisor::choices_of(first.records);
  REQUIRE(replay.deeds.size() == 2);
  CHECK(replay.deeds[0].what == LearnerAct::set);
  CHECK(replay.deeds[1].what == LearnerAct::clear);
  CHECK(replay.deeds[1].position > replay.deeds[0].position + 4);
  follow(first, "learner: waits");
}

TEST_CASE("replay: a value that was put by hand is put again") {
  Live first("learner: gets", {.pace = Pace::step});
  REQUIRE(first.step_until([&] { return first.is_blocked("Process-1", trace::BlockReason::get); }));
  first.engine.act({{"act", "put"}, {"object", first.object(trace::ObjectKind::queue)}, {"value", json{"from", 7, nullptr}}});
  REQUIRE(first.until([&] { return first.acts() == 1; }));
  REQUIRE(first.step_until([&] { return first.engine.finished(); }));
  CHECK(first.said == "ready\ngot ['from', 7, None]\n");
  CHECK(supervisor::choices_of(first.records).deeds.at(0).value == R"(["from",7,null])");
  follow(first, "learner: gets");
}

TEST_CASE("replay: an end that was closed by hand is closed again, in the same process") {  // I-04
  Live first("learner: receives", {.pace = Pace::step});
  REQUIRE(first.step_until([&] { return first.is_blocked("Process-1", trace::BlockReason::recv); }));
  first.engine.act({{"act", "close"}, {"object", first.object(trace::ObjectKind::pipe)}, {"task", 1}, {"end", 1}});
  REQUIRE(first.step_until([&] { return first.engine.finished(); }));
  CHECK(first.said == "ready\nEOFError\n");
  const Replay replay = supervisor::choices_of(first.records);
  CHECK(replay.deeds.at(0).task == "MainProcess");
  CHECK(replay.deeds.at(0).number == 1);
  follow(first, "learner: receives");
}

TEST_CASE("replay: who was killed and who was stopped by hand is killed and stopped again") {
  Live first("pace lines", {.pace = Pace::step});
  REQUIRE(first.step_until([&] { return first.said.find("B 0\n") != std::string::npos; }));
  REQUIRE(first.until([&] { return first.stands(2) && first.stands(3); }));
  first.engine.signal(3, SIGKILL);
  REQUIRE(first.until([&] { return first.model.find(3)->exit_code().has_value(); }));
  first.engine.signal(2, SIGSTOP);
  REQUIRE(first.until([&] { return first.model.is_stopped(2); }));
  first.engine.signal(2, SIGCONT);
  REQUIRE(first.until([&] { return !first.model.is_stopped(2); }));
  REQUIRE(first.step_until([&] { return first.engine.finished(); }));
  CHECK(first.model.find(3)->exit_code() == -SIGKILL);
  CHECK(supervisor::choices_of(first.records).deeds.at(0).task == "Process-2");
  follow(first, "pace lines");
}

TEST_CASE("replay: Ctrl+C to all is pressed again") {  // P-64
  Live first("learner: waits", {.pace = Pace::step});
  REQUIRE(first.step_until([&] { return first.is_blocked("Process-1", trace::BlockReason::event) && first.is_blocked("MainProcess", trace::BlockReason::join); }));
  first.engine.interrupt();
  REQUIRE(first.until([&] { return first.acts() == 1; }));
  REQUIRE(first.step_until([&] { return first.engine.finished(); }));
  CHECK(first.model.find(1)->exit_code() == -SIGINT);
  const Replay replay = supervisor::choices_of(first.records);
  REQUIRE(replay.deeds.size() == 1);
  CHECK(replay.deeds[0].what == LearnerAct::interrupt);
  follow(first, "learner: waits", false);  // both are interrupted at once
}

TEST_CASE("replay: a switch interval that was turned by hand is turned again, at the same place") {  // G-03
  Live first("learner: turns", {.pace = Pace::step});
  const auto naps = [&] {
    return std::count_if(first.records.begin(), first.records.end(), [](const auto& r) { return r.event.kind == Kind::sleep_begin; });
  };
  REQUIRE(first.step_until([&] { return naps() >= 3; }));
  const std::uint32_t gil = first.object(trace::ObjectKind::gil);
  REQUIRE(gil != 0);
  REQUIRE(first.until([&] { return first.stands(2); }));
  first.engine.act({{"act", "interval"}, {"object", gil}, {"us", 1500}});
  REQUIRE(first.until([&] { return first.acts() == 1; }));
  REQUIRE(first.step_until([&] { return first.engine.finished(); }));
  CHECK(first.said == "ready\n0.0015\n");
  const Replay replay = supervisor::choices_of(first.records);
  REQUIRE(replay.deeds.size() == 1);
  CHECK(replay.deeds[0].what == LearnerAct::interval);
  CHECK(replay.deeds[0].object == first.model.find_object(gil)->name);
  CHECK(replay.deeds[0].number == 1500);
  follow(first, "learner: turns");
}

TEST_CASE("replay: an act that cannot be done again is said, and the run stands") {
  const Deed missing{.what = LearnerAct::put, .position = 2, .task = {}, .object = "no such queue", .value = "7"};
  Live live("pace for ever", {.pace = Pace::replay, .replay = {.choices = {{"MainProcess", Kind::task_begin, 0}, {"MainProcess", Kind::start_begin, 1}},
                                                               .deeds = {missing}}});
  REQUIRE(live.until([&] { return live.engine.pace().departure().has_value(); }));
  const auto departure = *live.engine.pace().departure();
  CHECK(departure.why == supervisor::Departure::Why::deed);
  CHECK(departure.deed.object == "no such queue");
  CHECK(departure.refusal.empty());
  CHECK(live.engine.pace().pace() == Pace::step);
}

TEST_CASE("replay: an act that is refused tells why") {
  // To put where nobody has the queue any more is refused by the supervisor; here the event is put into.
  Live first("learner: waits", {.pace = Pace::step});
  REQUIRE(first.step_until([&] { return first.is_blocked("Process-1", trace::BlockReason::event); }));
  Replay replay = supervisor::choices_of(first.records);
  const std::string name = first.model.find_object(first.object(trace::ObjectKind::event))->name;
  replay.deeds.push_back({.what = LearnerAct::put, .position = replay.choices.size(), .task = {}, .object = name, .value = "7"});
  Live second("learner: waits", {.pace = Pace::replay, .replay = replay});
  REQUIRE(second.until([&] { return second.engine.pace().departure().has_value(); }));
  CHECK(second.engine.pace().departure()->why == supervisor::Departure::Why::deed);
  CHECK(second.engine.pace().departure()->refusal == "That cannot be done to this object.");
  CHECK(second.engine.take_refusal().empty());  // it has been told
}
