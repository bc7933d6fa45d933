#include "app/film/film.h"

#include <cairo.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>

#include "app/film/encoder.h"
#include "app/film/subtitles.h"
#include "app/i18n/i18n.h"
#include "app/panels/layout.h"
#include "app/platform/fonts.h"
#include "app/platform/offscreen.h"
#include "app/platform/theme.h"
#include "app/session/session.h"
#include "core/base/clock.h"
#include "core/base/error.h"

namespace forklight::app::film {
namespace {

using i18n::tr;
namespace fs = std::filesystem;

constexpr double kLead = 0.5, kTail = 2.5;  // seconds of the film before the run and after it
constexpr auto kTellEvery = std::chrono::milliseconds(200);

void check(const FilmOptions& options) {
  const auto within = [](auto value, auto least, auto most, const char* what) {
    if (!(value >= least && value <= most)) throw base::UsageError(tr("film.out_of_range", fmt::arg("what", what), fmt::arg("least", least), fmt::arg("most", most)));
  };
  within(options.width, 160, 7680, "--size");
  within(options.height, 120, 4320, "--size");
  within(options.fps, 1, 120, "--fps");
  within(options.speed, 0.0001, 1000.0, "--speed");
  within(options.scale, 0.5, 4.0, "--scale");
  if (options.width % 2 != 0 || options.height % 2 != 0) throw base::UsageError(tr("film.odd_size"));
  if (options.file.has_value() == options.frames.has_value()) throw base::UsageError(tr("film.where"));
}

// Film time to run time, and back.
struct Clock {
  std::int64_t begin_ns, end_ns;
  double speed;
  [[nodiscard]] std::int64_t run_ns(double film_s) const {
    const double ns = (film_s - kLead) * speed * 1e9;
    return std::clamp(begin_ns + static_cast<std::int64_t>(std::llround(std::max(ns, 0.0))), begin_ns, end_ns);
  }
  [[nodiscard]] double film_s(std::int64_t run_ns) const { return kLead + static_cast<double>(run_ns - begin_ns) / 1e9 / speed; }
  [[nodiscard]] double length_s() const { return film_s(end_ns) + kTail; }
};

Clock clock_of(const session::Session::Stretch& run, const FilmOptions& options) {
  const auto at = [&](double seconds) { return run.begin_ns + static_cast<std::int64_t>(std::llround(seconds * 1e9)); };
  Clock clock{run.begin_ns, run.end_ns, options.speed};
  if (options.from_s) clock.begin_ns = std::clamp(at(*options.from_s), run.begin_ns, run.end_ns);
  if (options.to_s) clock.end_ns = std::clamp(at(*options.to_s), clock.begin_ns, run.end_ns);
  if (clock.begin_ns >= clock.end_ns) throw base::UsageError(tr("film.empty"));
  return clock;
}

void write_png(const platform::Offscreen& screen, std::span<const std::uint8_t> pixels, const fs::path& file) {
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, screen.width(), screen.height()), &cairo_surface_destroy);
  cairo_status_t status = cairo_surface_status(image.get());
  if (status == CAIRO_STATUS_SUCCESS) {
    const auto pitch = static_cast<std::size_t>(screen.width()) * 4, rows = static_cast<std::size_t>(screen.height());
    unsigned char* const to = cairo_image_surface_get_data(image.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(image.get()));
    for (std::size_t row = 0; row < rows; ++row) std::memcpy(to + row * stride, pixels.data() + (rows - 1 - row) * pitch, pitch);
    cairo_surface_mark_dirty(image.get());
    status = cairo_surface_write_to_png(image.get(), file.c_str());
  }
  if (status != CAIRO_STATUS_SUCCESS) throw base::Failure(tr("film.not_written", fmt::arg("path", file.string()), fmt::arg("reason", cairo_status_to_string(status))));
}

// The pictures as files of their own; given up, those that were made go again.
class Pictures {
 public:
  explicit Pictures(const fs::path& directory) : directory_(directory) {
    std::error_code error;
    made_directory_ = fs::create_directory(directory_, error);
    if (error || !fs::is_directory(directory_)) throw base::UsageError(tr("film.no_directory", fmt::arg("path", directory_.string())));
    if (!fs::is_empty(directory_, error)) throw base::UsageError(tr("film.not_empty", fmt::arg("path", directory_.string())));
  }
  ~Pictures() {
    if (kept_) return;
    std::error_code ignored;
    for (std::uint64_t n = 1; n <= count_ + 1; ++n) fs::remove(name(n), ignored);
    if (made_directory_) fs::remove(directory_, ignored);
  }
  Pictures(const Pictures&) = delete;
  Pictures& operator=(const Pictures&) = delete;
  void add(const platform::Offscreen& screen, std::span<const std::uint8_t> pixels, bool again) {
    const fs::path file = name(count_ + 1);
    if (again && count_ > 0) {  // the same picture: the same file once more
      std::error_code error;
      fs::copy_file(name(count_), file, error);
      if (error) throw base::Failure(tr("film.not_written", fmt::arg("path", file.string()), fmt::arg("reason", error.message())));
    } else {
      write_png(screen, pixels, file);
    }
    ++count_;
  }
  void keep() noexcept { kept_ = true; }

