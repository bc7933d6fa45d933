// A picture of the timeline for slides and hand-outs: the very drawing of the window, on a page of its own, with a title and a legend.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "app/session/ui_state.h"
#include "core/store/store.h"
#include "core/timeline/model.h"

namespace forklight::app::figure {

struct Wanted {
  float width = 1600;   // pixels of a PNG; of an SVG as many units, of a PDF three quarters of a point each
  float height = 0;     // 0: as high as all lanes take
  float scale = 1;      // size of text and lines
  session::ThemeName theme = session::ThemeName::paper;
  bool legend = true;   // and the title
};

// What is drawn. Nothing for `range`: what `ui.view` shows if it was chosen, else the whole run.
struct Subject {
  const timeline::Model& model;
  const store::Meta& meta;
  std::int64_t now_ns;
  bool live = false;
  std::optional<timeline::TimeRange> range = {};
  bool view_chosen = false;
  std::span<const store::Note> notes = {};
};

inline constexpr float kLeastSide = 400, kMostSide = 16384;  // pixels

// Writes a .png, .svg or .pdf: the name's ending says which (base::UsageError for any other). Throws base::Failure with one sentence; the file
// is there whole or not at all. `ui` says which lanes are shown, on which axis, and what is selected. Theme, fonts and Dear ImGui's context are
// afterwards as they were.
void save_figure(const Subject& subject, session::UiState ui, const Wanted& wanted, const std::filesystem::path& file);

// Throws base::UsageError if the name does not end as that of a figure.
void check_name(const std::filesystem::path& file);

}  // namespace forklight::app::figure
