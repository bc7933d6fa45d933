// What each process printed, with the moment and its name.
#include <algorithm>
#include <cmath>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/panels/rows.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;

// The line that was written at the selected moment by who is selected.
std::size_t row_of_selection(const Context& context, const ConsoleRows& rows) {
  const session::Selection& selection = context.ui.selection;
  if (!selection.time_ns) return kNoRow;
  const auto row = std::find_if(rows.rows().begin(), rows.rows().end(), [&](const ConsoleRow& one) { return one.task == selection.task && one.time_ns == *selection.time_ns; });
  return row == rows.rows().end() ? kNoRow : static_cast<std::size_t>(row - rows.rows().begin());
}

// What was found, or selected elsewhere, at the moment at which somebody wrote: that line comes into sight.
void show_selection(const Context& context, ConsoleRows& rows, float row_height, bool chosen_here) {
  if (rows.shown == context.ui.selection) return;
  rows.shown = context.ui.selection;
  if (chosen_here || ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows)) return;
  const std::size_t row = row_of_selection(context, rows);
  if (row != kNoRow) ImGui::SetScrollY(std::max(0.0f, static_cast<float>(row) * row_height - ImGui::GetWindowHeight() / 2));
}

}  // namespace

void draw_console(Context& context, ConsoleRows& rows) {
  const timeline::Model& model = context.session.model();
  rows.update(model);
  if (rows.rows().empty())
    return paragraph(Font::body, palette().text_dim,
                     tr(context.session.live() ? "console.empty_live" : "console.empty"));

  // The names' column is as wide as the longest name, so that all output begins at one edge.
  float name_width = px(72);
  for (const timeline::Task& task : model.tasks())
    name_width = std::max(name_width, text_width(Font::strong, task.name));
  name_width = std::min(name_width, ImGui::GetContentRegionAvail().x * 0.3f);
  const float time_width = std::max(text_width(Font::code, "000.0 ms"), text_width(Font::code, moment_text(model, model.end_ns())));
  const float row_height = std::round(line_height(Font::code) + px(5));
  const bool at_end = ImGui::GetScrollY() >= ImGui::GetScrollMaxY() - row_height * 2;
  const RowKeys keys = row_keys(context.ui, "lines", rows.rows().size(), row_height, [&] { return row_of_selection(context, rows); });
  show_selection(context, rows, row_height, keys.focused);
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(rows.rows().size()), row_height);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const ConsoleRow& row = rows.rows()[static_cast<std::size_t>(i)];
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const float bottom = at.y + row_height;
      const std::size_t order = order_of(model, row.task);
      if (row.first) {
        const std::string time = moment_text(model, row.time_ns);
        draw_text_in(list, Font::code, at.x + time_width - text_width(Font::code, time), at.y, at.x + px(300), bottom,
                     palette().text_dim, time);
        const timeline::Task* task = model.find(row.task);
        if (task != nullptr)
          draw_text_in(list, Font::strong, at.x + time_width + px(16), at.y, at.x + time_width + px(17) + name_width,
                       bottom, platform::task_ink(order), task->name);
      }
      const float text_x = at.x + time_width + name_width + px(32);
      const float y = at.y + (row_height - line_height(Font::code)) / 2;
      light_found(context.ui, list, Font::code, text_x, at.y, bottom, at.x + px(10000), row.text);
      draw_text(list, Font::code, {text_x, y}, row.stream == 2 ? palette().traceback : palette().text, row.text);
      ImGui::PushID(i);
      // A click on a line selects who wrote it, and when.
      const float row_width =
          std::max(ImGui::GetContentRegionAvail().x, text_x - at.x + text_width(Font::code, row.text));
      ImGui::InvisibleButton("row", {std::max(1.0f, row_width), row_height});
      if (ImGui::IsItemClicked() || keys.enters(static_cast<std::size_t>(i))) context.ui.selection = {row.task, row.time_ns};
      draw_row_focus(keys, static_cast<std::size_t>(i));
      ImGui::PopID();
    }
  }
  clipper.End();
  ImGui::PopStyleVar();
  // The newest stays in sight for whoever is at the end; who has scrolled back is left alone.
  if (rows.grew() && at_end && !keys.focused) ImGui::SetScrollHereY(1);
}

}  // namespace forklight::app::panels
