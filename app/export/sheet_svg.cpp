// SVG, written by hand: Cairo's SVG surface turns letters into outlines, and here text is to stay text.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "app/export/sheet.h"
#include "core/store/output_file.h"

namespace forklight::app::figure {
namespace {

using platform::Font;

constexpr std::array<const char*, 5> kClasses{"b", "s", "k", "t", "c"};  // of platform::Font
constexpr std::array<const char*, 5> kGeneric{"sans-serif", "sans-serif", "sans-serif", "sans-serif", "monospace"};

// In hundredths of a pixel, without what says nothing: "12.5".
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

// The same, of a path: whole hundredths, and one after the other without a space where a sign parts them.
long hundredths(float value) { return std::lround(value * 100); }

void add_number(std::string& to, long hundredths, bool parted) {
  if (parted && hundredths >= 0) to += ' ';
  if (hundredths < 0) to += '-';
  const unsigned long size = static_cast<unsigned long>(std::abs(hundredths));
  if (size >= 100 || size == 0) fmt::format_to(std::back_inserter(to), "{}", size / 100);
  if (const unsigned long part = size % 100; part % 10 != 0)
    fmt::format_to(std::back_inserter(to), ".{:02}", part);
  else if (part != 0)
    fmt::format_to(std::back_inserter(to), ".{}", part / 10);
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

// "#rrggbb", and how opaque where it is not altogether.
std::string paint(Color color) {
  std::string text = fmt::format(" fill=\"#{:02x}{:02x}{:02x}\"", color & 0xff, color >> 8 & 0xff, color >> 16 & 0xff);
  if (const Color alpha = color >> 24; alpha != 0xff) text += fmt::format(" fill-opacity=\"{:.3g}\"", alpha / 255.0);
  return text;
}

class SvgSheet : public Sheet {
 public:
  SvgSheet(const std::filesystem::path& file, const Page& page, platform::Fonts& fonts) : file_(file), fonts_(fonts), page_(page) {}

  void fill(const Shapes& shapes, Color color, const Rect* clip) override {
    body_ += "<path" + clipped(clip) + paint(color) + " d=\"";
    const ImVec2* corner = shapes.corners.data();
    for (const std::size_t count : shapes.counts) {
      add_polygon({corner, count});
      corner += count;
    }
    body_ += "\"/>\n";
  }

  void write(const Line& line, const Rect* clip) override {
    for (const char32_t character : line.text)
      if (const platform::Fonts::Face* face = fonts_.face(line.font, character); face != nullptr) note(line.font, *face);
    const auto role = static_cast<std::size_t>(line.font);
    // Whoever lacks the font keeps the words in their room.
    const std::string room = line.text.size() > 1 ? fmt::format(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", number(line.width)) : "";
    body_ += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\"{}{}{}>{}</text>\n", kClasses[role], number(line.base.x), number(line.base.y), room,
                         clipped(clip), paint(line.color), escaped(utf8_of(line.text)));
  }

  void finish() override {
    file_.write(fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n"
                            "<title>{2}</title>\n<style>text{{white-space:pre}}{3}</style>\n<defs>{4}</defs>\n",
                            number(page_.width), number(page_.height), escaped(utf8_of(characters_of(page_.title))), style(), clip_paths_));
    file_.write(body_);
    file_.write("</svg>\n");
    file_.commit();
  }

 private:
  // From corner to corner, each counted from the one before.
  void add_polygon(std::span<const ImVec2> points) {
    long x = hundredths(points[0].x), y = hundredths(points[0].y);
    body_ += 'M';
    add_number(body_, x, false);
    add_number(body_, y, true);
    bool lines = false;  // the letter holds until another one comes
    for (const ImVec2& point : points.subspan(1)) {
      const long by_x = hundredths(point.x) - x, by_y = hundredths(point.y) - y;
      x += by_x;
      y += by_y;
      if (by_x == 0 && by_y == 0) continue;
      if (by_x == 0 || by_y == 0) {
        body_ += by_y == 0 ? 'h' : 'v';
        add_number(body_, by_y == 0 ? by_x : by_y, false);
        lines = false;
        continue;
      }
      if (!lines) body_ += 'l';
      add_number(body_, by_x, lines);
      add_number(body_, by_y, true);
      lines = true;
    }
    body_ += 'z';
  }

  std::string clipped(const Rect* clip) {
    if (clip == nullptr) return {};
    const auto [at, fresh] = clips_.try_emplace({clip->x0, clip->y0, clip->x1, clip->y1}, clips_.size());
    if (fresh)
      clip_paths_ += fmt::format("<clipPath id=\"c{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>", at->second, number(clip->x0), number(clip->y0),
                                 number(clip->width()), number(clip->height()));
    return fmt::format(" clip-path=\"url(#c{})\"", at->second);
  }

  void note(Font font, const platform::Fonts::Face& face) {
    std::vector<std::string>& families = families_[font];
    if (!families.empty() && families.back() == face.family) return;
    if (std::find(families.begin(), families.end(), face.family) == families.end()) families.push_back(face.family);
  }

  // The families that were needed, the role's own one first.
  std::string style() {
    std::string all;
    for (const auto& [font, needed] : families_) {
      const auto role = static_cast<std::size_t>(font);
      const platform::Fonts::Face* own = fonts_.face(font, U'A');
      std::string list;
      if (own != nullptr) list += fmt::format("'{}',", own->family);
      for (const std::string& family : needed)
        if (own == nullptr || family != own->family) list += fmt::format("'{}',", family);
      all += fmt::format(".{}{{font:{} {}px {}{}}}", kClasses[role], own != nullptr ? own->weight : 400, number(platform::Fonts::em(font) * page_.scale), escaped(list),
                         kGeneric[role]);
    }
    return all;
  }

  store::OutputFile file_;
  platform::Fonts& fonts_;
  Page page_;
  std::string body_, clip_paths_;
  std::map<std::tuple<float, float, float, float>, std::size_t> clips_;
  std::map<Font, std::vector<std::string>> families_;
};

}  // namespace

std::unique_ptr<Sheet> make_svg_sheet(const std::filesystem::path& file, const Page& page, platform::Fonts& fonts) {
  return std::make_unique<SvgSheet>(file, page, fonts);
}

}  // namespace forklight::app::figure
