// Draws frames that were kept, in the middle of a screen without one: as large as it has room for them.
#pragma once

#include "app/platform/kept_frame.h"
#include "app/platform/offscreen.h"

namespace forklight::app::platform {

class Projector {
 public:
  explicit Projector(Offscreen& screen);
  ~Projector();
  Projector(const Projector&) = delete;
  Projector& operator=(const Projector&) = delete;

  void set_atlas(const KeptAtlas& atlas);  // before the first frame
  void draw(const KeptFrame& frame);

 private:
  Offscreen& screen_;
  unsigned texture_ = 0;
  LargeGlyphs glyphs_;
};

}  // namespace forklight::app::platform
