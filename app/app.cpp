#include "app/app.h"

#include <signal.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "app/export/figure.h"
#include "app/panels/keyboard.h"
#include "app/platform/imgui_compat.h"
#include "app/session/asking.h"
#include "app/session/drop.h"
#include "core/base/clock.h"
#include "core/base/error.h"

namespace forklight::app {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using i18n::tr;

constexpr auto kSettle = 700ms;     // after the last input: hover, tooltips and easing come to rest within this
constexpr auto kFrame = 16ms;       // where vertical sync does not hold a frame back, this does
// What drawing takes of the processors is taken from the lesson: without input, a quarter of one, as long as that leaves thirty frames a second.
// Where a graphics card draws this changes nothing; where a program does, the lesson's processes keep more of what they need.
constexpr int kShareOfDrawing = 4;
constexpr auto kLongestPeriod = 31ms;  // and a little for what a frame takes beside
constexpr double kIdleWait = 0.25;  // seconds asleep at a time when nothing happens
constexpr auto kKeepAgain = 1s;     // settings are written as often at most
constexpr auto kLastWords = 500ms;  // a run that goes on when the window closes is given as long to end, and is kept whole then
constexpr int kWidth = 1440, kHeight = 900;

platform::WindowOptions window_options(const Options& options, const session::Preferences& preferences) {
  platform::WindowOptions wanted;
  const auto kept = preferences.window();
  const bool as_kept = kept && !options.width && !options.height;
  wanted.width = options.width.value_or(kept ? kept->width : kWidth);
  wanted.height = options.height.value_or(kept ? kept->height : kHeight);
  wanted.maximized = as_kept && kept->maximized;
  wanted.fit = as_kept;  // the screen may be another one than last time
  wanted.visible = options.visible;
  return wanted;
}

// The language comes first: what goes wrong while the window opens is said in it.
i18n::Language choose_language(const Options& options, const session::Preferences& preferences) {
  if (options.language) return *options.language;
  if (const auto kept = preferences.language()) return *kept;
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') return i18n::language_for(value);
  return i18n::Language::english;
}

volatile sig_atomic_t end_wanted = 0;  // how often

// Who ends us from outside ends us in order: the run's processes and files go with us.
void watch_for_the_end() {
  struct sigaction action {};
  action.sa_handler = [](int) { end_wanted = end_wanted + 1; };
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

std::string screenshot_name() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[64];
  std::strftime(text, sizeof text, "forklight-%Y%m%d-%H%M%S.png", &parts);
  return text;
}

}  // namespace

App::App(const Options& options)
    : preferences_(options.person ? std::optional(options.person->config) : std::nullopt),
      session_((i18n::set_language(choose_language(options, preferences_)), options.engine)),
      keeper_(options.person ? std::optional(options.person->state) : std::nullopt, ui_.past),
      quiz_keeper_(options.person ? std::optional(options.person->state) : std::nullopt, ui_.quiz),
      window_(window_options(options, preferences_)),
      film_(options.engine.parent_path() / "forklight"),
      wait_when_idle_(options.wait_when_idle),
      draw_(options.draw),
      last_input_(Clock::now()) {
  restore(options);
  if (!options.open.empty()) ui_.push("open", options.open.string());
  if (!options.lecture.empty()) ui_.push("lecture", options.lecture);
  session_.observe(options.observe);
  session_.notify(preferences_.take_problem());
  apply_ui();
}

// What was kept, and over it what the command line says.
void App::restore(const Options& options) {
  ui_.predict.ask = options.ask;
  preferences_.restore(ui_);
  preferences_.restore(session_);
  if (options.theme) ui_.theme = *options.theme;
  if (options.text_scale) ui_.text_scale = std::clamp(*options.text_scale, 0.8f, 2.5f);
  if (!options.scenario.empty()) session_.choose(options.scenario);
  note_window();
  if (!preferences_.kept()) {
    // Panels begin in proportion to the window; from then on they are the person's.
    const float scale = ui_.text_scale;
    ui_.right_width = std::max(ui_.right_width, static_cast<float>(place_.width) / scale * 0.27f);
    ui_.bottom_height = std::clamp(static_cast<float>(place_.height) / scale * 0.3f, 200.0f, 340.0f);
  }
  const auto overrule = [&](bool given, const char* name) {
    if (given) preferences_.overrule(name, session_, ui_, place_);
  };
  overrule(options.theme.has_value(), "theme");
  overrule(options.language.has_value(), "language");
  overrule(options.text_scale.has_value(), "text_scale");
  overrule(options.width || options.height, "window");
  overrule(!options.scenario.empty(), "lesson");
}

App::~App() {
  // A run that goes on is kept as well: to its end, if that comes soon.
  if (keeper_.keeps() && session_.live()) {
    session_.stop();
    for (const auto patience = Clock::now() + kLastWords; session_.live() && Clock::now() < patience; std::this_thread::sleep_for(1ms)) session_.update();
  }
  keeper_.keep_now(session_, ui_.past);
  note_window();
  keep_settings();
}

