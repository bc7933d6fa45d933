// A recording, from frames that are drawn without a screen to a film that is read back: the same pictures, what stays when it is given up or
// cannot go on, and who makes it.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

#include "app/film/darkroom.h"
#include "app/film/develop.h"
#include "app/film/recorder.h"
#include "app/i18n/i18n.h"
#include "app/panels/layout.h"
#include "app/platform/fonts.h"
#include "app/platform/offscreen.h"
#include "app/platform/png.h"
#include "app/session/session.h"
#include "core/base/error.h"
#include "tests/app/film_files.h"
#include "tests/support/processes.h"

using namespace forklight;
using namespace forklight::app;
using namespace forklight::tests::film;
using film::Recorder;
using film::Recording;

namespace {

// Stands for an ffmpeg that takes its time: it begins a file, and reads a megabyte now and then.
constexpr const char* kSlow = "touch \"$(eval echo \\${$#})\"; i=0; while [ $i -lt 60 ]; do head -c 1000000 >/dev/null; sleep 0.1; i=$((i+1)); done";

constexpr std::int64_t kStep = 1'000'000'000 / film::kRecordedFps + 1;

// Forklight's own frames, without a screen, on a clock of the test's own.
class Stage {
 public:
  Stage() : screen_(kWidth, kHeight) {
    i18n::set_language(i18n::Language::english);
    platform::set_theme(session::ThemeName::stage);
    session_.choose("exit-codes");
    fonts_.need(i18n::all_text(i18n::Language::english));
    fonts_.update(1, 2);
    ui_.audience.reduced_motion = true;
  }
  static constexpr int kWidth = 640, kHeight = 360;
  session::UiState& ui() { return ui_; }
  platform::Offscreen& screen() { return screen_; }
  std::int64_t now() const { return now_; }

