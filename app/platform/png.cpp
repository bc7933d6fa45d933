#include "app/platform/png.h"

#include <cairo.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "core/base/error.h"

namespace forklight::app::platform {

std::string write_png(std::span<const std::uint8_t> pixels, int width, int height, const std::string& path) {
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height), &cairo_surface_destroy);
  cairo_status_t status = cairo_surface_status(image.get());
  if (status == CAIRO_STATUS_SUCCESS) {
    const auto pitch = static_cast<std::size_t>(width) * 4, rows = static_cast<std::size_t>(height);
    unsigned char* const to = cairo_image_surface_get_data(image.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(image.get()));
    for (std::size_t row = 0; row < rows; ++row) std::memcpy(to + row * stride, pixels.data() + (rows - 1 - row) * pitch, pitch);
    cairo_surface_mark_dirty(image.get());
    errno = 0;
    status = cairo_surface_write_to_png(image.get(), path.c_str());
    if (status == CAIRO_STATUS_WRITE_ERROR && errno != 0) return base::error_text(errno);  // the disk's own words
  }
  return status == CAIRO_STATUS_SUCCESS ? std::string() : cairo_status_to_string(status);
}

}  // namespace forklight::app::platform
