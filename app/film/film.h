// A film of a saved run: drawn without a screen, at the film's own size, picture by picture of the run's time. The same run and the same
// wishes give the same film.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "app/film/output.h"
#include "app/session/lecture.h"
#include "app/session/ui_state.h"

namespace forklight::app::film {

struct FilmOptions {
  std::filesystem::path run;                // .flt
  std::optional<std::filesystem::path> file;    // .mp4, .webm or .gif
  std::optional<std::filesystem::path> frames;  // else a directory for a PNG each: 000001.png …
  std::optional<std::filesystem::path> subtitles;  // the captions as WebVTT beside it
  int width = 1920, height = 1080, fps = 60;
  double speed = 1;  // of the run's time to the film's
  double scale = 1;  // of the text
  std::optional<double> from_s, to_s;  // of the run, in seconds since its begin
  timeline::AxisKind axis = timeline::AxisKind::time;
  session::ThemeName theme = session::ThemeName::stage;
  session::Vision vision = session::Vision::normal;
  bool captions = false;  // burnt in
  bool window = false;    // the whole window; else the timeline and the program, as presented
  std::string program = "ffmpeg";
};

// As many pictures as a film may have: an hour at sixty a second, and more than that nobody waits for.
inline constexpr std::uint64_t kMostFrames = 60 * 60 * 60;

// Makes it. `told` is called now and then; where it returns false the film is given up, and nothing of it stays. True if it is there.
// Throws base::UsageError or base::Failure, one sentence.
bool make_film(const FilmOptions& options, const std::filesystem::path& engine, const std::function<bool(const Progress&)>& told);

// A tour played on real processes, without a screen, and then filmed as it went: the same pictures that its window would have had, at the
// film's size. Of `options` it takes the looks, and where it goes. Throws as well if the tour could not go on.
bool make_tour_film(const FilmOptions& options, const session::Lecture& lecture, const std::filesystem::path& engine, const std::function<bool(const Progress&)>& told);

}  // namespace forklight::app::film
