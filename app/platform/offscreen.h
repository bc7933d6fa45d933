// A place to draw without a screen: an OpenGL context of EGL's own, no window system, and a picture of any size in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/platform/changes.h"
#include "app/platform/overlay.h"
#include "app/session/audience.h"

namespace forklight::app::platform {

class LargeGlyphs;

struct Picture {
  std::span<const std::uint8_t> pixels;  // BGRA, its rows from below
  std::span<const PixelRect> changed;    // where it differs from the one that was taken before; nowhere else
};

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
  // Draws what ImGui collected, where that differs from the frame before. False if it differs nowhere.
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
  // Takes the picture; it is good until the next one is taken.
  [[nodiscard]] Picture picture();

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }

 private:
  struct Gl;
  std::unique_ptr<Gl> gl_;
  int width_, height_;
  session::Vision vision_ = session::Vision::normal;
  std::vector<PixelRect> drawn_, taken_;  // since a picture was taken; in the one that was
  std::vector<std::uint8_t> pixels_;
};

}  // namespace forklight::app::platform
