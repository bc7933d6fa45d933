// Captions as subtitles, and which format a file's name asks for.
#include <regex>

#include "app/i18n/i18n.h"
#include "app/session/export.h"
#include "app/session/webvtt.h"
#include "core/base/error.h"
#include "tests/core/store_files.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::app::session;
using tests::event;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// A run of five seconds that prints what a careless writer of subtitles would trip over.
timeline::Model printing_run() {
  std::vector<trace::Record> records = {tests::begin(10 * kSecond, 1, "MainProcess", 0)};
  records.push_back(event(12 * kSecond, 1, trace::Kind::output, 0, 1, 8, 3, "a < b && c --> d\n"));
  records.push_back(event(15 * kSecond, 0, trace::Kind::death, 1, 0, 101));
  return tests::model_of(records);
}

struct Cue {
  double begin, end;
  std::string text;
};

// By the grammar of WebVTT: a head, an empty line before each cue, a line of times, text without --> and <.
std::vector<Cue> read_vtt(const std::string& text) {
  REQUIRE(text.starts_with("WEBVTT\n"));
  static const std::regex kCue("\n(\\d\\d):(\\d\\d):(\\d\\d\\.\\d{3}) --> (\\d\\d):(\\d\\d):(\\d\\d\\.\\d{3})\n([^\n]+)\n");
  std::vector<Cue> cues;
  std::size_t length = std::string("WEBVTT\n").size();
  for (std::sregex_iterator at(text.begin(), text.end(), kCue), end; at != end; ++at) {
    const auto seconds = [&](std::size_t hours) { return std::stod((*at)[hours]) * 3600 + std::stod((*at)[hours + 1]) * 60 + std::stod((*at)[hours + 2]); };
    cues.push_back({seconds(1), seconds(4), (*at)[7]});
    length += static_cast<std::size_t>(at->length());
    CHECK(cues.back().text.find("-->") == std::string::npos);
    CHECK(cues.back().text.find('<') == std::string::npos);
    CHECK(cues.back().begin < cues.back().end);
    if (cues.size() > 1) CHECK(cues[cues.size() - 2].end <= cues.back().begin);
  }
  CHECK(length == text.size());  // nothing but cues
  return cues;
}

}  // namespace

TEST_CASE("export: captions become subtitles, at the film's speed") {
  app::i18n::set_language(app::i18n::Language::english);
  const timeline::Model model = printing_run();
  const std::vector<Cue> cues = read_vtt(webvtt(model));
  const auto printed = std::find_if(cues.begin(), cues.end(), [](const Cue& cue) { return cue.text.find("a &lt; b &amp;&amp; c --&gt; d") != std::string::npos; });
  REQUIRE(printed != cues.end());
  CHECK(printed->begin == doctest::Approx(2).epsilon(0.1));
  const std::vector<Cue> slow = read_vtt(webvtt(model, 0.25));
  const auto slowly = std::find_if(slow.begin(), slow.end(), [](const Cue& cue) { return cue.text.find("a &lt;") != std::string::npos; });
  REQUIRE(slowly != slow.end());
  CHECK(slowly->begin == doctest::Approx(8).epsilon(0.1));
}

TEST_CASE("export: the file's name says the format, and what it does not say is told in a sentence") {
  CHECK(export_format(std::filesystem::path("a/b.JSON")) == ExportFormat::json);
  CHECK(export_format(std::filesystem::path("b.csv")) == ExportFormat::csv);
  CHECK(export_format(std::filesystem::path("b.vtt")) == ExportFormat::vtt);
  CHECK_THROWS_AS((void)export_format(std::filesystem::path("run.flt")), base::UsageError);
  CHECK_THROWS_AS((void)export_format(std::filesystem::path("run")), base::UsageError);
  CHECK_THROWS_AS((void)export_format(std::string("xml")), base::UsageError);
  const tests::Folder folder;
  CHECK_THROWS_AS(export_run({}, timeline::Model{}, {}, folder / "none.csv", ExportFormat::csv), base::Failure);
  CHECK(folder.files() == 0);
  export_run({}, printing_run(), {}, folder / "run.vtt", ExportFormat::vtt);
  CHECK(tests::bytes_of(folder / "run.vtt").starts_with("WEBVTT\n"));
}
