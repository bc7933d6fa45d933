// How often a test repeats itself.
#pragma once

namespace forklight::tests {

// As many rounds as asked; a fifth of them under a sanitizer, where to start and end a process takes many times as long.
constexpr int rounds(int asked) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return asked / 5;
#else
  return asked;
#endif
}

}  // namespace forklight::tests
