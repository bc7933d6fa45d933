// The region: claiming, births, limits, hand-over by descriptor; and the collector that empties it.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/posix_call.h"
#include "core/trace/collector.h"
#include "core/trace/recorder.h"

using namespace forklight;
using namespace forklight::trace;

namespace {

// A task that has been born, has died with `status`, and was reaped by `by`.
std::uint32_t dead_task(const Region& region, std::int32_t pid, std::int32_t status, TaskId by) {
  const auto slot = region.claim(by, "Process-1");
  REQUIRE(slot.has_value());
  region.publish_birth(*slot, pid);
  region.slot(*slot).died_ns.store(base::now_ns());
  region.slot(*slot).state.store(SlotState::dead);
  region.header().processes.fetch_sub(1);
  region.publish_reaping(*slot, by, status, base::now_ns());
  return *slot;
}

}  // namespace

TEST_CASE("region: every claim gets a slot and a task number of its own") {
  const Region region = Region::create({.slots = 16, .ring_events = 1024, .max_processes = 100});
  std::set<std::uint32_t> slots;
  std::set<TaskId> tasks;
  for (int i = 0; i < 15; ++i) {
    const auto slot = region.claim(1, "p");
    REQUIRE(slot.has_value());
    slots.insert(*slot);
    tasks.insert(region.slot(*slot).task);
  }
  CHECK(slots.size() == 15);
  CHECK(tasks.size() == 15);
  CHECK_FALSE(region.claim(1, "p").has_value());  // no slot left
}

TEST_CASE("region: the process cap refuses, and an abandoned claim gives its place back") {
  const Region region = Region::create({.slots = 16, .ring_events = 1024, .max_processes = 2});
  const auto first = region.claim(1, "p"), second = region.claim(1, "p");
  REQUIRE(second.has_value());
  CHECK_FALSE(region.claim(1, "p").has_value());
  region.abandon(*first);
  CHECK(region.claim(1, "p").has_value());
}

TEST_CASE("region: a name too long for its slot is cut, not overrun") {
  const Region region = Region::create({.slots = 4, .ring_events = 1024});
  const auto slot = region.claim(1, std::string(4000, 'n'));
  CHECK(std::string_view(region.slot(*slot).name).size() == kMaxName - 1);
}

TEST_CASE("region: handed over by descriptor it is the same memory") {
  const Region region = Region::create({.slots = 4, .ring_events = 1024});
  const Region other = Region::attach(base::Fd(::dup(region.fd())));
  const auto slot = other.claim(1, "there");
  CHECK(std::string_view(region.slot(*slot).name) == "there");
}

TEST_CASE("region: foreign memory is refused in words") {
  base::SharedMemory memory = base::SharedMemory::create("foreign", 1 << 16);
  CHECK_THROWS_AS((void)Region::attach(base::Fd(::dup(memory.fd()))), base::Failure);
  Region ours = Region::create({.slots = 4, .ring_events = 1024});
  ours.header().version = kRegionVersion + 1;
  CHECK_THROWS_AS((void)Region::attach(base::Fd(::dup(ours.fd()))), base::Failure);
  ours.header().version = kRegionVersion;
  ours.header().slots = 1 << 19;  // more than the memory holds
  CHECK_THROWS_AS((void)Region::attach(base::Fd(::dup(ours.fd()))), base::Failure);
}

TEST_CASE("collector: rings come out in one order by time, each task's own order kept") {
  const Region region = Region::create({.slots = 4, .ring_events = 1024});
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto slot = region.claim(1, "p");
    region.publish_birth(*slot, 100 + static_cast<int>(i));
  }
  RingWriter first = region.writer(1), second = region.writer(2);
  for (std::uint64_t n = 0; n < 100; ++n) {
    first.push({static_cast<std::int64_t>(10 * n), Kind::line, 0, 0, n, 0}, false);
    second.push({static_cast<std::int64_t>(10 * n + n % 2 * 5), Kind::line, 0, 0, n, 0}, false);
  }
  Collector collector(region);
  std::vector<Record> out;
  CHECK(collector.drain(out) == 200);
  std::uint64_t next[3] = {};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i > 0) REQUIRE(out[i - 1].event.time_ns <= out[i].event.time_ns);
    REQUIRE(out[i].event.a == next[out[i].task]++);
  }
}

TEST_CASE("collector: what is stamped later than the drain waits for the next one") {
  const Region region = Region::create({.slots = 4, .ring_events = 1024});
  region.writer(0).push({base::now_ns() + 3600 * base::kSecond, Kind::line, 0, 0, 0, 0}, false);
  Collector collector(region);
  std::vector<Record> out;
  CHECK(collector.drain(out) == 0);
  CHECK(collector.drain_all(out) == 1);
}

TEST_CASE("collector: birth, death and reaping are told even when every ring was too full for them") {
  const Region region = Region::create({.slots = 4, .ring_events = 1024});
  dead_task(region, 4711, 3 << 8, 1);
  Collector collector(region);
  std::vector<Record> out;
  collector.drain_all(out);
  REQUIRE(out.size() == 3);
  std::set<Kind> kinds;
  for (const Record& record : out) {
    kinds.insert(record.event.kind);
    CHECK(record.event.object == 1);
  }
  CHECK(kinds == std::set<Kind>{Kind::born, Kind::death, Kind::reap});
}

TEST_CASE("collector: a slot is used again after its task, and the old one's losses are told") {
  const Region region = Region::create({.slots = 2, .ring_events = 1024, .max_processes = 10});
  Collector collector(region);
  for (int round = 0; round < 20; ++round) {
    const std::uint32_t slot = dead_task(region, 100 + round, 0, 1);
    CHECK(slot == 1);
    region.slot(slot).ring.lost.store(3);
    std::vector<Record> out;
    collector.drain(out);
    collector.drain(out);
    CHECK(region.slot(slot).state.load() == SlotState::free);
    const auto lost = std::find_if(out.begin(), out.end(), [](const Record& record) { return record.event.kind == Kind::lost; });
    REQUIRE(lost != out.end());
    CHECK(lost->event.a == 3);
    CHECK(lost->task == static_cast<TaskId>(round + 1));
  }
}

TEST_CASE("recorder: unattached it drops everything; attached it writes with its line") {
  const Region region = Region::create({.slots = 4, .ring_events = 1024});
  std::thread([&] {
    Recorder& recorder = Recorder::current();
    recorder.record(Kind::line);
    const auto slot = region.claim(1, "p");
    region.publish_birth(*slot, 1);
    recorder.attach(region, *slot);
    recorder.gate(Kind::line);
    recorder.set_line(17);
    recorder.record(Kind::line);
  }).join();
  Collector collector(region);
  std::vector<Record> out;
  collector.drain(out);
  REQUIRE(out.size() == 1);
  CHECK(out[0].event.line == 17);
}

TEST_CASE("kinds: every number has a name, an unknown one says so") {
  CHECK(name(Kind::join_begin) == "join_begin");
  CHECK(name(static_cast<Kind>(65535)) == "unknown");
  CHECK(argument_names(Kind::reap).a == "status");
}

TEST_CASE("base: descriptors close themselves, errors name the operation") {
  int number = -1;
  {
    base::Pipe pipe = base::make_pipe();
    number = pipe.read.get();
    CHECK(::fcntl(number, F_GETFD) == FD_CLOEXEC);
  }
  CHECK(::fcntl(number, F_GETFD) == -1);
  CHECK_THROWS_WITH_AS(base::posix_call("open(/nowhere)", [] { return ::open("/nowhere", O_RDONLY); }),
                       "open(/nowhere): No such file or directory", std::system_error);
}
