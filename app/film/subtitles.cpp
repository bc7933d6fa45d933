#include "app/film/subtitles.h"

#include <cmath>
#include <fstream>

#include "app/i18n/i18n.h"
#include "app/session/captions.h"
#include "core/base/error.h"

namespace forklight::app::film {
namespace {

using i18n::tr;
using session::Happening;

constexpr double kLeastChapter = 2;  // seconds

std::string stamp(double seconds) {
  const auto ms = std::llround(seconds * 1000);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

// In WebVTT these would begin a tag or an entity.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else
      result += c == '\n' ? ' ' : c;
  }
  return result;
}

bool opens_chapter(Happening what) {
  switch (what) {
    case Happening::started:
    case Happening::signalled:
    case Happening::joined:
    case Happening::deadlock:
    case Happening::stuck:
    case Happening::workers:
    case Happening::job:
    case Happening::all_ended:
      return true;
    default:
      return false;
  }
}

}  // namespace

Lines lines_of(const timeline::Model& model, std::int64_t dwell_ns, const std::function<double(std::int64_t)>& film_s, double length_s) {
  Lines lines;
  lines.chapters.push_back({0, length_s, std::string(tr("film.chapter.begin"))});
  for (const session::Caption& caption : session::captions_of(model, dwell_ns)) {
    const double begin = film_s(caption.begin_ns), end = caption.end_ns == timeline::kOpen ? length_s : film_s(caption.end_ns);
    if (end <= begin) continue;
    const std::string words = session::caption_words(model, caption);
    lines.captions.push_back({begin, end, words});
    if (opens_chapter(caption.what) && begin - lines.chapters.back().begin_s >= kLeastChapter && length_s - begin >= kLeastChapter / 2) {
      lines.chapters.back().end_s = begin;
      lines.chapters.push_back({begin, length_s, words});
    }
  }
  return lines;
}

void write_subtitles(const std::vector<Line>& lines, const std::filesystem::path& file) {
  const std::filesystem::path unfinished = file.string() + ".unfinished";
  std::ofstream out(unfinished);
  out << "WEBVTT\n";
  for (const Line& line : lines) out << '\n' << stamp(line.begin_s) << " --> " << stamp(line.end_s) << '\n' << escaped(line.words) << '\n';
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(unfinished, file, error);
  if (out && !error) return;
  const std::string reason = error ? error.message() : base::error_text(errno);
  std::filesystem::remove(unfinished, error);
  throw base::Failure(tr("film.not_written", fmt::arg("path", file.string()), fmt::arg("reason", reason)));
}

}  // namespace forklight::app::film
