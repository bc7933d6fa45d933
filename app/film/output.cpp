#include "app/film/output.h"

#include <system_error>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/platform/png.h"
#include "core/base/error.h"

namespace forklight::app::film {

using i18n::tr;
namespace fs = std::filesystem;

// The pictures as files of their own; given up, those that were made go again.
class Output::Pictures {
 public:
  Pictures(const fs::path& directory, int width, int height) : directory_(directory), width_(width), height_(height) {
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
  void add(std::span<const std::uint8_t> pixels, bool again) {
    const fs::path file = name(count_ + 1);
    if (again && count_ > 0) {  // the same picture: the same file once more
      std::error_code error;
      fs::copy_file(name(count_), file, error);
      if (error) throw base::Failure(tr("film.not_written", fmt::arg("path", file.string()), fmt::arg("reason", error.message())));
    } else {
      const std::string reason = platform::write_png(pixels, width_, height_, file);
      if (!reason.empty()) throw base::Failure(tr("film.not_written", fmt::arg("path", file.string()), fmt::arg("reason", reason)));
    }
    ++count_;
  }
  void keep() noexcept { kept_ = true; }

 private:
  [[nodiscard]] fs::path name(std::uint64_t number) const { return directory_ / fmt::format("{:06}.png", number); }
  fs::path directory_;
  int width_, height_;
  std::uint64_t count_ = 0;
  bool made_directory_ = false, kept_ = false;
};

Output::Output(OutputOptions options) {
  if (options.file)
    encoder_.emplace(EncoderOptions{*options.file, options.width, options.height, options.fps, std::move(options.title), std::move(options.chapters), std::move(options.program), options.own_group});
  else
    pictures_ = std::make_unique<Pictures>(*options.frames, options.width, options.height);
}

Output::~Output() = default;

void Output::add(const platform::Picture& picture, bool again) {
  if (encoder_) encoder_->add(picture.pixels, picture.changed);
  if (pictures_) pictures_->add(picture.pixels, again);
}

void Output::finish() {
  if (encoder_) encoder_->finish();
  if (pictures_) pictures_->keep();
}

bool Teller::after(std::uint64_t frame) {
  constexpr auto kEvery = std::chrono::milliseconds(200);
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < kEvery && frame + 1 < frames_) return true;
  last_ = now;
  const double each = std::chrono::duration<double>(now - began_).count() / static_cast<double>(frame + 1);
  return told_({frame + 1, frames_, each * static_cast<double>(frames_ - frame - 1)});
}

}  // namespace forklight::app::film
