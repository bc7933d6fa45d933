#include "app/platform/changes.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/platform/imgui_compat.h"

namespace forklight::app::platform {
namespace {

constexpr int kSquare = 64;  // pixels; a software OpenGL draws by such squares as well
constexpr int kWaste = 6;    // squares drawn for nothing that are cheaper than one more walk through the frame

constexpr std::uint64_t kBegin = 0xcbf29ce484222325U;

// FNV's way of mixing, eight bytes at a time.
std::uint64_t mix(std::uint64_t sum, std::uint64_t word) noexcept {
  sum = (sum ^ word) * 0x9e3779b97f4a7c15U;
  return sum ^ sum >> 29;
}

template <typename T>
std::uint64_t mix(std::uint64_t sum, const T& value) noexcept {
  static_assert(sizeof(T) % 4 == 0);
  const auto* at = reinterpret_cast<const unsigned char*>(&value);
  for (std::size_t i = 0; i + 8 <= sizeof(T); i += 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    sum = mix(sum, word);
  }
  if constexpr (sizeof(T) % 8 == 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, 4);
    sum = mix(sum, static_cast<std::uint64_t>(word));
  }
  return sum;
}

PixelRect around(const PixelRect& a, const PixelRect& b) noexcept {
  const int x = std::min(a.x, b.x), y = std::min(a.y, b.y);
  return {x, y, std::max(a.x + a.width, b.x + b.width) - x, std::max(a.y + a.height, b.y + b.height) - y};
}

int area(const PixelRect& rect) noexcept { return rect.width * rect.height; }

// What the back end makes of a command's clip: whole pixels.
PixelRect scissor_of(const ImDrawCmd& command, int height) noexcept {
  const ImVec4& clip = command.ClipRect;
  return {static_cast<int>(clip.x), static_cast<int>(static_cast<float>(height) - clip.w), static_cast<int>(clip.z - clip.x), static_cast<int>(clip.w - clip.y)};
}

int square_of(float pixel, int squares) noexcept { return std::clamp(static_cast<int>(pixel) / kSquare, 0, squares - 1); }

}  // namespace

PixelRect PixelRect::cut(const PixelRect& other) const noexcept {
  const int x0 = std::max(x, other.x), y0 = std::max(y, other.y);
  return {x0, y0, std::min(x + width, other.x + other.width) - x0, std::min(y + height, other.y + other.height) - y0};
}

Changes::Changes(int width, int height)
    : width_(width), height_(height), across_((width + kSquare - 1) / kSquare), up_((height + kSquare - 1) / kSquare) {
  sums_.resize(static_cast<std::size_t>(across_) * static_cast<std::size_t>(up_));
}

const std::vector<PixelRect>& Changes::find(const ImDrawData& frame) {
  before_ = sums_;
  std::fill(sums_.begin(), sums_.end(), kBegin);
  triangles_.clear();
  bool told = true;
  for (int i = 0; i < frame.CmdListsCount; ++i) {
    for (const ImDrawCmd& command : frame.CmdLists[i]->CmdBuffer) {
      told = told && command.UserCallback == nullptr;
      add(*frame.CmdLists[i], command);
    }
  }
  changed_.clear();
  if (known_ && told) {
    gather();
  } else {
    changed_.push_back(whole());
  }
  known_ = told;
  return changed_;
}

void Changes::add(const ImDrawList& list, const ImDrawCmd& command) {
  const PixelRect scissor = scissor_of(command, height_).cut(whole());
  const std::uint64_t state = mix(mix(kBegin, command.ClipRect), compat::texture_of(command));
  const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
  const ImDrawIdx* index = list.IdxBuffer.Data + command.IdxOffset;
  const auto left = static_cast<float>(scissor.x), right = static_cast<float>(scissor.x + scissor.width);
  const auto low = static_cast<float>(scissor.y), high = static_cast<float>(scissor.y + scissor.height), top = static_cast<float>(height_);
  for (unsigned n = 0; n + 2 < command.ElemCount; n += 3, index += 3) {
    const ImDrawVert &a = vertices[index[0]], &b = vertices[index[1]], &c = vertices[index[2]];
    const float x0 = std::max(std::min({a.pos.x, b.pos.x, c.pos.x}), left), x1 = std::min(std::max({a.pos.x, b.pos.x, c.pos.x}), right);
    const float y0 = std::max(top - std::max({a.pos.y, b.pos.y, c.pos.y}), low), y1 = std::min(top - std::min({a.pos.y, b.pos.y, c.pos.y}), high);
    if (!(x0 <= x1 && y0 <= y1) || scissor.empty()) {
      triangles_.push_back({1, 1, 0, 0});
      continue;
    }
    const Squares squares{static_cast<std::uint8_t>(square_of(x0, across_)), static_cast<std::uint8_t>(square_of(y0, up_)), static_cast<std::uint8_t>(square_of(x1, across_)),
                          static_cast<std::uint8_t>(square_of(y1, up_))};
    triangles_.push_back(squares);
    const std::uint64_t sum = mix(mix(mix(state, a), b), c);
    for (int y = squares.y0; y <= squares.y1; ++y)
      for (int x = squares.x0; x <= squares.x1; ++x) {
        std::uint64_t& square = sums_[static_cast<std::size_t>(y * across_ + x)];
        square = mix(square, sum);
      }
  }
}

