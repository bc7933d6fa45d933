#include "app/film/encoder.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <utility>

#include "app/film/yuv.h"
#include "app/i18n/i18n.h"
#include "core/base/error.h"
#include "core/base/posix_call.h"

extern char** environ;

namespace forklight::app::film {
namespace {

using i18n::tr;
namespace fs = std::filesystem;

std::vector<std::string> codec(const fs::path& file) {
  const std::string ending = file.extension().string();
  // Whatever a player can show: 4:2:0. The header in front, so that it plays while it is loaded.
  if (ending == ".mp4") return {"-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-movflags", "+faststart", "-f", "mp4"};
  if (ending == ".webm")
    return {"-c:v", "libvpx-vp9", "-crf", "30", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1", "-f", "webm"};
  if (ending == ".gif") return {"-vf", "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=none:diff_mode=rectangle", "-f", "gif"};
  throw base::UsageError(tr("film.ending", fmt::arg("path", file.string())));
}

// A GIF chooses its colours from those that are drawn; all others keep light and colour apart, as to_yuv() does.
bool keeps_light_and_color(const fs::path& file) { return file.extension() != ".gif"; }

// "=", ";", "#", "\" and line ends mean something to ffmpeg's list of chapters.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("=;#\\\n").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string last_line(int fd) {
  std::array<char, 4096> tail{};
  const off_t size = ::lseek(fd, 0, SEEK_END);
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(tail.size()));
  const ssize_t got = ::pread(fd, tail.data(), tail.size(), from);
  std::string text(tail.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  const auto line = text.find_last_of("\r\n");
  return line == std::string::npos ? text : text.substr(line + 1);
}

fs::path unfinished_name(const fs::path& file, pid_t maker) {
  return file.parent_path() / fmt::format(".{}.unfinished-{}{}", file.stem().string(), maker, file.extension().string());
}

void check_place(const fs::path& file) {
  const fs::path directory = file.parent_path().empty() ? fs::path(".") : file.parent_path();
  std::error_code error;
  if (!fs::is_directory(directory, error)) throw base::UsageError(tr("film.no_directory", fmt::arg("path", directory.string())));
  if (::access(directory.c_str(), W_OK | X_OK) != 0) throw base::UsageError(tr("film.not_writable", fmt::arg("path", directory.string()), fmt::arg("reason", base::error_text(errno))));
}

Encoder::Encoder(EncoderOptions options) : options_(std::move(options)), light_and_color_(keeps_light_and_color(options_.file)) {
  (void)codec(options_.file);
  check_place(options_.file);
  unfinished_ = unfinished_name(options_.file, ::getpid());
  if (!options_.chapters.empty()) {
    chapters_ = fs::path(unfinished_.string() + ".chapters");
    std::ofstream out(chapters_);
    out << ";FFMETADATA1\n";
    for (const Chapter& chapter : options_.chapters)
      out << "[CHAPTER]\nTIMEBASE=1/1000\nSTART=" << chapter.begin_ms << "\nEND=" << chapter.end_ms << "\ntitle=" << escaped(chapter.title) << '\n';
    out.close();
    if (!out) {
      end();
      throw base::Failure(tr("film.not_written", fmt::arg("path", options_.file.string()), fmt::arg("reason", base::error_text(errno))));
    }
  }
  try {
    start();
  } catch (...) {
    end();
    throw;
  }
}

void Encoder::start() {
  std::vector<std::string> words = {options_.program, "-hide_banner", "-loglevel", "error", "-nostdin", "-xerror", "-y", "-f", "rawvideo", "-pix_fmt", light_and_color_ ? "yuv420p" : "bgra", "-s",
                                    std::to_string(options_.width) + "x" + std::to_string(options_.height), "-r", std::to_string(options_.fps), "-i", "pipe:0"};
  if (!chapters_.empty()) words.insert(words.end(), {"-i", chapters_.string(), "-map", "0:v", "-map_metadata", "1"});
  words.insert(words.end(), {"-metadata", "title=" + options_.title, "-fflags", "+bitexact", "-flags:v", "+bitexact"});
  // Which colours they are, or a player has to guess.
  if (light_and_color_)
    words.insert(words.end(), {"-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-chroma_sample_location", "center"});
  for (std::string& word : codec(options_.file)) words.push_back(std::move(word));
  words.push_back(unfinished_.string());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  ::signal(SIGPIPE, SIG_IGN);  // an ffmpeg that has ended is said in words
  base::Pipe pipe = base::make_pipe();
  words_ = base::Fd(base::posix_call("memfd_create", [] { return ::memfd_create("ffmpeg", MFD_CLOEXEC); }));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe.read.get(), 0);
  ::posix_spawn_file_actions_adddup2(&actions, words_.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, words_.get(), 2);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  if (options_.own_group) {
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  }
  const int error = ::posix_spawnp(&pid_, options_.program.c_str(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    throw base::Failure(error == ENOENT ? std::string(tr("film.no_ffmpeg")) : tr("film.not_started", fmt::arg("reason", base::error_text(error))));
  }
  pictures_ = std::move(pipe.write);
  ::fcntl(pictures_.get(), F_SETPIPE_SZ, 1 << 20);  // fewer turns between the two; where that is refused it goes without
}

Encoder::~Encoder() { end(); }

void Encoder::end() noexcept {
  pictures_.reset();
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    base::retry_eintr([&] { return ::waitpid(pid_, nullptr, 0); });
    pid_ = -1;
  }
  std::error_code ignored;
  for (const fs::path& left : {unfinished_, chapters_})
    if (!left.empty()) fs::remove(left, ignored);
}

void Encoder::fail() {
  const std::string reason = last_line(words_.get());
  end();
  throw base::Failure(tr("film.not_written", fmt::arg("path", options_.file.string()), fmt::arg("reason", reason.empty() ? std::string(tr("film.ffmpeg_ended")) : reason)));
}

void Encoder::add(std::span<const std::uint8_t> pixels, std::span<const platform::PixelRect> changed) {
  frame_.resize(light_and_color_ ? pixels.size() / 8 * 3 : pixels.size());
  for (const platform::PixelRect& part : changed) (light_and_color_ ? to_yuv : turn_over)(pixels, options_.width, options_.height, part, frame_);
  for (std::span<const std::uint8_t> left = frame_; !left.empty();) {
    const ssize_t written = base::retry_eintr([&] { return ::write(pictures_.get(), left.data(), left.size()); });
    if (written < 0) fail();
    left = left.subspan(static_cast<std::size_t>(written));
  }
}

void Encoder::finish() {
  pictures_.reset();
  int status = 0;
  base::retry_eintr([&] { return ::waitpid(std::exchange(pid_, -1), &status, 0); });
  std::error_code error;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || fs::file_size(unfinished_, error) == 0 || error) fail();
  fs::rename(unfinished_, options_.file, error);
  if (error) fail();
  end();
}

}  // namespace forklight::app::film
