#include "app/film/film.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

#include "app/film/encoder.h"
#include "app/film/subtitles.h"
#include "app/i18n/i18n.h"
#include "app/panels/layout.h"
#include "app/platform/fonts.h"
#include "app/platform/offscreen.h"
#include "app/platform/png.h"
#include "app/platform/theme.h"
#include "app/session/asking.h"
#include "app/session/command.h"
#include "app/session/in_sight.h"
#include "app/session/run_folder.h"
#include "app/session/session.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/fd.h"

namespace forklight::app::film {
namespace {

using i18n::tr;
namespace fs = std::filesystem;

constexpr double kLead = 0.5, kTail = 2.5;  // seconds of the film before the run and after it
constexpr auto kTellEvery = std::chrono::milliseconds(200);

void check(const FilmOptions& options) {
  const auto within = [](auto value, auto least, auto most, const char* what) {
    if (!(value >= least && value <= most)) throw base::UsageError(tr("film.out_of_range", fmt::arg("what", what), fmt::arg("least", least), fmt::arg("most", most)));
  };
  within(options.width, 160, 7680, "--size");
  within(options.height, 120, 4320, "--size");
  within(options.fps, 1, 120, "--fps");
  within(options.speed, 0.0001, 1000.0, "--speed");
  within(options.scale, 0.5, 4.0, "--scale");
  if (options.width % 2 != 0 || options.height % 2 != 0) throw base::UsageError(tr("film.odd_size"));
  if (options.file.has_value() == options.frames.has_value()) throw base::UsageError(tr("film.where"));
  // Known now, not when all is drawn.
  for (const auto& made : {options.file, options.frames, options.subtitles})
    if (made) check_place(*made);
}

// Film time to run time, and back.
struct Clock {
  std::int64_t begin_ns, end_ns;
  double speed;
  [[nodiscard]] std::int64_t run_ns(double film_s) const {
    const double ns = (film_s - kLead) * speed * 1e9;
    return std::clamp(begin_ns + static_cast<std::int64_t>(std::llround(std::max(ns, 0.0))), begin_ns, end_ns);
  }
  [[nodiscard]] double film_s(std::int64_t run_ns) const { return kLead + static_cast<double>(run_ns - begin_ns) / 1e9 / speed; }
  [[nodiscard]] double length_s() const { return film_s(end_ns) + kTail; }
};

Clock clock_of(const session::Session::Stretch& run, const FilmOptions& options) {
  const auto at = [&](double seconds) { return run.begin_ns + static_cast<std::int64_t>(std::llround(seconds * 1e9)); };
  Clock clock{run.begin_ns, run.end_ns, options.speed};
  if (options.from_s) clock.begin_ns = std::clamp(at(*options.from_s), run.begin_ns, run.end_ns);
  if (options.to_s) clock.end_ns = std::clamp(at(*options.to_s), clock.begin_ns, run.end_ns);
  if (clock.begin_ns >= clock.end_ns) throw base::UsageError(tr("film.empty"));
  return clock;
}

// The pictures as files of their own; given up, those that were made go again.
class Pictures {
 public:
  explicit Pictures(const fs::path& directory) : directory_(directory) {
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
  void add(const platform::Offscreen& screen, std::span<const std::uint8_t> pixels, bool again) {
    const fs::path file = name(count_ + 1);
    if (again && count_ > 0) {  // the same picture: the same file once more
      std::error_code error;
      fs::copy_file(name(count_), file, error);
      if (error) throw base::Failure(tr("film.not_written", fmt::arg("path", file.string()), fmt::arg("reason", error.message())));
    } else {
      const std::string reason = platform::write_png(pixels, screen.width(), screen.height(), file);
      if (!reason.empty()) throw base::Failure(tr("film.not_written", fmt::arg("path", file.string()), fmt::arg("reason", reason)));
    }
    ++count_;
  }
  void keep() noexcept { kept_ = true; }

 private:
  [[nodiscard]] fs::path name(std::uint64_t number) const { return directory_ / fmt::format("{:06}.png", number); }
  fs::path directory_;
  std::uint64_t count_ = 0;
  bool made_directory_ = false, kept_ = false;
};

// What the person chose, as the window would show it.
session::UiState state_of(const FilmOptions& options) {
  session::UiState ui;
  ui.theme = options.theme;
  ui.axis = options.axis;
  ui.presenting = !options.window;
  ui.filmed = true;
  ui.audience.captions = ui.audience.presented_captions = options.captions;
  ui.audience.reduced_motion = true;  // what eases would ease by the clock on the wall
  ui.right_width = std::max(ui.right_width, static_cast<float>(options.width / options.scale) * 0.27f);
  ui.bottom_height = std::clamp(static_cast<float>(options.height / options.scale) * 0.3f, 200.0f, 340.0f);
  return ui;
}

// Presented, text is as large as the window has it there.
float text_scale(const FilmOptions& options) {
  const float stage = options.window ? 1.0f : std::clamp(static_cast<float>(options.width) / 1000.0f, 1.0f, 2.0f);
  return static_cast<float>(options.scale) * stage;
}

// Draws the window's frames where nobody sees them, and hands them on.
class Studio {
 public:
  explicit Studio(const FilmOptions& options) : options_(options), screen_(options.width, options.height) {
    platform::set_theme(options.theme);
    fonts_.need(i18n::all_text(i18n::language()));
  }
  [[nodiscard]] platform::Fonts& fonts() { return fonts_; }

