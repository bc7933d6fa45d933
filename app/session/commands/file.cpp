// What goes out of the window or comes into it: runs, pictures, text.
#include <algorithm>
#include <array>
#include <filesystem>

#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "app/session/in_sight.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

bool has_output(const Context& c) {
  return !c.session.model().console().empty();
}

std::string suggested_path(const Context& c) {
  if (!c.session.file().empty()) return c.session.file().string();
  std::error_code ignored;
  const std::filesystem::path here = std::filesystem::current_path(ignored);
  return (here / (std::string(c.session.scenario().id) + ".flt")).string();
}

// A path typed without an ending gets ours, so that the dialog's listing shows it next time.
std::filesystem::path with_ending(std::string_view text) {
  std::filesystem::path path(text);
  if (!path.has_extension()) path += ".flt";
  return path;
}

void open(Context& c, std::string_view path) {
  if (path.empty()) {
    if (c.ui.path_entry.empty()) c.ui.path_entry = suggested_path(c);
    c.ui.dialog = Dialog::open;
    return;
  }
  c.session.open(path);
  c.session.notify("");
  remember(c.ui.past, c.session.file().string());
  c.ui.dialog = Dialog::none;
  look_afresh(c.ui);
  show_view(c.ui, c.session.meta().view, c.session.model());
}

void save(Context& c, std::string_view path) {
  if (path.empty()) {
    c.ui.path_entry = suggested_path(c);
    c.ui.dialog = Dialog::save;
    return;
  }
  const std::filesystem::path file = with_ending(path);
  c.session.note_view(text_of_view(c.ui, c.session.model()));
  c.session.save(file);
  remember(c.ui.past, file.string());
  c.ui.dialog = Dialog::none;
  c.session.notify(tr("notice.saved", fmt::arg("path", file.string())));
}

// The newest of those that were kept by themselves, which is not at hand already.
const KeptRun* last_run(const Context& c) {
  const auto at_hand = [&](const KeptRun& run) { return run.path == c.ui.past.at_hand || run.path == c.session.file(); };
  const auto found = std::find_if_not(c.ui.past.runs.begin(), c.ui.past.runs.end(), at_hand);
  return found == c.ui.past.runs.end() ? nullptr : &*found;
}
bool has_last_run(const Context& c) {
  return last_run(c) != nullptr;
}
void reopen(Context& c, std::string_view) {
  open(c, std::string(last_run(c)->path));
}

void screenshot(Context& c, std::string_view path) {
  c.ui.screenshot_wanted = true;
  c.ui.screenshot_path = path;
}

void copy_console(Context& c, std::string_view) {
  c.ui.clipboard.clear();
  for (const timeline::ConsoleLine& line : c.session.model().console()) c.ui.clipboard += line.text;
  c.session.notify(tr("notice.copied"));
}

constexpr std::array kFile = {
    Command{"open", ctrl(Key::o), always, open},
    Command{"reopen", {Key::o, true, true}, has_last_run, reopen},
    Command{"save", ctrl(Key::s), has_run, save},
    Command{"copy.console", kNone, has_output, copy_console},
    Command{"screenshot", key(Key::f2), always, screenshot},
};

}  // namespace

std::span<const Command> file_commands() noexcept {
  return kFile;
}

}  // namespace forklight::app::session
