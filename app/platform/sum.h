// A sum of bytes that tells two pictures apart, and a damaged file from a whole one; not a secret's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace forklight::app::platform {

inline constexpr std::uint64_t kSumBegin = 0xcbf29ce484222325U;

// FNV's way of mixing, eight bytes at a time.
inline void add_to_sum(std::uint64_t& sum, const void* data, std::size_t size) noexcept {
  const auto* at = static_cast<const unsigned char*>(data);
  for (; size >= 8; size -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    sum = (sum ^ word) * 0x9e3779b97f4a7c15U;
    sum ^= sum >> 29;
  }
  for (; size > 0; --size, ++at) sum = (sum ^ *at) * 0x100000001b3U;
}

}  // namespace forklight::app::platform