void App::note_window() {
  if (window_.fullscreen() || window_.minimized()) return;
  place_.maximized = window_.maximized();
  if (place_.maximized && place_.width > 0) return;  // what it is when it no longer is
  const float scale = window_.content_scale();
  place_.width = static_cast<int>(std::lround(static_cast<float>(window_.width()) / scale));
  place_.height = static_cast<int>(std::lround(static_cast<float>(window_.height()) / scale));
}

void App::keep_settings() {
  last_kept_ = Clock::now();
  if (preferences_.keep(session_, ui_, place_)) return;
  if (std::string problem = preferences_.take_problem(); !problem.empty()) session_.notify(std::move(problem));
}

int App::run() {
  watch_for_the_end();
  if (!ui_.tour_seen) ui_.push("tour");
  for (int ended = 0; frame();) {
    if (end_wanted == ended) continue;
    ended = end_wanted;
    ui_.quit_wanted = true;
  }
  return 0;
}

namespace {
// Of the whole process: what draws may have threads of its own.
std::chrono::nanoseconds processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}
}  // namespace

bool App::frame() {
  take_input();
  session::Context context{session_, ui_};
  session::carry_out(context);
  session_.update();
  session::follow_questions(context);
  session::follow_quiz(context);
  session::update_lecture(context, base::now_ns());
  session::note_sight(context, base::now_ns());
  if (session_.model().revision() != drawn_revision_) last_change_ = Clock::now();
  keeper_.update(session_, ui_.past);
  if (std::string problem = quiz_keeper_.update(ui_.quiz); !problem.empty()) session_.notify(std::move(problem));
  show_folder();
  if (Clock::now() - last_kept_ > kKeepAgain) {
    note_window();
    keep_settings();
  }
  film_moves_ = film_.update(context);
  if (may_close()) return false;
  // What has come under the mouse by itself has its tooltip, and that its size, some frames later.
  const bool moving = session_.live() || Clock::now() - std::max(last_input_, last_change_) < kSettle || !ui_.pushed.empty() || panels::audience_moves(ui_, panels_.captions) || ui_.looking() || ui_.lecture.on || film_moves_;
  if (!wait_when_idle_ || moving || ui_.screenshot_wanted || !ui_.exporting.figure_wanted.empty() || session_.model().revision() != drawn_revision_) {
    const auto before = processor_time();
    draw(draw_ || ui_.screenshot_wanted, ui_.screenshot_wanted);
    take_screenshot();
    draw_figure();
    if (draw_) window_.show();
    draw_cost_ = processor_time() - before;
  }
  return true;
}

void App::take_input() {
  const auto now = Clock::now();
  double wait = 0;
  if (wait_when_idle_ && ui_.pushed.empty()) {
    const bool touched = now - last_input_ < kSettle, moving = session_.live() || touched || now - last_change_ < kSettle || panels::audience_moves(ui_, panels_.captions) || ui_.looking() || film_moves_;
    const std::chrono::nanoseconds period = touched ? kFrame : std::clamp<std::chrono::nanoseconds>(kShareOfDrawing * draw_cost_, kFrame, kLongestPeriod);
    const auto rest = period - (now - last_draw_);
    if (!moving)
      wait = kIdleWait;
    else if (rest > 1ms)
      wait = std::chrono::duration<double>(rest).count();
  }
  if (window_.take_input(wait)) last_input_ = Clock::now();
  session::Context context{session_, ui_};
  for (const session::Shortcut& shortcut : window_.take_keys())
    panels::route_key(context, shortcut, ImGui::GetIO().WantTextInput);
  session::drop_files(context, window_.take_dropped());
}

void App::apply_ui() {
  if (shown_theme_ != ui_.theme) {
    shown_theme_ = ui_.theme;
    platform::set_theme(ui_.theme);
  }
  if (shown_language_ != i18n::language()) {
    shown_language_ = i18n::language();
    fonts_.need(i18n::all_text(i18n::language()));
    fonts_.need("EN · 中文");  // the switch names both
  }
  need_glyphs();
  // Presenting enlarges as far as the window has room for it: twice on a projector's 1080p and beyond.
  const float display = window_.content_scale();
  const float points = static_cast<float>(window_.width()) / display;
  // Who has large text already has less of that: the timeline needs room for its lanes.
  const float room = std::max(1.0f, points / 640 / ui_.text_scale);
  const float stage = ui_.presenting ? std::min(std::clamp(points / 1000.0f, 1.0f, 2.0f), room) : 1.0f;
  if (fonts_.update(ui_.text_scale * display * stage, ui_.audience.lens ? ui_.audience.lens_zoom : 1)) {
    window_.upload_fonts();
    film_.atlas_changed();
    last_input_ = Clock::now();
    if (!fonts_.notice().empty()) session_.notify(fonts_.notice());
  }
  const std::string title =
      std::string(tr("scenario." + std::string(session_.scenario().id) + ".title")) + " – Forklight";
  if (title != shown_title_) window_.set_title(shown_title_ = title);
  window_.set_fullscreen(ui_.presenting);
}

