// A film of the window, recorded while it is used.
#include <array>
#include <filesystem>

#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

bool recording(const Context& c) {
  return c.ui.recording.on;
}
bool making(const Context& c) {
  return c.ui.recording.making;
}
bool has_film(const Context& c) {
  return !c.ui.recording.made.empty();
}

// Begins, where there is a path into that file, else into one of its own beside the run; a second time it ends, and the film is made.
void record(Context& c, std::string_view path) {
  if (!c.ui.recording.on && !path.empty()) {
    const std::string ending = std::filesystem::path(path).extension().string();
    if (ending != ".mp4" && ending != ".webm" && ending != ".gif") throw base::UsageError(tr("film.ending", fmt::arg("path", path)));
  }
  c.ui.recording.path_wanted = path;
  c.ui.recording.toggle_wanted = true;
}
void give_up(Context& c, std::string_view) {
  c.ui.recording.give_up_wanted = true;
}
void show_folder(Context& c, std::string_view) {
  const std::filesystem::path made(c.ui.recording.made);
  std::error_code ignored;
  c.ui.folder_wanted = std::filesystem::is_directory(made, ignored) ? made.string() : made.parent_path().string();
}
void copy_path(Context& c, std::string_view) {
  c.ui.clipboard = c.ui.recording.made;
  c.session.notify(tr("notice.film.copied", fmt::arg("path", c.ui.recording.made)));
}

constexpr std::array kFilm = {
    Command{"film.record", ctrl(Key::r), always, record, recording},
    Command{"film.give_up", kNone, making, give_up},
    Command{"film.folder", kNone, has_film, show_folder},
    Command{"film.copy", kNone, has_film, copy_path},
};

}  // namespace

std::span<const Command> film_commands() noexcept {
  return kFilm;
}

}  // namespace forklight::app::session
