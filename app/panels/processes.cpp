// The tree of processes: who, whose child, what it does, how and when it ended.
#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/panels/rows.h"
#include "app/timeline/words.h"
#include "core/timeline/process_tree.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using timeline::kOpen;
using timeline::Model;
using timeline::Task;
using timeline::TreeRow;

constexpr std::array<const char*, 8> kTitles = {"processes.name",  "processes.pid",       "processes.parent",
                                                "processes.state", "processes.letter", "processes.exit_code", "processes.started",
                                                "processes.ended"};
constexpr std::array<bool, kTitles.size()> kIsNumber = {false, true, false, false, false, false, true, true};
constexpr std::size_t kParent = 2;  // goes where the state needs the room: the tree says it, too
constexpr std::size_t kState = 3;   // takes what room the others leave
constexpr std::size_t kStarted = 6;
constexpr float kRowHeight = 28, kLeastState = 150;
constexpr float kIndent = 16;            // a child stands that much to the right of its parent
constexpr std::size_t kDeepest = 12;     // beyond that they stand below one another

float indent(std::size_t depth) { return px(kIndent) * static_cast<float>(std::min(depth, kDeepest)); }

void cell(std::string_view text, Color ink, Font font, bool number) {
  if (!ImGui::TableNextColumn()) return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float end = at.x + ImGui::GetContentRegionAvail().x;
  const float x = number ? std::max(at.x, end - text_width(font, text)) : at.x;
  if (draw_text_in(ImGui::GetWindowDrawList(), font, x, at.y, end, at.y + px(kRowHeight), ink, text)) {
    ImGui::Dummy({std::max(1.0f, end - at.x), px(kRowHeight)});
    tooltip(text);
  }
}

// The letter that `ps` shows, as last sampled, and what it means.
void letter_cell(const Model& model, const Task& task, std::int64_t when) {
  const auto* kernel = model.kernel().find(task.id);
  const char letter = kernel == nullptr || when >= (task.is_thread() ? task.death_ns : task.reaped_ns) ? '\0' : kernel->state_at(when);
  if (!ImGui::TableNextColumn() || letter == '\0') return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float end = at.x + ImGui::GetContentRegionAvail().x;
  draw_text_in(ImGui::GetWindowDrawList(), Font::code, at.x, at.y, end, at.y + px(kRowHeight), palette().text, std::string(1, letter));
  ImGui::Dummy({std::max(1.0f, end - at.x), px(kRowHeight)});
  // What it means, by the five that people meet.
  constexpr std::string_view kKnown = "RSDTZtXI", kTold = "RSDTZTZS";
  if (const auto known = kKnown.find(letter); known != std::string_view::npos)
    tooltip(tr("processes.letter." + std::string(1, kTold[known])));
}

// Each column as wide as what stands in it, so that no name or time is cut while there is room.
std::array<float, kTitles.size()> column_widths(const Model& model, const std::vector<TreeRow>& rows, std::int64_t when) {
  std::array<float, kTitles.size()> widths{};
  for (std::size_t i = 0; i < kTitles.size(); ++i) widths[i] = text_width(Font::small, tr(kTitles[i]));
  const auto widen = [&widths](std::size_t column, float width) { widths[column] = std::max(widths[column], width); };
  for (const TreeRow& row : rows) {
    const Task& task = model.tasks()[row.order];
    widen(0, text_width(Font::strong, task.name) + px(16) + indent(row.depth));
    widen(1, text_width(Font::body, std::to_string(task.pid)));
    if (const Task* parent = model.find(task.parent)) widen(2, text_width(Font::body, parent->name));
    widen(kState, text_width(Font::body, timeline_view::state_words(model, task, when)));
    if (const auto code = task.exit_code()) widen(5, exit_pill_width(*code));
  }
  const float time = text_width(Font::body, "000.0 ms");
  widen(6, time);
  widen(7, time);
  return widths;
}

// From the parent above down to a row, and past it to those that follow.
void draw_branch(ImDrawList* list, ImVec2 at, const TreeRow& row) {
  if (row.depth == 0 || row.depth > kDeepest) return;
  const float top = at.y - ImGui::GetStyle().CellPadding.y, bottom = at.y + px(kRowHeight) + ImGui::GetStyle().CellPadding.y;
  const float middle = at.y + px(kRowHeight) * 0.5f;
  const auto x_of = [&](std::size_t depth) { return at.x + indent(depth) - px(kIndent) + px(2); };
  for (std::size_t i = 0; i < row.passes.size(); ++i)
    if (row.passes[i]) list->AddLine({x_of(i + 1), top}, {x_of(i + 1), bottom}, palette().text_dim, px(1));
  const float x = x_of(row.depth);
  list->AddLine({x, top}, {x, row.last ? middle : bottom}, palette().text_dim, px(1));
  list->AddLine({x, middle}, {at.x + indent(row.depth) - px(2), middle}, palette().text_dim, px(1));
}

