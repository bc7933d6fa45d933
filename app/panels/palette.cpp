// The command palette: type some letters, choose with the arrows or the mouse, Enter carries it out.
#include "app/session/palette.h"

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/text.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;

constexpr int kRows = 11;
constexpr float kRowHeight = 30, kMargin = 12;  // points

// True if it was clicked.
bool draw_row(UiState& ui, const session::PaletteEntry& entry, int index) {
  ImGui::PushID(index);
  const Hit row = hit(ui, "entry", {ImGui::GetContentRegionAvail().x, px(kRowHeight)});
  ImGui::PopID();
  // The mouse takes the choice along only when it moves: the list may have come under it while letters were typed.
  const ImVec2 moved = ImGui::GetIO().MouseDelta;
  if (row.hovered && (moved.x != 0 || moved.y != 0)) ui.palette_at = index;
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (index == ui.palette_at) {
    list->AddRectFilled(row.min, row.max, palette().selected, px(4));
    list->AddRectFilled(row.min, {row.min.x + px(3), row.max.y}, palette().accent, px(1));
  }
  const float key_width = entry.shortcut.empty() ? 0 : text_width(Font::code, entry.shortcut) + px(14);
  const float left = row.min.x + px(kMargin), right = row.max.x - px(kMargin) - key_width;
  draw_text_in(list, Font::body, left, row.min.y, right, row.max.y, palette().text, timeline_view::shortened(Font::body, entry.title, right - left - px(8)));
  if (key_width > 0) {
    list->AddRectFilled({right, row.min.y + px(4)}, {right + key_width, row.max.y - px(4)}, palette().panel_raised, px(4));
    draw_text_in(list, Font::code, right + px(7), row.min.y, right + key_width + 1, row.max.y, palette().text_dim, entry.shortcut);
  }
  return row.clicked;
}

}  // namespace

void draw_palette(Context& context, bool fresh) {
  UiState& ui = context.ui;
  label(Font::title, palette().text, tr("command.palette"));
  ImGui::SetNextItemWidth(-1);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(12), px(7)));
  if (fresh) ImGui::SetKeyboardFocusHere();
  before_field(ui, "##letters");
  if (ImGui::InputTextWithHint("##letters", tr("palette.hint"), &ui.palette_entry)) ui.palette_at = 0;
  after_field(ui, "##letters");
  ImGui::PopStyleVar();

  const std::vector<session::PaletteEntry> entries = session::palette_entries(context, ui.palette_entry);
  const int count = static_cast<int>(entries.size());
  if (count > 0) ui.palette_at = (ui.palette_at + count) % count;  // past an end it goes on at the other
  const int rows = std::max(1, static_cast<int>(room_above_buttons(px(kRowHeight) * kRows) / px(kRowHeight)));
  const int first = std::clamp(ui.palette_at - rows / 2, 0, std::max(0, count - rows));
  const session::PaletteEntry* chosen = std::exchange(ui.palette_go, false) && count > 0 ? &entries[static_cast<std::size_t>(ui.palette_at)] : nullptr;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  // As high with few as with many: the window stays where it is while letters are typed.
  if (ImGui::BeginChild("entries", {0, px(kRowHeight) * static_cast<float>(rows)})) {
    for (int index = first; index < std::min(count, first + rows); ++index) {
      if (draw_row(ui, entries[static_cast<std::size_t>(index)], index)) chosen = &entries[static_cast<std::size_t>(index)];
    }
    if (count == 0) {
      ImGui::Dummy({1, px(6)});
      ImGui::Indent(px(kMargin));
      label(Font::body, palette().text_dim, tr("palette.nothing"));
      ImGui::Unindent(px(kMargin));
    }
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
  if (chosen == nullptr) return;
  ui.dialog = session::Dialog::none;
  ui.push(std::string(chosen->command), chosen->argument);
}

}  // namespace forklight::app::panels
