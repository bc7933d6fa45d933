// A picture that stays from frame to frame: only where a frame differs from the one before is it drawn again. What draws by a program, and not
// by a graphics card, has most of its work saved. Needs a current OpenGL context, and makes what it needs in it.
#pragma once

#include <vector>

#include "app/platform/changes.h"

namespace forklight::app::platform {

class Canvas {
 public:
  Canvas(int width, int height);  // pixels
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  // Draws the frame where it differs from the one of the call before, and leaves in it only what that took; with `whole`, all of it as soon as it
  // differs anywhere. Where it has drawn: rectangles that do not overlap.
  const std::vector<PixelRect>& draw(ImDrawData& frame, bool whole = false);
  // The next frame is drawn whole: its textures have changed, or something else was drawn here.
  void forget() noexcept { changes_.forget(); }
  void bind() const;  // to draw on it, or to read from it
  void copy_to_window() const;  // all of it

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }

 private:
  int width_, height_;
  unsigned frame_ = 0, picture_ = 0;
  Changes changes_;
  std::vector<PixelRect> parts_;
};

}  // namespace forklight::app::platform
