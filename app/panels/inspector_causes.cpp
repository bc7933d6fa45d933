// How it came to the selected moment: the chain of causes, one link a line; and the ways from here to the program, the lesson and the term.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using timeline::Flow;
using timeline::FlowKind;
using timeline::Model;

// Underlined words at the cursor; true when they were followed.
bool link(UiState& ui, const char* id, Font font, std::string_view text) {
  const float width = text_width(font, text), height = leading(font) + px(2);
  const Hit area = hit(ui, id, {width, height});
  const Color ink = platform::readable(palette().accent_text, palette().panel);
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_text(list, font, area.min, ink, text);
  const float below = area.min.y + line_height(font) + px(1);
  list->AddLine({area.min.x, below}, {area.min.x + width, below}, platform::with_alpha(ink, area.hovered ? 1.0f : 0.5f), px(1));
  draw_focus(area, px(2));
  return area.clicked;
}

}  // namespace

std::string cause_words(const Model& model, const Flow& flow) {
  const auto from = fmt::arg("from", timeline_view::name_words(model, flow.from)), to = fmt::arg("to", timeline_view::name_words(model, flow.to));
  switch (flow.kind) {
    case FlowKind::start:
      return tr("cause.start", from, to);
    case FlowKind::join:
      return tr("cause.join", from, to);
    case FlowKind::signal:
      return tr("cause.signal", from, to, fmt::arg("signal", i18n::signal_name(static_cast<int>(flow.detail))));
    case FlowKind::message: {
      const std::string value = flow.text == 0 ? "" : timeline_view::first_line(model.text(flow.text), 24);
      return tr("cause.message", from, to, fmt::arg("value", value), fmt::arg("what", timeline_view::name_words(model, flow.object)));
    }
    case FlowKind::wake:
      return tr("cause.wake", from, to, fmt::arg("what", timeline_view::name_words(model, flow.object)));
  }
  return {};
}

void draw_causes(Context& context) {
  UiState& ui = context.ui;
  const Model& model = context.session.model();
  if (ui.causes.chain.empty() || ui.causes.task != ui.selection.task) return;
  section_title(tr("cause.title"));
  const float width = ImGui::GetContentRegionAvail().x, times = text_width(Font::small, "000.0 ms") + px(12);
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  for (std::size_t i = 0; i < ui.causes.chain.size(); ++i) {
    if (ui.causes.chain[i] >= model.flows().size()) break;
    const Flow& flow = model.flows()[ui.causes.chain[i]];
    const std::string words = cause_words(model, flow);
    const std::vector<std::string_view> lines = wrap(Font::small, words, width - times - px(10));
    const float height = leading(Font::small) * static_cast<float>(lines.size()) + px(6);
    ImGui::PushID(static_cast<int>(i));
    const Hit row = hit(ui, "cause", {width, height});
    ImGui::PopID();
    if (row.clicked) ui.push("cause", std::to_string(ui.causes.chain[i]));
    if (row.hovered) list->AddRectFilled({row.min.x - px(6), row.min.y}, {row.max.x, row.max.y}, palette().hover, px(4));
    list->AddRectFilled({row.min.x, row.min.y + px(4)}, {row.min.x + px(3), row.max.y - px(4)}, platform::task_color(order_of(model, flow.from)));
    draw_text(list, Font::small, {row.min.x + px(10), row.min.y + px(3)}, palette().text_dim, moment_text(model, flow.from_ns));
    draw_lines(list, Font::small, {row.min.x + px(10) + times, row.min.y + px(3)}, palette().text, lines);
    draw_focus(row, px(4));
  }
  ImGui::PopStyleVar();
}

void draw_ways(Context& context, int line) {
  UiState& ui = context.ui;
  const std::string lesson = tr("ways.lesson", fmt::arg("title", tr("scenario." + std::string(context.session.scenario().id) + ".title")));
  const std::string code = tr("ways.line", fmt::arg("line", line), fmt::arg("file", context.session.scenario().python_file));
  ImGui::Dummy({1, px(4)});
  const float end = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
  if (line > 0) {
    if (link(ui, "line", Font::small, code)) ui.push("code.line");
    if (ImGui::GetItemRectMax().x + px(16) + text_width(Font::small, lesson) < end) ImGui::SameLine(0, px(16));
  }
  if (link(ui, "lesson", Font::small, lesson)) ui.push("lesson");
  const std::string term = tr("ways.term");
  if (ImGui::GetItemRectMax().x + px(16) + text_width(Font::small, term) < end) ImGui::SameLine(0, px(16));
  if (link(ui, "term", Font::small, term)) ui.push("glossary");
}

}  // namespace forklight::app::panels
