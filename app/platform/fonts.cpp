#include "app/platform/fonts.h"

#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <map>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/platform/imgui_compat.h"
#include "app/platform/theme.h"

namespace forklight::app::platform {
namespace {

// A role: how large (points of the em, as in print), how heavy, and the families to try first.
struct Role {
  Font font;
  float em;
  int weight;
  std::array<const char*, 3> families;
  const char* generic;
};

constexpr std::array<Role, 5> kRoles = {{
    {Font::body, 14, FC_WEIGHT_REGULAR, {"Inter", "Noto Sans", "DejaVu Sans"}, "sans-serif"},
    {Font::strong, 14, FC_WEIGHT_DEMIBOLD, {"Inter", "Noto Sans", "DejaVu Sans"}, "sans-serif"},
    {Font::small, 12, FC_WEIGHT_REGULAR, {"Inter", "Noto Sans", "DejaVu Sans"}, "sans-serif"},
    {Font::title, 18, FC_WEIGHT_DEMIBOLD, {"Inter", "Noto Sans", "DejaVu Sans"}, "sans-serif"},
    {Font::code, 13, FC_WEIGHT_REGULAR, {"JetBrains Mono", "DejaVu Sans Mono", "Noto Sans Mono"}, "monospace"},
}};

// Shown without standing in any text file: what numbers, units and badges are made of.
constexpr std::string_view kSymbols = "−✓✗→←↑↓…·×µ–—“”‘’°±≤≥•";

struct Plain {
  ImWchar character, other;
};
constexpr std::array<Plain, 11> kPlain = {{{0x2212, '-'},
                                           {0x2013, '-'},
                                           {0x2014, '-'},
                                           {0x2018, '\''},
                                           {0x2019, '\''},
                                           {0x201c, '"'},
                                           {0x201d, '"'},
                                           {0x2190, '<'},
                                           {0x2192, '>'},
                                           {0x2191, '^'},
                                           {0x2026, '.'}}};

constexpr int kLastCodePoint = 0xffff;  // ImWchar of the distributions' builds has 16 bits

using FontFile = std::vector<char>;

// Em against the height that ImGui asks of FreeType (ascender to descender): 14 points of Inter and of Noto are then as
// large as in print.
float height_per_em(const FontFile& bytes, int index) {
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  float ratio = 0;
  if (FT_Init_FreeType(&library) != 0) return ratio;
  if (FT_New_Memory_Face(library, reinterpret_cast<const FT_Byte*>(bytes.data()), static_cast<FT_Long>(bytes.size()),
                         index, &face) == 0) {
    if (FT_IS_SCALABLE(face) && face->units_per_EM > 0)
      ratio = static_cast<float>(face->ascender - face->descender) / static_cast<float>(face->units_per_EM);
    FT_Done_Face(face);
  }
  FT_Done_FreeType(library);
  return ratio;
}

template <typename Visit>
void for_each_code_point(std::string_view utf8, Visit visit) {
  for (std::size_t at = 0; at < utf8.size();) {
    FcChar32 point = 0;
    const int length =
        FcUtf8ToUcs4(reinterpret_cast<const FcChar8*>(utf8.data() + at), &point, static_cast<int>(utf8.size() - at));
    if (length <= 0) {
      ++at;
      continue;
    }
    if (point >= 0x20 && point <= kLastCodePoint) visit(point);
    at += static_cast<std::size_t>(length);
  }
}

}  // namespace

struct Fonts::Library {
  struct Face {
    std::string file;
    int index = 0;
    FcCharSet* glyphs = nullptr;  // owned by the pattern in `sorted`
  };
  struct File {
    FontFile bytes;
    std::map<int, float> height_per_em;
  };

  struct Choice {  // for others
    Fonts::Face face;
    FcCharSet* glyphs;
  };
  std::array<std::vector<Choice>, kRoles.size()> choices;

  FcConfig* config = FcInitLoadConfigAndFonts();
  FcCharSet* needed = FcCharSetCreate();
  std::array<FcFontSet*, kRoles.size()> sorted{};
  std::map<std::string, File> files;
  std::vector<std::vector<ImWchar>> ranges;  // ImGui reads them when it builds

  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    for (FcFontSet* set : sorted)
      if (set != nullptr) FcFontSetDestroy(set);
    FcCharSetDestroy(needed);
    if (config != nullptr) FcConfigDestroy(config);
  }

  // Fonts for a role, best first: the wanted families, then whatever else can fill in (Chinese, symbols).
  FcFontSet* candidates(std::size_t role) {
    if (sorted[role] != nullptr || config == nullptr) return sorted[role];
    FcPattern* pattern = FcPatternCreate();
    const auto add = [pattern](const char* object, const char* value) {
      FcPatternAddString(pattern, object, reinterpret_cast<const FcChar8*>(value));
    };
    for (const char* family : kRoles[role].families) add(FC_FAMILY, family);
    add(FC_FAMILY, kRoles[role].generic);
    add(FC_LANG, "en");
    add(FC_LANG, "zh-cn");  // of the faces that share Han code points, the Simplified Chinese one
    FcPatternAddInteger(pattern, FC_WEIGHT, kRoles[role].weight);
    FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
    FcPatternAddBool(pattern, FC_VARIABLE, FcFalse);
    FcConfigSubstitute(config, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);
    FcResult result = FcResultNoMatch;
    sorted[role] = FcFontSort(config, pattern, FcTrue, nullptr, &result);
    FcPatternDestroy(pattern);
    return sorted[role];
  }

