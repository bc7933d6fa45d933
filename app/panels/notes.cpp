// The dialog of one note, and the list of all.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::Dialog;

constexpr float kRowHeight = 32, kRows = 10;  // points; rows in sight

std::string when_words(const timeline::Model& model, const store::Note& note) {
  const std::string begin = moment_text(model, note.time_ns);
  if (!note.is_stretch()) return begin;
  return tr("note.stretch", fmt::arg("from", begin), fmt::arg("to", moment_text(model, note.end_ns)), fmt::arg("length", session::length_words(note.end_ns - note.time_ns)));
}

std::string subject_words(const timeline::Model& model, const store::Note& note) {
  return note.task == 0 ? std::string() : timeline_view::name_words(model, note.task);
}

// A small button with an icon in a row.
bool icon_button(UiState& ui, const char* id, Icon icon, const char* help) {
  const Hit area = hit(ui, id, {px(28), px(28)});
  tooltip(help);
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (area.hovered) list->AddRectFilled(area.min, area.max, palette().hover, px(5));
  draw_icon(list, icon, {(area.min.x + area.max.x) / 2, area.center_y()}, px(12), area.hovered || area.focused ? palette().text : palette().text_dim);
  draw_focus(area, px(5));
  return area.clicked;
}

void draw_row(Context& context, std::size_t place, float times) {
  UiState& ui = context.ui;
  const timeline::Model& model = context.session.model();
  const store::Note& note = context.session.notes()[place];
  const std::string number = std::to_string(place);
  ImGui::PushID(static_cast<int>(place));
  const float buttons = px(64), width = ImGui::GetContentRegionAvail().x;
  const Hit row = hit(ui, "note", {std::max(px(40), width - buttons), px(kRowHeight)});
  const ImVec2 moved = ImGui::GetIO().MouseDelta;
  if (row.hovered && (moved.x != 0 || moved.y != 0)) ui.notes.row = static_cast<int>(place);
  const bool chosen = ui.notes.row == static_cast<int>(place);
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (chosen) {
    list->AddRectFilled(row.min, {row.min.x + width, row.max.y}, palette().selected, px(4));
    list->AddRectFilled(row.min, {row.min.x + px(3), row.max.y}, palette().warning, px(1));
  }
  draw_icon(list, note.is_stretch() ? Icon::ruler : Icon::flag, {row.min.x + px(18), row.center_y()}, px(13), platform::readable(palette().warning, palette().panel));
  float x = row.min.x + px(36);
  const std::string time = moment_text(model, note.time_ns);
  draw_text_in(list, Font::code, x + times - text_width(Font::code, time), row.min.y, x + times + 1, row.max.y, palette().text_dim, time);
  x += times + px(16);
  const std::string who = subject_words(model, note);
  const float name = who.empty() ? 0 : std::min(text_width(Font::small, who) + px(12), width * 0.3f);
  const std::string text = note.text.empty() && !note.is_stretch() ? tr("note.bookmark") : session::note_words(model, note);
  const float end = row.max.x - name - px(8);
  draw_text_in(list, Font::body, x, row.min.y, end, row.max.y, note.text.empty() ? palette().text_dim : palette().text, timeline_view::shortened(Font::body, printable(text), end - x));
  if (!who.empty()) draw_text_in(list, Font::small, row.max.x - name, row.min.y, row.max.x, row.max.y, palette().text_dim, who);
  draw_focus(row, px(4));
  if (row.clicked || (chosen && ui.notes.go)) ui.push("note.go", number);
  ImGui::SameLine(0, px(4));
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + px(2));
  if (icon_button(ui, "edit", Icon::pencil, tr("command.note.edit"))) ui.push("note.edit", number);
  ImGui::SameLine(0, px(2));
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + px(2));
  if (icon_button(ui, "remove", Icon::close, tr("command.note.remove"))) ui.push("note.remove", number);
  ImGui::PopID();
}

std::string key_of(std::string_view command) {
  const session::Command* found = session::find_command(command);
  return found == nullptr ? std::string() : session::to_string(found->shortcut);
}

