// The ring: order, text, loss, and a producer that is killed at any moment.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

#include "core/trace/recorder.h"
#include "tests/support/processes.h"

using namespace forklight;
using namespace forklight::trace;

namespace {

constexpr std::uint32_t kCells = 1024;

Region small_region() { return Region::create({.slots = 4, .ring_events = kCells}); }

Event numbered(std::uint64_t n) { return {static_cast<std::int64_t>(n), Kind::line, 0, 0, n, ~n}; }

std::size_t read(RingReader reader, TaskId task, std::vector<Record>& records) {
  const Published cells = reader.published();
  for (std::size_t at = 0; at != cells.size();) at = append_record(cells, at, task, records);
  reader.consume(cells.size());
  return cells.size();
}

}  // namespace

TEST_CASE("ring: what goes in comes out, in order, over many laps") {
  const Region region = small_region();
  RingWriter writer = region.writer(1);
  RingReader reader = region.reader(1);
  std::vector<Record> out;
  std::uint64_t next = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 300; ++i) writer.push(numbered(next++), false);
    CHECK(read(reader, 7, out) == 300);
  }
  REQUIRE(out.size() == next);
  for (std::uint64_t n = 0; n < next; ++n) {
    REQUIRE(out[n].event.a == n);
    REQUIRE(out[n].task == 7);
  }
}

TEST_CASE("ring: text comes back whole, at every length, and is cut at the limit") {
  const Region region = small_region();
  RingWriter writer = region.writer(1);
  RingReader reader = region.reader(1);
  for (std::size_t length : {0UL, 1UL, 15UL, 16UL, 17UL, 1000UL, kMaxText - 1, kMaxText, kMaxText + 100}) {
    std::string text(length, 'x');
    for (std::size_t i = 0; i < length; ++i) text[i] = static_cast<char>('a' + i % 26);
    std::vector<Record> out;
    writer.push_slowly(numbered(1), text, false);
    read(reader, 1, out);
    writer.push_text(numbered(2), text, false);  // the same by the way that most texts go
    read(reader, 1, out);
    REQUIRE(out.size() == 2);
    for (const Record& record : out) CHECK(record.text == text.substr(0, kMaxText));
    CHECK(out[1].event.a == 2);
  }
}

TEST_CASE("ring: a full ring counts what it loses, and says so where it happened") {
  const Region region = small_region();
  RingWriter writer = region.writer(1);
  RingReader reader = region.reader(1);
  const std::uint64_t room = kCells - kReserve;
  for (std::uint64_t n = 0; n < room + 5; ++n) writer.push(numbered(n), false);
  std::vector<Record> out;
  CHECK(read(reader, 1, out) == room);
  writer.push(numbered(9999), false);
  out.clear();
  CHECK(read(reader, 1, out) == 2);
  CHECK(out[0].event.kind == Kind::lost);
  CHECK(out[0].event.a == 5);
  CHECK(out[0].event.b == room);  // the first lost one's time
  CHECK(out[1].event.a == 9999);
}

TEST_CASE("ring: births and deaths still fit when nothing else does") {
  const Region region = small_region();
  RingWriter writer = region.writer(1);
  for (std::uint64_t n = 0; n < kCells; ++n) writer.push(numbered(n), false);
  writer.push({1, Kind::death, 0, 3, 0, 0}, true);
  std::vector<Record> out;
  read(region.reader(1), 1, out);
  CHECK(out.back().event.kind == Kind::death);
}

TEST_CASE("ring: a producer killed in the middle of writing leaves only whole events") {
  for (int round = 0; round < 60; ++round) {
    const Region region = small_region();
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      RingWriter writer = region.writer(1);
      for (std::uint64_t n = 0;; ++n) writer.push_slowly(numbered(n), "a text that takes more than one cell " + std::to_string(n), false);
    }
    RingReader reader = region.reader(1);
    std::vector<Record> out;
    const auto enough = static_cast<std::size_t>(100 + std::rand() % 3000);
    CHECK(tests::wait_until([&] { return read(reader, 1, out), out.size() >= enough; }));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    read(reader, 1, out);
    std::uint64_t next = 0;
    for (const Record& record : out) {
      if (record.event.kind == Kind::lost) {
        next += record.event.a;
        continue;
      }
      REQUIRE(record.event.a == next);
      REQUIRE(record.event.b == ~next);
      REQUIRE(record.text == "a text that takes more than one cell " + std::to_string(next));
      ++next;
    }
  }
}

TEST_CASE("ring: one writer and one reader at full speed, nothing lost unsaid") {
  const Region region = small_region();
  constexpr std::uint64_t kTotal = 300'000;
  std::atomic<bool> done{false};
  std::thread producer([&] {
    RingWriter writer = region.writer(1);
    for (std::uint64_t n = 0; n < kTotal; ++n) writer.push(numbered(n), false);
    done = true;
  });
  RingReader reader = region.reader(1);
  std::uint64_t seen = 0, next = 0;
  std::vector<Record> out;
  bool in_order = true;
  const auto take = [&] {
    out.clear();
    read(reader, 1, out);
    for (const Record& record : out) {
      if (record.event.kind == Kind::lost) {
        next += record.event.a;
      } else {
        in_order = in_order && record.event.a == next;
        ++next;
        ++seen;
      }
    }
  };
  while (!done) take();
  producer.join();
  take();
  next += region.slot(1).ring.lost.load();
  CHECK(in_order);
  CHECK(next == kTotal);
  CHECK(seen > 0);
}

TEST_CASE("ring: a reader given nonsense reads within the ring and stops") {
  const Region region = small_region();
  region.slot(1).ring.head.store(~0ULL - 5);
  std::vector<Record> out;
  CHECK(read(region.reader(1), 1, out) <= kCells);
}
