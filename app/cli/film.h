// `forklight film`: a saved run becomes a film, or a directory of pictures.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

namespace forklight::app::cli {

class FilmCommand {
 public:
  explicit FilmCommand(CLI::App& app);
  [[nodiscard]] bool parsed() const { return command_->parsed(); }
  // Makes it, with what is left of the time on stderr where that is a terminal. Ctrl+C gives it up. The exit status.
  [[nodiscard]] int run(const std::filesystem::path& engine) const;

 private:
  CLI::App* command_;
  std::string run_, size_ = "1920x1080", axis_ = "time", theme_ = "stage", vision_ = "normal";
  std::optional<std::string> file_, frames_, subtitles_, range_;
  int fps_ = 60;
  double speed_ = 1, scale_ = 1;
  bool captions_ = false, window_ = false;
};

}  // namespace forklight::app::cli
