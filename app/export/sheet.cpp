#include "app/export/sheet.h"

#include <fontconfig/fontconfig.h>

#include <algorithm>

namespace forklight::app::figure {
namespace {

std::string ending_of(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return ending;
}

}  // namespace

bool is_figure(const std::filesystem::path& file) {
  const std::string ending = ending_of(file);
  return ending == ".png" || ending == ".svg" || ending == ".pdf";
}

std::unique_ptr<Sheet> make_sheet(const std::filesystem::path& file, const Page& page, platform::Fonts& fonts) {
  const std::string ending = ending_of(file);
  return ending == ".svg" ? make_svg_sheet(file, page, fonts) : make_cairo_sheet(file, page, fonts, ending == ".pdf");
}

std::u32string characters_of(std::string_view utf8) {
  constexpr char32_t kNone = U'\ufffd';
  std::u32string characters;
  while (!utf8.empty()) {
    FcChar32 point = 0;
    const int length = FcUtf8ToUcs4(reinterpret_cast<const FcChar8*>(utf8.data()), &point, static_cast<int>(std::min<std::size_t>(utf8.size(), 8)));
    const bool surrogate = point >= 0xd800 && point <= 0xdfff, none = point > 0x10ffff || (point & 0xfffe) == 0xfffe;
    if (length <= 0 || surrogate || none)
      characters.push_back(kNone);
    else
      characters.push_back(point < 0x20 || point == 0x7f ? U' ' : static_cast<char32_t>(point));
    utf8.remove_prefix(static_cast<std::size_t>(std::max(length, 1)));
  }
  return characters;
}

std::string utf8_of(std::u32string_view characters) {
  std::string utf8;
  for (const char32_t character : characters) {
    FcChar8 bytes[FC_UTF8_MAX_LEN];
    utf8.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(FcUcs4ToUtf8(character, bytes)));
  }
  return utf8;
}

}  // namespace forklight::app::figure
