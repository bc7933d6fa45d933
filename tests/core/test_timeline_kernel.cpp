// What is made of the kernel's records: stretches on cores, waiting for one, holes, state and memory; and that all of it is saved.
#include <filesystem>

#include "core/store/store.h"
#include "tests/core/store_files.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using timeline::Left;
using timeline::OnCpu;

namespace {

std::uint64_t ids(std::uint64_t pid) { return pid << 32 | pid; }
Record in(std::int64_t time_ns, TaskId task, std::uint32_t cpu) { return event(time_ns, task, Kind::cpu_in, cpu, ids(100 + task)); }
Record out(std::int64_t time_ns, TaskId task, std::uint32_t cpu, bool preempted) {
  return event(time_ns, task, Kind::cpu_out, cpu, ids(100 + task), preempted ? 1 : 0);
}

std::vector<Record> two_on_a_core() {
  return {begin(10, 1, "MainProcess", 0),
          event(11, 0, Kind::observing, 0, 1, 0),
          event(12, 2, Kind::kernel_birth, 0, ids(102), ids(101)),
          in(20, 1, 0),
          begin(21, 2, "Process-1"),
          out(30, 1, 0, true),
          in(30, 2, 0),
          out(50, 2, 0, false),
          in(50, 1, 0),
          event(60, 1, Kind::state, 0, 'R', 1),
          event(61, 1, Kind::memory, 0, 1000ULL << 32 | 900, 300ULL << 32 | 700),
          event(71, 1, Kind::memory, 0, 1200ULL << 32 | 950, 500ULL << 32 | 700),
          event(72, 1, Kind::state, 0, 'S', 2),
          event(80, 1, Kind::kernel_death, 0, ids(101))};
}

}  // namespace

TEST_CASE("kernel: who was on which core, how it left, and how long it waited for one") {
  const Model model = model_of(two_on_a_core());
  const auto& kernel = model.kernel();
  CHECK(kernel.mode() == trace::Observing::perf);
  REQUIRE(kernel.cores().size() == 1);
  const auto& track = kernel.cores()[0].track;
  REQUIRE(track.spans().size() == 3);
  CHECK(track.spans()[0].who == 1);
  CHECK(track.spans()[0].left == Left::preempted);
  CHECK(track.spans()[1].who == 2);
  CHECK(track.spans()[1].left == Left::own_will);
  CHECK(track.spans()[2].left == Left::died);
  CHECK(track.spans()[2].end_ns == 80);
  const auto* main = kernel.find(1);
  REQUIRE(main != nullptr);
  CHECK(main->waited_ns == 20);  // preempted at 30, in again at 50
  CHECK(kernel.find(2)->waited_ns == 18);  // born at 12, its first turn at 30
  CHECK(main->on_cpu.busy_ns(0, 100, 100) == 40);
  CHECK(main->on_cpu.busy_ns(25, 55, 100) == 10);
  CHECK(track.busy_ns(0, 100, 100) == 60);
  CHECK(kernel.switches() == 2);
  CHECK(model.events().size() == 2);  // a learner's events are the program's
}

TEST_CASE("kernel: what comes late finds its place between the others") {
  std::vector<Record> records = two_on_a_core();
  // Process-1 told late who it is: its stretch comes after all others.
  std::vector<Record> late;
  for (const std::size_t i : {7, 6}) {
    late.insert(late.begin(), records[i]);
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(i));
  }
  Model model = model_of(records);
  model.append(late);
  const auto& spans = model.kernel().cores()[0].track.spans();
  REQUIRE(spans.size() == 3);
  CHECK(spans[1].who == 2);
  CHECK(spans[1].begin_ns == 30);
  CHECK(spans[1].end_ns == 50);
  CHECK(spans[1].left == Left::own_will);
  CHECK(model.kernel().cores()[0].track.busy_ns(0, 100, 100) == 60);
}

TEST_CASE("kernel: lost records leave a hole in which nobody is said to run") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), in(20, 1, 0), event(90, 0, Kind::kernel_lost, 0, 7, 40),
                                in(90, 1, 0), out(95, 1, 0, false)});
  const auto& spans = model.kernel().cores()[0].track.spans();
  REQUIRE(spans.size() == 3);
  CHECK(spans[0].end_ns == 40);
  CHECK(spans[0].left == Left::lost);
  CHECK(spans[1].is_hole());
  CHECK(model.kernel().find(1)->on_cpu.spans()[0].end_ns == 40);
  CHECK(model.kernel().lost() == 7);
  CHECK(model.kernel().cores()[0].track.busy_ns(0, 100, 100) == 25);
}

TEST_CASE("kernel: busy time of many stretches is the sum of their lengths, however it is asked for") {
  std::vector<Record> records{begin(0, 1, "MainProcess", 0)};
  for (std::int64_t i = 0; i < 1000; ++i) {
    records.push_back(in(i * 10, 1, 0));
    records.push_back(out(i * 10 + 1 + i % 9, 1, 0, true));
  }
  const Model model = model_of(records);
  const auto& track = model.kernel().find(1)->on_cpu;
  const auto slow = [&](std::int64_t from, std::int64_t until) {
    std::int64_t sum = 0;
    for (const OnCpu& span : track.spans()) sum += std::max<std::int64_t>(0, std::min(span.end_ns, until) - std::max(span.begin_ns, from));
    return sum;
  };
  for (std::int64_t from = 0; from < 10'000; from += 373) {
    for (std::int64_t until = from; until < 10'100; until += 291) CHECK(track.busy_ns(from, until, 20'000) == slow(from, until));
  }
}

TEST_CASE("kernel: state and memory are what the last sample said") {
  const Model model = model_of(two_on_a_core());
  const auto* main = model.kernel().find(1);
  CHECK(main->state_at(59) == 0);
  CHECK(main->state_at(60) == 'R');
  CHECK(main->state_at(1000) == 'S');
  CHECK(main->memory.at(61).rss == 1000);
  CHECK(main->memory.at(61).shared_pages == 700);
  CHECK(main->memory.range(61, 80).most.private_pages == 500);
}

TEST_CASE("kernel: what it says is saved, its samples in a table of their own, and comes back") {
  const Folder folder;
  std::vector<Record> records = two_on_a_core();
  records.push_back(event(40, 0, Kind::kernel_name, 0, ids(77), 1, 0, "helper"));
  const Model before = model_of(records);
  store::save({{}, before.records()}, folder / "run.flt");
  const Model after = model_of(store::open(folder / "run.flt").records);
  const auto same = [](const std::vector<Record>& left, const std::vector<Record>& right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const Record& x, const Record& y) {
      return x.task == y.task && x.text == y.text && x.event.kind == y.event.kind && x.event.time_ns == y.event.time_ns &&
             x.event.object == y.event.object && x.event.a == y.event.a && x.event.b == y.event.b;
    });
  };
  CHECK(before.records().size() == records.size());
  CHECK(same(before.records(), after.records()));
  CHECK(after.kernel().name_of_stranger(OnCpu::kStranger | 77) == "helper");
  CHECK(after.kernel().find(1)->memory.at(75).rss == 1200);
}
