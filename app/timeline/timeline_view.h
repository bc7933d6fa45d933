// The timeline on screen: one group a process, arrows between them, badges at their ends, time or order along the top.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/session/command.h"

namespace forklight::app::timeline_view {

// Something that was drawn and can be pointed at: for tests, tours and hit testing.
struct Drawn {
  enum class What : std::uint8_t { span, badge, arrow, mark, header } what;
  timeline::TaskId task;
  float x0, y0, x1, y1;  // pixels in the window
  std::string label;     // as drawn, "−15 SIGTERM"
};

class TimelineView {
 public:
  // Draws into the current ImGui window's content region and handles the mouse in it. Changes only context.ui and pushes commands.
  void draw(session::Context& context);

  // What the last frame showed, front to back.
  [[nodiscard]] const std::vector<Drawn>& drawn() const noexcept { return drawn_; }

 private:
  std::vector<Drawn> drawn_;
};

}  // namespace forklight::app::timeline_view
