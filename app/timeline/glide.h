// Zooming by the wheel: a notch is not jumped but glided, so that the eye keeps hold of what it looks at. What is under the pointer stays there
// at every step.
#pragma once

namespace forklight::app::timeline_view {

class Glide {
 public:
  // So many notches more, around a part of the view's width (0 = its begin, 1 = its end; the newest counts).
  void by(double notches, double share) noexcept;
  // How many of them this frame takes, `seconds` after the last one; all of them at once where nothing is to move by itself.
  [[nodiscard]] double step(double seconds, bool at_once) noexcept;
  [[nodiscard]] double share() const noexcept { return share_; }
  void stop() noexcept { left_ = 0; }

 private:
  double left_ = 0, share_ = 0.5;
};

}  // namespace forklight::app::timeline_view
