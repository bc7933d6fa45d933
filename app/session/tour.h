// The tour: a minute with the window, one callout at a time, each at a real part of it. It goes on by Next or as the person does the thing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace forklight::app::session {

struct Context;

// The parts of the window that callouts point at.
enum class Anchor : std::uint8_t { lessons, run, timeline, inspector, code, console, pace, help };
inline constexpr std::size_t kAnchors = 8;

struct TourState {
  struct Box {
    float x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // pixels in the window; empty: the part is not to be seen
    [[nodiscard]] bool empty() const noexcept { return x1 - x0 < 1 || y1 - y0 < 1; }
  };
  int step = -1;      // −1: there is no tour
  int runs_before = 0;  // when this step began: what has been done since moves it on
  bool armed = false;   // the step's thing was not done yet when it began
  std::array<Box, kAnchors> boxes;  // of the last frame
  [[nodiscard]] bool on() const noexcept { return step >= 0; }
  void note(Anchor anchor, float x0, float y0, float x1, float y1) noexcept { boxes[static_cast<std::size_t>(anchor)] = {x0, y0, x1, y1}; }
};

// Its callouts, in order. Texts are tour.ID.title and tour.ID.text; keys in them are those of the commands that are named here.
struct TourStep {
  std::string_view id;
  Anchor anchor;
  std::array<std::string_view, 3> commands;             // {key0} … {key2}
  bool (*done)(const Context& context) = nullptr;  // the person has done what it asks for
};
inline constexpr std::size_t kTourSteps = 8;
[[nodiscard]] const std::array<TourStep, kTourSteps>& tour_steps() noexcept;

// Once a frame: goes on where the step's thing has been done since it began.
void update_tour(Context& context);
// Begins a step, 0 the first; past the last it ends.
void go_to_step(Context& context, int step);

}  // namespace forklight::app::session
