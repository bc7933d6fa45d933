// A small evaluation loop: a computation as instructions, so that the interpreter looks at its word where CPython's does (G.4), and a thread
// can lose the GIL between two instructions where CPython's can, and nowhere else.
//
//   since 3.10      at a function's start, at the end of a loop's round, after a call
//   before 3.10     before each instruction
//   before 3.2      the GIL is given up and taken again at each hundredth instruction (G-01)
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "core/gil/gil.h"

namespace forklight::gil {

enum class Op : std::uint8_t {
  resume,         // a function starts
  load_const,     // its argument
  load_fast,      // the local of that number; 0 is the function's argument
  store_fast,
  load_global,    // the variable that others see, too
  store_global,
  add,
  multiply,
  bit_and,
  call,           // the other function, with one argument
  for_iter,       // to its argument when no round is left
  jump_backward,  // to its argument
  return_value,
};

struct Instruction {
  Op op;
  std::uint64_t argument = 0;
};

// A variable of the module. Each access is whole; raising it is a read and a write.
struct Variable {
  std::atomic<std::uint64_t> value{0};
  std::uint32_t object = 0;  // its updates that were lost are on record under that id; 0 = they are not
};

enum class Checks : std::uint8_t { places, every_instruction, every_hundredth };
// Where this version looks, under this kind of GIL. `python_minor`: 3.x.
[[nodiscard]] Checks checks_of(int python_minor, trace::GilMode mode) noexcept;

struct Program {
  std::span<const Instruction> code;
  std::span<const Instruction> function = {};  // what `call` calls
  Variable* variable = nullptr;
};

struct Outcome {
  std::uint64_t result = 0;
  std::uint64_t lost = 0;  // updates of the variable that this thread has overwritten without having seen them
};

// The end of a round of a loop that is written in C++ here, and in Python is so many instructions: a check point, as the loop's end is.
void end_round(int instructions);

// Runs it for so many rounds in the calling thread. Throws what a signal's handler throws.
[[nodiscard]] Outcome evaluate(const Program& program, std::uint64_t argument, std::uint64_t rounds, Checks checks);

}  // namespace forklight::gil
