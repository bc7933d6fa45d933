// The fonts of the screen: found by fontconfig, rasterised at the size of the moment with just the glyphs that are
// needed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace forklight::app::platform {

class Fonts {
 public:
  Fonts();
  ~Fonts();
  Fonts(const Fonts&) = delete;
  Fonts& operator=(const Fonts&) = delete;

  // Makes sure that every character of a text can be shown: cheap when it already can.
  void need(std::string_view utf8);

  // `zoom` > 1: there are large glyphs too, for the lens, as far as a texture has room for them.
  // Rebuilds ImGui's atlas and theme.h's fonts if the scale or the needed characters changed; call between frames.
  // True if it did: the texture is to be uploaded again.
  bool update(float scale, float zoom = 1);

  // One sentence when this machine has no usable font (ImGui's own is shown then), else "".
  [[nodiscard]] const std::string& notice() const noexcept { return notice_; }
  [[nodiscard]] double build_seconds() const noexcept { return build_seconds_; }

 private:
  struct Library;  // fontconfig's answers and the files' bytes
  std::unique_ptr<Library> library_;
  float scale_ = 0, zoom_ = 1;
  bool stale_ = true;
  std::string notice_;
  double build_seconds_ = 0;
};

}  // namespace forklight::app::platform
