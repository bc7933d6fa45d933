#include "app/film/darkroom.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "app/i18n/i18n.h"
#include "core/base/error.h"
#include "core/base/posix_call.h"

extern char** environ;

namespace forklight::app::film {
namespace {

using i18n::tr;
namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(3);  // to take away what it has begun, to be gone once it is killed

bool is_film(const fs::path& target) {
  const std::string ending = target.extension().string();
  return ending == ".mp4" || ending == ".webm" || ending == ".gif";
}

// Who leads the group, and of the others those that have come to us: a window that has run lessons adopts orphans.
void reap_group(pid_t group) {
  base::retry_eintr([&] { return ::waitpid(group, nullptr, 0); });
  const auto patience = std::chrono::steady_clock::now() + kPatience;
  while (base::retry_eintr([&] { return ::waitpid(-group, nullptr, WNOHANG); }) >= 0 && std::chrono::steady_clock::now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

fs::path free_name(const fs::path& wanted) {
  fs::path name = wanted;
  std::error_code ignored;
  for (int number = 2; fs::exists(fs::symlink_status(name, ignored)); ++number)
    name = wanted.parent_path() / (wanted.stem().string() + "-" + std::to_string(number) + wanted.extension().string());
  return name;
}

bool has_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0;
  const char* const path = std::getenv("PATH");
  std::string_view left = path != nullptr ? path : "/bin:/usr/bin";
  for (;;) {
    const std::size_t colon = left.find(':');
    const fs::path file = fs::path(left.substr(0, colon)) / name;
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0) return true;
    if (colon == std::string_view::npos) return false;
    left.remove_prefix(colon + 1);
  }
}

Darkroom::~Darkroom() { give_up_all(); }

void Darkroom::add(Recording recording, fs::path target, std::string title, std::string language) {
  jobs_.push_back({std::move(recording), std::move(target), std::move(title), std::move(language)});
}

void Darkroom::start(Job& job) {
  job.target = free_name(job.target);
  std::vector<std::string> words = {forklight_.string(), "--lang", job.language, "develop", is_film(job.target) ? "--output" : "--frames", job.target.string(), "--title", job.title, "--program", program_};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  base::Pipe pipe = base::make_pipe();
  ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  words_ = base::Fd(base::posix_call("memfd_create", [] { return ::memfd_create("develop", MFD_CLOEXEC); }));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, job.recording.log.get(), 0);
  ::posix_spawn_file_actions_adddup2(&actions, pipe.write.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, words_.get(), 2);
  // Ctrl+C in a terminal is the window's: it decides what becomes of the film.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int error = ::posix_spawn(&pid_, forklight_.c_str(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  progress_ = {};
  line_.clear();
  if (error != 0) {
    pid_ = -1;
    throw base::Failure(tr("recording.not_started", fmt::arg("path", forklight_.string()), fmt::arg("reason", base::error_text(error))));
  }
  told_ = std::move(pipe.read);
}

// Lines of three numbers: the picture it is at, how many there are, milliseconds left.
void Darkroom::read_progress() {
  std::array<char, 512> part{};
  for (;;) {
    const ssize_t got = base::retry_eintr([&] { return ::read(told_.get(), part.data(), part.size()); });
    if (got <= 0) return;
    line_.append(part.data(), static_cast<std::size_t>(got));
    for (std::size_t end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
      unsigned long long frame = 0, frames = 0, left_ms = 0;
      if (std::sscanf(line_.c_str(), "%llu %llu %llu", &frame, &frames, &left_ms) == 3) progress_ = {frame, frames, static_cast<double>(left_ms) / 1000};
      line_.erase(0, end + 1);
    }
  }
}

std::optional<Darkroom::News> Darkroom::update() {
  if (jobs_.empty()) return std::nullopt;
  Job& job = jobs_.front();
  News news;
  if (pid_ < 0) {
    try {
      if (!job.given_up) return start(job), std::nullopt;
    } catch (const std::exception& failure) {
      news.failure = failure.what();
    }
  } else {
    read_progress();
    siginfo_t end{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG | WNOWAIT) != 0 || end.si_pid == 0) return std::nullopt;
    read_progress();
    const bool made = end.si_code == CLD_EXITED && end.si_status == 0;
    if (!made) ::kill(-pid_, SIGKILL);  // its ffmpeg, if it could not end that itself; the group's number is taken as long as this one is not reaped
    reap_group(pid_);
    if (made) {
      news.made = job.target;
      news.pictures = progress_.frames;
    } else {
      // Ended by force it could not take away what it had begun.
      std::error_code ignored;
      if (is_film(job.target)) fs::remove(unfinished_name(job.target, pid_), ignored);
      news.failure = job.given_up ? std::string() : last_line(words_.get());
      if (news.failure.empty() && !job.given_up) news.failure = tr("recording.ended", fmt::arg("path", job.target.string()));
    }
    pid_ = -1;
    told_.reset();
    words_.reset();
  }
  news.recording = std::move(job.recording);
  news.recording.log.reset();
  jobs_.pop_front();
  progress_ = {};
  return news;
}

void Darkroom::give_up() {
  if (jobs_.empty()) return;
  jobs_.front().given_up = true;
  if (pid_ > 0) ::kill(pid_, SIGTERM);
}

void Darkroom::give_up_all() {
  while (jobs_.size() > 1) jobs_.pop_back();
  give_up();
  for (const auto patience = std::chrono::steady_clock::now() + kPatience; busy(); std::this_thread::sleep_for(std::chrono::milliseconds(2))) {
    if (pid_ > 0 && std::chrono::steady_clock::now() > patience) ::kill(pid_, SIGKILL);
    (void)update();
  }
}

}  // namespace forklight::app::film
