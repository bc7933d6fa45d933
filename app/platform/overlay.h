// What is laid over the finished frame: a round lens that enlarges what is under it, and the whole as somebody sees it who lacks one kind
// of cones. Needs the window's OpenGL, and makes what it needs there at its first use.
#pragma once

#include "app/platform/theme.h"
#include "app/session/audience.h"

struct ImDrawData;

namespace forklight::app::platform {

struct Lens {
  float x, y;    // its middle, and that of what it shows: as ImGui counts
  float radius;  // framebuffer pixels
  float zoom;
  Color ring, beside;  // its rim; what lies beyond the frame's edge
  bool operator==(const Lens&) const = default;
};

class LargeGlyphs;

class Overlay {
 public:
  Overlay() = default;
  ~Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  // Draws the frame's own draw lists once more, larger: lines and bars are as sharp as they are outside of it. Sizes are the framebuffer's.
  void draw_lens(const Lens& lens, const ImDrawData& frame, const LargeGlyphs& glyphs, int width, int height);
  void draw_vision(session::Vision vision, int width, int height);

 private:
  void prepare();
  void resize(unsigned texture, int& width, int& height, int to_width, int to_height);

  unsigned array_ = 0, lens_program_ = 0, vision_program_ = 0;
  unsigned lens_texture_ = 0, lens_frame_ = 0, copy_ = 0;
  int lens_width_ = 0, lens_height_ = 0, copy_width_ = 0, copy_height_ = 0;
};

}  // namespace forklight::app::platform
