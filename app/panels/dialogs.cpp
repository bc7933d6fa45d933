// Open, save, and the table of keys; a fact (fact.cpp).
#include <algorithm>
#include <filesystem>

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
void read_directory(DirectoryListing& listing, const std::string& directory) {
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
    else if (at->path().extension() == ".flt")
      listing.files.push_back(name);
  }
  std::sort(listing.folders.begin(), listing.folders.end());
  std::sort(listing.files.begin(), listing.files.end());
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

void draw_listing(Context& context, PanelState& state, const char* command) {
  UiState& ui = context.ui;
  const std::string directory = directory_of(ui.path_entry);
  read_directory(state.listing, directory);
  ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().window);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  if (ImGui::BeginChild("listing", {0, px(240)})) {
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
      if (std::string_view(command) == "open") ui.push("open", ui.path_entry);
    }
    if (state.listing.files.empty()) {
      ImGui::Indent(px(12));
      ImGui::Dummy({1, px(4)});
      label(Font::small, palette().text_dim, tr("dialog.no_files"));
      ImGui::Unindent(px(12));
    }
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

void draw_files(Context& context, PanelState& state, const char* command, bool fresh) {
  UiState& ui = context.ui;
  const bool saving = std::string_view(command) == "save";
  label(Font::title, palette().text, tr(saving ? "dialog.save.title" : "dialog.open.title"));
  paragraph(Font::body, palette().text_dim, tr(saving ? "dialog.save.text" : "dialog.open.text"));
  if (!context.session.notice().empty())
    paragraph(Font::body, platform::readable(palette().warning, palette().panel), context.session.notice());
  ImGui::SetNextItemWidth(-1);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(12), px(7)));
  if (fresh) ImGui::SetKeyboardFocusHere();
  const bool entered = ImGui::InputText("##path", &ui.path_entry, ImGuiInputTextFlags_EnterReturnsTrue);
  ImGui::PopStyleVar();
  draw_listing(context, state, command);
  ImGui::Dummy({1, px(4)});
  const char* action = tr(saving ? "dialog.save.action" : "dialog.open.action");
  const float buttons = text_width(Font::strong, action) + text_width(Font::strong, tr("dialog.cancel")) + px(72);
  ImGui::SetCursorPosX(std::max(px(16), ImGui::GetWindowWidth() - px(16) - buttons));
  if (dialog_button(ui, "cancel", tr("dialog.cancel"), ButtonStyle::plain)) ui.dialog = Dialog::none;
  ImGui::SameLine();
  const bool pressed = dialog_button(ui, "action", action, ButtonStyle::run);
  std::error_code ignored;
  const bool is_file = !ui.path_entry.empty() && !fs::is_directory(ui.path_entry, ignored);
  if ((entered || pressed) && is_file) ui.push(command, ui.path_entry);
}

void draw_keys(Context& context) {
  label(Font::title, palette().text, tr("dialog.keys.title"));
  if (ImGui::BeginChild("keys", {0, std::min(px(480), ImGui::GetIO().DisplaySize.y - px(180))})) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const bool two = ImGui::GetContentRegionAvail().x > px(560);
    const float width = ImGui::GetContentRegionAvail().x / (two ? 2.0f : 1.0f);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    int shown = 0;
    for (const session::Command& command : session::commands()) {
      const std::string shortcut = session::to_string(command.shortcut);
      if (shortcut.empty()) continue;
      if (two && shown % 2 == 1) ImGui::SameLine();
      ++shown;
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const float height = px(28);
      ImGui::Dummy({width, height});
      const float keys = text_width(Font::code, shortcut) + px(16);
      list->AddRectFilled({at.x, at.y + px(3)}, {at.x + keys, at.y + height - px(3)}, palette().panel_raised, px(4));
      draw_text_in(list, Font::code, at.x + px(8), at.y, at.x + keys + 1, at.y + height, palette().text, shortcut);
      draw_text_in(list, Font::body, at.x + std::max(keys, px(88)) + px(12), at.y, at.x + width - px(8), at.y + height,
                   palette().text, title_of(command.id));
    }
    ImGui::PopStyleVar();
  }
  ImGui::EndChild();
  const float close = text_width(Font::strong, tr("dialog.close")) + px(32);
  ImGui::SetCursorPosX(std::max(px(16), ImGui::GetWindowWidth() - px(16) - close));
  if (dialog_button(context.ui, "close", tr("dialog.close"), ButtonStyle::plain)) context.ui.dialog = Dialog::none;
}

}  // namespace

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
  const float width = std::min(px(ui.dialog == Dialog::gallery ? 1180 : ui.dialog == Dialog::keys ? 720 : 560), std::max(px(120), screen.x - px(32)));
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSize({width, 0});
  if (!ImGui::BeginPopupModal("dialog", nullptr,
                              ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove))
    return;
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
    case Dialog::keys:
      draw_keys(context);
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
  }
  ImGui::EndPopup();
}

}  // namespace forklight::app::panels
