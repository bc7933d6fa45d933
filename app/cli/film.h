// `forklight film`: a saved run becomes a film, or a directory of pictures. `forklight tour`: a lesson that plays by itself, in the window or as
// a film.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

namespace forklight::app::cli {

// What a film is to be, as both say it.
struct FilmWishes {
  std::string size = "1920x1080", axis = "time", theme = "stage", vision = "normal";
  std::optional<std::string> file, frames, subtitles, range;
  int fps = 60;
  double speed = 1, scale = 1;
  bool captions = false, window = false;
};

class FilmCommand {
 public:
  explicit FilmCommand(CLI::App& app);
  [[nodiscard]] bool parsed() const { return command_->parsed(); }
  // Makes it, with what is left of the time on stderr where that is a terminal. Ctrl+C gives it up. The exit status.
  [[nodiscard]] int run(const std::filesystem::path& engine) const;

 private:
  CLI::App* command_;
  std::string run_;
  FilmWishes wishes_;
};

class TourCommand {
 public:
  explicit TourCommand(CLI::App& app);
  [[nodiscard]] bool parsed() const { return command_->parsed(); }
  [[nodiscard]] bool films() const { return wishes_.file || wishes_.frames; }
  // Its file, or its name. Throws base::UsageError or base::Failure if it is none.
  [[nodiscard]] const std::string& lecture() const;
  [[nodiscard]] int run(const std::filesystem::path& engine) const;  // the film of it

 private:
  CLI::App* command_;
  std::string lecture_;
  FilmWishes wishes_;
};

// For the window alone: a recording becomes a film. Its progress goes to standard output, in numbers.
class DevelopCommand {
 public:
  explicit DevelopCommand(CLI::App& app);
  [[nodiscard]] bool parsed() const { return command_->parsed(); }
  [[nodiscard]] int run() const;

 private:
  CLI::App* command_;
  std::optional<std::string> file_, frames_;
  std::string title_, program_ = "ffmpeg";
};

}  // namespace forklight::app::cli