  static bool read(FcPattern* pattern, Face& face) {
    FcChar8* file = nullptr;
    FcBool flag = FcFalse;
    if (FcPatternGetString(pattern, FC_FILE, 0, &file) != FcResultMatch) return false;
    if (FcPatternGetBool(pattern, FC_SCALABLE, 0, &flag) == FcResultMatch && flag == FcFalse) return false;
    if (FcPatternGetBool(pattern, FC_VARIABLE, 0, &flag) == FcResultMatch && flag == FcTrue) return false;
    if (FcPatternGetBool(pattern, FC_COLOR, 0, &flag) == FcResultMatch && flag == FcTrue)
      return false;  // emoji bitmaps
    if (FcPatternGetCharSet(pattern, FC_CHARSET, 0, &face.glyphs) != FcResultMatch) return false;
    face.file = reinterpret_cast<const char*>(file);
    face.index = 0;
    FcPatternGetInteger(pattern, FC_INDEX, 0, &face.index);
    face.index &= 0xffff;  // above: the instance of a variable font
    return true;
  }

  // The faces of a role in the order in which build() asks them.
  const std::vector<Choice>& choices_of(std::size_t role) {
    std::vector<Choice>& all = choices[role];
    FcFontSet* set = candidates(role);
    if (!all.empty() || set == nullptr) return all;
    for (int at = 0; at < set->nfont; ++at) {
      Face face;
      if (!read(set->fonts[at], face)) continue;
      if (all.empty() && FcCharSetHasChar(face.glyphs, 'A') == FcFalse) continue;
      FcChar8* family = nullptr;
      FcPatternGetString(set->fonts[at], FC_FAMILY, 0, &family);
      int weight = FC_WEIGHT_REGULAR;
      FcPatternGetInteger(set->fonts[at], FC_WEIGHT, 0, &weight);
      all.push_back({{face.file, family != nullptr ? reinterpret_cast<const char*>(family) : "", face.index, FcWeightToOpenType(weight)}, face.glyphs});
    }
    return all;
  }

  // The bytes of a font file, read once; nullptr if it cannot be read.
  File* load(const std::string& path) {
    const auto [at, fresh] = files.try_emplace(path);
    if (fresh) {
      std::ifstream in(path, std::ios::binary | std::ios::ate);
      const std::streamoff size = in ? static_cast<std::streamoff>(in.tellg()) : 0;
      at->second.bytes.resize(static_cast<std::size_t>(std::max<std::streamoff>(size, 0)));
      in.seekg(0);
      if (!in.read(at->second.bytes.data(), size)) at->second.bytes.clear();
    }
    return at->second.bytes.empty() ? nullptr : &at->second;
  }

  // Adds the glyphs of `wanted` that a face has to the font being built. Null if the face is of no use.
  ImFont* add(const Role& role, const Face& face, const FcCharSet* wanted, float scale, bool merge) {
    std::vector<ImWchar> range;
    FcChar32 map[FC_CHARSET_MAP_SIZE];
    FcChar32 next = 0;
    for (FcChar32 base = FcCharSetFirstPage(wanted, map, &next); base != FC_CHARSET_DONE;
         base = FcCharSetNextPage(wanted, map, &next))
      for (FcChar32 bit = 0; bit < FC_CHARSET_MAP_SIZE * 32; ++bit)
        if ((map[bit / 32] >> (bit % 32) & 1u) != 0 && FcCharSetHasChar(face.glyphs, base + bit) == FcTrue)
          range.insert(range.end(), 2, static_cast<ImWchar>(base + bit));
    if (range.empty()) return nullptr;
    range.push_back(0);
    File* file = load(face.file);
    if (file == nullptr) return nullptr;
    float& ratio = file->height_per_em.try_emplace(face.index, 0.0f).first->second;
    if (ratio == 0) ratio = height_per_em(file->bytes, face.index);
    if (ratio <= 0) return nullptr;
    ranges.push_back(std::move(range));
    ImFontConfig config_of_face;
    config_of_face.FontDataOwnedByAtlas = false;  // one copy for all sizes
    config_of_face.FontNo = face.index;
    config_of_face.MergeMode = merge;
    config_of_face.PixelSnapH = true;
    config_of_face.OversampleH = config_of_face.OversampleV = 1;
    compat::set_light_hinting(config_of_face);
    return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(file->bytes.data(), static_cast<int>(file->bytes.size()),
                                                      std::max(6.0f, role.em * scale * ratio), &config_of_face,
                                                      ranges.back().data());
  }

