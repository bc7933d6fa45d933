// Captions: what is told, in which words, and how calmly. Told by hand-written events, and once by a real run.
#include <csignal>
#include <set>

#include "app/i18n/i18n.h"
#include "app/session/captions.h"
#include "tests/app/desk.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using app::i18n::Language;
using app::session::Caption;
using app::session::caption_at;
using app::session::caption_words;
using app::session::captions_of;
using app::session::CaptionTrack;
using app::session::Happening;
using app::session::kCaptionDwell;

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::uint32_t kQueue = trace::kFirstObject + 1;

std::vector<std::string> words_of(const Model& model) {
  std::vector<std::string> words;
  for (const Caption& caption : captions_of(model)) words.push_back(caption_words(model, caption));
  return words;
}

std::string words_at(const Model& model, std::int64_t time_ns) {
  Caption caption;
  return caption_at(model, time_ns, caption) ? caption_words(model, caption) : std::string();
}

using Words = std::vector<std::string>;

// MainProcess and three children, with room between what happens.
std::vector<Record> slow_family() {
  return {begin(0, 1, "MainProcess", 0),
          event(2000 * kMs, 1, Kind::start_begin, 2),
          begin(2001 * kMs, 2, "Process-1"),
          event(2002 * kMs, 1, Kind::start_end, 2, 102),
          event(6000 * kMs, 2, Kind::output, 0, 1, 6, 0, "hello\n"),
          event(9000 * kMs, 2, Kind::sleep_begin, 0, 2'000'000'000),
          death(12000 * kMs, 2, exited(0)),
          event(15000 * kMs, 1, Kind::join_end, 2, 1),
          death(20000 * kMs, 1, exited(0))};
}

}  // namespace

TEST_CASE("captions: one thing after another is told in plain words") {
  const Model model = model_of(slow_family());
  CHECK(words_of(model) == Words{"MainProcess begins", "MainProcess started Process-1", "Process-1 printed “hello”", "Process-1 sleeps for 2 s",
                                 "Process-1 ended with exit code 0", "MainProcess joined Process-1", "All 2 processes have ended"});
  app::i18n::set_language(Language::chinese);
  CHECK(words_of(model)[1] == "MainProcess 启动了 Process-1");
  app::i18n::set_language(Language::english);
}

TEST_CASE("captions: they follow one another without a gap, and each can be read") {
  std::vector<Record> records = {begin(0, 1, "MainProcess", 0), object(1, kQueue, ObjectKind::queue, "q")};
  // A burst of everything, for ten seconds.
  for (int i = 0; i < 2000; ++i) {
    const std::int64_t at = 10 + i * 5 * kMs;
    records.push_back(event(at, 1, Kind::put_begin, kQueue, i + 1, 0, 0, std::to_string(i)));
    records.push_back(event(at + 1, 1, Kind::put_end, kQueue, i + 1, 1));
    if (i % 50 == 0) records.push_back(event(at + 2, 1, Kind::output, 0, 1, 2, 0, "x\n"));
    if (i % 300 == 0) records.push_back(event(at + 3, 1, Kind::raise, 0, 0, 0, 0, "ValueError: no"));
  }
  const Model model = model_of(records);
  const std::vector<Caption> captions = captions_of(model);
  REQUIRE(captions.size() > 3);
  CHECK(captions.size() < 10'500 / 1'300 + 3);
  for (std::size_t i = 0; i + 1 < captions.size(); ++i) {
    CHECK(captions[i].end_ns == captions[i + 1].begin_ns);
    if (captions[i].what != Happening::begins) CHECK(captions[i].end_ns - captions[i].begin_ns >= kCaptionDwell);
  }
  CHECK(captions.back().end_ns == kOpen);
}

TEST_CASE("captions: what comes together is told together; the important goes first, and many are counted") {
  std::vector<Record> records = {begin(0, 1, "MainProcess", 0), object(1, kQueue, ObjectKind::queue, "q")};
  for (std::uint32_t child = 2; child <= 6; ++child) {
    records.push_back(begin(1000 * kMs + child, child, "Process-" + std::to_string(child - 1)));
    records.push_back(event(1000 * kMs + child + 10, 1, Kind::start_end, child, 100 + child));
  }
  // Within one caption's time: 1204 puts, and one child is killed.
  for (int i = 0; i < 1204; ++i) {
    records.push_back(event(1500 * kMs + i * 100, 2, Kind::put_begin, kQueue, i + 1, 0, 0, std::to_string(i)));
    records.push_back(event(1500 * kMs + i * 100 + 1, 2, Kind::put_end, kQueue, i + 1, 1));
  }
  CHECK(words_of(model_of(records)) == Words{"MainProcess begins", "MainProcess started Process-1, Process-2 and 3 more", "Process-1 has put 1,204 values into q"});
  records.push_back(death(2000 * kMs, 4, killed(SIGTERM)));
  CHECK(words_of(model_of(records)) == Words{"MainProcess begins", "MainProcess started Process-1, Process-2 and 3 more", "SIGTERM ended Process-3"});
}

TEST_CASE("captions: when nobody is left, that comes last") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), begin(10, 2, "Process-1"), death(3000 * kMs, 2, killed(SIGKILL)), death(3001 * kMs, 1, exited(0))});
  CHECK(words_of(model) == Words{"MainProcess begins", "SIGKILL ended Process-1", "All 2 processes have ended"});
}

TEST_CASE("captions: one value is named, also where only its begin carries it") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(1, kQueue, ObjectKind::queue, "q"), event(510 * kMs, 1, Kind::put_begin, kQueue, 1, 0, 0, "'egg'"),
                                event(511 * kMs, 1, Kind::put_end, kQueue, 1, 1), event(3000 * kMs, 1, Kind::get_end, kQueue, 1, 1, 0, "'egg'")});
  CHECK(words_of(model) == Words{"MainProcess begins", "MainProcess put 'egg' into q", "MainProcess got 'egg' from q"});
}