void draw_row(Context& context, const TreeRow& row, std::int64_t when, const RowKeys& keys, std::size_t index) {
  const Model& model = context.session.model();
  const Task& task = model.tasks()[row.order];
  ImGui::TableNextRow(ImGuiTableRowFlags_None, px(kRowHeight));
  ImGui::PushID(static_cast<int>(task.id));
  ImGui::TableNextColumn();
  ImVec2 at = ImGui::GetCursorScreenPos();
  const float end = at.x + ImGui::GetContentRegionAvail().x;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));  // or the highlight reaches into the rows beside it
  if (ImGui::Selectable("##row", context.ui.selection.task == task.id, ImGuiSelectableFlags_SpanAllColumns,
                        {0, px(kRowHeight)}) ||
      keys.enters(index))
    context.ui.push("select", std::to_string(task.id));
  menu_on_right_click(context.ui, task.id);
  draw_row_focus(keys, index);
  ImGui::PopStyleVar();
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_branch(list, at, row);
  at.x += indent(row.depth);
  list->AddRectFilled({at.x, at.y + px(7)}, {at.x + px(4), at.y + px(kRowHeight - 7)}, platform::task_color(row.order),
                      px(1));
  draw_text_in(list, Font::strong, at.x + px(12), at.y, end, at.y + px(kRowHeight), palette().text, task.name);

  cell(std::to_string(task.pid), palette().text_dim, Font::body, true);
  const Task* parent = model.find(task.parent);
  cell(parent != nullptr ? std::string_view(parent->name) : std::string_view("–"), palette().text_dim, Font::body,
       false);
  cell(when < task.born_ns ? tr("processes.unborn") : timeline_view::state_words(model, task, when), palette().text,
       Font::body, false);
  letter_cell(model, task, when);
  ImGui::TableNextColumn();
  if (const auto code = task.exit_code(); code && when >= task.death_ns) {
    const ImVec2 pill_at = ImGui::GetCursorScreenPos();
    exit_pill(list, pill_at.x, pill_at.y + px(4), pill_at.y + px(kRowHeight - 4), *code);
  }
  cell(moment_text(model, task.born_ns), palette().text_dim, Font::body, true);
  cell(task.death_ns != kOpen && when >= task.death_ns ? moment_text(model, task.death_ns) : "", palette().text_dim,
       Font::body, true);
  ImGui::PopID();
}

}  // namespace

void draw_processes(Context& context) {
  const Model& model = context.session.model();
  if (model.tasks().empty()) return paragraph(Font::body, palette().text_dim, tr("processes.empty"));
  draw_objects(context);
  const float room = ImGui::GetContentRegionAvail().x;
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(px(8), px(1)));
  const std::int64_t when = moment(context);
  const std::vector<TreeRow> rows = timeline::tree_rows(model);
  const std::array<float, kTitles.size()> widths = column_widths(model, rows, when);
  const float needed = std::accumulate(widths.begin(), widths.end(), 2 * px(8) * static_cast<float>(kTitles.size()));
  // Where that is too much a column goes that is told elsewhere, too, then a long state is shortened, then another column goes; where even
  // that is not enough (large text, small window), the table scrolls sideways.
  const bool parents = needed <= room;
  float least = needed;
  if (!parents) least -= widths[kParent] + 2 * px(8) + std::max(widths[kState] - px(kLeastState), 0.0f);
  const bool starts = least <= room;
  if (!starts) least -= widths[kStarted] + 2 * px(8);
  const ImGuiTableFlags sideways = least > room ? ImGuiTableFlags_ScrollX : ImGuiTableFlags_None;
  if (ImGui::BeginTable(
          "processes", static_cast<int>(kTitles.size()),
          ImGuiTableFlags_ScrollY | ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_NoPadOuterX | sideways, {0, 0},
          std::max(least, 1.0f))) {
    for (std::size_t i = 0; i < kTitles.size(); ++i) {
      ImGuiTableColumnFlags flags = i == kState ? ImGuiTableColumnFlags_WidthStretch : ImGuiTableColumnFlags_WidthFixed;
      if ((i == kParent && !parents) || (i == kStarted && !starts)) flags |= ImGuiTableColumnFlags_Disabled;
      ImGui::TableSetupColumn(kTitles[i], flags, i == kState ? 1.0f : widths[i]);
    }
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableNextRow(ImGuiTableRowFlags_Headers, px(kRowHeight));
    for (std::size_t i = 0; i < kTitles.size(); ++i)
      cell(tr(kTitles[i]), palette().text_dim, Font::small, kIsNumber[i]);
    const float row_height = px(kRowHeight) + 2 * ImGui::GetStyle().CellPadding.y;
    const auto selected = [&] {
      const auto row = std::find_if(rows.begin(), rows.end(), [&](const TreeRow& one) { return model.tasks()[one.order].id == context.ui.selection.task; });
      return row == rows.end() ? kNoRow : static_cast<std::size_t>(row - rows.begin());
    };
    const RowKeys keys = row_keys(context.ui, "rows", rows.size(), row_height, selected, /*above=*/row_height);
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(rows.size()), row_height);
    while (clipper.Step())
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        draw_row(context, rows[static_cast<std::size_t>(i)], when, keys, static_cast<std::size_t>(i));
      }
    clipper.End();
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
}

}  // namespace forklight::app::panels
