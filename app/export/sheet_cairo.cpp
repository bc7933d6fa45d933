// Pixels and PDF: Cairo's own surfaces; words are glyphs of the fonts that the screen has, and text for whoever searches the PDF.
#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <cairo.h>

#include <cmath>
#include <exception>
#include <map>

#include "app/export/sheet.h"
#include "app/i18n/i18n.h"
#include "core/base/error.h"
#include "core/store/output_file.h"

namespace forklight::app::figure {
namespace {

constexpr double kPointsPerPixel = 0.75;

double channel(Color color, int shift) { return (color >> shift & 0xff) / 255.0; }

// FreeType's faces as Cairo has them.
class Faces {
 public:
  Faces() { FT_Init_FreeType(&library_); }
  ~Faces() {
    for (auto& [key, face] : faces_) {
      cairo_font_face_destroy(face.cairo);
      FT_Done_Face(face.own);
    }
    FT_Done_FreeType(library_);
  }
  Faces(const Faces&) = delete;
  Faces& operator=(const Faces&) = delete;

  // nullptr if the file cannot be read any more.
  cairo_font_face_t* get(const platform::Fonts::Face& face) {
    const auto [at, fresh] = faces_.try_emplace({face.file, face.index});
    if (!fresh) return at->second.cairo;
    FT_Face own = nullptr;
    if (FT_New_Face(library_, face.file.c_str(), face.index, &own) != 0) {
      faces_.erase(at);
      return nullptr;
    }
    at->second = {own, cairo_ft_font_face_create_for_ft_face(own, FT_LOAD_NO_HINTING)};
    return at->second.cairo;
  }

