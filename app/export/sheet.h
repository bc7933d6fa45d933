// A page that shapes and lines of text are put on: pixels, vectors, or both ways of printing.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/platform/fonts.h"
#include "app/timeline/plot.h"

namespace forklight::app::figure {

using platform::Color;
using timeline_view::Rect;

// Polygons of one colour: the corners of all, and how many each has.
struct Shapes {
  std::vector<ImVec2> corners;
  std::vector<std::size_t> counts;
  void clear() {
    corners.clear();
    counts.clear();
  }
};

// A line of text at its base line. `width` is the room that it was given.
struct Line {
  platform::Font font;
  ImVec2 base;
  float width;
  Color color;
  std::u32string text;  // see characters_of()
};

class Sheet {
 public:
  virtual ~Sheet() = default;
  // Both: only what lies in `clip`, where there is one.
  virtual void fill(const Shapes& shapes, Color color, const Rect* clip) = 0;
  virtual void write(const Line& line, const Rect* clip) = 0;
  virtual void finish() = 0;  // throws base::Failure; the file is there then
};

struct Page {
  float width, height;  // pixels; of a PDF, three quarters of a point each
  float scale;          // pixels a point of text
  std::string title;
};

// By the ending of the file's name (is_figure()). Nothing is there before finish(). Throws base::Failure.
[[nodiscard]] std::unique_ptr<Sheet> make_sheet(const std::filesystem::path& file, const Page& page, platform::Fonts& fonts);
[[nodiscard]] bool is_figure(const std::filesystem::path& file);  // .png, .svg, .pdf

// For make_sheet().
[[nodiscard]] std::unique_ptr<Sheet> make_cairo_sheet(const std::filesystem::path& file, const Page& page, platform::Fonts& fonts, bool pdf);
[[nodiscard]] std::unique_ptr<Sheet> make_svg_sheet(const std::filesystem::path& file, const Page& page, platform::Fonts& fonts);

// UTF-8 → characters that may stand in any file: no control characters, U+FFFD for what is no character.
[[nodiscard]] std::u32string characters_of(std::string_view utf8);
[[nodiscard]] std::string utf8_of(std::u32string_view characters);

}  // namespace forklight::app::figure
