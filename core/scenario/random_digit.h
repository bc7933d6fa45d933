// random.randint(0, 9)
#pragma once

#include <random>

namespace forklight::scenario {

// Each process draws its own, as Python seeds anew after a fork: the generator is made at the first call, so draw none
// before start().
inline int random_digit() {
  static std::mt19937 generator{std::random_device{}()};
  return std::uniform_int_distribution(0, 9)(generator);
}

}  // namespace forklight::scenario
