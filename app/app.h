// The application with its window: one object, one frame at a time, so that a test drives it as a person does.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "app/i18n/i18n.h"
#include "app/panels/layout.h"
#include "app/platform/fonts.h"
#include "app/platform/open_folder.h"
#include "app/platform/window.h"
#include "app/recording.h"
#include "app/session/person.h"
#include "app/session/preferences.h"
#include "app/session/run_keeper.h"
#include "app/session/session.h"
#include "app/timeline/timeline_view.h"

namespace forklight::app {

struct Options {
  std::filesystem::path engine;  // the forklight-engine binary
  // What is given here wins over what was kept, and does not replace it.
  std::optional<int> width, height;
  std::optional<i18n::Language> language;  // else the one that was kept, else LANG's
  std::optional<session::ThemeName> theme;
  std::optional<float> text_scale;
  std::string scenario;        // "" = the last one, or the first
  std::filesystem::path open;  // a trace file to show, "" = none
  std::string lecture;         // a tour that plays by itself: its file or name, "" = none
  observe::Want observe = observe::Want::best;  // what the kernel is asked
  bool ask = false;  // what a lesson asks before it runs
  // Where the person's settings and last runs are kept; nothing: none are read, none are written.
  std::optional<session::PersonFolders> person;
  bool visible = true;
  bool wait_when_idle = true;  // false: frame() never blocks, for tests
  bool draw = true;  // false: frames are laid out, and drawn for pictures alone; for tests, as software GL draws longer than all else takes
};

class App {
 public:
  // Throws base::Failure (no display, no OpenGL) or base::UsageError (no such scenario), one sentence each. A file that
  // cannot be opened is a notice in the window: the rest works.
  explicit App(const Options& options);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Input, commands, the session's news, and a frame if anything changed. False when the person has quit.
  bool frame();
  // Frames until the person quits; the exit status.
  int run();

  // Draws the window as it is now into a PNG. False if it could not be written: the session's notice says why.
  bool screenshot(const std::string& path);

  [[nodiscard]] session::Session& session() noexcept { return session_; }
  [[nodiscard]] session::UiState& ui() noexcept { return ui_; }
  [[nodiscard]] const timeline_view::TimelineView& timeline() const noexcept { return timeline_; }
  [[nodiscard]] platform::Window& window() noexcept { return window_; }

 private:
  void take_input();
  void apply_ui();  // theme, fonts, title, full screen: what the state asks of the window
  void need_glyphs();
  // Without `pixels` what it would draw is known then, and nothing is drawn; `whole`: also where it is as it was.
  void draw(bool pixels, bool whole);
  void take_screenshot();
  void draw_figure();
  [[nodiscard]] bool may_close();
  void show_folder();
  void restore(const Options& options);
  void keep_settings();
  void note_window();
  [[nodiscard]] std::optional<platform::Lens> lens() const;

  session::Preferences preferences_;  // first: the language is in them
  session::Session session_;
  session::UiState ui_;
  session::RunKeeper keeper_;
  session::QuizKeeper quiz_keeper_;
  platform::Window window_;
  platform::Fonts fonts_;
  timeline_view::TimelineView timeline_;
  panels::PanelState panels_;
  platform::FolderOpener folders_;
  FilmOfWindow film_;
  bool wait_when_idle_, draw_;
  std::optional<i18n::Language> shown_language_;
  std::optional<session::ThemeName> shown_theme_;
  std::string shown_title_;
  session::WindowPlace place_;  // as the person has it, not as presenting does
  std::size_t console_seen_ = 0, tasks_seen_ = 0;  // whose characters the fonts have
  std::uint64_t drawn_revision_ = 0;
  bool film_moves_ = false;  // what is said of it has changed, or it lacks the last frame
  std::chrono::steady_clock::time_point last_input_, last_draw_, last_change_, last_kept_;
  std::chrono::nanoseconds draw_cost_{0};  // processor time of the last frame
};

}  // namespace forklight::app
