// Lessons that do the same in several ways, one after the other: where each way begins and ends, and what it took.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/timeline/model.h"

namespace forklight::timeline {

// The program says where one begins, by a line of its own: "stage NAME WORKERS".
struct Round {
  std::string name;  // "threads"
  int workers = 1;
  std::int64_t begin_ns = 0, end_ns = 0;  // the end of its last worker; kOpen while it goes on
};

// In the order in which they came; empty if the program has none.
[[nodiscard]] std::vector<Round> rounds_of(const Model& model);

// What a round took, from what its tasks and the kernel say.
struct RoundCost {
  std::int64_t wall_ns = 0;
  std::int64_t cpu_ns = 0;     // of all tasks on all cores; 0 if the kernel's records are not to be had
  std::int64_t waited_ns = 0;  // for a GIL, of all threads
  std::uint64_t hand_overs = 0;
  std::uint64_t units = 0;     // of work that was done
  std::uint32_t pss_kib = 0;   // of all its processes, where it was most; 0 if no sample fell into it
};
[[nodiscard]] RoundCost cost_of(const Model& model, const Round& round, std::int64_t now_ns);

// A point of the speed-up chart: how many times as fast as one worker.
struct SpeedUp {
  int workers;
  double times;
};
struct SpeedUpLine {
  std::string name;
  std::vector<SpeedUp> points;  // by workers
};
// One line for each way, against the first round with one worker; rounds that have not ended are left out. Empty where no way was done by
// different numbers of workers.
[[nodiscard]] std::vector<SpeedUpLine> speed_ups(const Model& model, std::span<const Round> rounds);

// Amdahl's law, S = 1 / ((1 - p) + p / n), fitted by least squares to what was measured with up to `cores` workers (0: with any): the
// part p of the work that really ran in parallel, 0 to 1. Nothing where there is no point with several workers.
[[nodiscard]] std::optional<double> amdahl(std::span<const SpeedUp> points, int cores);
[[nodiscard]] double amdahl_speed_up(double parallel, double workers) noexcept;

// How long a thread waits for the GIL after each of its blocking calls (read, sleep …), ns, in the order of time; 0: it had it at once.
// Those that ended from `from_ns` on and before `until_ns`.
[[nodiscard]] std::vector<std::int64_t> latencies(const Task& task, std::int64_t from_ns, std::int64_t until_ns);

}  // namespace forklight::timeline
