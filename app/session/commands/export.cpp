// What leaves the window for other programs: figures, traces, tables, subtitles.
#include <array>
#include <filesystem>

#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "app/session/export.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

// Beside the run's own file, else here.
std::string suggested_path(const Context& c, const char* ending) {
  std::filesystem::path path = c.session.file();
  std::error_code ignored;
  if (path.empty()) path = std::filesystem::current_path(ignored) / c.session.scenario().id;
  return path.replace_extension(ending).string();
}

void figure(Context& c, std::string_view path) {
  if (path.empty()) {
    c.ui.path_entry = suggested_path(c, ".svg");
    c.ui.dialog = Dialog::figure;
    return;
  }
  c.ui.exporting.figure_wanted = path;
  if (!std::filesystem::path(path).has_extension()) c.ui.exporting.figure_wanted += ".svg";
}

void export_file(Context& c, std::string_view path) {
  if (path.empty()) {
    c.ui.path_entry = suggested_path(c, ".json");
    c.ui.dialog = Dialog::export_run;
    return;
  }
  const std::filesystem::path file(path);
  export_run(c.session.meta(), c.session.model(), c.session.notes(), file, export_format(file));
  c.ui.dialog = Dialog::none;
  c.session.notify(tr("notice.exported", fmt::arg("path", file.string())));
}

void origin(Context& c, std::string_view) { c.session.notify(c.session.origin_words()); }

constexpr std::array kExport = {
    Command{"figure", {Key::e, true, true}, has_run, figure},
    Command{"export", ctrl(Key::e), has_run, export_file},
    Command{"origin", kNone, has_run, origin},
};

}  // namespace

std::span<const Command> export_commands() noexcept { return kExport; }

}  // namespace forklight::app::session
