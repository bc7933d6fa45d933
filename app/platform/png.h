// A picture into a file.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace forklight::app::platform {

// BGRA, rows from below, as OpenGL reads them. Why it could not be written, in Cairo's words; "" if it was.
[[nodiscard]] std::string write_png(std::span<const std::uint8_t> pixels, int width, int height, const std::string& path);

}  // namespace forklight::app::platform
