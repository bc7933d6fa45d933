// A frame of the timeline that is drawn for paper and not for the screen: its words are kept as text, and its shapes as they are, without the
// smoothed edges that pixels need.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

#include "app/platform/theme.h"
#include "app/timeline/plot.h"

namespace forklight::app::timeline_view {

struct TextRun {  // one line
  const ImDrawList* list;
  int element;  // index in the list's IdxBuffer: it lies over what is before it, under what follows
  platform::Font font;
  ImVec2 at;    // its upper left corner
  float width;  // as it was measured
  platform::Color color;
  Rect clip;
  std::string text;
};

// While one lives, write() adds to it instead of to the list. One at a time.
class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  [[nodiscard]] const std::vector<TextRun>& runs() const noexcept { return runs_; }
  void clear() { runs_.clear(); }

 private:
  friend void capture_text(const ImDrawList*, platform::Font, ImVec2, platform::Color, std::string_view);
  std::vector<TextRun> runs_;
};

[[nodiscard]] bool capturing() noexcept;
// For text.cpp: adds the lines of a text.
void capture_text(const ImDrawList* list, platform::Font font, ImVec2 at, platform::Color color, std::string_view text);
// For who begins a window of its own: its smoothed edges become too narrow to matter.
void prepare_list(ImDrawList* list);

}  // namespace forklight::app::timeline_view
