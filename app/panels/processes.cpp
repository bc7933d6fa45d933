// The table of processes: who, whose child, what it does, how and when it ended.
#include <algorithm>
#include <array>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using timeline::kOpen;
using timeline::Model;
using timeline::Task;

struct Column {
  const char* title;
  bool number;
  float width;  // share of the table
};
constexpr std::array<Column, 7> kColumns = {{{"processes.name", false, 1.5f},
                                             {"processes.pid", true, 0.8f},
                                             {"processes.parent", false, 1.3f},
                                             {"processes.state", false, 2.0f},
                                             {"processes.exit_code", false, 1.4f},
                                             {"processes.started", true, 1.0f},
                                             {"processes.ended", true, 1.0f}}};
constexpr float kRowHeight = 28;

void cell(std::string_view text, Color ink, Font font, bool number) {
  ImGui::TableNextColumn();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float end = at.x + ImGui::GetContentRegionAvail().x;
  const float x = number ? std::max(at.x, end - text_width(font, text)) : at.x;
  if (draw_text_in(ImGui::GetWindowDrawList(), font, x, at.y, end, at.y + px(kRowHeight), ink, text)) {
    ImGui::Dummy({std::max(1.0f, end - at.x), px(kRowHeight)});
    tooltip(text);
  }
}

void draw_row(Context& context, const Task& task, std::size_t order, std::int64_t when) {
  const Model& model = context.session.model();
  ImGui::TableNextRow(ImGuiTableRowFlags_None, px(kRowHeight));
  ImGui::PushID(static_cast<int>(task.id));
  ImGui::TableNextColumn();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float end = at.x + ImGui::GetContentRegionAvail().x;
  if (ImGui::Selectable("##row", context.ui.selection.task == task.id, ImGuiSelectableFlags_SpanAllColumns, {0, px(kRowHeight)}))
    context.ui.push("select", std::to_string(task.id));
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled({at.x, at.y + px(7)}, {at.x + px(4), at.y + px(kRowHeight - 7)}, platform::task_color(order), px(1));
  draw_text_in(list, Font::strong, at.x + px(12), at.y, end, at.y + px(kRowHeight), palette().text, task.name);

  cell(std::to_string(task.pid), palette().text_dim, Font::body, true);
  const Task* parent = model.find(task.parent);
  cell(parent != nullptr ? std::string_view(parent->name) : std::string_view("–"), palette().text_dim, Font::body, false);
  cell(timeline_view::state_words(model, task, when), palette().text, Font::body, false);
  ImGui::TableNextColumn();
  if (const auto code = task.exit_code(); code && when >= task.death_ns) {
    const ImVec2 pill_at = ImGui::GetCursorScreenPos();
    exit_pill(list, pill_at.x, pill_at.y + px(4), pill_at.y + px(kRowHeight - 4), *code);
  }
  cell(moment_text(model, task.born_ns), palette().text_dim, Font::body, true);
  cell(task.death_ns != kOpen && when >= task.death_ns ? moment_text(model, task.death_ns) : "", palette().text_dim, Font::body, true);
  ImGui::PopID();
}

}  // namespace

void draw_processes(Context& context) {
  const Model& model = context.session.model();
  if (model.tasks().empty()) return paragraph(Font::body, palette().text_dim, tr("processes.empty"));
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(px(8), px(1)));
  if (ImGui::BeginTable("processes", static_cast<int>(kColumns.size()), ImGuiTableFlags_ScrollY | ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_NoPadOuterX)) {
    for (const Column& column : kColumns) ImGui::TableSetupColumn(column.title, ImGuiTableColumnFlags_WidthStretch, column.width);
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableNextRow(ImGuiTableRowFlags_Headers, px(24));
    for (const Column& column : kColumns) cell(tr(column.title), palette().text_dim, Font::small, column.number);
    const std::int64_t when = moment(context);
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(model.tasks().size()), px(kRowHeight) + 2 * ImGui::GetStyle().CellPadding.y);
    while (clipper.Step())
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        const auto order = static_cast<std::size_t>(i);
        draw_row(context, model.tasks()[order], order, when);
      }
    clipper.End();
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
}

}  // namespace forklight::app::panels
