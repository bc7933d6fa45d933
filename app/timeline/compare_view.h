// Runs above one another, or the rounds of one run, on one time axis: each from its own begin, with one zoom and one cursor.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/session/command.h"
#include "app/timeline/drawn.h"
#include "app/timeline/glide.h"
#include "app/timeline/rest.h"
#include "app/timeline/tallies.h"
#include "core/timeline/axis.h"
#include "core/timeline/rounds.h"

namespace forklight::app::timeline_view {

struct Rect;
struct Canvas;

// What one row shows: a run, or a part of one.
struct Strip {
  const timeline::Model* model;
  std::string title, detail;
  std::int64_t begin_ns, end_ns;  // where its axis has its zero, and until when it is shown: its end, or now
  bool part = false;              // of a run: tasks that lived then alone
  bool at_hand = false;           // of the run that the rest of the window is about: what is clicked is selected
  std::span<const store::Note> notes = {};
};

// The rows that a session's state asks for: the run at hand and earlier ones, or its rounds. None where there is nothing to compare.
[[nodiscard]] std::vector<Strip> strips_of(const session::Session& session, const session::UiState& ui, std::span<const timeline::Round> rounds);

// "Run 3: The convoy", or its file's name.
[[nodiscard]] std::string run_words(int number, std::string_view scenario, const std::string& file);

class CompareView {
 public:
  // Draws into the current ImGui window's content region; false, and nothing, where nothing is to be compared.
  bool draw(session::Context& context);
  // The same for any strips: for tests.
  void draw(std::span<const Strip> strips, session::UiState& ui);

  // What the last frame showed, front to back.
  [[nodiscard]] const std::vector<Drawn>& drawn() const noexcept { return drawn_; }

 private:
  void steer(session::UiState& ui, const Rect& plot, double longest, std::int64_t content_height);

  std::vector<Drawn> drawn_;
  Rest rest_;
  Glide glide_;
  std::vector<Tallies> tallies_;  // by strip
  std::vector<timeline::Round> rounds_;
  std::uint64_t revision_ = 0;
  bool fitting_ = true, dragging_ = false;
  timeline::View last_;
  std::size_t shown_ = 0;  // strips in the last frame
};

}  // namespace forklight::app::timeline_view