 private:
  struct Pair {
    FT_Face own = nullptr;
    cairo_font_face_t* cairo = nullptr;
  };
  FT_Library library_ = nullptr;
  std::map<std::pair<std::string, int>, Pair> faces_;
};

class CairoSheet : public Sheet {
 public:
  CairoSheet(const std::filesystem::path& file, const Page& page, platform::Fonts& fonts, bool pdf)
      : file_(file), fonts_(fonts), scale_(page.scale), pdf_(pdf) {
    if (pdf) {
      surface_ = cairo_pdf_surface_create_for_stream(take, this, page.width * kPointsPerPixel, page.height * kPointsPerPixel);
      cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_TITLE, page.title.c_str());
      cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATOR, "Forklight " FORKLIGHT_VERSION);
    } else {
      surface_ = cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(page.width)), static_cast<int>(std::lround(page.height)));
    }
    context_ = cairo_create(surface_);
    if (cairo_status(context_) != CAIRO_STATUS_SUCCESS) {
      release();
      throw base::Failure(i18n::tr("figure.too_large", fmt::arg("width", std::lround(page.width)), fmt::arg("height", std::lround(page.height))));
    }
    if (pdf) cairo_scale(context_, kPointsPerPixel, kPointsPerPixel);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(context_, options);
    cairo_font_options_destroy(options);
  }
  ~CairoSheet() override { release(); }

  void fill(const Shapes& shapes, Color color, const Rect* clip) override {
    const Clipped clipped(context_, clip);
    set_color(color);
    const ImVec2* corner = shapes.corners.data();
    for (const std::size_t count : shapes.counts) {
      cairo_move_to(context_, corner[0].x, corner[0].y);
      for (std::size_t i = 1; i < count; ++i) cairo_line_to(context_, corner[i].x, corner[i].y);
      cairo_close_path(context_);
      corner += count;
    }
    cairo_fill(context_);
  }

  void write(const Line& line, const Rect* clip) override {
    const Clipped clipped(context_, clip);
    set_color(line.color);
    // The screen's letters keep to whole pixels; these stand as far apart as their room asks for.
    const auto pieces = pieces_of(line);
    double natural = 0;
    for (const Piece& piece : pieces) natural += place(piece, line, 0, 0, false);
    const double spread = line.text.empty() ? 0 : (static_cast<double>(line.width) - natural) / static_cast<double>(line.text.size());
    double x = line.base.x;
    for (const Piece& piece : pieces) x += place(piece, line, x, spread, true);
  }

  void finish() override {
    if (!pdf_) cairo_surface_write_to_png_stream(surface_, take, this);
    cairo_surface_finish(surface_);
    const cairo_status_t status = cairo_surface_status(surface_);
    if (failure_) std::rethrow_exception(failure_);
    if (pdf_ && status != CAIRO_STATUS_SUCCESS) throw base::Failure(fmt::format("{}: {}.", i18n::tr("figure.nothing"), cairo_status_to_string(status)));
    file_.commit();
  }

 private:
  // Characters in a row that one face has.
  struct Piece {
    const platform::Fonts::Face* face;
    std::u32string_view text;
  };
  class Clipped {
   public:
    Clipped(cairo_t* context, const Rect* clip) : context_(clip != nullptr ? context : nullptr) {
      if (context_ == nullptr) return;
      cairo_save(context_);
      cairo_rectangle(context_, clip->x0, clip->y0, clip->width(), clip->height());
      cairo_clip(context_);
    }
    ~Clipped() {
      if (context_ != nullptr) cairo_restore(context_);
    }
    Clipped(const Clipped&) = delete;
    Clipped& operator=(const Clipped&) = delete;

   private:
    cairo_t* context_;
  };

  std::vector<Piece> pieces_of(const Line& line) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      const platform::Fonts::Face* face = fonts_.face(line.font, line.text[i]);
      if (face == nullptr) face = fonts_.face(line.font, U'A');  // its sign for what it lacks
      if (!pieces.empty() && pieces.back().face == face)
        pieces.back().text = std::u32string_view(line.text).substr(static_cast<std::size_t>(pieces.back().text.data() - line.text.data()), pieces.back().text.size() + 1);
      else
        pieces.push_back({face, std::u32string_view(line.text).substr(i, 1)});
    }
    return pieces;
  }

  // Writes it, or only measures it; returns its width.
  double place(const Piece& piece, const Line& line, double x, double spread, bool show) {
    cairo_font_face_t* face = piece.face != nullptr ? faces_.get(*piece.face) : nullptr;
    if (face == nullptr) return 0;
    cairo_set_font_face(context_, face);
    cairo_set_font_size(context_, static_cast<double>(platform::Fonts::em(line.font) * scale_));
    cairo_scaled_font_t* font = cairo_get_scaled_font(context_);
    const std::string text = utf8_of(piece.text);
    cairo_glyph_t* glyphs = nullptr;
    cairo_text_cluster_t* clusters = nullptr;
    int glyph_count = 0, cluster_count = 0;
    cairo_text_cluster_flags_t flags{};
    if (cairo_scaled_font_text_to_glyphs(font, x, line.base.y, text.data(), static_cast<int>(text.size()), &glyphs, &glyph_count, &clusters, &cluster_count, &flags) !=
        CAIRO_STATUS_SUCCESS)
      return 0;
    cairo_text_extents_t extents{};
    cairo_scaled_font_glyph_extents(font, glyphs, glyph_count, &extents);
    if (show) {
      for (int i = 0; i < glyph_count; ++i) glyphs[i].x += spread * i;
      cairo_show_text_glyphs(context_, text.data(), static_cast<int>(text.size()), glyphs, glyph_count, clusters, cluster_count, flags);
    }
    cairo_glyph_free(glyphs);
    cairo_text_cluster_free(clusters);
    return extents.x_advance + spread * static_cast<double>(piece.text.size());
  }

  void set_color(Color color) { cairo_set_source_rgba(context_, channel(color, 0), channel(color, 8), channel(color, 16), channel(color, 24)); }

  // Called by Cairo, through which no exception may go.
  static cairo_status_t take(void* self, const unsigned char* bytes, unsigned int count) {
    auto& sheet = *static_cast<CairoSheet*>(self);
    if (sheet.failure_) return CAIRO_STATUS_WRITE_ERROR;
    try {
      sheet.file_.write({reinterpret_cast<const char*>(bytes), count});
      return CAIRO_STATUS_SUCCESS;
    } catch (...) {
      sheet.failure_ = std::current_exception();
      return CAIRO_STATUS_WRITE_ERROR;
    }
  }

  void release() {
    cairo_destroy(context_);
    if (!failure_) failure_ = std::make_exception_ptr(base::Failure(""));  // what an unfinished PDF still has to say goes nowhere
    cairo_surface_destroy(surface_);
  }

  store::OutputFile file_;
  platform::Fonts& fonts_;
  Faces faces_;
  float scale_;
  bool pdf_;
  cairo_surface_t* surface_ = nullptr;
  cairo_t* context_ = nullptr;
  std::exception_ptr failure_;
};

}  // namespace

std::unique_ptr<Sheet> make_cairo_sheet(const std::filesystem::path& file, const Page& page, platform::Fonts& fonts, bool pdf) {
  return std::make_unique<CairoSheet>(file, page, fonts, pdf);
}

}  // namespace forklight::app::figure
