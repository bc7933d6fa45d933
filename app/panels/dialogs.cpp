// Open and save, and the frame of the other dialogs (keys.cpp, fact.cpp, palette.cpp).
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <span>
#include <string_view>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

namespace fs = std::filesystem;
using i18n::tr;
using platform::palette;
using session::Dialog;

constexpr double kReadAgain = 1.0;  // seconds: a file saved beside us turns up soon enough

// What a person can choose from in the directory of the path that is typed. A directory that cannot be read is an empty
// list: opening it says why.
void read_directory(DirectoryListing& listing, const std::string& directory, std::span<const std::string_view> endings) {
  const double now = ImGui::GetTime();
  if (listing.directory == directory && listing.read_at >= 0 && now - listing.read_at < kReadAgain) return;
  listing = {directory, now, {}, {}};
  std::error_code error;
  for (fs::directory_iterator at(directory, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.')) continue;
    if (at->is_directory(ignored))
      listing.folders.push_back(name);
    else if (std::find(endings.begin(), endings.end(), at->path().extension().string()) != endings.end())
      listing.files.push_back(name);
  }
  std::sort(listing.folders.begin(), listing.folders.end());
  std::sort(listing.files.begin(), listing.files.end());
}

// What a command reads or writes.
std::span<const std::string_view> endings_of(std::string_view command) {
  static constexpr std::string_view kRuns[] = {".flt"}, kFigures[] = {".svg", ".pdf", ".png"}, kExports[] = {".json", ".csv", ".vtt"};
  if (command == "figure") return kFigures;
  if (command == "export") return kExports;
  return kRuns;
}

std::string directory_of(const std::string& entry) {
  std::error_code ignored;
  const fs::path path(entry.empty() ? "." : entry);
  if (fs::is_directory(path, ignored)) return path.string();
  return path.has_parent_path() ? path.parent_path().string() : ".";
}

bool list_row(UiState& ui, Icon icon, const std::string& name) {
  const Hit row = hit(ui, name.c_str(), {ImGui::GetContentRegionAvail().x, px(28)});
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (row.hovered) list->AddRectFilled(row.min, row.max, palette().hover, px(4));
  draw_icon(list, icon, {row.min.x + px(16), row.center_y()}, px(13), palette().text_dim);
  draw_text_in(list, Font::body, row.min.x + px(32), row.min.y, row.max.x, row.max.y, palette().text, printable(name));
  draw_focus(row, px(4));
  return row.clicked;
}

// A run or a file to come back to: what it is, and dim behind it where it lies or when it was.
bool recent_row(UiState& ui, const std::string& id, Icon icon, const std::string& name, const std::string& detail) {
  const Hit row = hit(ui, id.c_str(), {ImGui::GetContentRegionAvail().x, px(28)});
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (row.hovered) list->AddRectFilled(row.min, row.max, palette().hover, px(4));
  draw_icon(list, icon, {row.min.x + px(16), row.center_y()}, px(13), palette().text_dim);
  const float room = row.max.x - px(12) - row.min.x - px(32);
  const float width = std::min(text_width(Font::body, name), room * 0.6f);
  draw_text_in(list, Font::body, row.min.x + px(32), row.min.y, row.min.x + px(32) + width + 1, row.max.y, palette().text, name);
  draw_text_in(list, Font::small, row.min.x + px(48) + width, row.min.y, row.max.x - px(8), row.max.y, palette().text_dim, detail);
  draw_focus(row, px(4));
  return row.clicked;
}

// "2026-11-26 14:02", as the clock here had it.
std::string local_time(std::int64_t seconds) {
  const std::time_t when = seconds;
  std::tm parts{};
  localtime_r(&when, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
  return text;
}

void listing_title(const char* text) {
  ImGui::Dummy({1, px(4)});
  ImGui::Indent(px(12));
  label(Font::small, palette().text_dim, text);
  ImGui::Unindent(px(12));
  ImGui::Dummy({1, px(2)});
}

// What one comes back to most often stands above the directory.
void draw_recent(UiState& ui) {
  constexpr std::size_t kShown = 4;  // of each
  const session::Past& past = ui.past;
  std::error_code ignored;
  std::size_t shown = 0;
  for (const session::KeptRun& run : past.runs) {
    if (shown == kShown || !fs::exists(run.path, ignored)) continue;
    if (shown++ == 0) listing_title(tr("dialog.open.runs"));
    const std::string key = "scenario." + run.scenario + ".title";
    if (recent_row(ui, run.path, Icon::file, i18n::has(key) ? tr(key) : run.scenario, local_time(run.ended))) ui.push("open", run.path);
  }
  shown = 0;
  for (const std::string& file : past.files) {
    if (shown == kShown || !fs::exists(file, ignored)) continue;
    if (shown++ == 0) listing_title(tr("dialog.open.files"));
    const fs::path path(file);
    if (recent_row(ui, "recent " + file, Icon::file, printable(path.filename().string()), printable(path.parent_path().string()))) ui.push("open", file);
  }
  if (!past.runs.empty() || !past.files.empty()) listing_title(tr("dialog.open.directory"));
}

void draw_listing(Context& context, PanelState& state, const char* command) {
  UiState& ui = context.ui;
  const std::string directory = directory_of(ui.path_entry);
  read_directory(state.listing, directory, endings_of(command));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().window);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  const bool opening = std::string_view(command) == "open";
  if (ImGui::BeginChild("listing", {0, room_above_buttons(px(opening ? 380 : 240))})) {
    if (opening) draw_recent(ui);
    const fs::path here(directory);
    std::error_code ignored;
    const fs::path absolute = fs::absolute(here, ignored);
    if (absolute.has_parent_path() && absolute != absolute.root_path() && list_row(ui, Icon::folder, "..")) {
      const fs::path up = absolute.has_filename() ? absolute.parent_path() : absolute.parent_path().parent_path();
      ui.path_entry = up.string() + "/";
    }
    for (const std::string& folder : state.listing.folders)
      if (list_row(ui, Icon::folder, folder)) ui.path_entry = (here / folder).string() + "/";
    for (const std::string& file : state.listing.files) {
      if (!list_row(ui, Icon::file, file)) continue;
      ui.path_entry = (here / file).string();
      // Opening asks nothing more; saving over a file needs the person's own press of the button.
      if (opening) ui.push("open", ui.path_entry);
    }
    if (state.listing.files.empty()) {
      ImGui::Indent(px(12));
      ImGui::Dummy({1, px(4)});
      const std::string none = fmt::format("dialog.{}.none", command);
      label(Font::small, palette().text_dim, tr(i18n::has(none) ? none : "dialog.no_files"));
      ImGui::Unindent(px(12));
    }
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

void draw_files(Context& context, PanelState& state, const char* command, bool fresh) {
  UiState& ui = context.ui;
  const auto words = [command](const char* which) { return tr(fmt::format("dialog.{}.{}", command, which)); };
  label(Font::title, palette().text, words("title"));
  paragraph(Font::body, palette().text_dim, words("text"));
  if (!context.session.notice().empty())
    paragraph(Font::body, platform::readable(palette().warning, palette().panel), context.session.notice());
  ImGui::SetNextItemWidth(-1);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(12), px(7)));
  if (fresh) ImGui::SetKeyboardFocusHere();
  before_field(ui, "##path");
  const bool entered = ImGui::InputText("##path", &ui.path_entry, ImGuiInputTextFlags_EnterReturnsTrue);
  after_field(ui, "##path");
  ImGui::PopStyleVar();
  draw_listing(context, state, command);
  ImGui::Dummy({1, px(4)});
  const char* action = words("action");
  const float buttons = text_width(Font::strong, action) + text_width(Font::strong, tr("dialog.cancel")) + px(72);
  ImGui::SetCursorPosX(std::max(px(16), ImGui::GetWindowWidth() - px(16) - buttons));
  if (dialog_button(ui, "cancel", tr("dialog.cancel"), ButtonStyle::plain)) ui.dialog = Dialog::none;
  ImGui::SameLine();
  const bool pressed = dialog_button(ui, "action", action, ButtonStyle::run);
  std::error_code ignored;
  const bool is_file = !ui.path_entry.empty() && !fs::is_directory(ui.path_entry, ignored);
  if ((entered || pressed) && is_file) ui.push(command, ui.path_entry);
}

}  // namespace

