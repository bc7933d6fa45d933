// Two things measured by turns in one run: only their ratio is worth comparing between machines.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace forklight::bench {

[[nodiscard]] inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// Counters of a benchmark: nanoseconds of ours and of the bare thing, and ours / bare.
inline void report(benchmark::State& state, const std::vector<double>& ours_ns, const std::vector<double>& bare_ns) {
  const double ours = median(ours_ns), bare = median(bare_ns);
  state.counters["ours_ns"] = ours;
  state.counters["bare_ns"] = bare;
  state.counters["ratio"] = bare > 0 ? ours / bare : 0;
}

}  // namespace forklight::bench
