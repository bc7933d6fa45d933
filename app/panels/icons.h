// Icons as shapes: the same at every size and in every font.
#pragma once

#include <cstdint>

#include "app/platform/imgui_compat.h"
#include "app/platform/theme.h"

namespace forklight::app::panels {

enum class Icon : std::uint8_t {
  none,
  fork,
  run,
  stop,
  hold,
  step,
  fit,
  follow,
  gear,
  half_moon,
  chevron_down,
  chevron_left,
  chevron_right,
  chevron_up,
  close,
  check,
  cross,
  bolt,
  dots,
  copy,
  folder,
  file,
  find,
  flag,
  ruler,
  grid,
  pencil,
  record
};

// Centred on a point; `size` is its height in pixels.
void draw_icon(ImDrawList* list, Icon icon, ImVec2 center, float size, platform::Color color);

}  // namespace forklight::app::panels