float room_above_buttons(float wanted) {
  constexpr float kButtons = 76, kLeast = 60;  // points: a row of buttons and the margins
  const float room = ImGui::GetIO().DisplaySize.y - px(16) - ImGui::GetCursorPosY() - px(kButtons);
  return std::clamp(room, std::min(px(kLeast), wanted), wanted);
}

bool dialog_button(UiState& ui, const char* id, const char* text, ButtonStyle style) {
  const float width = text_width(Font::strong, text) + px(32);
  const Hit area = hit(ui, id, {width, px(32)});
  const bool main = style == ButtonStyle::run;
  const Color base = main ? palette().run_button : palette().panel_raised;
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(area.min, area.max, area.hovered ? platform::mix(base, palette().text, 0.1f) : base, px(6));
  draw_text_in(list, Font::strong, area.min.x + px(16), area.min.y, area.max.x, area.max.y,
               main ? palette().run_button_text : palette().text, text);
  draw_focus(area, px(6));
  return area.clicked;
}

void draw_dialogs(Context& context, PanelState& state) {
  UiState& ui = context.ui;
  const bool fresh = ui.dialog != state.shown_dialog && ui.dialog != Dialog::none;
  if (fresh) {
    ImGui::OpenPopup("dialog");
    state.listing.read_at = -1;
  }
  state.shown_dialog = ui.dialog;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = std::min(px(ui.dialog == Dialog::gallery ? 1180 : ui.dialog == Dialog::keys ? 880 : ui.dialog == Dialog::quiz ? 680 : 560), std::max(px(120), screen.x - px(32)));
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSize({width, 0});
  // What is longer than the window is scrolled.
  if (ui.dialog == Dialog::quiz) ImGui::SetNextWindowSizeConstraints({width, 0}, {width, std::max(px(80), screen.y - px(32))});
  if (!ImGui::BeginPopupModal("dialog", nullptr,
                              ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoNav))
    return;
  if (ui.audience.reduced_motion) platform::compat::dim_at_once();
  ui.focus.order.clear();  // what is behind a dialog is out of reach
  switch (ui.dialog) {
    case Dialog::none:
      ImGui::CloseCurrentPopup();
      break;
    case Dialog::open:
      draw_files(context, state, "open", fresh);
      break;
    case Dialog::save:
      draw_files(context, state, "save", fresh);
      break;
    case Dialog::figure:
      draw_files(context, state, "figure", fresh);
      break;
    case Dialog::export_run:
      draw_files(context, state, "export", fresh);
      break;
    case Dialog::keys:
      draw_keys(context, fresh);
      break;
    case Dialog::fact:
      draw_fact(context);
      break;
    case Dialog::palette:
      draw_palette(context, fresh);
      break;
    case Dialog::note:
      draw_note(context, fresh);
      break;
    case Dialog::notes:
      draw_notes(context);
      break;
    case Dialog::gallery:
      draw_gallery(context, fresh);
      break;
    case Dialog::lesson:
      draw_lesson(context);
      break;
    case Dialog::glossary:
      draw_glossary(context, fresh);
      break;
    case Dialog::quiz:
      draw_quiz(context);
      break;
  }
  ImGui::EndPopup();
}

}  // namespace forklight::app::panels
