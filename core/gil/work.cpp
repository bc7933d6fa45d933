#include "core/gil/work.h"

#include <array>

#include "core/gil/interpreter.h"
#include "core/trace/recorder.h"

namespace forklight::gil {

using trace::Kind;
using trace::Recorder;
using trace::WorkKind;

namespace {

constexpr std::uint64_t kMultiplier = 1103515245, kIncrement = 12345, kMask = 0x7FFFFFFF;
constexpr std::size_t kCrcReleases = 5 * 1024;

// for _ in range(n): x = (x * A + C) & M
constexpr Instruction kCompute[] = {
    {Op::resume},
    {Op::for_iter, 11},
    {Op::load_fast, 0},
    {Op::load_const, kMultiplier},
    {Op::multiply},
    {Op::load_const, kIncrement},
    {Op::add},
    {Op::load_const, kMask},
    {Op::bit_and},
    {Op::store_fast, 0},
    {Op::jump_backward, 1},
    {Op::load_fast, 0},
    {Op::return_value},
};

// for _ in range(n): x += 1
constexpr Instruction kRaiseInPlace[] = {
    {Op::resume},
    {Op::for_iter, 7},
    {Op::load_global},
    {Op::load_const, 1},
    {Op::add},
    {Op::store_global},
    {Op::jump_backward, 1},
    {Op::load_const, 0},
    {Op::return_value},
};

// for _ in range(n): x = f(x)
constexpr Instruction kRaiseByCall[] = {
    {Op::resume},
    {Op::for_iter, 6},
    {Op::load_global},
    {Op::call},
    {Op::store_global},
    {Op::jump_backward, 1},
    {Op::load_const, 0},
    {Op::return_value},
};

// def f(v): return v + 1
constexpr Instruction kAddOne[] = {
    {Op::resume},
    {Op::load_fast, 0},
    {Op::load_const, 1},
    {Op::add},
    {Op::return_value},
};

Checks checks(int python_minor) noexcept { return checks_of(python_minor, Interpreter::current().gil().mode()); }

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder & 1) != 0 ? remainder >> 1 ^ 0xEDB88320 : remainder >> 1;
    table[byte] = remainder;
  }
  return table;
}

std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) noexcept {
  static constexpr auto kTable = crc_table();
  std::uint32_t remainder = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) remainder = remainder >> 8 ^ kTable[(remainder ^ byte) & 0xFF];
  return ~remainder;
}

}  // namespace

Working::Working(WorkKind kind, std::uint64_t units) noexcept : units_(units) {
  Recorder::current().record(Kind::work_begin, 0, units, static_cast<std::uint64_t>(kind));
}

void Working::done(std::uint64_t check_sum) noexcept { Recorder::current().record(Kind::work_end, 0, units_, check_sum); }

std::uint64_t compute_unrecorded(std::uint64_t rounds, std::uint64_t x, int python_minor) {
  return evaluate({.code = kCompute}, x, rounds, checks(python_minor)).result;
}

std::uint64_t compute(std::uint64_t rounds, std::uint64_t x, int python_minor) {
  Working working(WorkKind::cpu, rounds);
  const std::uint64_t result = compute_unrecorded(rounds, x, python_minor);
  working.done(result);
  return result;
}

std::uint64_t raise_variable(Variable& variable, Raise how, std::uint64_t rounds, int python_minor) {
  Working working(WorkKind::cpu, rounds);
  const Program program = how == Raise::by_call ? Program{kRaiseByCall, kAddOne, &variable} : Program{kRaiseInPlace, {}, &variable};
  const Outcome outcome = evaluate(program, 0, rounds, checks(python_minor));
  working.done(outcome.lost);
  return outcome.lost;
}

std::uint32_t crc32(std::span<const std::uint8_t> bytes) noexcept {
  if (bytes.size() <= kCrcReleases) return crc32_of(bytes);
  const Released released;
  return crc32_of(bytes);
}

std::uint64_t sum_range(std::uint64_t n) noexcept {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    sum += i;
    asm volatile("" : "+r"(sum));  // each one added: a compiler knows the formula
  }
  return sum;
}

}  // namespace forklight::gil