  bool lacks_han = false;  // a Chinese character was needed that no font has

  // The font of a role: its own face, and others for the characters that face lacks.
  ImFont* build(std::size_t role, float scale) {
    FcFontSet* set = candidates(role);
    if (set == nullptr) return nullptr;
    ImFont* font = nullptr;
    FcCharSet* missing = FcCharSetCopy(needed);
    for (int at = 0; at < set->nfont && FcCharSetCount(missing) > 0; ++at) {
      Face face;
      if (!read(set->fonts[at], face)) continue;
      if (font == nullptr && FcCharSetHasChar(face.glyphs, 'A') == FcFalse)
        continue;  // the base of a role can write Latin
      ImFont* added = add(kRoles[role], face, missing, scale, font != nullptr);
      if (added == nullptr) continue;
      font = added;
      FcCharSet* rest = FcCharSetSubtract(missing, face.glyphs);
      FcCharSetDestroy(missing);
      missing = rest;
    }
    constexpr FcChar32 kHan = 0x4e00;
    FcChar32 map[FC_CHARSET_MAP_SIZE];
    FcChar32 next = 0;
    for (FcChar32 base = FcCharSetFirstPage(missing, map, &next); base != FC_CHARSET_DONE;
         base = FcCharSetNextPage(missing, map, &next))
      if (base >= kHan) lacks_han = true;
    FcCharSetDestroy(missing);
    return font;
  }
};

Fonts::Fonts() : library_(std::make_unique<Library>()) {
  for (FcChar32 point = 0x20; point < 0x180; ++point)
    if (point < 0x7f || point > 0x9f) FcCharSetAddChar(library_->needed, point);
  need(kSymbols);
}

Fonts::~Fonts() = default;

void Fonts::need(std::string_view utf8) {
  for_each_code_point(utf8, [this](FcChar32 point) {
    if (FcCharSetHasChar(library_->needed, point) == FcTrue) return;
    FcCharSetAddChar(library_->needed, point);
    stale_ = true;
  });
}

const Fonts::Face* Fonts::face(Font role, char32_t character) {
  for (const Library::Choice& choice : library_->choices_of(static_cast<std::size_t>(role)))
    if (FcCharSetHasChar(choice.glyphs, character) == FcTrue) return &choice.face;
  return nullptr;
}

float Fonts::em(Font role) noexcept { return kRoles[static_cast<std::size_t>(role)].em; }

bool Fonts::update(float scale, float zoom) {
  // What is large already needs no larger glyphs: they would fill a texture, and hardly be sharper to an eye.
  constexpr double kMostPixels = 12e6;
  const double side = 16.0 * static_cast<double>(scale * zoom);
  if (static_cast<double>(FcCharSetCount(library_->needed)) * static_cast<double>(kRoles.size()) * side * side > kMostPixels) zoom = 1;
  if (!stale_ && scale == scale_ && zoom == zoom_) return false;
  const auto begin = std::chrono::steady_clock::now();
  stale_ = false;
  scale_ = scale;
  zoom_ = zoom;
  set_scale(scale);
  ImFontAtlas* atlas = ImGui::GetIO().Fonts;
  atlas->Clear();
  compat::use_freetype(atlas);
  library_->ranges.clear();
  library_->lacks_han = false;
  std::array<ImFont*, kRoles.size()> fonts{};
  for (std::size_t role = 0; role < kRoles.size(); ++role) fonts[role] = library_->build(role, scale);
  std::array<ImFont*, kRoles.size()> large{};
  for (std::size_t role = 0; role < kRoles.size() && zoom > 1; ++role) large[role] = library_->build(role, scale * zoom);
  const auto usable = std::find_if(fonts.begin(), fonts.end(), [](const ImFont* font) { return font != nullptr; });
  ImFont* fallback = nullptr;
  if (usable == fonts.end()) {
    ImFontConfig own;
    own.SizePixels = 13.0f * scale;
    fallback = atlas->AddFontDefault(&own);
    notice_ = i18n::tr("error.no_font");
  } else {
    fallback = *usable;
    const bool chinese = i18n::language() == i18n::Language::chinese;
    notice_ = library_->lacks_han && chinese ? i18n::tr("error.no_chinese_font") : "";
  }
  for (std::size_t role = 0; role < kRoles.size(); ++role) set_large_font(kRoles[role].font, fonts[role] != nullptr ? large[role] : nullptr);
  for (std::size_t role = 0; role < kRoles.size(); ++role)
    set_font(kRoles[role].font, fonts[role] != nullptr ? fonts[role] : fallback);
  ImGui::GetIO().FontDefault = font(Font::body);
  if constexpr (compat::atlas_is_static()) atlas->Build();
  // ImGui's own font is Latin: what the screen cannot do without is spelt with that.
  if (usable == fonts.end())
    for (const auto& [character, other] : kPlain) compat::show_as(fallback, character, other);
  build_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return true;
}

}  // namespace forklight::app::platform
