// Two things measured by turns in one run: only their ratio is worth comparing between machines.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace forklight::bench {

// The value that this part of them lies below; 0 of none.
[[nodiscard]] inline double quantile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * part);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}
[[nodiscard]] inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

// Counters of a benchmark: nanoseconds of ours and of the bare thing, and ours / bare; the same of the fastest tenth of each, which is what
// a busy machine disturbs least.
inline void report(benchmark::State& state, const std::vector<double>& ours_ns, const std::vector<double>& bare_ns) {
  const auto ratio_at = [&](double part) {
    const double bare = quantile(bare_ns, part);
    return bare > 0 ? quantile(ours_ns, part) / bare : 0;
  };
  state.counters["ours_ns"] = median(ours_ns);
  state.counters["bare_ns"] = median(bare_ns);
  state.counters["ratio"] = ratio_at(0.5);
  state.counters["ratio_of_fastest"] = ratio_at(0.1);
}

}  // namespace forklight::bench
