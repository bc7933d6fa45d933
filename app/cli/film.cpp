#include "app/cli/film.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>

#include "app/cli/cli.h"
#include "app/cli/duration.h"
#include "app/film/develop.h"
#include "app/film/film.h"
#include "app/i18n/i18n.h"
#include "app/session/lecture.h"
#include "core/base/error.h"
#include "core/base/posix_call.h"

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

film::FilmOptions options_of(const FilmWishes& wishes) {
  film::FilmOptions options;
  if (wishes.file) options.file = *wishes.file;
  if (wishes.frames) options.frames = *wishes.frames;
  if (wishes.subtitles) options.subtitles = *wishes.subtitles;
  read_size(wishes.size, options);
  if (wishes.range) read_range(*wishes.range, options);
  options.fps = wishes.fps;
  options.speed = wishes.speed;
  options.scale = wishes.scale;
  options.axis = one_of<timeline::AxisKind>(wishes.axis, {{"time", timeline::AxisKind::time}, {"order", timeline::AxisKind::order}}, "--axis");
  options.theme = one_of<session::ThemeName>(wishes.theme, {{"stage", session::ThemeName::stage}, {"paper", session::ThemeName::paper}}, "--theme");
  using session::Vision;
  options.vision = one_of<Vision>(wishes.vision, {{"normal", Vision::normal}, {"protanopia", Vision::protanopia}, {"deuteranopia", Vision::deuteranopia}, {"tritanopia", Vision::tritanopia}}, "--vision");
  options.captions = wishes.captions;
  options.window = wishes.window;
  return options;
}

void watch_for_the_end() {
  struct sigaction action {};
  action.sa_handler = [](int) { given_up = 1; };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

// `make` makes it, and is told where it is.
int with_progress(const std::function<bool(const std::function<bool(const film::Progress&)>&)>& make) {
  watch_for_the_end();
  const bool seen = ::isatty(STDERR_FILENO) != 0;
  const bool made = make([&](const film::Progress& progress) {
    if (seen && progress.frames > 0) {
      const std::string words = tr("film.progress", fmt::arg("percent", progress.frame * 100 / progress.frames), fmt::arg("seconds", std::lround(progress.seconds_left)));
      std::fprintf(stderr, "\r%s\x1b[K%s", words.c_str(), progress.frame == progress.frames ? "\n" : "");
    }
    return given_up == 0;
  });
  if (made) return kOk;
  std::fprintf(stderr, "%s%s\n", seen ? "\n" : "", std::string(tr("film.given_up")).c_str());
  return kFailure;
}

void add_looks(CLI::App& command, FilmWishes& wishes) {
  command.add_option("--frames", wishes.frames, "Instead of a film, a PNG for each picture in this directory: needs no ffmpeg");
  command.add_option("--vtt", wishes.subtitles, "The captions as WebVTT beside it");
  command.add_option("--size", wishes.size, "Pixels, e.g. 1280x720 (default 1920x1080)");
  command.add_option("--fps", wishes.fps, "Pictures a second (default 60)");
  command.add_option("--theme", wishes.theme, "stage (dark) or paper (light)");
  command.add_option("--scale", wishes.scale, "Text size, 0.5 to 4");
  command.add_option("--vision", wishes.vision, "As seen with: protanopia, deuteranopia, tritanopia");
  command.add_flag("--window", wishes.window, "The whole window instead of timeline and program");
}

}  // namespace

FilmCommand::FilmCommand(CLI::App& app) : command_(app.add_subcommand("film", "Make a film of a saved run, without a screen")) {
  command_->add_option("file", run_, "The run (.flt)")->required();
  command_->add_option("-o,--output", wishes_.file, "The film: .mp4 (H.264), .webm (VP9) or .gif; ffmpeg makes it");
  add_looks(*command_, wishes_);
  command_->add_option("--speed", wishes_.speed, "0.25: four times slower than it ran");
  command_->add_option("--range", wishes_.range, "A part of the run: 1.2s..1.5s, ..2s, 500ms..");
  command_->add_option("--axis", wishes_.axis, "time or order");
  command_->add_flag("--captions", wishes_.captions, "What happens, in plain words, in the picture");
}

int FilmCommand::run(const std::filesystem::path& engine) const {
  film::FilmOptions options = options_of(wishes_);
  options.run = run_;
  return with_progress([&](const auto& told) { return film::make_film(options, engine, told); });
}

TourCommand::TourCommand(CLI::App& app) : command_(app.add_subcommand("tour", "A lesson that plays by itself: in the window, or as a film")) {
  command_->add_option("file", lecture_, fmt::format("The tour (.json), or one of: {}", fmt::join(session::lecture_names(), ", ")))->required();
  command_->add_option("--film", wishes_.file, "Make a film of it: .mp4 (H.264), .webm (VP9) or .gif; ffmpeg makes it");
  add_looks(*command_, wishes_);
}

const std::string& TourCommand::lecture() const {
  (void)session::find_lecture(lecture_);
  return lecture_;
}

int TourCommand::run(const std::filesystem::path& engine) const {
  const session::Lecture lecture = session::find_lecture(lecture_);
  const film::FilmOptions options = options_of(wishes_);
  return with_progress([&](const auto& told) { return film::make_tour_film(options, lecture, engine, told); });
}

DevelopCommand::DevelopCommand(CLI::App& app) : command_(app.add_subcommand("develop", "Make a film of what a window recorded: on standard input")) {
  command_->add_option("--output", file_, "The film");
  command_->add_option("--frames", frames_, "Instead of a film, a PNG for each picture in this directory");
  command_->add_option("--title", title_, "Its title");
  command_->add_option("--program", program_, "What stands for ffmpeg");
  command_->group("");  // the window's own
}

int DevelopCommand::run() const {
  constexpr int kNice = 10;  // the window and its lesson come first
  errno = 0;
  (void)!::nice(kNice);
  watch_for_the_end();
  ::signal(SIGPIPE, SIG_IGN);
  film::DevelopOptions options;
  if (file_) options.file = *file_;
  if (frames_) options.frames = *frames_;
  if (options.file.has_value() == options.frames.has_value()) throw base::UsageError(tr("film.where"));
  options.title = title_;
  options.program = program_;
  const bool made = film::develop(STDIN_FILENO, options, [](const film::Progress& progress) {
    const std::string line = fmt::format("{} {} {}\n", progress.frame, progress.frames, std::llround(progress.seconds_left * 1000));
    // Where nobody listens any more, nobody waits for the film.
    return given_up == 0 && base::write_all(STDOUT_FILENO, line.data(), line.size());
  });
  if (!made) std::fprintf(stderr, "%s\n", std::string(tr("film.given_up")).c_str());
  return made ? kOk : kFailure;
}

}  // namespace forklight::app::cli
