// How many events a second are written for other programs (target of JSON: 300,000): a million of two processes that talk through a queue,
// beside the same bytes written bare.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/clock.h"
#include "core/store/export.h"
#include "core/store/output_file.h"
#include "tests/bench/ratio.h"

using namespace forklight;
using trace::Kind;

namespace {

constexpr std::uint32_t kQueue = trace::kFirstObject;

timeline::Model talk(int events) {
  timeline::Model model;
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
  model.append(records);
  return model;
}

template <typename Export>
void rate(benchmark::State& state, const char* name, Export act) {
  static const timeline::Model model = talk(1'000'000);
  const std::filesystem::path file = std::filesystem::temp_directory_path() / ("forklight-bench-" + std::to_string(::getpid()) + name);
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
  std::filesystem::remove(file);
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

}  // namespace

BENCHMARK_MAIN();
