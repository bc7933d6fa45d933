// A million events of two processes that talk through a queue. How many a second are written for other programs (target of JSON: 300,000),
// beside the same bytes written bare; and how long a figure of the saved run takes, from file to file (target: 2 s, 2 MB), beside opening it.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "app/export/figure.h"
#include "core/base/clock.h"
#include "core/store/export.h"
#include "core/store/output_file.h"
#include "core/store/store.h"
#include "tests/bench/ratio.h"

using namespace forklight;
using trace::Kind;

namespace {

constexpr std::uint32_t kQueue = trace::kFirstObject;

std::vector<trace::Record> talk(int events) {
  std::vector<trace::Record> records;
  std::int64_t now = 1'000'000;
  const auto write = [&](trace::TaskId task, Kind kind, std::uint32_t object, std::uint64_t a, std::uint64_t b = 0, std::string text = {}) {
    records.push_back({{now += 900, kind, 7, object, a, b}, task, std::move(text)});
  };
  write(1, Kind::task_begin, 0, 100ULL << 32 | 100, 0, "MainProcess");
  write(1, Kind::object_new, kQueue, static_cast<std::uint64_t>(trace::ObjectKind::queue), 0, "queue");
  write(2, Kind::task_begin, 0, 101ULL << 32 | 101, 1, "Process-1");
  constexpr auto kGet = static_cast<std::uint64_t>(trace::BlockReason::get);
  for (std::uint64_t id = 1; static_cast<int>(records.size()) < events; ++id) {
    write(1, Kind::get_begin, kQueue, ~0ULL);
    write(1, Kind::block_begin, kQueue, kGet, ~0ULL);
    write(2, Kind::put_begin, kQueue, id, 0, std::to_string(id % 10));
    write(2, Kind::put_end, kQueue, id, 1);
    write(2, Kind::feed, kQueue, id);
    write(2, Kind::sent, kQueue, id, 5);
    write(1, Kind::block_end, kQueue, kGet);
    write(1, Kind::received, kQueue, id, 5);
    write(1, Kind::get_end, kQueue, id, 1, std::to_string(id % 10));
  }
  return records;
}

// The same number by 32 processes that put into eight queues, take out, and sleep: some for a moment, some for long, so that many stretches
// are wide enough to be seen.
std::vector<trace::Record> crowd(int events) {
  constexpr int kProcesses = 32, kQueues = 8;
  std::vector<trace::Record> records;
  std::mt19937 random(3);
  std::int64_t now = 1'000'000;
  const auto write = [&](int task, Kind kind, std::uint32_t object, std::uint64_t a, std::uint64_t b = 0, std::string text = {}) {
    records.push_back({{now += 900, kind, 7, object, a, b}, static_cast<trace::TaskId>(task), std::move(text)});
  };
  write(1, Kind::task_begin, 0, 100ULL << 32 | 100, 0, "MainProcess");
  for (int i = 0; i < kQueues; ++i) write(1, Kind::object_new, kQueue + static_cast<std::uint32_t>(i), static_cast<std::uint64_t>(trace::ObjectKind::queue), 0, "queue-" + std::to_string(i));
  for (int i = 2; i < kProcesses + 2; ++i) write(i, Kind::task_begin, 0, static_cast<std::uint64_t>(99 + i) << 32 | static_cast<std::uint64_t>(99 + i), 1, "Process-" + std::to_string(i - 1));
  std::vector<bool> asleep(kProcesses + 2);
  for (std::uint64_t id = 1; static_cast<int>(records.size()) < events; ++id) {
    const int task = 2 + static_cast<int>(random() % kProcesses);
    const std::uint32_t queue = kQueue + random() % kQueues;
    if (const auto at = static_cast<std::size_t>(task); asleep[at]) {
      if (random() % 64 != 0 && task % 4 == 0) continue;
      write(task, Kind::sleep_end, 0, 0);
      asleep[at] = false;
    } else if (random() % 40 == 0) {
      write(task, Kind::sleep_begin, 0, 1'000'000);
      asleep[at] = true;
    } else {
      write(task, Kind::put_begin, queue, id, 0, std::to_string(id % 10));
      write(task, Kind::put_end, queue, id, 1);
      write(task, Kind::get_begin, queue, ~0ULL);
      write(task, Kind::get_end, queue, id, 1, std::to_string(id % 10));
    }
    if (random() % 4000 == 0) now += static_cast<std::int64_t>(random() % 20'000'000);
  }
  return records;
}

timeline::Model model_of(const std::vector<trace::Record>& records) {
  timeline::Model model;
  model.append(records);
  return model;
}

// Gone with the program.
struct Place {
  std::filesystem::path path;
  explicit Place(const std::string& name) : path(std::filesystem::temp_directory_path() / ("forklight-bench-" + std::to_string(::getpid()) + name)) {}
  ~Place() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

template <typename Export>
void rate(benchmark::State& state, const char* name, Export act) {
  static const timeline::Model model = model_of(talk(1'000'000));
  const Place place(name);
  const std::filesystem::path& file = place.path;
  double events = 0, ns = 0;
  std::vector<double> ours, bare;
  for (auto _ : state) {
    const std::int64_t begin = base::now_ns();
    act(model, file);
    const std::int64_t middle = base::now_ns();
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::int64_t again = base::now_ns();
    store::OutputFile out(file);
    out.write(bytes);
    out.commit();
    ours.push_back(static_cast<double>(middle - begin));
    bare.push_back(static_cast<double>(base::now_ns() - again));
    events += static_cast<double>(model.events().size());
    ns += ours.back();
    state.counters["MB"] = static_cast<double>(bytes.size()) / 1e6;
  }
  bench::report(state, ours, bare);
  state.counters["events_a_second"] = events / ns * 1e9;
}

void json(benchmark::State& state) {
  rate(state, ".json", [](const timeline::Model& model, const std::filesystem::path& file) { store::export_json({}, model, {}, file); });
}
void csv(benchmark::State& state) {
  rate(state, ".csv", [](const timeline::Model& model, const std::filesystem::path& file) { store::export_csv(model, file); });
}
BENCHMARK(json)->Name("JSON of 1,000,000 events / its bytes alone")->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK(csv)->Name("CSV of 1,000,000 events / its bytes alone")->Iterations(3)->Unit(benchmark::kMillisecond);

// As `forklight figure` does it: folded as on screen.
void figure(benchmark::State& state, const char* ending, bool crowded) {
  const Place run("-run.flt"), drawn(ending);
  store::Run recorded;
  recorded.meta.scenario = "queue";
  recorded.records = crowded ? crowd(1'000'000) : talk(1'000'000);
  store::save(recorded, run.path);
  std::vector<double> ours, bare;
  for (auto _ : state) {
    const std::int64_t begin = base::now_ns();
    const store::Run opened = store::open(run.path);
    const timeline::Model model = model_of(opened.records);
    app::figure::save_figure({.model = model, .meta = opened.meta, .now_ns = model.end_ns()}, {}, {}, drawn.path);
    const std::int64_t middle = base::now_ns();
    benchmark::DoNotOptimize(store::open(run.path));
    ours.push_back(static_cast<double>(middle - begin));
    bare.push_back(static_cast<double>(base::now_ns() - middle));
    state.counters["MB"] = static_cast<double>(std::filesystem::file_size(drawn.path)) / 1e6;
  }
  bench::report(state, ours, bare);
}

#define FIGURE(name, ending)                                                                                                                               \
  BENCHMARK_CAPTURE(figure, name, ending, false)->Name(#name " of a saved run of 1,000,000 events / opening it")->Iterations(3)->Unit(benchmark::kMillisecond); \
  BENCHMARK_CAPTURE(figure, name##_crowd, ending, true)->Name(#name " of one of 32 processes / opening it")->Iterations(3)->Unit(benchmark::kMillisecond)
FIGURE(SVG, ".svg");
FIGURE(PDF, ".pdf");
FIGURE(PNG, ".png");

}  // namespace

BENCHMARK_MAIN();
