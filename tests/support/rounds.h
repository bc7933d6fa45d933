// How much of a test there is under a sanitizer.
#pragma once

namespace forklight::tests {

// As many rounds as asked; a tenth of them under a sanitizer, where to start and end a process takes many times as long.
constexpr int rounds(int asked) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return asked / 10;
#else
  return asked;
#endif
}

// A sanitizer's own memory is several times that of a small process, and each of its threads has some, too.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// ThreadSanitizer notes each access in memory of its own, several times as large: how much memory a process has is not the lesson's then.
#ifdef __SANITIZE_THREAD__
inline constexpr bool kMemoryIsOurs = false;
#else
inline constexpr bool kMemoryIsOurs = true;
#endif

}  // namespace forklight::tests
