// Makes films of recordings while the window goes on: one after the other, each by a process of its own with little weight. That process is
// this program; the recording is its standard input.
#pragma once

#include <sys/types.h>

#include <deque>
#include <filesystem>
#include <optional>
#include <string>

#include "app/film/output.h"
#include "app/film/recorder.h"
#include "core/base/fd.h"

namespace forklight::app::film {

class Darkroom {
 public:
  // `forklight`: the program that makes them; `program`: what stands for ffmpeg.
  explicit Darkroom(std::filesystem::path forklight, std::string program = "ffmpeg") : forklight_(std::move(forklight)), program_(std::move(program)) {}
  ~Darkroom();  // what is not made by then is given up
  Darkroom(const Darkroom&) = delete;
  Darkroom& operator=(const Darkroom&) = delete;

  // `target`: a film by its ending, or else a directory for pictures. A name that is there already by the time it is made gets a number.
  void add(Recording recording, std::filesystem::path target, std::string title, std::string language);
  struct News {
    std::filesystem::path made;  // empty if it was given up or failed
    std::string failure;         // one sentence
    Recording recording;         // what it was made of, without its log
    std::uint64_t pictures = 0;
  };
  [[nodiscard]] std::optional<News> update();  // to be called often; waits for nothing but what it has killed
  [[nodiscard]] bool busy() const noexcept { return !jobs_.empty(); }
  [[nodiscard]] int waiting() const noexcept { return jobs_.empty() ? 0 : static_cast<int>(jobs_.size()) - 1; }
  [[nodiscard]] const Progress& progress() const noexcept { return progress_; }  // of the one that is being made; 0 of 0: it has just begun
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }                      // that makes it; -1: nobody
  void give_up();  // the one that is being made: nothing of it stays
  void give_up_all();

 private:
  struct Job {
    Recording recording;
    std::filesystem::path target;
    std::string title, language;
    bool given_up = false;
  };
  void start(Job& job);
  void read_progress();

  std::filesystem::path forklight_;
  std::string program_;
  std::deque<Job> jobs_;  // the first is being made
  Progress progress_;
  std::string line_;       // of what it tells, as far as it has come
  base::Fd told_, words_;  // how far it is; what it says goes wrong, as a file of no name
  pid_t pid_ = -1;
};

// The same name, or else with a number behind it: one that is not there.
[[nodiscard]] std::filesystem::path free_name(const std::filesystem::path& wanted);
// Whether there is such a program where programs are looked for.
[[nodiscard]] bool has_program(const std::string& name);

}  // namespace forklight::app::film
