// Which part of a picture differs from the one before, told from what is to be drawn: squares of the picture whose triangles are the same, in
// the same order, have the same pixels. Only the rest is drawn again. No OpenGL in it.
#pragma once

#include <imgui.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace forklight::app::platform {

// Pixels; y from below, as OpenGL counts.
struct PixelRect {
  int x = 0, y = 0, width = 0, height = 0;
  [[nodiscard]] bool empty() const noexcept { return width <= 0 || height <= 0; }
  [[nodiscard]] PixelRect cut(const PixelRect& other) const noexcept;  // what lies in both
  bool operator==(const PixelRect&) const = default;
};

class Changes {
 public:
  // Pixels, of the picture.
  Changes(int width, int height);

  // Where `frame` draws something else than the frame of the call before: rectangles that do not overlap, none where nothing differs. All of the
  // picture at first, after forget(), and where the frame has calls of its own in it.
  const std::vector<PixelRect>& find(const ImDrawData& frame);
  // Leaves in `frame` what draws into those rectangles, and nothing else. Once, after find().
  void keep(ImDrawData& frame) const;
  void forget() noexcept { known_ = false; }

 private:
  struct Squares {
    std::uint8_t x0, y0, x1, y1;  // both ends are in
  };
  void add(const ImDrawList& list, const ImDrawCmd& command);
  void gather();
  struct Range {
    int x0, y0, x1, y1;  // squares; both ends are in
    bool operator==(const Range&) const = default;
  };
  [[nodiscard]] bool is_seen(std::size_t triangle, int x, int y) const noexcept;
  void seen_in(std::size_t triangle, const Range& range, std::vector<Range>& seen) const;
  [[nodiscard]] PixelRect whole() const noexcept { return {0, 0, width_, height_}; }

  int width_, height_, across_, up_;  // pixels; squares
  std::vector<std::uint64_t> sums_, before_;  // a sum of what is drawn in each square
  std::vector<Squares> triangles_;            // where each triangle of the frame lies; none of it: x0 > x1
  std::vector<std::uint32_t> covered_;        // the triangle that each square is filled with from edge to edge: what was drawn before it is not seen
  std::vector<PixelRect> changed_;
  bool known_ = false;
};

}  // namespace forklight::app::platform
