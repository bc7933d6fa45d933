// ImGui's own wrapping knows spaces only; Chinese has none.
#include "app/platform/wrap.h"

#include <algorithm>

#include "app/platform/imgui_compat.h"

namespace forklight::app::platform {

float text_width(Font font, std::string_view text) {
  ImFont* const face = platform::font(font);
  return face->CalcTextSizeA(compat::font_size(face), 1e6f, 0, text.data(), text.data() + text.size()).x;
}

float line_height(Font font) { return compat::font_size(platform::font(font)); }

namespace {

std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(length, text.size());
}

// Han, kana and full-width marks: three bytes from U+2E80 on.
bool is_wide(std::string_view character) {
  return character.size() == 3 && static_cast<unsigned char>(character[0]) >= 0xe3;
}

// What must not begin a line.
bool closes(std::string_view character) {
  constexpr std::string_view kMarks = "。，、；：！？）」』】》”’…";
  return character.size() == 3 && kMarks.find(character) != std::string_view::npos;
}

// The length of the piece at the start that must stay together: a word with the spaces behind it, or one Chinese
// character with the marks that follow it.
std::size_t piece_length(std::string_view text) {
  std::size_t at = character_length(text);
  const bool wide = is_wide(text.substr(0, at));
  while (at < text.size()) {
    const std::string_view next = text.substr(at, character_length(text.substr(at)));
    const bool after_space = text[at - 1] == ' ';
    if (next != " " && !closes(next) && (wide || after_space || is_wide(next))) break;
    at += next.size();
  }
  return at;
}

std::string_view without_spaces(std::string_view line) {
  while (line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

void wrap_line(Font font, std::string_view text, float width, std::vector<std::string_view>& lines) {
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = piece_length(text.substr(at));
    if (text_width(font, without_spaces(text.substr(begin, at + length - begin))) <= width) {
      at += length;
      continue;
    }
    if (at > begin) {
      lines.push_back(without_spaces(text.substr(begin, at - begin)));
      begin = at;
      continue;
    }
    // One piece wider than a line (a path): cut where it must be, a character at least.
    length = character_length(text.substr(at));
    while (at + length < text.size()) {
      const std::size_t more = length + character_length(text.substr(at + length));
      if (text_width(font, text.substr(begin, at + more - begin)) > width) break;
      length = more;
    }
    at += length;
    lines.push_back(text.substr(begin, at - begin));
    begin = at;
  }
  if (begin < text.size() || text.empty()) lines.push_back(without_spaces(text.substr(begin)));
}

}  // namespace

std::vector<std::string_view> wrap(Font font, std::string_view text, float width) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    wrap_line(font, text.substr(0, end), width, lines);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace forklight::app::platform
