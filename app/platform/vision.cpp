#include "app/platform/vision.h"

#include <algorithm>
#include <cmath>

namespace forklight::app::platform {
namespace {

float to_linear(float value) { return value <= 0.04045f ? value / 12.92f : std::pow((value + 0.055f) / 1.055f, 2.4f); }
float from_linear(float value) { return value <= 0.0031308f ? value * 12.92f : 1.055f * std::pow(value, 1 / 2.4f) - 0.055f; }

}  // namespace

const std::array<float, 9>& vision_matrix(session::Vision vision) noexcept {
  static constexpr std::array<std::array<float, 9>, 4> kMatrices = {{
      {1, 0, 0, 0, 1, 0, 0, 0, 1},
      {0.152286f, 1.052583f, -0.204868f, 0.114503f, 0.786281f, 0.099216f, -0.003882f, -0.048116f, 1.051998f},
      {0.367322f, 0.860646f, -0.227968f, 0.280085f, 0.672501f, 0.047413f, -0.011820f, 0.042940f, 0.968881f},
      {1.255528f, -0.076749f, -0.178779f, -0.078411f, 0.930809f, 0.147602f, 0.004733f, 0.691367f, 0.303900f},
  }};
  return kMatrices[static_cast<std::size_t>(vision)];
}

Color as_seen(Color color, session::Vision vision) noexcept {
  const auto& matrix = vision_matrix(vision);
  std::array<float, 3> linear{};
  for (std::size_t i = 0; i < 3; ++i) linear[i] = to_linear(static_cast<float>(color >> (8 * i) & 0xff) / 255);
  Color seen = color & 0xff000000U;
  for (std::size_t row = 0; row < 3; ++row) {
    const float value = matrix[row * 3] * linear[0] + matrix[row * 3 + 1] * linear[1] + matrix[row * 3 + 2] * linear[2];
    seen |= static_cast<Color>(std::lround(from_linear(std::clamp(value, 0.0f, 1.0f)) * 255)) << (8 * row);
  }
  return seen;
}

}  // namespace forklight::app::platform