TEST_CASE("captions: followed live they are the same as afterwards, and advancing changes nothing that was told") {
  const std::vector<Record> records = slow_family();
  Model growing;
  CaptionTrack track;
  std::size_t given = 0;
  std::vector<Caption> before;
  for (std::int64_t now = 0; now <= 22'000 * kMs; now += 33 * kMs) {
    std::vector<Record> fresh;
    while (given < records.size() && records[given].event.time_ns <= now) fresh.push_back(records[given++]);
    if (!fresh.empty()) growing.append(fresh);
    track.advance(growing, now);
    REQUIRE(track.captions().size() >= before.size());
    for (std::size_t i = 0; i + 1 < before.size(); ++i) CHECK(track.captions()[i] == before[i]);
    before = track.captions();
  }
  CHECK_FALSE(track.waiting());
  CHECK(before == captions_of(growing));
  // Another run, or an earlier moment: from the begin.
  track.advance(growing, 3000 * kMs);
  REQUIRE_FALSE(track.captions().empty());
  CHECK(caption_words(growing, track.captions().back()) == "MainProcess started Process-1");
}

TEST_CASE("captions: at a selected moment stands what happened last") {
  const Model model = model_of(slow_family());
  CHECK(words_at(model, -1).empty());
  CHECK(words_at(model, 100 * kMs) == "MainProcess begins");
  CHECK(words_at(model, 2002 * kMs) == "MainProcess started Process-1");
  CHECK(words_at(model, 5999 * kMs) == "MainProcess started Process-1");
  CHECK(words_at(model, 6000 * kMs) == "Process-1 printed “hello”");
  CHECK(words_at(model, 30000 * kMs) == "MainProcess ended with exit code 0");
}

TEST_CASE("captions: those who wait for each other are told once nothing moves") {
  constexpr std::uint32_t kA = trace::kFirstObject + 2, kB = trace::kFirstObject + 3;
  const Model model = model_of({begin(0, 1, "MainProcess", 0), begin(1, 2, "Process-1"), object(2, kA, ObjectKind::lock, "a"), object(3, kB, ObjectKind::lock, "b"),
                                event(10, 1, Kind::acquire_begin, kA, kForEver), event(11, 1, Kind::acquire_end, kA, 1), event(12, 2, Kind::acquire_begin, kB, kForEver),
                                event(13, 2, Kind::acquire_end, kB, 1), event(20, 1, Kind::acquire_begin, kB, kForEver), blocked(21, 1, BlockReason::lock, kB),
                                event(22, 2, Kind::acquire_begin, kA, kForEver), blocked(23, 2, BlockReason::lock, kA)});
  CaptionTrack track;
  track.advance(model, 10'000 * kMs);
  REQUIRE_FALSE(track.captions().empty());
  CHECK(track.captions().back().what == Happening::deadlock);
  const std::string words = caption_words(model, track.captions().back());
  CHECK(words.find("wait for each other") != std::string::npos);
  CHECK(words.find("MainProcess") != std::string::npos);
  CHECK(words.find("Process-1") != std::string::npos);
}

TEST_CASE("captions: every happening has words in both languages, for one and for many, known and unknown") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), begin(1, 2, "Process-1"), object(2, kQueue, ObjectKind::lock, "")});
  for (const Language language : {Language::english, Language::chinese}) {
    app::i18n::set_language(language);
    for (int what = 0; what <= static_cast<int>(Happening::stuck); ++what)
      for (const std::uint64_t count : {1, 2, 1204})
        for (const TaskId who : {TaskId{0}, TaskId{1}}) {
          Caption caption{.what = static_cast<Happening>(what), .who = who, .whom = {2}, .object = kQueue, .count = count, .number = 3};
          caption.several = count > 1;
          const std::string words = caption_words(model, caption);
          CAPTURE(words);
          CHECK_FALSE(words.empty());
          CHECK(words.find("caption.") == std::string::npos);
          CHECK(words.find('{') == std::string::npos);
        }
  }
  app::i18n::set_language(Language::english);
}

TEST_CASE("captions: a line as long as a page, or of control characters, is one line that can be read") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), event(2000 * kMs, 1, Kind::output, 0, 1, 4000, 0, std::string(4000, 'x') + "\nmore"),
                                event(6000 * kMs, 1, Kind::output, 0, 1, 9, 0, "\ta\x01" "b\n"), event(9000 * kMs, 1, Kind::output, 0, 1, 1, 0, "\n")});
  const Words words = words_of(model);
  REQUIRE(words.size() == 4);
  CHECK(words[1].size() < 100);
  CHECK(words[1].find("…") != std::string::npos);
  CHECK(words[2].find('\x01') == std::string::npos);
  CHECK(words[3] == "MainProcess printed an empty line");
}

TEST_CASE("captions: a real run ends with what a person would say of it") {
  desk_test::Desk desk;
  desk.carry_out("scenario", "exit-codes");
  desk.carry_out("set", "order=join-first");
  desk.carry_out("set", "seconds=4");
  desk.carry_out("run");
  desk.wait_for_end();
  const Words words = words_of(desk.session.model());
  for (const std::string& one : words) MESSAGE(one);
  REQUIRE(words.size() >= 3);
  CHECK(words.back() == "All 4 processes have ended");
  // What is important is told first, however quickly all of it came.
  CHECK(std::any_of(words.begin(), words.end(), [](const std::string& one) { return one == "Process-2 ended with exit code 1"; }));
}