 private:
  [[nodiscard]] fs::path name(std::uint64_t number) const { return directory_ / fmt::format("{:06}.png", number); }
  fs::path directory_;
  std::uint64_t count_ = 0;
  bool made_directory_ = false, kept_ = false;
};

// What the person chose, as the window would show it.
session::UiState state_of(const FilmOptions& options) {
  session::UiState ui;
  ui.theme = options.theme;
  ui.axis = options.axis;
  ui.presenting = !options.window;
  ui.filmed = true;
  ui.audience.captions = ui.audience.presented_captions = options.captions;
  ui.audience.reduced_motion = true;  // what eases would ease by the clock on the wall
  ui.right_width = std::max(ui.right_width, static_cast<float>(options.width / options.scale) * 0.27f);
  ui.bottom_height = std::clamp(static_cast<float>(options.height / options.scale) * 0.3f, 200.0f, 340.0f);
  return ui;
}

// Presented, text is as large as the window has it there.
float text_scale(const FilmOptions& options) {
  const float stage = options.window ? 1.0f : std::clamp(static_cast<float>(options.width) / 1000.0f, 1.0f, 2.0f);
  return static_cast<float>(options.scale) * stage;
}

}  // namespace

bool make_film(const FilmOptions& options, const fs::path& engine, const std::function<bool(const Progress&)>& told) {
  check(options);
  session::Session session(engine);
  // Of the whole run: captions and chapters are known before the first picture is drawn.
  session.open(options.run);
  const timeline::Model& known = session.model();
  if (known.events().empty()) throw base::UsageError(tr("film.empty"));
  const Clock clock = clock_of({known.begin_ns(), known.end_ns()}, options);
  const double length = clock.length_s() * options.fps;
  if (length > static_cast<double>(kMostFrames)) throw base::UsageError(tr("film.too_long", fmt::arg("minutes", std::llround(clock.length_s() / 60)), fmt::arg("most", kMostFrames / 3600)));
  const auto frames = static_cast<std::uint64_t>(std::ceil(length));
  const auto dwell_ns = static_cast<std::int64_t>(static_cast<double>(session::kCaptionDwell) * options.speed);
  const Lines lines = lines_of(known, dwell_ns, [&](std::int64_t run_ns) { return std::clamp(clock.film_s(run_ns), 0.0, clock.length_s()); }, clock.length_s());

  platform::Offscreen screen(options.width, options.height);
  platform::set_theme(options.theme);
  platform::Fonts fonts;
  fonts.need(i18n::all_text(i18n::language()));
  fonts.need(session.python());
  fonts.need(session.cpp());
  for (const timeline::Task& task : known.tasks()) fonts.need(task.name);
  for (const timeline::ConsoleLine& line : known.console()) fonts.need(line.text);
  for (const Line& line : lines.captions) fonts.need(line.words);
  if (fonts.update(text_scale(options))) screen.upload_fonts();
  if (!fonts.notice().empty()) throw base::Failure(fonts.notice());

  std::optional<Encoder> encoder;
  std::optional<Pictures> pictures;
  if (options.file) {
    EncoderOptions wanted{*options.file, options.width, options.height, options.fps, std::string(tr("scenario." + std::string(session.scenario().id) + ".title")), {}, options.program};
    for (const Line& line : lines.chapters) wanted.chapters.push_back({std::llround(line.begin_s * 1000), std::llround(line.end_s * 1000), line.words});
    encoder.emplace(std::move(wanted));
  } else {
    pictures.emplace(*options.frames);
  }

  session.play(options.run);
  session::UiState ui = state_of(options);
  session::Context context{session, ui};
  timeline_view::TimelineView timeline;
  panels::PanelState panels;
  panels.captions = session::CaptionTrack(dwell_ns);
  const auto began = std::chrono::steady_clock::now();
  auto last_told = began - kTellEvery;
  for (std::uint64_t frame = 0; frame < frames; ++frame) {
    session.play_to(clock.run_ns(static_cast<double>(frame) / options.fps));
    // Panels take the sizes that they measured one frame before: the first one is drawn twice.
    for (int pass = frame == 0 ? 0 : 1; pass < 2; ++pass) {
      screen.begin_frame(1.0 / options.fps);
      panels::draw_frame(context, timeline, panels);
      ui.pushed.clear();
      const bool fresh = screen.end_frame(options.vision);
      if (pass == 0) continue;
      if (encoder) encoder->add(screen.pixels());
      if (pictures) pictures->add(screen, screen.pixels(), !fresh);
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - last_told < kTellEvery && frame + 1 < frames) continue;
    last_told = now;
    const double each = std::chrono::duration<double>(now - began).count() / static_cast<double>(frame + 1);
    if (!told({frame + 1, frames, each * static_cast<double>(frames - frame - 1)})) return false;
  }
  if (options.subtitles) write_subtitles(lines.captions, *options.subtitles);
  if (encoder) encoder->finish();
  if (pictures) pictures->keep();
  return true;
}

}  // namespace forklight::app::film
