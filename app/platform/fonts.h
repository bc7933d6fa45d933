// The fonts of the screen: found by fontconfig, rasterised at the size of the moment with just the glyphs that are
// needed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/platform/theme.h"

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

  // For what is drawn by others, in files: where a role's characters come from.
  struct Face {
    std::string file, family;
    int index;   // of the face in the file
    int weight;  // as CSS counts: 400 regular, 600 demibold
  };
  // The face that a character of a role is written with; nullptr if no font has it. Valid as long as this lives.
  [[nodiscard]] const Face* face(Font role, char32_t character);
  [[nodiscard]] static float em(Font role) noexcept;  // points

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