  void open(const std::string& title, const std::vector<Line>& chapters) {
    if (!options_.file) {
      pictures_.emplace(*options_.frames);
      return;
    }
    EncoderOptions wanted{*options_.file, options_.width, options_.height, options_.fps, title, {}, options_.program};
    for (const Line& line : chapters) wanted.chapters.push_back({std::llround(line.begin_s * 1000), std::llround(line.end_s * 1000), line.words});
    encoder_.emplace(std::move(wanted));
  }

  void shoot(session::Context& context, timeline_view::TimelineView& timeline, panels::PanelState& panels) {
    if (fonts_.update(text_scale(options_))) screen_.upload_fonts();
    if (!fonts_.notice().empty()) throw base::Failure(fonts_.notice());
    platform::set_theme(context.ui.theme);
    // Panels take the sizes that they measured one frame before: the first one is drawn twice.
    for (int pass = std::exchange(first_, false) ? 0 : 1; pass < 2; ++pass) {
      screen_.begin_frame(1.0 / options_.fps);
      panels::draw_frame(context, timeline, panels);
      const bool fresh = screen_.end_frame(options_.vision);
      if (pass == 0) continue;
      const platform::Picture picture = screen_.picture();
      if (encoder_) encoder_->add(picture.pixels, picture.changed);
      if (pictures_) pictures_->add(screen_, picture.pixels, !fresh);
    }
  }

  void wrap() {
    if (encoder_) encoder_->finish();
    if (pictures_) pictures_->keep();
  }

 private:
  const FilmOptions& options_;
  platform::Offscreen screen_;
  platform::Fonts fonts_;
  std::optional<Encoder> encoder_;
  std::optional<Pictures> pictures_;
  bool first_ = true;
};

// Tells how far it is, now and then.
class Teller {
 public:
  Teller(std::uint64_t frames, const std::function<bool(const Progress&)>& told) : frames_(frames), told_(told) {}
  // False if it is to be given up.
  bool after(std::uint64_t frame) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < kTellEvery && frame + 1 < frames_) return true;
    last_ = now;
    const double each = std::chrono::duration<double>(now - began_).count() / static_cast<double>(frame + 1);
    return told_({frame + 1, frames_, each * static_cast<double>(frames_ - frame - 1)});
  }

 private:
  std::uint64_t frames_;
  const std::function<bool(const Progress&)>& told_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), last_ = began_ - kTellEvery;
};

std::uint64_t frames_of(double length_s, const FilmOptions& options) {
  const double frames = std::ceil(length_s * options.fps);
  if (frames > static_cast<double>(kMostFrames)) throw base::UsageError(tr("film.too_long", fmt::arg("minutes", std::llround(length_s / 60)), fmt::arg("most", kMostFrames / 3600)));
  return static_cast<std::uint64_t>(frames);
}

