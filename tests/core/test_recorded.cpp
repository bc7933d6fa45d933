// What each operation of core/ipc and core/sync leaves in the trace: its begin, its wait, its end, with the partner and the message's id.
// The program is in tests/support/lessons_recorded.cpp.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/support/run_lesson.h"

using namespace forklight;
using trace::Kind;

namespace {

// What MainProcess, the other and the queue's feeder have to say of an object. Of the other it is not known whether it
// had to wait.
struct Story {
  std::string main, other, feeder;
  bool operator==(const Story&) const = default;
};

const std::string kClosed = " object_closed object_closed";  // by the feeder, as the process ends

const std::map<std::string, Story> kExpected = {
    {"Queue.put",
     {"object_new put_begin put_end:1 put_begin put_end:0 put_begin block:put block_end put_end:1",
      "get_begin received get_end:1", "feed sent feed sent" + kClosed}},
    {"Queue.get",
     {"object_new get_begin get_end:0 get_begin block:get block_end received get_end:1", "put_begin put_end:1",
      "feed sent" + kClosed}},
    {"Queue feeder",
     {"object_new put_begin put_end:1", "get_begin received get_end:1", "feed block:send block_end sent" + kClosed}},
    {"Queue dropped", {"object_new put_begin put_end:1", "", "feed dropped" + kClosed}},
    {"SimpleQueue.put", {"object_new put_begin block:put block_end sent put_end:1", "get_begin received get_end:1", ""}},
    {"SimpleQueue.get", {"object_new get_begin block:get block_end received get_end:1", "put_begin sent put_end:1", ""}},
    {"JoinableQueue.join",
     {"object_new put_begin put_end:1 get_begin received get_end:1 wait_begin block:queue_join block_end wait_end:1",
      "task_done notify_begin notify_end", "feed sent" + kClosed}},
    {"send",
     {"object_new send_begin block:send block_end sent object_closed send_begin send_failed", "get_begin received get_end:1",
      ""}},
    {"recv",
     {"object_new get_begin block:recv block_end received get_end:1 object_closed get_begin get_end:0", "send_begin sent",
      ""}},
    {"bytes", {"object_new send_begin sent get_begin received get_end:1", "", ""}},
    {"poll",
     {"object_new wait_begin wait_end:0 wait_begin block:poll block_end wait_end:1 get_begin received get_end:1",
      "send_begin sent send_begin sent", ""}},
    {"Lock",
     {"object_new acquire_begin acquire_end:1 acquire_begin block:lock block_end acquire_end:0 acquire_begin block:lock "
      "block_end acquire_end:1",
      "release", ""}},
    {"RLock",
     {"object_new acquire_begin block:lock block_end acquire_end:1 release", "acquire_begin acquire_end:1 release", ""}},
    {"Semaphore", {"object_new acquire_begin block:semaphore block_end acquire_end:1", "release", ""}},
    {"BoundedSemaphore",
     {"object_new acquire_begin acquire_end:1 acquire_begin block:semaphore block_end acquire_end:1", "release", ""}},
    {"Value", {"object_new block:lock block_end store", "", ""}},
    {"Array", {"object_new store", "", ""}},
    {"Condition", {"object_new wait_begin block:condition block_end wait_end:1", "notify notify_begin notify_end", ""}},
    {"Condition timeout", {"object_new wait_begin block:condition block_end wait_end:0 notify", "", ""}},
    {"Event",
     {"object_new wait_begin block:event block_end wait_end:1 wait_begin wait_end:1 clear", "set notify_begin notify_end",
      ""}},
    {"Barrier",
     {"object_new wait_begin block:barrier block_end wait_end:1",
      "wait_begin barrier_full notify_begin notify_end wait_end:1", ""}},
    {"Barrier.abort", {"object_new wait_begin block:barrier block_end wait_end:2", "notify notify_begin notify_end", ""}},
};

constexpr const char* kReasons[] = {"join", "wait", "output",    "put",   "get",       "send",    "recv",       "poll",
                                    "lock", "semaphore", "event", "condition", "barrier", "queue_join", "feed", "thread_join"};

std::string word(const trace::Event& event) {
  const std::string name(trace::name(event.kind));
  switch (event.kind) {
    case Kind::block_begin:
      return std::string("block:") + kReasons[event.a & 0xffffffff];
    case Kind::put_end:
    case Kind::get_end:
      return name + ":" + std::to_string(event.b);
    case Kind::acquire_end:
    case Kind::wait_end:
      return name + ":" + std::to_string(event.a);
    default:
      return name;
  }
}

bool is_wait(const trace::Event& event) { return event.kind == Kind::block_begin || event.kind == Kind::block_end; }

// One who waits again for what it has just waited for has waited once.
void append(std::string& text, const std::string& one) {
  if (one.starts_with("block:") && text.ends_with(one + " block_end")) {
    text.erase(text.size() - std::string(" block_end").size());
    return;
  }
  if (!text.empty()) text += ' ';
  text += one;
}

// By the names of the program's own objects; waits for an inner lock are waits for its owner.
std::map<std::string, Story> stories(const timeline::Model& model) {
  std::map<std::string, Story> all;
  for (const timeline::EventRef& ref : model.events()) {
    const timeline::Object* object = model.find_object(ref.event.object);
    if (object == nullptr || ref.event.kind == Kind::fill) continue;
    const bool inner = object->internal();
    if (inner) object = model.find_object(object->owner);
    REQUIRE(object != nullptr);
    if (inner && !is_wait(ref.event)) continue;
    const std::string& task = model.find(ref.task)->name;
    const bool feeder = task == "QueueFeederThread";
    if (is_wait(ref.event)) {
      if (inner && object->kind == trace::ObjectKind::condition) continue;  // who wakes may find the lock taken or free
      if (task == "other") continue;
      if (feeder && trace::BlockReason{ref.event.a & 0xffffffff} == trace::BlockReason::feed) continue;  // nothing to do
    }
    Story& story = all[object->name];
    append(feeder ? story.feeder : task == "other" ? story.other : story.main, word(ref.event));
  }
  return all;
}

// What was begun with a message ends with it, and the partner had the same one.
void check_messages(const timeline::Model& model) {
  std::map<std::uint64_t, int> begun, ended, sent, received, got;
  for (const timeline::EventRef& ref : model.events()) {
    const trace::Event& event = ref.event;
    if (event.a == 0) continue;  // send_bytes and recv_bytes have none; an operation that got nothing
    if (event.kind == Kind::put_begin || event.kind == Kind::send_begin) ++begun[event.a];
    if (event.kind == Kind::put_end || event.kind == Kind::send_failed) ++ended[event.a];
    if (event.kind == Kind::sent) ++sent[event.a];
    if (event.kind == Kind::received) ++received[event.a];
    if (event.kind == Kind::get_end) ++got[event.a];
  }
  CHECK(received.size() >= 9);
  CHECK(received == got);
  for (const auto& [message, count] : received) {
    CAPTURE(message);
    CHECK(count == 1);
    CHECK(begun[message] == 1);
    CHECK(sent[message] == 1);
  }
  for (const auto& [message, count] : begun) {
    CAPTURE(message);
    CHECK(count == 1);
    CHECK(ended[message] + sent[message] >= 1);
  }
  for (const timeline::Flow& flow : model.flows()) {
    if (flow.kind != timeline::FlowKind::message || flow.to == 0) continue;
    CHECK(flow.from != 0);
    CHECK(flow.from_ns <= flow.to_ns);
  }
}

}  // namespace

TEST_CASE("recorded: every operation of core/ipc and core/sync has its begin, its wait and its end on record") {
  const auto run = tests::run_test_lesson("every operation");
  CHECK(run.error == "");
  CHECK(run.main_status == 0);
  CHECK(run.model.lost_count() == 0);
  const auto found = stories(run.model);
  for (const auto& [name, expected] : kExpected) {
    CAPTURE(name);
    const auto story = found.find(name);
    REQUIRE(story != found.end());
    CHECK(story->second.main == expected.main);
    CHECK(story->second.other == expected.other);
    CHECK(story->second.feeder == expected.feeder);
  }
  for (const auto& [name, story] : found) {
    if (name.starts_with("GIL-")) continue;  // its steps are no operations of the program: see test_gil
    CAPTURE(name);
    CHECK(kExpected.contains(name));
  }
  check_messages(run.model);
  // connection.wait() is about no object of its own.
  std::string wait;
  for (const timeline::EventRef& ref : run.model.events()) {
    if (ref.task == 1 && ref.event.object == 0 && (ref.event.kind == Kind::wait_begin || ref.event.kind == Kind::wait_end)) {
      append(wait, word(ref.event));
    }
  }
  CHECK(wait == "wait_begin wait_end:1");
}
