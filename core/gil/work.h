// Work to do: computations whose result can be checked, counted in units, so that every way of doing them does the same amount.
#pragma once

#include <cstdint>
#include <span>

#include "core/gil/eval.h"

namespace forklight::gil {

// A loop of the program, on record as work: so many times `x = (x * 1103515245 + 12345) & 0x7FFFFFFF`. Returns x.
[[nodiscard]] std::uint64_t compute(std::uint64_t rounds, std::uint64_t x, int python_minor);
// The same that is part of something else: without a record of its own.
[[nodiscard]] std::uint64_t compute_unrecorded(std::uint64_t rounds, std::uint64_t x, int python_minor);

// How a loop raises a variable that others raise, too.
enum class Raise : std::uint8_t { in_place, by_call };  // `x += 1` · `x = f(x)`
// So many times, on record as work. Returns how many updates of others it has overwritten.
[[nodiscard]] std::uint64_t raise_variable(Variable& variable, Raise how, std::uint64_t rounds, int python_minor);

// Calls of C code. zlib.crc32(): without the GIL if there are more than 5 KiB (G.5).
[[nodiscard]] std::uint32_t crc32(std::span<const std::uint8_t> bytes) noexcept;
// sum(range(n)): with the GIL, however long it takes (G.5).
[[nodiscard]] std::uint64_t sum_range(std::uint64_t n) noexcept;

// Around work that is more than one of these: sleeping, reading, computing by turns. On record from here to done().
class Working {
 public:
  Working(trace::WorkKind kind, std::uint64_t units) noexcept;
  void done(std::uint64_t check_sum) noexcept;

 private:
  std::uint64_t units_;
};

}  // namespace forklight::gil