// Buttons at the right end of a dialog's last line.
float right_end(float width) { return std::max(px(16), ImGui::GetWindowWidth() - px(16) - width); }

}  // namespace

void draw_note(Context& context, bool fresh) {
  UiState& ui = context.ui;
  session::NotesState& notes = ui.notes;
  const timeline::Model& model = context.session.model();
  label(Font::title, palette().text, tr(notes.at ? "note.title" : notes.draft.is_stretch() ? "note.title.new_stretch" : "note.title.new"));
  const std::string who = subject_words(model, notes.draft);
  paragraph(Font::body, palette().text_dim, when_words(model, notes.draft) + (who.empty() ? "" : " · " + who));
  ImGui::SetNextItemWidth(-1);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(12), px(7)));
  if (fresh) ImGui::SetKeyboardFocusHere();
  ImGui::InputTextWithHint("##note", tr("note.entry"), &notes.entry);
  ImGui::PopStyleVar();
  paragraph(Font::small, palette().text_dim, tr("note.saved_with", fmt::arg("key", key_of("save"))));
  ImGui::Dummy({1, px(2)});
  if (notes.at) {
    if (dialog_button(ui, "remove", tr("note.remove"), ButtonStyle::plain)) ui.push("note.remove", std::to_string(*notes.at));
    ImGui::SameLine();
  }
  const float width = text_width(Font::strong, tr("note.keep")) + text_width(Font::strong, tr("dialog.cancel")) + px(72);
  ImGui::SetCursorPosX(right_end(width));
  if (dialog_button(ui, "cancel", tr("dialog.cancel"), ButtonStyle::plain)) ui.dialog = Dialog::none;
  ImGui::SameLine();
  if (dialog_button(ui, "keep", tr("note.keep"), ButtonStyle::run)) ui.push("note.keep");
}

void draw_notes(Context& context) {
  UiState& ui = context.ui;
  const auto& notes = context.session.notes();
  label(Font::title, palette().text, tr("notes.title"));
  const std::string keys = tr("notes.keys", fmt::arg("add", key_of("note.add")), fmt::arg("previous", key_of("note.previous")), fmt::arg("next", key_of("note.next")), fmt::arg("measure", key_of("measure")));
  paragraph(Font::body, palette().text_dim, notes.empty() ? tr("notes.none", fmt::arg("add", key_of("note.add")), fmt::arg("measure", key_of("measure"))) : keys);
  if (!notes.empty()) {
    const int count = static_cast<int>(notes.size());
    ui.notes.row = (ui.notes.row % count + count) % count;  // past an end it goes on at the other
    float times = px(60);
    for (const store::Note& note : notes) times = std::max(times, text_width(Font::code, moment_text(context.session.model(), note.time_ns)));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    if (ImGui::BeginChild("notes", {0, room_above_buttons(px(kRowHeight) * std::min(kRows, static_cast<float>(count)) + px(4))})) {
      if (ui.notes.row != 0 || ImGui::GetScrollY() > 0) {  // the chosen one stays in sight
        const float top = px(kRowHeight) * static_cast<float>(ui.notes.row), room = ImGui::GetWindowHeight();
        if (top < ImGui::GetScrollY()) ImGui::SetScrollY(top);
        if (top + px(kRowHeight) > ImGui::GetScrollY() + room && ImGui::GetIO().MouseWheel == 0) ImGui::SetScrollY(top + px(kRowHeight) - room);
      }
      for (std::size_t i = 0; i < notes.size(); ++i) draw_row(context, i, times);
    }
    ImGui::EndChild();
    ImGui::PopStyleVar();
  }
  ui.notes.go = false;
  if (context.session.notes_unsaved()) paragraph(Font::small, platform::readable(palette().warning, palette().panel), tr("notes.unsaved", fmt::arg("key", key_of("save"))));
  ImGui::Dummy({1, px(2)});
  ImGui::SetCursorPosX(right_end(text_width(Font::strong, tr("dialog.close")) + px(32)));
  if (dialog_button(ui, "close", tr("dialog.close"), ButtonStyle::plain)) ui.dialog = Dialog::none;
}

}  // namespace forklight::app::panels
