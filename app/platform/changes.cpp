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
std::uint64_t mixed(std::uint64_t sum, std::uint64_t word) noexcept {
  sum = (sum ^ word) * 0x9e3779b97f4a7c15U;
  return sum ^ sum >> 29;
}

template <typename T>
std::uint64_t mixed(std::uint64_t sum, const T& value) noexcept {
  static_assert(sizeof(T) % 4 == 0);
  const auto* at = reinterpret_cast<const unsigned char*>(&value);
  for (std::size_t i = 0; i + 8 <= sizeof(T); i += 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    sum = mixed(sum, word);
  }
  if constexpr (sizeof(T) % 8 == 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, 4);
    sum = mixed(sum, static_cast<std::uint64_t>(word));
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

// Two triangles that fill an upright rectangle with one colour that lets nothing through.
bool covers(const ImDrawVert* vertices, const ImDrawIdx* index, ImVec2 white) noexcept {
  if (index[3] != index[0] || index[4] != index[2]) return false;
  const ImDrawVert &a = vertices[index[0]], &b = vertices[index[1]], &c = vertices[index[2]], &d = vertices[index[5]];
  if (a.pos.x != d.pos.x || b.pos.x != c.pos.x || a.pos.y != b.pos.y || c.pos.y != d.pos.y) return false;
  for (const ImDrawVert* corner : {&a, &b, &c, &d})
    if (corner->col != a.col || corner->uv.x != white.x || corner->uv.y != white.y) return false;
  return (a.col & IM_COL32_A_MASK) == IM_COL32_A_MASK;
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
  covered_.resize(sums_.size());
}

const std::vector<PixelRect>& Changes::find(const ImDrawData& frame) {
  before_ = sums_;
  std::fill(sums_.begin(), sums_.end(), kBegin);
  std::fill(covered_.begin(), covered_.end(), 0U);
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
  const std::uint64_t state = mixed(mixed(kBegin, command.ClipRect), compat::texture_of(command));
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
    // What lies under it is not seen, in those squares that it fills.
    const bool opaque = n + 5 < command.ElemCount && covers(vertices, index, list._Data->TexUvWhitePixel);
    const PixelRect filled = opaque ? PixelRect{static_cast<int>(std::ceil(x0)), static_cast<int>(std::ceil(y0)), 0, 0} : PixelRect{};
    const int filled_right = static_cast<int>(x1), filled_top = static_cast<int>(y1);
    const std::uint64_t sum = mixed(mixed(mixed(state, a), b), c);
    for (int y = squares.y0; y <= squares.y1; ++y)
      for (int x = squares.x0; x <= squares.x1; ++x) {
        const auto at = static_cast<std::size_t>(y * across_ + x);
        if (opaque && x * kSquare >= filled.x && y * kSquare >= filled.y && std::min((x + 1) * kSquare, width_) <= filled_right && std::min((y + 1) * kSquare, height_) <= filled_top) {
          covered_[at] = static_cast<std::uint32_t>(triangles_.size()) - 1;
          sums_[at] = kBegin;
        }
        sums_[at] = mixed(sums_[at], sum);
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

bool Changes::is_seen(std::size_t triangle, int x, int y) const noexcept { return covered_[static_cast<std::size_t>(y * across_ + x)] <= triangle; }

// The squares of a range in which a triangle is seen, as few ranges.
void Changes::seen_in(std::size_t triangle, const Range& range, std::vector<Range>& seen) const {
  seen.clear();
  for (int y = range.y0; y <= range.y1; ++y) {
    for (int x = range.x0; x <= range.x1; ++x) {
      if (!is_seen(triangle, x, y)) continue;
      const int from = x;
      while (x < range.x1 && is_seen(triangle, x + 1, y)) ++x;
      const auto below = std::find_if(seen.begin(), seen.end(), [&](const Range& one) { return one.x0 == from && one.x1 == x && one.y1 == y - 1; });
      if (below != seen.end())
        below->y1 = y;
      else
        seen.push_back({from, y, x, y});
    }
  }
}

void Changes::keep(ImDrawData& frame) const {
  if (!known_) return;  // what its own calls do is not ours to know
  std::size_t begin = 0;  // of a command's triangles among all
  std::vector<Range> seen;
  for (int i = 0; i < frame.CmdListsCount; ++i) {
    ImDrawList& list = *frame.CmdLists[i];
    ImVector<ImDrawCmd> commands;
    ImVector<ImDrawIdx> indices;
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const std::size_t count = command.ElemCount / 3;
      const ImDrawVert* const vertices = list.VtxBuffer.Data + command.VtxOffset;
      const auto clipped = [&](const PixelRect& clip) {
        ImDrawCmd part = command;
        part.IdxOffset = static_cast<unsigned>(indices.Size);
        part.ElemCount = 0;
        part.ClipRect = {static_cast<float>(clip.x), static_cast<float>(height_ - clip.y - clip.height), static_cast<float>(clip.x + clip.width), static_cast<float>(height_ - clip.y)};
        commands.push_back(part);
      };
      const auto put = [&](const ImDrawIdx* index, int corners) {
        for (int corner = 0; corner < corners; ++corner) indices.push_back(index[corner]);
        commands.back().ElemCount += static_cast<unsigned>(corners);
      };
      for (const PixelRect& rect : changed_) {
        const PixelRect clip = scissor_of(command, height_).cut(rect);
        if (clip.empty()) continue;
        const Range here{clip.x / kSquare, clip.y / kSquare, (clip.x + clip.width - 1) / kSquare, (clip.y + clip.height - 1) / kSquare};
        clipped(clip);
        const ImDrawIdx* index = list.IdxBuffer.Data + command.IdxOffset;
        for (std::size_t n = 0; n < count; ++n, index += 3) {
          const Squares& at = triangles_[begin + n];
          const Range both{std::max<int>(at.x0, here.x0), std::max<int>(at.y0, here.y0), std::min<int>(at.x1, here.x1), std::min<int>(at.y1, here.y1)};
          if (both.x0 > both.x1 || both.y0 > both.y1) continue;
          if (both.x0 == both.x1 && both.y0 == both.y1) {
            if (is_seen(begin + n, both.x0, both.y0)) put(index, 3);
            continue;
          }
          seen_in(begin + n, both, seen);
          if (seen.empty()) continue;
          if (n + 1 == count || !covers(vertices, index, list._Data->TexUvWhitePixel) || (seen.size() == 1 && seen.front() == both)) {
            put(index, 3);
            continue;
          }
          // A large area of which parts are seen: those alone are filled.
          for (const Range& part : seen) {
            clipped(clip.cut({part.x0 * kSquare, part.y0 * kSquare, (part.x1 - part.x0 + 1) * kSquare, (part.y1 - part.y0 + 1) * kSquare}));
            put(index, 6);
          }
          clipped(clip);
          ++n;
          index += 3;
        }
      }
      begin += count;
    }
    const auto unused = std::remove_if(commands.begin(), commands.end(), [](const ImDrawCmd& command) { return command.ElemCount == 0; });
    commands.resize(static_cast<int>(unused - commands.begin()));
    list.CmdBuffer.swap(commands);
    list.IdxBuffer.swap(indices);
  }
}

}  // namespace forklight::app::platform