// Names, output and errors are the program's: any character may come up in them.
void App::need_glyphs() {
  const timeline::Model& model = session_.model();
  if (model.console().size() < console_seen_ || model.tasks().size() < tasks_seen_) console_seen_ = tasks_seen_ = 0;
  for (; console_seen_ < model.console().size(); ++console_seen_) fonts_.need(model.console()[console_seen_].text);
  for (; tasks_seen_ < model.tasks().size(); ++tasks_seen_) fonts_.need(model.tasks()[tasks_seen_].name);
  for (const store::Note& note : session_.notes()) fonts_.need(note.text);
  fonts_.need(ui_.find.entry);
  fonts_.need(ui_.notes.entry);
  fonts_.need(session_.python());
  fonts_.need(session_.cpp());
}

void App::draw(bool pixels, bool whole) {
  apply_ui();
  fonts_.need(session_.notice());
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - last_draw_).count();
  // Smoothed, or the number would flicker more than the picture.
  if (seconds > 0 && seconds < 0.5)
    panels_.frame_rate += (static_cast<float>(1 / seconds) - panels_.frame_rate) * 0.05f;
  last_draw_ = now;
  drawn_revision_ = session_.model().revision();
  if (window_.minimized()) return;
  window_.begin_frame();
  ui_.filtering = false;
  session::Context context{session_, ui_};
  panels::draw_frame(context, timeline_, panels_);
  if (platform::compat::atlas_grew()) film_.atlas_changed();
  const auto seen_through = lens();
  ImGui::Render();
  film_.take_frame(seen_through, ui_.audience.vision);
  if (pixels) window_.end_frame(seen_through, ui_.audience.vision, whole);
}

// Where the pointer is, if it is in the window.
std::optional<platform::Lens> App::lens() const {
  const ImVec2 at = ImGui::GetIO().MousePos, screen = ImGui::GetIO().DisplaySize;
  if (!ui_.audience.lens || at.x < 0 || at.y < 0 || at.x >= screen.x || at.y >= screen.y) return std::nullopt;
  constexpr float kRadius = 160, kShare = 0.3f;  // points; of the window's smaller side at most
  const float most = static_cast<float>(std::min(window_.width(), window_.height())) * kShare;
  return platform::Lens{at.x, at.y, std::min(platform::px(kRadius), most), ui_.audience.lens_zoom, platform::palette().signal, platform::palette().window};
}

void App::take_screenshot() {
  if (!ui_.screenshot_wanted) return;
  ui_.screenshot_wanted = false;
  std::error_code ignored;
  const std::string path =
      std::filesystem::absolute(ui_.screenshot_path.empty() ? screenshot_name() : ui_.screenshot_path, ignored)
          .string();
  try {
    window_.write_png(path);
    session_.notify(tr("notice.screenshot", fmt::arg("path", path)));
  } catch (const base::Failure& failure) {
    session_.notify(failure.what());
  }
}

// What the timeline shows, on a page of its own.
void App::draw_figure() {
  if (ui_.exporting.figure_wanted.empty()) return;
  std::error_code ignored;
  const std::filesystem::path file = std::filesystem::absolute(std::exchange(ui_.exporting.figure_wanted, {}), ignored);
  try {
    const store::Meta meta = session_.meta();
    figure::save_figure({.model = session_.model(), .meta = meta, .now_ns = session_.now_ns(), .live = session_.live(), .view_chosen = true, .notes = session_.notes()}, ui_,
                        {.theme = ui_.theme}, file);
    ui_.dialog = session::Dialog::none;
    session_.notify(tr("notice.figure", fmt::arg("path", file.string())));
  } catch (const std::exception& failure) {
    session_.notify(failure.what());
  }
  last_input_ = Clock::now();
}

// What is recorded becomes a film first, unless the person insists.
bool App::may_close() {
  if (film_.may_close()) return true;
  if (!window_.close_wanted() && !ui_.quit_wanted) return false;
  session::Context context{session_, ui_};
  if (!film_.stays_for_it(context)) return true;
  window_.stay();
  ui_.quit_wanted = false;
  last_input_ = Clock::now();
  return false;
}

void App::show_folder() {
  if (!ui_.folder_wanted.empty()) folders_.open(std::exchange(ui_.folder_wanted, {}));
  const auto failed = folders_.take_failure();
  if (!failed) return;
  session_.notify(tr("error.folder", fmt::arg("path", failed->string())));
  last_input_ = Clock::now();
}

bool App::screenshot(const std::string& path) {
  try {
    draw(true, true);
    window_.write_png(path);
    window_.show();
    return true;
  } catch (const base::Failure& failure) {
    session_.notify(failure.what());
    return false;
  }
}

}  // namespace forklight::app