void need_glyphs(platform::Fonts& fonts, const session::Session& session) {
  fonts.need(session.python());
  fonts.need(session.cpp());
  for (const timeline::Task& task : session.model().tasks()) fonts.need(task.name);
  for (const timeline::ConsoleLine& line : session.model().console()) fonts.need(line.text);
}

std::string title_of(const session::Session& session) { return std::string(tr("scenario." + std::string(session.scenario().id) + ".title")); }

}  // namespace

bool make_film(const FilmOptions& options, const fs::path& engine, const std::function<bool(const Progress&)>& told) {
  check(options);
  session::Session session(engine);
  // Of the whole run: captions and chapters are known before the first picture is drawn.
  session.open(options.run);
  const timeline::Model& known = session.model();
  if (known.events().empty()) throw base::UsageError(tr("film.empty"));
  const Clock clock = clock_of({known.begin_ns(), known.end_ns()}, options);
  const std::uint64_t frames = frames_of(clock.length_s(), options);
  const auto dwell_ns = static_cast<std::int64_t>(static_cast<double>(session::kCaptionDwell) * options.speed);
  const Lines lines = lines_of(known, dwell_ns, [&](std::int64_t run_ns) { return std::clamp(clock.film_s(run_ns), 0.0, clock.length_s()); }, clock.length_s());

  Studio studio(options);
  need_glyphs(studio.fonts(), session);
  for (const Line& line : lines.captions) studio.fonts().need(line.words);
  studio.open(title_of(session), lines.chapters);
  session.play(options.run);
  session::UiState ui = state_of(options);
  session::Context context{session, ui};
  timeline_view::TimelineView timeline;
  panels::PanelState panels;
  panels.captions = session::CaptionTrack(dwell_ns);
  Teller teller(frames, told);
  for (std::uint64_t frame = 0; frame < frames; ++frame) {
    session.play_to(clock.run_ns(static_cast<double>(frame) / options.fps));
    studio.shoot(context, timeline, panels);
    ui.pushed.clear();
    if (!teller.after(frame)) return false;
  }
  if (options.subtitles) write_subtitles(lines.captions, *options.subtitles);
  studio.wrap();
  return true;
}

namespace {

// What a tour did, by the clock on the wall: the commands, its words, and the runs, each in a file.
struct Take {
  struct Act {
    std::int64_t at_ns;
    std::string command, argument;
  };
  struct Words {
    std::int64_t at_ns;
    std::map<std::string, std::string> caption;
  };
  std::vector<Act> acts;
  std::vector<Words> words;
  std::vector<fs::path> runs;  // in the order in which they were made
  std::int64_t begin_ns = 0, end_ns = 0;
};

// Files of our own, gone with it.
class Shelf {
 public:
  [[nodiscard]] fs::path place(std::size_t number) const { return folder_.path() / fmt::format("run-{}.flt", number); }

