// The learner's hand in a run: values put, events set and cleared, ends closed, on the real objects of real processes.
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>

#include "core/supervisor/engine.h"
#include "core/timeline/model.h"
#include "tests/support/processes.h"

using namespace forklight;
using nlohmann::json;

namespace {

// A lesson going on, and what it has said so far.
struct Live {
  supervisor::Engine engine;
  timeline::Model model;
  std::string said;

  explicit Live(const char* lesson) : engine({.engine = TEST_ENGINE}, {.scenario = lesson}) {
    REQUIRE(until([&] { return said.find("ready\n") != std::string::npos; }));
  }
  bool until(const std::function<bool()>& condition) {
    return tests::wait_until([&] {
      for (const auto& batch : engine.take()) model.append(batch);
      said.clear();
      for (const auto& line : model.console()) said += line.text;
      return condition();
    });
  }
  // The id of the one object of that kind.
  std::uint32_t object(trace::ObjectKind kind) {
    for (const auto& ref : model.events()) {
      if (ref.event.kind == trace::Kind::object_new && ref.event.a == static_cast<std::uint64_t>(kind) && ref.event.b >> 32 == 0) {
        return ref.event.object;
      }
    }
    return 0;
  }
  bool ended() {
    return until([&] { return engine.finished(); });
  }
  std::string refusal() {
    std::string text;
    until([&] { return !(text = engine.take_refusal()).empty(); });
    return text;
  }
};

}  // namespace

TEST_CASE("learner: a value put by hand arrives like any other") {
  Live live("learner: gets");
  live.engine.act({{"act", "put"}, {"object", live.object(trace::ObjectKind::queue)}, {"value", json{"from", 7}}});
  CHECK(live.ended());
  CHECK(live.said == "ready\ngot ['from', 7]\n");
  bool on_record = false;
  for (const auto& ref : live.model.events()) on_record = on_record || ref.event.kind == trace::Kind::learner;
  CHECK(on_record);
}

TEST_CASE("learner: an event set by hand wakes who waits, and can be cleared") {
  Live live("learner: waits");
  const std::uint32_t event = live.object(trace::ObjectKind::event);
  live.engine.act({{"act", "set"}, {"object", event}});
  REQUIRE(live.until([&] { return live.said.find("set\n") != std::string::npos; }));
  live.engine.act({{"act", "clear"}, {"object", event}});
  CHECK(live.ended());
  CHECK(live.said == "ready\nset\ncleared\n");
}

TEST_CASE("learner: the last write end closed by hand is the end of the file for the reader") {  // I-04
  Live live("learner: receives");
  live.engine.act({{"act", "close"}, {"object", live.object(trace::ObjectKind::pipe)}, {"task", 1}, {"end", 1}});
  CHECK(live.ended());
  CHECK(live.said == "ready\nEOFError\n");
}

TEST_CASE("learner: what cannot be done is one sentence, and changes nothing") {
  Live live("learner: waits");
  const std::uint32_t event = live.object(trace::ObjectKind::event);
  for (const json& act : {json{{"act", "put"}, {"object", event}, {"value", 1}}, json{{"act", "set"}, {"object", 5}}, json{{"act", "dance"}, {"object", event}},
                          json{{"act", "close"}, {"object", event}, {"task", 77}}}) {
    live.engine.act(act);
    CHECK(live.refusal() != "");
  }
  live.engine.stop();
  CHECK(live.ended());
}

TEST_CASE("learner: an act is done once") {
  Live live("learner: waits");
  const std::uint32_t event = live.object(trace::ObjectKind::event);
  live.engine.act({{"act", "clear"}, {"object", event}});
  live.engine.act({{"act", "set"}, {"object", event}});
  const auto acts = [&] {
    std::size_t count = 0;
    for (const auto& ref : live.model.events()) count += ref.event.kind == trace::Kind::learner ? 1 : 0;
    return count;
  };
  REQUIRE(live.until([&] { return live.said.find("set\n") != std::string::npos; }));
  CHECK(acts() == 2);
  live.engine.stop();
  CHECK(live.ended());
  CHECK(acts() == 2);
}

TEST_CASE("learner: Ctrl+C comes to every process of the run at once, the helpers ignore it, and it is on record once") {  // P-64
  Live live("learner: all wait");
  live.engine.interrupt();
  CHECK(live.ended());
  std::size_t count = 0;
  for (const auto& ref : live.model.events()) {
    if (ref.event.kind != trace::Kind::learner) continue;
    ++count;
    CHECK(ref.event.object == 0);
    CHECK(ref.event.a == static_cast<std::uint64_t>(trace::LearnerAct::interrupt));
    CHECK(ref.event.b == SIGINT);
  }
  CHECK(count == 1);
  for (const timeline::Task& task : live.model.tasks()) {
    if (task.is_thread()) continue;
    CAPTURE(task.name);
    const bool helper = task.name == trace::kForkserver || task.name == trace::kResourceTracker;
    CHECK(task.exit_code() == (helper ? 0 : task.id == 1 ? -SIGINT : 1));
    const auto marked = std::count_if(task.marks.begin(), task.marks.end(), [](const auto& mark) { return mark.kind == trace::Kind::learner; });
    CHECK(marked == 1);
  }
}
