// What the person has set, kept between two starts in settings.json: theme, language, text, panels, what the timeline shows, the lesson
// at hand and its settings, the window's size. Without a directory nothing is read or written.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/session/session.h"
#include "app/session/ui_state.h"
#include "core/base/json.h"

namespace forklight::app::session {

inline constexpr int kPreferencesVersion = 1;

struct WindowPlace {
  int width = 0, height = 0;  // points
  bool maximized = false;
  bool operator==(const WindowPlace&) const = default;
};

class Preferences {
 public:
  // Reads what is there. A file that is broken, or of another version, is put aside as settings.json.broken-…; problem() tells of it then,
  // and everything has its default.
  explicit Preferences(std::optional<std::filesystem::path> directory);

  [[nodiscard]] bool kept() const noexcept { return read_.is_object(); }  // something was there
  [[nodiscard]] std::optional<i18n::Language> language() const;
  [[nodiscard]] std::optional<WindowPlace> window() const;
  void restore(UiState& ui) const;
  void restore(Session& session) const;  // pace, lesson and its settings; what this version does not know is left out

  // The command line wins for now, and what was kept before it stays kept, as long as the person does not change it: "theme", "language",
  // "text_scale", "window", "lesson".
  void overrule(const std::string& name, const Session& session, const UiState& ui, const WindowPlace& window);

  // Writes what differs from the file. False, and one sentence in problem(), the first time that it cannot be written.
  bool keep(const Session& session, const UiState& ui, const WindowPlace& window);

  // One sentence to the person, once.
  [[nodiscard]] std::string take_problem();

 private:
  [[nodiscard]] nlohmann::json now(const Session& session, const UiState& ui, const WindowPlace& window) const;
  void read();

  std::filesystem::path file_;  // "" = nothing is kept
  nlohmann::json read_;         // what was in the file, null if nothing
  nlohmann::json overruled_ = nlohmann::json::object();  // by name: as the command line has it
  std::string written_, problem_;
  bool refused_ = false;
};

}  // namespace forklight::app::session