// Squares that differ, as few rectangles of them.
void Changes::gather() {
  for (int y = 0; y < up_; ++y) {
    const auto differs = [&](int x) { return x < across_ && sums_[static_cast<std::size_t>(y * across_ + x)] != before_[static_cast<std::size_t>(y * across_ + x)]; };
    for (int x = 0; x < across_; ++x) {
      if (!differs(x)) continue;
      const int from = x;
      while (differs(x)) ++x;
      const PixelRect run{from, y, x - from, 1};
      const auto below = std::find_if(changed_.begin(), changed_.end(), [&](const PixelRect& one) { return one.x == run.x && one.width == run.width && one.y + one.height == y; });
      if (below != changed_.end())
        ++below->height;
      else
        changed_.push_back(run);
    }
  }
  // What overlaps would be drawn twice: it grows together as well.
  for (std::size_t i = 0; i < changed_.size();) {
    const auto partner = std::find_if(changed_.begin() + static_cast<std::ptrdiff_t>(i) + 1, changed_.end(), [&](const PixelRect& other) {
      const PixelRect both = around(changed_[i], other);
      return !changed_[i].cut(other).empty() || area(both) <= area(changed_[i]) + area(other) + kWaste;
    });
    if (partner == changed_.end()) {
      ++i;
      continue;
    }
    changed_[i] = around(changed_[i], *partner);
    changed_.erase(partner);
    i = 0;
  }
  for (PixelRect& rect : changed_) rect = PixelRect{rect.x * kSquare, rect.y * kSquare, rect.width * kSquare, rect.height * kSquare}.cut(whole());
}

void Changes::keep(ImDrawData& frame) const {
  if (changed_.size() == 1 && changed_.front() == whole()) return;
  std::size_t begin = 0;  // of a command's triangles among all
  for (int i = 0; i < frame.CmdListsCount; ++i) {
    ImDrawList& list = *frame.CmdLists[i];
    ImVector<ImDrawCmd> commands;
    ImVector<ImDrawIdx> indices;
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const PixelRect scissor = scissor_of(command, height_);
      const std::size_t count = command.ElemCount / 3;
      for (const PixelRect& rect : changed_) {
        const PixelRect seen = scissor.cut(rect);
        if (seen.empty()) continue;
        const int x0 = seen.x / kSquare, x1 = (seen.x + seen.width - 1) / kSquare, y0 = seen.y / kSquare, y1 = (seen.y + seen.height - 1) / kSquare;
        ImDrawCmd kept = command;
        kept.IdxOffset = static_cast<unsigned>(indices.Size);
        const ImDrawIdx* index = list.IdxBuffer.Data + command.IdxOffset;
        for (std::size_t n = 0; n < count; ++n, index += 3) {
          const Squares& at = triangles_[begin + n];
          if (at.x0 > x1 || at.x1 < x0 || at.y0 > y1 || at.y1 < y0 || at.x0 > at.x1) continue;
          for (int corner = 0; corner < 3; ++corner) indices.push_back(index[corner]);
        }
        kept.ElemCount = static_cast<unsigned>(indices.Size) - kept.IdxOffset;
        if (kept.ElemCount == 0) continue;
        kept.ClipRect = {static_cast<float>(seen.x), static_cast<float>(height_ - seen.y - seen.height), static_cast<float>(seen.x + seen.width), static_cast<float>(height_ - seen.y)};
        commands.push_back(kept);
      }
      begin += count;
    }
    list.CmdBuffer.swap(commands);
    list.IdxBuffer.swap(indices);
  }
}

}  // namespace forklight::app::platform
