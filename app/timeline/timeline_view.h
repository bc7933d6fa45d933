// The timeline on screen: one group a process, arrows between them, badges at their ends, time or order along the top.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/session/command.h"
#include "app/timeline/answers.h"
#include "app/timeline/camera.h"
#include "app/timeline/compare_view.h"
#include "app/timeline/deadlock.h"
#include "app/timeline/drawn.h"
#include "app/timeline/plot.h"
#include "app/timeline/rest.h"
#include "app/timeline/tallies.h"

namespace forklight::app::timeline_view {

struct Mouse;
struct Item;
struct Canvas;

// What is shown: a run as it is known at a moment.
struct Source {
  const timeline::Model& model;
  std::int64_t now_ns;
  bool live;  // it goes on: there is a line for "now", and the view may follow it
  std::string_view scenario = {};  // whose cure is told where its run deadlocks
  bool curable = false;            // and offered
  std::span<const AnswerFlag> answers = {};
  std::span<const store::Note> notes = {};
};

class TimelineView {
 public:
  // Draws into the current ImGui window's content region and handles the mouse in it. Changes only context.ui and
  // pushes commands. Where there is no run yet, says what to press and what will happen then.
  void draw(session::Context& context);

  // The same for any run with at least one task: without a session, for tests and figures.
  void draw(const Source& source, session::UiState& ui);

  // What the last frame showed, front to back.
  [[nodiscard]] const std::vector<Drawn>& drawn() const noexcept { return drawn_; }

 private:
  void draw_frame(const Source& source, session::UiState& ui, const Rect& window, const Mouse& mouse);
  void keep_drawn(Canvas& canvas);
  void open_menu(const Canvas& canvas, session::UiState& ui, const Item* under, const Mouse& mouse);
  void click(const Source& source, session::UiState& ui, const Item* under, const session::Selection& selection);

  std::vector<Drawn> drawn_;
  Tallies tallies_;
  DeadlockWatch deadlocks_;
  Camera camera_;
  CompareView compare_;
  Drag drag_;
  Rest rest_;
  bool hover_is_ours_ = false;         // other panels set ui.hover too: only what was set here is taken back here
  session::Selection seen_selection_;  // to bring into sight what the keyboard or another panel selected
};

}  // namespace forklight::app::timeline_view
