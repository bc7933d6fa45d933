// A place to draw without a screen: an OpenGL context of EGL's own, no window system, and a picture of any size in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/platform/overlay.h"
#include "app/session/audience.h"

namespace forklight::app::platform {

class LargeGlyphs;

class Offscreen {
 public:
  // Makes Dear ImGui's context as well: there may be no other. Throws base::Failure, one sentence, where EGL has no OpenGL 3.3 to give.
  Offscreen(int width, int height);
  ~Offscreen();
  Offscreen(const Offscreen&) = delete;
  Offscreen& operator=(const Offscreen&) = delete;

  void upload_fonts();  // after the atlas was rebuilt
  // One frame of ImGui's, `seconds` after the one before: what is drawn depends on nothing else.
  void begin_frame(double seconds);
  // Draws what ImGui collected. False if it is the same as the frame before: nothing was drawn then.
  bool end_frame(session::Vision vision = session::Vision::normal);
  // Instead of the two: lists that were collected elsewhere, under a lens, as somebody sees it, and what is over all of that.
  struct Scene {
    ImDrawData* lists;
    ImDrawData* over = nullptr;
    std::optional<Lens> lens = std::nullopt;
    const LargeGlyphs* glyphs = nullptr;  // for the lens
    session::Vision vision = session::Vision::normal;
  };
  void draw(const Scene& scene);
  // The picture: BGRA, its rows from below, until the next end_frame().
  [[nodiscard]] std::span<const std::uint8_t> pixels();

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }

 private:
  struct Gl;
  std::unique_ptr<Gl> gl_;
  int width_, height_;
  std::uint64_t drawn_ = 0;  // a sum of what was drawn
  bool read_ = false;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace forklight::app::platform