 private:
  session::RunFolder folder_ = session::RunFolder::temporary();
};

// What only makes or changes runs: in the film these are there already.
bool acts_on_runs(std::string_view command) {
  for (const std::string_view one : {"run", "stop", "hold", "step", "replay", "cure", "interrupt", "scenario", "set", "gil.interval", "gil.shorter", "gil.longer", "open", "save", "quit", "screenshot", "lecture"})
    if (command == one) return true;
  for (const std::string_view kind : {"pace.", "task.", "object.", "predict"})
    if (command.starts_with(kind)) return true;
  return false;
}

// Plays it on real processes. Nothing if it was given up.
std::optional<Take> play(const session::Lecture& lecture, const Shelf& shelf, const fs::path& engine, const std::function<bool(const Progress&)>& told) {
  // What the lesson prints stands in the film.
  const base::Fd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  session::Session session(engine, {.stdout_fd = nowhere.get(), .stderr_fd = nowhere.get()});
  session::UiState ui;
  session::Context context{session, ui};
  Take take;
  take.begin_ns = base::now_ns();
  session::begin_lecture(context, lecture, take.begin_ns);
  int runs = 0;
  bool unsaved = false;
  const auto keep = [&] {
    if (!std::exchange(unsaved, false)) return;
    take.runs.push_back(shelf.place(take.runs.size()));
    session.save(take.runs.back());
  };
  while (ui.lecture.on) {
    const std::int64_t now_ns = base::now_ns();
    for (const session::Action& action : ui.pushed) {
      // A new run takes the place of the one before.
      if (action.command == "run" || action.command == "scenario" || action.command == "open") keep();
      take.acts.push_back({now_ns, action.command, action.argument});
    }
    session::carry_out(context);
    session.update();
    session::follow_questions(context);
    if (runs != session.run_count()) {
      runs = session.run_count();
      unsaved = true;
    }
    session::update_lecture(context, now_ns);
    if (take.words.empty() ? !ui.lecture.caption.empty() : ui.lecture.caption != take.words.back().caption) take.words.push_back({now_ns, ui.lecture.caption});
    if (!told({})) return std::nullopt;
    if (ui.pushed.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (!ui.lecture.failure.empty()) throw base::Failure(tr("film.tour_failed", fmt::arg("why", ui.lecture.failure)));
  if (session.live()) {
    session.stop();
    for (const std::int64_t patience = base::now_ns() + 10 * base::kSecond; session.live() && base::now_ns() < patience; std::this_thread::sleep_for(std::chrono::milliseconds(5))) session.update();
  }
  take.end_ns = base::now_ns();
  keep();
  return take;
}

}  // namespace

bool make_tour_film(const FilmOptions& options, const session::Lecture& lecture, const fs::path& engine, const std::function<bool(const Progress&)>& told) {
  check(options);
  const Shelf shelf;
  const std::optional<Take> take = play(lecture, shelf, engine, told);
  if (!take) return false;
  const double length_s = static_cast<double>(take->end_ns - take->begin_ns) / 1e9 + 1;
  const std::uint64_t frames = frames_of(length_s, options);
  const auto film_s = [&](std::int64_t at_ns) { return std::clamp(static_cast<double>(at_ns - take->begin_ns) / 1e9, 0.0, length_s); };
  std::vector<Line> words;
  for (std::size_t i = 0; i < take->words.size(); ++i) {
    const std::string& text = session::in_language(take->words[i].caption);
    const double end = i + 1 < take->words.size() ? film_s(take->words[i + 1].at_ns) : length_s;
    if (!text.empty()) words.push_back({film_s(take->words[i].at_ns), end, text});
  }

  session::Session session(engine);
  session::UiState ui = state_of(options);
  ui.lecture.on = true;  // its words stand where they stood
  session::Context context{session, ui};
  Studio studio(options);
  for (const Line& line : words) studio.fonts().need(line.words);
  studio.open(session::in_language(lecture.title), words);
  timeline_view::TimelineView timeline;
  panels::PanelState panels;
  Teller teller(frames, told);
  std::size_t act = 0, word = 0, run = 0;
  for (std::uint64_t frame = 0; frame < frames; ++frame) {
    const std::int64_t now_ns = take->begin_ns + static_cast<std::int64_t>(static_cast<double>(frame) / options.fps * 1e9);
    for (; act < take->acts.size() && take->acts[act].at_ns <= now_ns; ++act) {
      const Take::Act& one = take->acts[act];
      if (one.command == "run" && run < take->runs.size()) {
        session.play(take->runs[run++]);
        ui.follow = ui.fit_wanted = true;
        ui.selection = {};
      } else if (one.command == "open" && !one.argument.empty()) {
        session.open(one.argument);
        ui.fit_wanted = true;
        ui.selection = {};
        session::show_view(ui, session.meta().view, session.model());
      } else if (one.command == "scenario") {
        session.choose(one.argument);
        ui.fit_wanted = true;
        ui.selection = {};
      } else if (!acts_on_runs(one.command)) {
        ui.push(one.command, one.argument);
        session::carry_out(context);
      }
    }
    for (; word < take->words.size() && take->words[word].at_ns <= now_ns; ++word) ui.lecture.caption = take->words[word].caption;
    session.play_to(now_ns);
    need_glyphs(studio.fonts(), session);
    studio.shoot(context, timeline, panels);
    ui.pushed.clear();
    if (!teller.after(frame)) return false;
  }
  if (options.subtitles) write_subtitles(words, *options.subtitles);
  studio.wrap();
  return true;
}

}  // namespace forklight::app::film
