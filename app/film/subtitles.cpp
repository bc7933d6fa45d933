#include "app/film/subtitles.h"

#include "app/i18n/i18n.h"
#include "app/session/captions.h"
#include "core/store/output_file.h"

namespace forklight::app::film {
namespace {

using i18n::tr;
using session::Happening;

constexpr double kLeastChapter = 2;  // seconds

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
  store::OutputFile out(file);
  out.write(session::webvtt(lines));
  out.commit();
}

}  // namespace forklight::app::film
