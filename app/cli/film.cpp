#include "app/cli/film.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "app/cli/cli.h"
#include "app/cli/duration.h"
#include "app/film/film.h"
#include "app/i18n/i18n.h"
#include "core/base/error.h"

namespace forklight::app::cli {
namespace {

using i18n::tr;

volatile sig_atomic_t given_up = 0;

template <typename Choice>
Choice one_of(const std::string& word, std::initializer_list<std::pair<const char*, Choice>> choices, const char* option) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (word == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  throw base::UsageError(tr("film.bad_choice", fmt::arg("option", option), fmt::arg("word", word), fmt::arg("names", names)));
}

void read_size(const std::string& text, film::FilmOptions& options) {
  const char* const last = text.data() + text.size();
  const auto [cross, error] = std::from_chars(text.data(), last, options.width);
  const bool good = error == std::errc{} && cross != last && *cross == 'x' && std::from_chars(cross + 1, last, options.height).ptr == last && cross + 1 != last;
  if (!good) throw base::UsageError(tr("film.bad_size", fmt::arg("text", text)));
}

// "1.2s..1.5s", "..2s", "500ms..": since the run's begin.
void read_range(const std::string& text, film::FilmOptions& options) {
  const auto dots = text.find("..");
  if (dots == std::string::npos || text.size() == 2) throw base::UsageError(tr("film.bad_range", fmt::arg("text", text)));
  const auto seconds = [](std::string_view part) { return std::chrono::duration<double>(parse_duration(part)).count(); };
  const std::string_view from = std::string_view(text).substr(0, dots), to = std::string_view(text).substr(dots + 2);
  if (!from.empty() && from != "0" && from != "0s") options.from_s = seconds(from);
  if (!to.empty()) options.to_s = seconds(to);
}

}  // namespace

FilmCommand::FilmCommand(CLI::App& app) : command_(app.add_subcommand("film", "Make a film of a saved run, without a screen")) {
  command_->add_option("file", run_, "The run (.flt)")->required();
  command_->add_option("-o,--output", file_, "The film: .mp4 (H.264), .webm (VP9) or .gif; ffmpeg makes it");
  command_->add_option("--frames", frames_, "Instead of a film, a PNG for each picture in this directory: needs no ffmpeg");
  command_->add_option("--vtt", subtitles_, "The captions as WebVTT beside it");
  command_->add_option("--size", size_, "Pixels, e.g. 1280x720 (default 1920x1080)");
  command_->add_option("--fps", fps_, "Pictures a second (default 60)");
  command_->add_option("--speed", speed_, "0.25: four times slower than it ran");
  command_->add_option("--range", range_, "A part of the run: 1.2s..1.5s, ..2s, 500ms..");
  command_->add_option("--axis", axis_, "time or order");
  command_->add_option("--theme", theme_, "stage (dark) or paper (light)");
  command_->add_option("--scale", scale_, "Text size, 0.5 to 4");
  command_->add_option("--vision", vision_, "As seen with: protanopia, deuteranopia, tritanopia");
  command_->add_flag("--captions", captions_, "What happens, in plain words, in the picture");
  command_->add_flag("--window", window_, "The whole window instead of timeline and program");
}

int FilmCommand::run(const std::filesystem::path& engine) const {
  film::FilmOptions options;
  options.run = run_;
  if (file_) options.file = *file_;
  if (frames_) options.frames = *frames_;
  if (subtitles_) options.subtitles = *subtitles_;
  read_size(size_, options);
  if (range_) read_range(*range_, options);
  options.fps = fps_;
  options.speed = speed_;
  options.scale = scale_;
  options.axis = one_of<timeline::AxisKind>(axis_, {{"time", timeline::AxisKind::time}, {"order", timeline::AxisKind::order}}, "--axis");
  options.theme = one_of<session::ThemeName>(theme_, {{"stage", session::ThemeName::stage}, {"paper", session::ThemeName::paper}}, "--theme");
  using session::Vision;
  options.vision = one_of<Vision>(vision_, {{"normal", Vision::normal}, {"protanopia", Vision::protanopia}, {"deuteranopia", Vision::deuteranopia}, {"tritanopia", Vision::tritanopia}}, "--vision");
  options.captions = captions_;
  options.window = window_;

  struct sigaction action {};
  action.sa_handler = [](int) { given_up = 1; };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
  const bool seen = ::isatty(STDERR_FILENO) != 0;
  const bool made = film::make_film(options, engine, [&](const film::Progress& progress) {
    if (seen) {
      const std::string words = tr("film.progress", fmt::arg("percent", progress.frame * 100 / progress.frames), fmt::arg("seconds", std::lround(progress.seconds_left)));
      std::fprintf(stderr, "\r%s\x1b[K%s", words.c_str(), progress.frame == progress.frames ? "\n" : "");
    }
    return given_up == 0;
  });
  if (made) return kOk;
  std::fprintf(stderr, "%s%s\n", seen ? "\n" : "", std::string(tr("film.given_up")).c_str());
  return kFailure;
}

}  // namespace forklight::app::cli
