#include "app/film/yuv.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace forklight::app::film {
namespace {

constexpr int kBits = 15;

// BT.709: how much of the light is red, and blue.
constexpr double kRed = 0.2126, kBlue = 0.0722, kGreen = 1 - kRed - kBlue;
constexpr double kLight = 219.0 / 255, kColor = 112.0 / 255;  // of 16 … 235, and of ±112

constexpr int fixed(double value) { return static_cast<int>(value * (1 << kBits) + (value < 0 ? -0.5 : 0.5)); }

constexpr int kYr = fixed(kLight * kRed), kYb = fixed(kLight * kBlue), kYg = fixed(kLight) - kYr - kYb;
constexpr int kUr = fixed(-kColor * kRed / (1 - kBlue)), kUb = fixed(kColor), kUg = -kUr - kUb;
constexpr int kVr = fixed(kColor), kVb = fixed(-kColor * kBlue / (1 - kRed)), kVg = -kVr - kVb;  // no colour stays none: the three are nothing together
static_assert(kGreen > 0);

constexpr int kLightBase = (16 << kBits) + (1 << (kBits - 1));
constexpr int kColorBase = (128 << (kBits + 2)) + (1 << (kBits + 1));  // of four pixels together

void light(const std::uint8_t* __restrict bgra, std::uint8_t* __restrict y, int count) {
  for (int i = 0; i < count; ++i) y[i] = static_cast<std::uint8_t>((kYb * bgra[4 * i] + kYg * bgra[4 * i + 1] + kYr * bgra[4 * i + 2] + kLightBase) >> kBits);
}

void color(const std::uint8_t* __restrict above, const std::uint8_t* __restrict below, std::uint8_t* __restrict u, std::uint8_t* __restrict v, int count) {
  for (int i = 0; i < count; ++i) {
    const auto four = [&](int channel) { return above[8 * i + channel] + above[8 * i + 4 + channel] + below[8 * i + channel] + below[8 * i + 4 + channel]; };
    const int b = four(0), g = four(1), r = four(2);
    u[i] = static_cast<std::uint8_t>((kUb * b + kUg * g + kUr * r + kColorBase) >> (kBits + 2));
    v[i] = static_cast<std::uint8_t>((kVb * b + kVg * g + kVr * r + kColorBase) >> (kBits + 2));
  }
}

}  // namespace

void to_yuv(std::span<const std::uint8_t> bgra, int width, int height, const platform::PixelRect& part, std::span<std::uint8_t> yuv) {
  // Whole fours.
  const int x0 = std::max(part.x, 0) & ~1, x1 = std::min((part.x + part.width + 1) & ~1, width);
  const int from = std::max(height - part.y - part.height, 0) & ~1, to = std::min((height - part.y + 1) & ~1, height);
  if (x0 >= x1) return;
  const auto stride = static_cast<std::size_t>(width), rows = static_cast<std::size_t>(height), x = static_cast<std::size_t>(x0);
  std::uint8_t* const y_plane = yuv.data();
  std::uint8_t* const u_plane = y_plane + stride * rows;
  std::uint8_t* const v_plane = u_plane + stride * rows / 4;
  for (auto row = static_cast<std::size_t>(from); row < static_cast<std::size_t>(to); row += 2) {
    const std::uint8_t* const above = bgra.data() + ((rows - 1 - row) * stride + x) * 4;
    const std::uint8_t* const below = above - stride * 4;
    light(above, y_plane + row * stride + x, x1 - x0);
    light(below, y_plane + (row + 1) * stride + x, x1 - x0);
    const std::size_t at = row / 2 * (stride / 2) + x / 2;
    color(above, below, u_plane + at, v_plane + at, (x1 - x0) / 2);
  }
}

void turn_over(std::span<const std::uint8_t> bgra, int width, int height, const platform::PixelRect& part, std::span<std::uint8_t> turned) {
  const auto stride = static_cast<std::size_t>(width) * 4, x = static_cast<std::size_t>(part.x) * 4;
  for (int y = part.y; y < part.y + part.height; ++y)
    std::memcpy(turned.data() + static_cast<std::size_t>(height - 1 - y) * stride + x, bgra.data() + static_cast<std::size_t>(y) * stride + x, static_cast<std::size_t>(part.width) * 4);
}

}  // namespace forklight::app::film