  void draw() {
    session::Context context{session_, ui_};
    if (fonts_.update(ui_.text_scale, 2)) {
      screen_.upload_fonts();
      other_atlas_ = true;
    }
    platform::set_theme(ui_.theme);
    screen_.begin_frame(1.0 / 30);
    panels::draw_frame(context, timeline_, panels_);
    ImGui::Render();
    screen_.draw({.lists = ImGui::GetDrawData(), .vision = ui_.audience.vision});  // nothing of it is left out, as it is recorded
    ui_.pushed.clear();
    now_ += kStep;
  }
  // Draws until the recorder has taken the frame: it may be behind on a busy machine.
  void record(Recorder& recorder) {
    for (;;) {
      draw();
      if (std::exchange(other_atlas_, false)) recorder.atlas_changed();
      platform::KeptFrame* const frame = recorder.begin(now_);
      if (frame != nullptr) {
        frame->take(*ImGui::GetDrawData(), panels::kRecordingWindow);
        frame->vision = ui_.audience.vision;
        frame->lens = lens;
        recorder.hand_over(frame);
        return;
      }
      if (recorder.ended()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  std::optional<platform::Lens> lens;

 private:
  platform::Offscreen screen_;
  platform::Fonts fonts_;
  session::Session session_{FORKLIGHT_ENGINE};
  session::UiState ui_;
  timeline_view::TimelineView timeline_;
  panels::PanelState panels_;
  bool other_atlas_ = false;
  std::int64_t now_ = 1'000'000'000'000;
};

// A second: the theme changes in the middle, then the size of the text.
Recording one_second(const Folder& folder) {
  Stage stage;
  Recorder recorder(folder / "", stage.now());
  const std::int64_t begin = stage.now();
  for (int i = 0; i < 6; ++i) stage.record(recorder);
  stage.ui().theme = session::ThemeName::paper;
  stage.ui().text_scale = 1.3f;
  for (int i = 0; i < 4; ++i) stage.record(recorder);
  Recording recording = recorder.finish(begin + 1'000'000'000);
  CHECK(recording.problem.empty());
  CHECK(recording.frames >= 2);
  return recording;
}

bool develop_to(const Recording& recording, film::DevelopOptions options) {
  return film::develop(recording.log.get(), options, [](const film::Progress&) { return true; });
}

// The darkroom's next word.
film::Darkroom::News news_of(film::Darkroom& darkroom) {
  film::Darkroom::News news;
  REQUIRE(tests::wait_until([&] {
    auto one = darkroom.update();
    if (one) news = std::move(*one);
    return one.has_value();
  }, std::chrono::seconds(90)));
  return news;
}

int differing(const tests::Picture& a, const tests::Picture& b) {
  int count = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) count += a.at(x, y) != b.at(x, y) ? 1 : 0;
  return count;
}

// What the stage shows, as a picture of its own.
tests::Picture picture_of_stage(Stage& stage, const fs::path& png) {
  REQUIRE(platform::write_png(stage.screen().picture().pixels, Stage::kWidth, Stage::kHeight, png.string()).empty());
  return tests::read_png(png.string());
}

}  // namespace

TEST_CASE("recording: the film's pictures are those of the window, pixel for pixel") {
  const Folder folder;
  std::optional<Recording> recording;
  tests::Picture first, last;
  std::int64_t frames = 0;
  {
    Stage stage;
    const std::int64_t begin = stage.now();
    Recorder recorder(folder / "", begin);
    for (int i = 0; i < 3; ++i) stage.record(recorder);
    first = picture_of_stage(stage, folder / "first.png");
    stage.ui().theme = session::ThemeName::paper;
    stage.ui().text_scale = 1.4f;  // another texture for its letters
    stage.ui().audience.vision = session::Vision::deuteranopia;
    for (int i = 0; i < 3; ++i) stage.record(recorder);
    last = picture_of_stage(stage, folder / "last.png");
    recording.emplace(recorder.finish(stage.now() + kStep));
    frames = (recording->length_ns * film::kRecordedFps + 999'999'999) / 1'000'000'000;
  }
  REQUIRE(develop_to(*recording, {.frames = folder / "pictures"}));
  CHECK(static_cast<std::int64_t>(std::distance(fs::directory_iterator(folder / "pictures"), fs::directory_iterator())) == frames);
  char name[16];
  std::snprintf(name, sizeof name, "%06d.png", static_cast<int>(frames));
  CHECK(differing(tests::read_png((folder / "pictures" / name).string()), last) == 0);
  bool found = false;
  for (const auto& one : fs::directory_iterator(folder / "pictures")) found = found || differing(tests::read_png(one.path().string()), first) == 0;
  CHECK(found);
  CHECK(differing(first, last) > 10'000);
}

TEST_CASE("recording: the lens is in it, with its large letters") {
  const Folder folder;
  std::optional<Recording> recording;
  tests::Picture seen;
  {
    Stage stage;
    Recorder recorder(folder / "", stage.now());
    stage.lens = platform::Lens{300, 190, 120, 2, 0xff0000ffU, 0xff202020U};
    for (int i = 0; i < 3; ++i) stage.record(recorder);
    const platform::LargeGlyphs glyphs;
    stage.screen().draw({.lists = ImGui::GetDrawData(), .lens = stage.lens, .glyphs = &glyphs});
    seen = picture_of_stage(stage, folder / "seen.png");
    recording.emplace(recorder.finish(stage.now() + kStep));
  }
  REQUIRE(develop_to(*recording, {.frames = folder / "pictures"}));
  fs::path last;
  for (const auto& one : fs::directory_iterator(folder / "pictures")) last = std::max(last, one.path());
  CHECK(differing(tests::read_png(last.string()), seen) == 0);
  CHECK(shows(seen, 0xff0000ffU));  // its rim
}

TEST_CASE("recording: a process of its own makes the film; its size, pictures and length are right") {
  const Folder folder;
  film::Darkroom darkroom(FORKLIGHT);
  darkroom.add(one_second(folder), folder / "lesson.mp4", "Exit codes", "en");
  CHECK(darkroom.busy());
  const auto news = news_of(darkroom);
  CHECK(news.failure == "");
  REQUIRE(news.made == folder / "lesson.mp4");
  CHECK_FALSE(darkroom.busy());
  CHECK(folder.files() == 1);
  CHECK(probed(news.made, "codec_name,width,height,nb_read_frames") == "h264\n640\n360\n30\n");
  CHECK(std::abs(std::stod(probed(news.made, "duration")) - 1.0) < 0.05);
  const tests::Picture first = picture_of(news.made, 0, folder / "first.png"), last = picture_of(news.made, 29, folder / "last.png");
  platform::set_theme(session::ThemeName::stage);
  CHECK(shows(first, platform::palette().run_button));
  platform::set_theme(session::ThemeName::paper);
  CHECK(shows(last, platform::palette().panel));
  // Where nothing is written it is dark at first and light at last.
  CHECK((first.at(320, 290) & 0xff) < 80);
  CHECK((last.at(320, 290) & 0xff) > 180);
  CHECK(tests::children_of(::getpid()).empty());
}

TEST_CASE("recording: what is there already is not written over") {
  const Folder folder;
  std::ofstream(folder / "lesson.mp4") << "mine";
  film::Darkroom darkroom(FORKLIGHT);
  darkroom.add(one_second(folder), folder / "lesson.mp4", "", "en");
  CHECK(news_of(darkroom).made == folder / "lesson-2.mp4");
  CHECK(bytes_of(folder / "lesson.mp4") == "mine");
}

TEST_CASE("recording: given up, failed or ended by force, nothing of the film stays") {
  const Folder folder, tools;
  SUBCASE("given up") {
    film::Darkroom darkroom(FORKLIGHT, program(tools, kSlow).string());
    darkroom.add(one_second(folder), folder / "lesson.mp4", "", "en");
    darkroom.add(one_second(folder), folder / "second.mp4", "", "en");
    CHECK(darkroom.waiting() == 1);
    CHECK(tests::wait_until([&] { return (void)darkroom.update(), darkroom.progress().frame > 0; }, std::chrono::seconds(60)));
    darkroom.give_up_all();
    CHECK_FALSE(darkroom.busy());
  }
  SUBCASE("ffmpeg is killed") {
    film::Darkroom darkroom(FORKLIGHT, program(tools, "head -c 3000000 >/dev/null; kill -9 $$").string());
    darkroom.add(one_second(folder), folder / "lesson.mp4", "", "en");
    CHECK(news_of(darkroom).failure.find("nothing of it is left") != std::string::npos);
  }
  SUBCASE("the disk is full") {
    film::Darkroom darkroom(FORKLIGHT, program(tools, "trap '' XFSZ; ulimit -f 1; exec ffmpeg \"$@\"").string());
    darkroom.add(one_second(folder), folder / "lesson.mp4", "", "en");
    CHECK(news_of(darkroom).failure.find("could not be written") != std::string::npos);
  }
  SUBCASE("who makes it is killed") {
    film::Darkroom darkroom(FORKLIGHT, program(tools, kSlow).string());
    darkroom.add(one_second(folder), folder / "lesson.mp4", "", "en");
    CHECK(tests::wait_until([&] { return (void)darkroom.update(), darkroom.progress().frame > 0 || !darkroom.busy(); }, std::chrono::seconds(60)));
    if (darkroom.pid() > 0) ::kill(darkroom.pid(), SIGKILL);
    const auto news = news_of(darkroom);
    CHECK(news.made.empty());
    CHECK(news.failure.find("was ended") != std::string::npos);
  }
  SUBCASE("it cannot even be started") {
    film::Darkroom darkroom("/no/such/forklight");
    darkroom.add(one_second(folder), folder / "lesson.mp4", "", "en");
    CHECK(news_of(darkroom).failure.find("/no/such/forklight") != std::string::npos);
  }
  CHECK(tests::wait_until([&] { return folder.files() == 0; }, std::chrono::seconds(20)));
  CHECK(tests::wait_until([] { return tests::children_of(::getpid()).empty(); }));
}

TEST_CASE("recording: without ffmpeg the film says what to install, and pictures need none") {
  const Folder folder;
  film::Darkroom darkroom(FORKLIGHT, "forklight-has-no-such-program");
  darkroom.add(one_second(folder), folder / "lesson.mp4", "", "en");
  CHECK(news_of(darkroom).failure.find("package ffmpeg") != std::string::npos);
  CHECK(folder.files() == 0);
  CHECK_FALSE(film::has_program("forklight-has-no-such-program"));
  CHECK(film::has_program("sh"));
  darkroom.add(one_second(folder), folder / "lesson", "", "en");
  const auto news = news_of(darkroom);
  CHECK(news.made == folder / "lesson");
  CHECK(news.pictures == 30);
  CHECK(tests::read_png((folder / "lesson/000030.png").string()).width == 640);
}

TEST_CASE("recording: where the disk has no more room it ends, says so, and what there is becomes the film") {
  const Folder folder;
  Stage stage;
  SUBCASE("the log may not grow further") {
    Recorder recorder(folder / "", stage.now(), {.bytes = 3 << 20});
    for (int i = 0; i < 400 && !recorder.ended(); ++i) {
      stage.ui().text_scale = i % 2 == 0 ? 1.0f : 1.5f;  // a whole texture each
      stage.record(recorder);
    }
    CHECK(recorder.ended());
    const Recording recording = recorder.finish(stage.now());
    CHECK(recording.problem.find("3 MB") != std::string::npos);
  }
  SUBCASE("the disk is full") {
    struct sigaction ignore {}, before {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &ignore, &before);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    const rlimit small{3 << 20, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    Recorder recorder(folder / "", stage.now());
    for (int i = 0; i < 400 && !recorder.ended(); ++i) {
      stage.ui().text_scale = i % 2 == 0 ? 1.0f : 1.5f;
      stage.record(recorder);
    }
    CHECK(recorder.ended());
    const Recording recording = recorder.finish(stage.now());
    ::setrlimit(RLIMIT_FSIZE, &old);
    ::sigaction(SIGXFSZ, &before, nullptr);
    CHECK(recording.problem.find("is full") != std::string::npos);
  }
  SUBCASE("it has lasted as long as a film may") {
    Recorder recorder(folder / "", stage.now(), {.length_ns = 10 * kStep});
    for (int i = 0; i < 400 && !recorder.ended(); ++i) stage.record(recorder);
    CHECK(recorder.ended());
    const Recording recording = recorder.finish(stage.now());
    CHECK(recording.problem.find("ended after") != std::string::npos);
    CHECK(recording.frames > 0);
  }
  CHECK_THROWS_AS(Recorder(folder / "nowhere", 0), base::Failure);
  CHECK(folder.files() == 0);
}

TEST_CASE("recording: cut short by a full disk, the film is what was recorded until then") {
  const Folder folder;
  std::optional<Recording> recording;
  {
    Stage stage;
    Recorder recorder(folder / "", stage.now(), {.bytes = 3 << 20});
    for (int i = 0; i < 400 && !recorder.ended(); ++i) {
      stage.ui().text_scale = i % 2 == 0 ? 1.0f : 1.5f;
      stage.record(recorder);
    }
    recording.emplace(recorder.finish(stage.now()));
    REQUIRE(recording->frames > 0);
  }
  REQUIRE(develop_to(*recording, {.file = folder / "lesson.mp4"}));
  CHECK(probed(folder / "lesson.mp4", "width,height") == "640\n360\n");
}

TEST_CASE("recording: no process that is started meanwhile has a hand on it") {
  const Folder folder;
  Recorder recorder(folder / "", 0);
  int found = 0;
  for (const auto& one : fs::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const std::string what = fs::read_symlink(one.path(), ignored).string();
    if (!what.starts_with((folder / "").string())) continue;
    ++found;
    CHECK((::fcntl(std::stoi(one.path().filename().string()), F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK(found == 1);
}
